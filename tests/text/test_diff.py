"""What the history shows as changed between two texts."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from digests.text.diff import Span, diff, folded, plain, read, written
from digests.text.format import DigestDocument, Entry, Section
from tests.cost import cpu_seconds

WORDS = st.lists(
    st.sampled_from(["新", "模型", "发布", "the", "model", " ", "\n", "，", "**"])
).map("".join)
MARKS = st.text(alphabet="[]{}+-\\ 新a", max_size=12)


def sides(spans: list[Span]) -> tuple[str, str]:
    return (
        "".join(span.text for span in spans if span.kind != "insert"),
        "".join(span.text for span in spans if span.kind != "delete"),
    )


def test_chinese_is_compared_by_characters() -> None:
    assert diff("公司发布了模型", "公司发布新模型") == [
        Span("equal", "公司发布"),
        Span("delete", "了"),
        Span("insert", "新"),
        Span("equal", "模型"),
    ]


def test_latin_text_is_compared_by_words() -> None:
    assert diff("The model was released", "The model is released") == [
        Span("equal", "The model "),
        Span("delete", "was"),
        Span("insert", "is"),
        Span("equal", " released"),
    ]


def test_a_word_inside_chinese_changes_as_a_word() -> None:
    assert diff("发布GPT模型", "发布Claude模型") == [
        Span("equal", "发布"),
        Span("delete", "GPT"),
        Span("insert", "Claude"),
        Span("equal", "模型"),
    ]


def test_equal_texts_are_one_equal_span() -> None:
    assert diff("同\n样", "同\n样") == [Span("equal", "同\n样")]
    assert diff("", "") == []


@given(WORDS, WORDS)
@settings(max_examples=150)
def test_the_spans_give_both_texts_back(old: str, new: str) -> None:
    assert sides(diff(old, new)) == (old, new)


@given(st.text(), st.text())
@settings(max_examples=100)
def test_any_characters_survive(old: str, new: str) -> None:
    assert sides(diff(old, new)) == (old, new)


def test_what_is_far_from_a_change_is_folded_by_whole_lines() -> None:
    old = "".join(f"第{number}行\n" for number in range(20))
    spans = folded(diff(old, old.replace("第10行", "第X行")))
    assert [(span.kind, span.text.count("\n")) for span in spans] == [
        ("folded", 8),
        ("equal", 2),
        ("delete", 0),
        ("insert", 0),
        ("equal", 3),
        ("folded", 7),
    ]
    assert spans[0].lines == 8
    assert spans[1].text == "第8行\n第9行\n第"
    assert spans[4].text == "行\n第11行\n第12行\n"
    assert sides(spans) == (old, old.replace("第10行", "第X行"))


def test_what_is_near_a_change_or_short_is_not_folded() -> None:
    spans = diff("一\n二\n三\n四\n五", "一\n二\n三\n四\n六")
    assert folded(spans) == spans


def test_nothing_but_unchanged_lines_is_one_fold() -> None:
    (span,) = folded(diff("一\n" * 9, "一\n" * 9))
    assert (span.kind, span.lines) == ("folded", 9)


@given(WORDS, WORDS)
@settings(max_examples=150)
def test_folded_spans_give_both_texts_back(old: str, new: str) -> None:
    assert sides(folded(diff(old, new))) == (old, new)


def test_a_difference_is_written_down_short_and_read_again() -> None:
    old = f"标题\n{'长' * 100}\n第一版\n完"
    note = written(diff(old, old.replace("第一版", "第二版")))
    assert note == f"…{'长' * 28}\n第[-一-]{{+二+}}版\n完"
    assert [span.kind for span in read(note)] == ["equal", "delete", "insert", "equal"]
    assert written(read(note)) == note
    assert len(written(diff("一" * 20_000, "二" * 20_000))) < 700
    assert read("") == []


def test_marks_that_a_text_holds_itself_are_no_change() -> None:
    spans = diff("旧 [-x-] {+y+} [\\-z-]", "新 [-x-] {+y+} [\\-z-]")
    assert written(spans) == "[-旧-]{+新+} [\\-x-\\] {\\+y+\\} [\\\\-z-\\]"
    assert read(written(spans)) == spans


@given(MARKS, MARKS)
@settings(max_examples=300)
def test_a_short_difference_of_any_marks_is_read_as_it_was(old: str, new: str) -> None:
    assume(old != new)
    spans = diff(old, new)
    assert read(written(spans)) == spans


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("一" * 20_000, "一" * 19_999 + "二"),
        ("a " * 10_000, "b a " * 5_000),
        ("\n" * 20_000, "x\n" * 10_000),
        ("新的\n" * 5_000, "旧的\n" * 5_000),
        ("一二" * 155, "二一一" * 105),
    ],
)
def test_hostile_texts_are_compared_in_time(old: str, new: str) -> None:
    assert cpu_seconds(lambda: diff(old, new)) < 0.5
    assert sides(diff(old, new)) == (old, new)


def test_dates_and_times_are_compared_whole() -> None:
    old, new = "2026-11-30 12:00:00 +08:00", "2026-11-30 10:55:10 +08:00"
    assert diff(old, new) == [
        Span("equal", "2026-11-30 "),
        Span("delete", "12:00:00"),
        Span("insert", "10:55:10"),
        Span("equal", " +08:00"),
    ]
    assert diff("第 10-20 条", "第 10-25 条")[1] == Span("delete", "10-20")


def test_a_document_is_compared_with_all_it_says() -> None:
    document = DigestDocument(
        title="标题",
        date=datetime(2026, 11, 20, tzinfo=UTC),
        categories=("AI", "芯片"),
        intro="开头",
        sections=(
            Section("", "", (Entry("一", "Mira", "https://example.org/1", "正文"),)),
            Section("模型", "引言", (Entry("二"),)),
        ),
        outro="结尾",
    )
    assert plain(document) == (
        "标题\n2026-11-20 00:00:00 +00:00\nAI · 芯片\n\n开头\n\n"
        "一-Mira\nhttps://example.org/1\n正文\n\n## 模型\n\n引言\n\n二\n\n结尾"
    )
