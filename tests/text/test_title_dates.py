"""A title that tells another day or hour than its digest is dated gets a remark."""

from datetime import datetime, timedelta, timezone

import pytest

from digests.text.format import DigestDocument, Entry, Section
from digests.text.judgement import Judgement
from digests.text.style.dates import redated

# Friday noon, as a clock in Shanghai shows it.
DATE = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=8)))


def told(title: str, date: datetime = DATE) -> list[str]:
    """What the remarks on a title quote from it."""
    entry = Entry("标题", "宝玉", "https://example.org/a", "正文")
    document = DigestDocument(title, date, (), "", (Section("", "", (entry,)),), "", ())
    found = [each for each in Judgement(document).findings if each.code == "title-date"]
    assert not any(each.is_error for each in found)
    assert [each.span and title[slice(*each.span)] for each in found] == [
        each.params["told"] for each in found
    ]
    return [str(each.params["told"]) for each in found]


@pytest.mark.parametrize(
    "title",
    [
        "2026.11.20.12 过去4小时全球AI发生了什么？",
        "AI digest 2026-11-20",
        "AI digest, 20 November",
        "Nov. 20, 2026: the week in AI",
        "November 20th at 12:00",
        "11月20日午间：AI 新闻",
        "2026年11月20号",
        "12 pm: the news",
        "下午12点的新闻",
        "12:00 pm: the news",
    ],
)
def test_a_title_that_agrees_gets_no_remark(title: str) -> None:
    assert told(title) == []


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("2026.11.20.08 过去4小时全球AI发生了什么？", "2026.11.20.08"),
        ("2026.11.19.12 过去4小时全球AI发生了什么？", "2026.11.19.12"),
        ("AI digest 2025-11-20", "2025-11-20"),
        ("AI digest, 21 November", "21 November"),
        ("Nov. 2, the week in AI", "Nov. 2"),
        ("11月21日午间：AI 新闻", "11月21日"),
        ("11月20日 08:00", "08:00"),
        ("下午8点的新闻", "下午8点"),
        ("8 am: the news", "8 am"),
        ("May 2: the week in AI", "May 2"),
        ("MAY 2nd", "MAY 2nd"),
        ("3 May, the week in AI", "3 May"),
        ("晚上12点的新闻", "晚上12点"),
        ("08:30 news", "08:30"),
        ("The news at 16:10", "16:10"),
        ("Nov 20, 16:10", "16:10"),
        ("4:10 pm: the news", "4:10 pm"),
    ],
)
def test_a_title_that_tells_another_day_or_hour_gets_one(title: str, said: str) -> None:
    assert told(title) == [said]


@pytest.mark.parametrize(
    "title",
    [
        "过去4小时全球AI发生了什么？",
        "10点建议：如何写提示词",
        "Why you may want 16 GPUs",
        "GPT-5.1 and 3:2 odds",
        "Tech Week 47: Marching on",
        "版本 1.2.3 发布",
        "OpenAI may 2x prices",
        "Nvidia may 10 times its output",
        "Chips march 20 percent ahead",
        "Why 10 may fail",
        "Dec 4x faster",
        "Anthropic 16:10 laptops",
    ],
)
def test_what_tells_no_date_gets_none(title: str) -> None:
    assert told(title) == []


@pytest.mark.parametrize(
    ("title", "hour"),
    [
        ("晚上12点的新闻", 0),
        ("半夜12点的新闻", 0),
        ("深夜1点的新闻", 1),
        ("晚上8点的新闻", 20),
        ("夜里11点的新闻", 23),
        ("下午1点的新闻", 13),
        ("凌晨12点的新闻", 0),
        ("4:00 pm: the news", 16),
        ("12:00 am: the news", 0),
    ],
)
def test_hours_are_read_as_people_tell_them(title: str, hour: int) -> None:
    assert told(title, DATE.replace(hour=hour)) == []
    assert told(title, DATE.replace(hour=(hour + 12) % 24)) != []


def test_the_hour_is_that_of_the_series() -> None:
    assert told("12:00 news", DATE.astimezone(timezone(timedelta(hours=9)))) == ["12:00"]


@pytest.mark.parametrize(
    ("title", "moved"),
    [
        ("2026.11.19.20 过去4小时全球AI发生了什么？", "2026.11.20.12 过去4小时全球AI发生了什么？"),
        ("2026-11-02 20:30 AI", "2026-11-20 12:00 AI"),
        ("2026/1/9 8:05 AI", "2026/11/20 12:00 AI"),
        ("2025年12月31日：一年", "2026年11月20日：一年"),
        ("11月9日早报", "11月20日早报"),
        ("2026.11.19", "2026.11.20"),
        ("2026-11-19T20:00 AI", "2026-11-20T12:00 AI"),
        ("2026年11月19日20时 AI", "2026年11月20日12时 AI"),
        ("11月19日 20点：AI", "11月20日 12点：AI"),
        ("2026-11-19 20点半", None),
        ("2026-11-19 20点15分", None),
        ("2026-11-19 晚8点 AI", None),
        ("2026-11-19 8pm AI", None),
        ("2026-11-19 AI, until 8 pm", None),
        ("2026-11-20 至 2026-11-26 周报", None),
        ("2026-11-20 - 11-26 Weekly", None),
        ("2026.11.20-26 周报", None),
        ("11月20日—26日", None),
        ("2026.11.19.16-20 AI", None),
        ("2026-11-19 周四 AI", None),
        ("Thursday", None),
        ("2026-11-19, Thursday", None),
        ("2026-11-19 周报", "2026-11-20 周报"),
        ("Tech Week 47: no date", None),
        ("The week to 2026-11-13", None),
        ("4小时", None),
    ],
)
def test_the_date_at_the_beginning_of_a_title_is_moved_on(title: str, moved: str | None) -> None:
    assert redated(title, DATE) == moved


def test_a_moved_date_is_written_as_the_one_before() -> None:
    second = datetime(2026, 12, 2, 4, 5, tzinfo=DATE.tzinfo)
    assert redated("2026.12.1.20 AI", second) == "2026.12.2.4 AI"
    assert redated("2026.12.01.20 AI", second) == "2026.12.02.04 AI"
    assert redated("12月1日 8:00", second) == "12月2日 4:05"
