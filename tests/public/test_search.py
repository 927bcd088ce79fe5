"""Search finds what is live, exactly and at once, on both databases."""

import math
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from digests import search
from digests.accounts.roles import REVIEWER
from digests.editorial import items, lifecycle
from digests.models import Category, Digest, Item
from digests.search import Order, Query
from digests.text.format import Entry
from digests.text.index.tokens import fold, phrases
from tests.factories import (
    PAST,
    approve,
    draft,
    in_review,
    person,
    published,
    series,
    source,
    story,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

START = PAST - timedelta(100)


def headlines(text: str = "", **filters: Any) -> list[str]:
    """The headlines and titles that are found, in order."""
    query = Query(text, **filters)
    return [
        "".join(text for text, _ in shown.headline)
        for shown in search.load_results(search.search(query), query)
    ]


def count(text: str = "", **filters: Any) -> int:
    return search.search(Query(text, **filters)).count


def table() -> list[tuple[object, ...]]:
    """The whole index but for its keys, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest_id, revision_id, entry_id, day, marks, head, body"
            " FROM digests_search ORDER BY key DESC"
        )
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def correct(digest: Digest, item: Item, **change: str) -> Digest:
    """Publish a digest again with another text of one of its items."""
    by = person(REVIEWER)
    digest.refresh_from_db()
    item.refresh_from_db()
    digest = lifecycle.correct(digest, by=by, version=digest.version)
    entry = Entry(**{"headline": item.headline, "byline": item.byline, "url": item.url}
                  | {"body": item.body} | change)  # fmt: skip
    item = items.edit(item, entry, by=by, version=item.version)
    item = items.approve(item, by=by, version=item.version)
    digest.refresh_from_db()
    digest = lifecycle.submit(digest, by=by, version=digest.version)
    return approve(digest)


def test_what_is_published_is_found_by_every_text_it_shows() -> None:
    published(
        story(
            "大模型降价",
            byline="Mira Okafor",
            body="**要点：**每百万[词元](https://a.org/秘密)一元",
        ),
        title="第一期",
        intro="导语在此",
        outro="结语在此",
    )
    for text in ("模型", "降价", "mira", "OKAFOR", "要点：每百万", "词元一元"):
        assert headlines(text) == ["大模型降价"], text
    for text in ("第一期", "导语", "结语"):
        assert headlines(text) == ["第一期"], text
    # Where a link leads is not shown.
    assert headlines("秘密") == []
    assert headlines("org") == []


def test_drafts_and_what_is_in_work_are_never_found() -> None:
    draft(story("草稿里的消息"))
    in_review(story("待审的消息"))
    later = in_review(
        story("未来的消息"), date=datetime.now(UTC).replace(microsecond=0) + timedelta(1)
    )
    approve(later)
    item = story("从前的消息")
    digest = published(item)
    by = person(REVIEWER)
    digest = lifecycle.correct(digest, by=by, version=digest.version)
    item.refresh_from_db()
    entry = Entry("正在改的消息", item.byline, item.url, item.body)
    items.edit(item, entry, by=by, version=item.version)
    assert headlines("消息") == ["从前的消息"]


def test_a_withdrawn_digest_is_no_longer_found() -> None:
    digest = published(story("撤下的消息"), title="撤下的一期")
    published(story("留下的消息"))
    lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note="错了")
    assert headlines("消息") == ["留下的消息"]
    assert headlines("撤下") == []
    assert count() == 1


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    item, other = story("旧的说法"), story("不变的说法")
    digest = published(item, other)
    digest = correct(digest, item, headline="新的说法")
    assert headlines("说法") == ["新的说法", "不变的说法"]
    assert {row[1] for row in table()} == {digest.live_revision_id}


def test_a_publication_that_fails_leaves_the_index_as_it_was() -> None:
    digest = published(story("原来的消息"))
    before = table()
    with pytest.raises(RuntimeError), transaction.atomic():
        published(story("失败的消息"))
        lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note="错了")
        assert headlines("消息") == ["失败的消息"]
        raise RuntimeError
    assert table() == before
    assert headlines("消息") == ["原来的消息"]


def test_the_newest_digest_comes_first_and_its_stories_in_order() -> None:
    for day in (2, 3, 1):
        published(
            story(f"消息{day}甲"),
            story(f"消息{day}乙"),
            date=START + timedelta(day),
            title=f"消息{day}",
        )
    expected = [f"消息{day}{which}" for day in (3, 2, 1) for which in ("", "甲", "乙")]
    assert headlines("消息") == expected
    assert headlines() == [headline for headline in expected if len(headline) > 3]


def test_digests_of_one_date_do_not_mix() -> None:
    for name in "甲乙丙":
        published(*(story(f"消息{name}{n}") for n in range(3)), title=f"消息{name}")
    expected = [f"消息{name}{n}" for name in "丙乙甲" for n in ("", 0, 1, 2)]
    assert headlines("消息") == expected


def test_pages_follow_each_other_without_gaps() -> None:
    for day in range(4):
        published(*(story(f"消息{day}{n}") for n in range(5)), date=START + timedelta(day))
    every = headlines("消息", limit=100)
    assert len(every) == 20
    for order in ("newest", "relevance"):
        expected = headlines("消息", limit=100, order=order)
        seen: list[str] = []
        query = Query("消息", limit=7, order=order)
        while True:
            hits = search.search(query)
            assert (hits.count, hits.is_capped) == (20, False)
            seen += ["".join(t for t, _ in f.headline) for f in search.load_results(hits, query)]
            if hits.next is None:
                break
            query = Query("消息", limit=7, order=order, after=hits.next)
        assert seen == expected
        assert sorted(seen) == sorted(every)


@pytest.mark.parametrize("after", [0, -1, 1, 10**30, -(10**30)])
@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_whatever_number_is_taken_for_a_page(after: int, order: Order) -> None:
    published(story("消息"))
    hits = search.search(Query("消息", after=after, order=order))
    assert hits.count == 1


def test_by_relevance_a_headline_is_worth_more_than_a_body() -> None:
    published(story("别的", body="文中说到量子。"), date=START + timedelta(3))
    published(story("量子计算", body="正文。"), date=START + timedelta(1))
    published(
        story("别的二", body="量子，量子，还是量子。" + "无关" * 5), date=START + timedelta(2)
    )
    assert headlines("量子") == ["别的", "别的二", "量子计算"]
    assert headlines("量子", order="relevance") == ["量子计算", "别的二", "别的"]


@pytest.mark.parametrize("rows", [2, 12, 4_000])
def test_hits_are_counted_up_to_a_thousand(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    # PostgreSQL goes three ways, by how many hits are among so many of the newest rows.
    for name in ("NEWEST_ROWS", "SAMPLE_ROWS"):
        monkeypatch.setattr(f"digests.search.postgresql.{name}", rows)
    for module in ("search", "sqlite", "postgresql"):
        monkeypatch.setattr(sys.modules[f"digests.search.{module}"], "COUNT_MAX", 10)
    for day in range(3):
        published(*(story(f"消息{day}{n}") for n in range(4)), date=START + timedelta(day))
    rare = published(*(story(f"十条{n}") for n in range(10)), title="恰好")
    for order in ("newest", "relevance"):
        hits = search.search(Query("消息", limit=5, order=order))
        assert (hits.count, hits.is_capped, len(hits.rows)) == (10, True, 5)
        hits = search.search(Query("十条", limit=100, order=order))
        assert (hits.count, hits.is_capped, len(hits.rows)) == (10, False, 10)
        assert {hit.digest for hit in hits.rows} == {rare.pk}
    assert headlines("消息", limit=3) == ["消息20", "消息21", "消息22"]
    first = search.search(Query("消息", limit=3))
    assert headlines("消息", limit=3, after=first.next) == ["消息23", "消息10", "消息11"]
    assert headlines("消息", until=START.date() + timedelta(1), limit=1) == ["消息10"]
    assert count("消息", source=10**9) == 0


def test_filters_narrow_what_is_found() -> None:
    other = series("other", name="Other")
    mira, jun = source("Mira"), source("Jun")
    published(
        story("消息甲", source=mira),
        story("消息乙", source=jun),
        categories=("AI 发展",),
        title="消息一",
    )
    published(
        story("消息丙", source=jun), categories=("芯片", "ＡＩ"), series=other, title="消息二"
    )
    assert headlines("消息", series=other.pk) == ["消息二", "消息丙"]
    assert headlines("消息", category="AI 发展") == ["消息一", "消息甲", "消息乙"]
    assert headlines("消息", category="ＡＩ") == ["消息二", "消息丙"]
    assert headlines("消息", category="AI") == []
    # A digest as a whole has no source.
    assert headlines("消息", source=jun.pk) == ["消息丙", "消息乙"]
    assert headlines("消息", source=jun.pk, series=other.pk, category="芯片") == ["消息丙"]
    assert headlines(source=jun.pk) == ["消息丙", "消息乙"]
    assert headlines("甲", source=jun.pk) == []
    # The words of filters are not those of a text.
    assert headlines(f"series{other.pk}") == headlines("entry1") == []


def test_a_category_is_that_of_the_revision() -> None:
    digest = published(story("消息"), categories=("旧名",))
    Category.objects.filter(name="旧名").update(name="新名")
    assert headlines("消息", category="旧名") == ["消息"]
    assert digest.live_revision is not None


def test_days_are_those_of_the_series() -> None:
    # 00:30 at Shanghai is 16:30 of the day before in UTC, at Honolulu it is another day still.
    at = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    published(story("上海的消息"), date=at)
    published(story("檀香山的消息"), date=at, series=series("hnl", time_zone="Pacific/Honolulu"))
    published(story("岛上的消息"), date=at, series=series("kiri", time_zone="Pacific/Kiritimati"))
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    assert sorted(headlines("消息", since=first, until=first)) == ["檀香山的消息"]
    assert sorted(headlines("消息", since=second, until=second)) == ["上海的消息", "岛上的消息"]
    assert len(headlines("消息", since=first)) == 3
    assert len(headlines("消息", since=date.min, until=date.max)) == 3
    assert headlines("消息", since=second, until=first) == []
    assert headlines("消息", until=date.min) == headlines("消息", since=date.max) == []


def test_digests_of_any_year_are_in_order() -> None:
    utc = series("utc", time_zone="UTC")
    for year in (1, 1899, 1970, 2026):
        published(story(f"消息{year}"), date=datetime(year, 1, 2, tzinfo=UTC), series=utc)
    assert headlines("消息") == ["消息2026", "消息1970", "消息1899", "消息1"]


def test_a_hit_is_shown_with_what_leads_to_it() -> None:
    item = story("大模型降价", body="前文。" * 60 + "每**百万**词元一元。" + "后文。" * 60)
    digest = published(item, title="模型一期", intro="一段导语")
    query = Query("模型 百万词元")
    (shown,) = search.load_results(search.search(query), query)
    assert shown.headline == (("大", False), ("模型", True), ("降价", False))
    assert [text for text, is_hit in shown.snippet if is_hit] == ["百万词元"]
    assert shown.byline == (("Mira Okafor", False),)
    assert (shown.title, shown.link, shown.language) == ("模型一期", item.url, "zh-hans")
    assert shown.get_absolute_url() == f"{digest.get_absolute_url()}#i-{item.pk}"
    assert shown.date.isoformat() == "2026-11-20T08:00:00+08:00"
    query = Query("一期")
    (shown,) = search.load_results(search.search(query), query)
    assert shown.headline == (("模型", False), ("一期", True))
    assert shown.snippet == (("一段导语", False),)
    assert shown.get_absolute_url() == digest.get_absolute_url()


def test_what_is_withdrawn_between_the_two_queries_is_not_shown() -> None:
    digest = published(story("消息"))
    query = Query("消息")
    hits = search.search(query)
    lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note="错了")
    assert search.load_results(hits, query) == []


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_a_search_costs_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries, order: Order
) -> None:
    for day in range(3):
        published(
            *(story(f"消息{day}{n}") for n in range(5)),
            date=START + timedelta(day),
            title=f"消息{day}",
        )
    query = Query("消息", order=order, series=series().pk, since=date(2000, 1, 1))
    with django_assert_num_queries(2):
        shown = search.load_results(search.search(query), query)
        assert {one.get_absolute_url() for one in shown}
    assert len(shown) == 18


# What means something to FTS5, tsquery, LIKE, SQL, format strings or Python, and to no reader.
SIGNS = [
    *[
        '"',
        '""',
        "'",
        "''",
        "`",
        "*",
        ":*",
        "-",
        "--",
        "^",
        "+",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "\\",
    ],
    *["%", "%%", "_", "&", "|", "!", "<->", "<>", ":", "::", ";", ",", "?", "$", "@", "~", "\x00"],
    *["\ud800", "\udfff", "\u202e", "\u200d", "\ufffe", "\x1a", "\U000e0001"],
]
OPERATORS = [
    *[
        "消息 AND 甲",
        "消息 OR 甲",
        "NOT 消息",
        "量子 OR 消息",
        "NEAR(消息 甲)",
        "NEAR(消息)",
        "head:消息",
    ],
    *[
        "head : 消息",
        "{head body} : 消息",
        "rank:消息",
        "消息:A",
        "消息:*B",
        "消息 <-> 甲 | 1",
        "1=1",
        "%s",
    ],
    *["{phrase}", ":a", "@x", "$1", "?1", "'); DROP TABLE digests_search; --"],
]


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_no_text_is_an_error_or_an_operator(order: Order) -> None:
    published(story("消息甲"))
    for sign in SIGNS:
        assert headlines(sign, order=order) == [], sign
        assert headlines(f"{sign}消息{sign} {sign}", order=order) == ["消息甲"], sign
    for text in OPERATORS:
        assert headlines(text, order=order) == [], text
    for text in ("消息" * 5_000, "a " * 5_000, "ﷺ" * 5_000, "a" * 5_000, "霓 " * 50, "٣"):
        assert headlines(text, order=order) == [], text


def test_any_text_is_answered() -> None:
    published(story("消息 GPT-4"))

    @given(st.text(max_size=30), st.sampled_from(["newest", "relevance"]))
    def answer(text: str, order: Order) -> None:
        query = Query(text, order=order)
        search.load_results(search.search(query), query)

    answer()


# Few characters, so that chance repeats them.
ALPHABET = [
    "人",
    "工",
    "智",
    "能",
    "机",
    "器",
    "𠮷",
    "〇",
    "カ",
    "AI",
    "GPT-4",
    "ｇｐｔ",
    "４",
    "，",
    " ",
    "é",
    "한",
]
QUERIES = [
    *["人", "机", "𠮷", "〇", "カ", "é", "한"],
    *["人工", "智能", "机器", "工，智", "𠮷人"],
    *["人工智", "人工智能", "能机器人", "智能智能"],
    *["AI人", "人AI", "智能GPT", "gpt4机", "４人", "AI，人工"],
    *["ＡＩ", "ＧＰＴ", "ai", "ＧＰＴ－４", "4", "gpt", "Gpt 人工", "人 工 智", "机器 AI 能"],
    *["aig", "人工 gpt", "人gpt", "aigp 4", "éai"],
]


def stands_in(query: str, text: str) -> bool:
    """Whether each part of a query stands in a text: written without any token.

    Both in one form and case. Beside letters and digits nothing counts but that it parts what
    would be one word or run.
    """

    def kind(character: str) -> str:
        if character.isdecimal():
            return "4"
        return "a" if character.isascii() or character == "é" else "字"

    def plain(text: str) -> str:
        """Each run after a "|", with its kind."""
        shown, before = "", ""
        for character in text:
            if not character.isalnum():
                before = ""
                continue
            if kind(character) != before:
                shown += "|"
            shown += character
            before = kind(character)
        return shown + "|"

    def part_stands(part: str, *, is_last: bool) -> bool:
        wanted = plain(part).strip("|")
        if not wanted:
            return True
        last_run = wanted.rpartition("|")[2]
        is_beginning = is_last and kind(last_run[0]) == "a" and len(last_run) >= 3
        left = "" if kind(wanted[0]) == "字" else r"\|"
        right = "" if kind(wanted[-1]) == "字" or is_beginning else r"\|"
        return bool(re.search(left + re.escape(wanted) + right, plain(fold(text))))

    parts = fold(query).split()
    return all(part_stands(part, is_last=part == parts[-1]) for part in parts)


def test_counts_are_those_of_reading_every_text() -> None:
    random = Random(11)
    texts = []
    for day in range(12):
        bodies = ["".join(random.choices(ALPHABET, k=14)).strip() or "空" for _ in range(6)]
        stories = [
            story(f"第{chr(0x4E10 + day * 6 + n)}", byline="", body=body)
            for n, body in enumerate(bodies)
        ]
        published(*stories, date=START + timedelta(day))
        texts += [(item.headline, item.body) for item in stories]
    wrong = {}
    for query in QUERIES:
        expected = [head for head, body in texts if stands_in(query, body)]
        found = [head for head in headlines(query, limit=100) if head.startswith("第")]
        if sorted(found) != sorted(expected):
            wrong[query] = (len(found), len(expected))
    assert not wrong
    assert sum(count(query) > 0 for query in QUERIES) > 20


def keys_by_relevance(text: str, most: int) -> list[int]:
    """The keys of the newest hits, the best first: computed from every row, without any index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, marks, head, body FROM digests_search ORDER BY key DESC")
        rows = cursor.fetchall()
    wanted = [
        f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}" for phrase in phrases(text)
    ]
    hits = [row for row in rows if all(part in row[2] or part in row[3] for part in wanted)]
    fitness = bm25_of(rows, wanted) if connection.vendor == "sqlite" else fitness_alone
    scores = {row[0]: sum(fitness(part, *row[1:]) for part in wanted) for row in hits[:most]}
    return sorted(scores, key=lambda key: (-scores[key], -key))


def fitness_alone(part: str, _marks: str, head: str, body: str) -> float:
    """BM25 without how rare a part is, the usual length being 2,000 bytes of tokens."""
    found = 6 * head.count(part) + body.count(part)
    return found / (found + 1.2 * (0.25 + 0.75 * len(body.encode()) / 2_000))


def bm25_of(
    rows: list[tuple[int, str, str, str]], wanted: list[str]
) -> Callable[[str, str, str, str], float]:
    def length(*texts: str) -> int:
        return sum(len(text.split()) for text in texts)

    def times(part: str, text: str) -> int:
        return len(re.findall(f"(?={part})", text))  # two of them may share a space

    usual = sum(length(*texts) for _, *texts in rows) / len(rows)

    def rarity(part: str) -> float:
        having = sum(part in head or part in body for _, _, head, body in rows)
        return max(math.log((len(rows) - having + 0.5) / (having + 0.5)), 1e-6)

    rarities = {part: rarity(part) for part in wanted}

    def fitness(part: str, marks: str, head: str, body: str) -> float:
        found = 6 * times(part, head) + times(part, body)
        least = 1.2 * (0.25 + 0.75 * length(marks, head, body) / usual)
        return rarities[part] * found * 2.2 / (found + least)

    return fitness


def test_the_best_first_are_those_of_reading_every_text(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 25
    for module in ("search", "query", "sqlite", "postgresql"):
        monkeypatch.setattr(sys.modules[f"digests.search.{module}"], "RANKED_MAX", most)
    random = Random(7)
    words = ["智能", "机器", "AI", "GPT-4", "芯片", "公司", "发布", "汉奸", "。", " "]
    weights = [60, 30, 30, 10, 20, 60, 40, 1, 50, 30]
    for day in range(12):
        stories = [
            story(
                "题" + "".join(random.choices(words, weights, k=3)),
                body="".join(random.choices(words, weights, k=random.randint(8, 60))),
            )
            for _ in range(6)
        ]
        published(*stories, date=START + timedelta(day))
    parts = ["智能", "机", "AI", "gpt", "gpt4", "智能公司", "汉奸", "无"]
    texts = [*parts, "公司 芯片", "发布 AI", "智能 机器 公司"]
    expected = {text: keys_by_relevance(text, most) for text in texts}
    numbers = set(map(len, expected.values()))
    assert max(numbers) == most
    assert any(0 < number < most for number in numbers)
    # PostgreSQL judges how far back to look by few of the newest rows, by all rows, or not at all.
    for rows, least in [(4, 1), (2_000, 1), (2_000, 2_000)]:
        monkeypatch.setattr("digests.search.postgresql.SAMPLE_ROWS", rows)
        monkeypatch.setattr("digests.search.postgresql.SAMPLE_MIN", least)
        for text in texts:
            assert ranked_keys(text) == expected[text], (text, rows, least)


def ranked_keys(text: str) -> list[int]:
    """The keys of the hits of all pages, the best first."""
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        hits = search.search(Query(text, order="relevance", after=after, limit=7))
        seen += [hit.key for hit in hits.rows]
        after = hits.next
    return seen


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_the_last_word_is_found_by_its_beginning_and_all_others_whole(order: Order) -> None:
    published(story("Orbweft 发布", body="The orbweft network"), story("Orb", body="近轨道"))

    def found(text: str) -> list[str]:
        return sorted(headlines(text, order=order))

    assert found("Orb") == found("ORB") == ["Orb", "Orbweft 发布"]
    assert found("orbw") == found("orbweft") == found("发布 orb") == ["Orbweft 发布"]
    assert found("orb 近轨道") == ["Orb"]
    assert found("weft") == found("or") == found("orbs") == []
    # What rows are marked with is no word of theirs.
    assert found("entry") == found("series") == found("sou") == found("category") == []


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_signs_that_make_another_word_are_found(order: Order) -> None:
    names = ["C++ 标准", "C# 语言", "C 语言", "用.NET 写", "net profit", "发布 🎉", "发布 🚀"]
    published(*map(story, names))

    def found(text: str) -> set[str]:
        return set(headlines(text, order=order))

    assert found("C++") == found("c＋＋") == {"C++ 标准"}
    assert found("c#") == {"C# 语言"}
    assert found("C") == {"C++ 标准", "C# 语言", "C 语言"}
    assert found(".NET") == {"用.NET 写"}
    assert found("net") == {"用.NET 写", "net profit"}
    assert found("🎉") == found("发布🎉") == {"发布 🎉"}
    assert found("发布") == {"发布 🎉", "发布 🚀"}
    assert found("👻") == set()


def test_a_very_long_body_is_found_to_its_end() -> None:
    body = "一二三四五六七八九十" * 1_900 + "量子纠缠" + "哈" * 300 + "完结了"
    published(story("长文", body=body))
    for text in ("量子纠缠", "九十量子", "哈哈完结了", "完"):
        assert headlines(text) == ["长文"], text
    assert headlines("十量子纠结") == []


def test_a_rebuilt_index_is_the_same_as_one_that_was_kept() -> None:
    items = [story(f"消息{n}") for n in range(6)]
    first = published(*items[:2], title="一")
    published(*items[2:4], title="二", date=START + timedelta(1))
    gone = published(*items[4:], title="三")
    correct(first, items[0], body="改过的正文")
    lifecycle.withdraw(gone, by=person(REVIEWER), version=gone.version, note="错了")
    kept = table()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM digests_search WHERE digest_id = %s", [first.pk])
        cursor.execute(
            "INSERT INTO digests_search"
            " (key, digest_id, revision_id, entry_id, day, marks, head, body)"
            " VALUES (1, %s, 1, NULL, '2026-01-01', '', '', ' 消息 息 ')",
            [gone.pk],
        )
    assert table() != kept
    call_command("rebuild_search")
    assert table() == kept
    call_command("rebuild_search")
    assert table() == kept
    assert len(headlines("消息")) == 4
