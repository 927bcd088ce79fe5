"""A digest as a file and back: the bytes, the structure, and what is refused."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from digests.text.format import (
    DigestDocument,
    Entry,
    FormatError,
    Section,
    dump,
    first_difference,
    normal,
    parse,
    parse_file,
)
from digests.text.format.parser import MAX_FILE
from digests.text.markdown.html import MAX_BODY
from tests.embedded import ROOT

SEED_TWIN = ROOT / "tests/data/seed_twin.md"
DATE = datetime(2026, 3, 2, 8, 0, 41, tzinfo=timezone(timedelta(hours=8)))

ENTRY = Entry("Kites learn to land", "Noor 🤗", "https://example.org/kites", "They **land** now.")
FRONT = '---\ntitle: "News"\ndate: 2026-03-02T08:00:41+08:00\ncategories: ["AI", "产业"]\n---\n\n'


def digest(*entries: Entry, **fields: Any) -> DigestDocument:
    document = DigestDocument(
        title="News", date=DATE, categories=("AI", "产业"), sections=(Section(entries=entries),)
    )
    return replace(document, **fields)


def refused(text: str) -> FormatError:
    with pytest.raises(FormatError) as caught:
        parse(text)
    return caught.value


def test_the_twin_of_the_seed_survives_byte_for_byte() -> None:
    text = SEED_TWIN.read_bytes().decode()
    document = parse(text)
    assert dump(document) == text
    assert normal(document) == document
    assert not text.endswith("\n")


def test_the_twin_of_the_seed_is_read_whole() -> None:
    document = parse(SEED_TWIN.read_bytes().decode())
    assert document.title == "2026.03.02.08 过去4小时全球AI发生了什么？"
    assert document.date == DATE
    assert document.date.utcoffset() == timedelta(hours=8)
    assert document.categories == ("AI 发展", "技术研究", "行业动态")
    (section,) = document.sections
    assert (section.heading, section.intro) == ("", "")
    assert [entry.byline for entry in section.entries] == [
        *("Noor 🤗", "Aldo Brandt", "mirelle", "Gregor Maas", "Kaori Lind", "Noor 🤗", "Noor 🤗"),
        "小满",
    ]
    assert section.entries[4].url == "https://x.com/_KaoriLind_invented/status/1900000000000000005"
    assert section.entries[7].body.startswith("一幅漫画揭示了")


def test_every_part_has_its_place() -> None:
    document = digest(
        ENTRY,
        intro="Good morning.\n\nTwo stories.",
        sections=(
            Section(entries=(ENTRY, Entry("No link here", body="- one\n- two"))),
            Section(
                "研究 # 1",
                "About research.",
                (Entry("Only a headline", url="https://a.example.org"),),
            ),
        ),
        outro="Bye.",
        extra=(("render_with_liquid", False), ("layout", "wide: yes")),
    )
    assert dump(document) == (
        '---\ntitle: "News"\ndate: 2026-03-02T08:00:41+08:00\ncategories: ["AI", "产业"]\n'
        'render_with_liquid: false\nlayout: "wide: yes"\n---\n\n'
        "Good morning.\n\nTwo stories.\n\n"
        "1.  [Kites learn to land-Noor 🤗](https://example.org/kites)\n\n    They **land** now.\n\n"
        "2.  No link here\n\n    - one\n    - two\n\n"
        "## 研究 # 1\n\nAbout research.\n\n"
        "1.  [Only a headline](https://a.example.org)\n\n"
        "---\n\nBye."
    )
    assert parse(dump(document)) == document


def test_the_tenth_item_keeps_four_columns() -> None:
    lines = dump(digest(*[ENTRY] * 99)).split("\n")
    assert sum(line.startswith("10. [") for line in lines) == 1
    assert sum(line.startswith("99. [") for line in lines) == 1
    assert {line for line in lines if "They" in line} == {"    They **land** now."}


def test_a_hundredth_item_is_refused() -> None:
    with pytest.raises(FormatError, match="at most 99"):
        dump(digest(*[ENTRY] * 100))


def test_numbering_begins_again_in_each_section() -> None:
    document = digest(sections=tuple(Section(f"S{n}", "", (ENTRY,) * 2) for n in range(3)))
    assert dump(document).count("\n1.  [") == 3
    assert parse(dump(document)) == document


@pytest.mark.parametrize(
    ("date", "written"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (DATE.replace(tzinfo=timezone(timedelta(hours=-9.5))), "2026-03-02T08:00:41-09:30"),
        (datetime(7, 1, 2, tzinfo=UTC), "0007-01-02T00:00:00+00:00"),
    ],
)
def test_a_date_keeps_its_offset_and_loses_its_microseconds(date: datetime, written: str) -> None:
    text = dump(digest(ENTRY, date=date))
    assert text.split("\n")[2] == f"date: {written}"
    assert parse(text).date.isoformat() == written


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"date": datetime(2026, 1, 1)}, "time zone"),
        ({"date": DATE.replace(tzinfo=timezone(timedelta(hours=8, seconds=43)))}, "whole minutes"),
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 1001}, "1001 characters"),
        ({"categories": ("AI/ML",)}, "slash"),
        ({"extra": (("title", "again"),)}, "“title”"),
        ({"extra": (("layout", "post"), ("layout", False))}, "“layout” is repeated"),
        ({"extra": (("draft", True),)}, "“draft: true” would keep the digest off"),
        ({"extra": (("Published", "False"),)}, "“Published: false” would keep the digest off"),
        ({"extra": (("yes", True),)}, "“yes”"),
        ({"extra": (("a: b", "c"),)}, "“a: b”"),
        ({"sections": ()}, "at least one story"),
        ({"sections": (Section(entries=(ENTRY,)), Section("Empty"))}, "“Empty” has no stories"),
        ({"sections": (Section(entries=(ENTRY,)),) * 2}, "Only the first section"),
        ({"sections": (Section("", "Mine.", (ENTRY,)),)}, "no intro of its own"),
        ({"intro": "1. one\n2. two"}, "numbered list"),
        ({"outro": "Thanks.\n\n2. two"}, "goes on with number 2 of the stories above"),
        ({"sections": (Section(entries=(Entry("Look https://example.org/a"),)),)}, "the link"),
        ({"sections": (Section(entries=(Entry("见 www.example.org。", "米拉"),)),)}, "the link"),
        ({"sections": (Section(entries=(Entry("News", "www.example.org"),)),)}, "the link"),
        ({"intro": "Two\n---"}, "second-level heading"),
        ({"intro": "x" * (MAX_BODY + 1)}, "20001 characters"),
        ({"sections": (Section(entries=(Entry("h", body="x" * MAX_BODY),) * 13),)}, "260013"),
    ],
)
def test_what_a_file_cannot_hold_is_refused(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        dump(digest(ENTRY, **fields))


def test_an_error_names_item_and_line() -> None:
    entries = (ENTRY, Entry("Two", body="One.\n\n[a]: https://example.org\n"))
    with pytest.raises(FormatError) as caught:
        dump(digest(sections=(Section(entries=(ENTRY,)), Section("More", "", entries))))
    error = caught.value
    assert (error.item, error.line) == (3, 3)
    assert error.reason.startswith("A link definition")
    assert str(error) == f"line 3, item 3: {error.reason}"


def test_the_same_document_gives_the_same_bytes() -> None:
    document = digest(ENTRY, extra=(("b", "1"), ("a", True)))
    assert len({dump(document) for _ in range(5)}) == 1


def test_normal_drops_what_says_nothing() -> None:
    document = digest(
        ENTRY,
        categories=("AI", " ", "AI ", "产业\u200b", "产业"),
        sections=(Section(), Section("", "", (ENTRY,))),
    )
    assert normal(document).categories == ("AI", "产业")
    assert normal(document).sections == (Section(entries=(ENTRY,)),)


# Files from elsewhere


TOLERATED = {
    "a byte order mark": lambda text: "\ufeff" + text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "a final line end": lambda text: text + "\n",
    "a quoted date": lambda text: text.replace(
        "2026-03-02T08:00:41+08:00", '"2026-03-02T08:00:41+08:00"'
    ),
    "a plain title": lambda text: text.replace('"News"', "News"),
    "a single-quoted title": lambda text: text.replace('"News"', "'News'"),
    "a folded title": lambda text: text.replace('"News"', ">-\n  News"),
    "categories as a block": lambda text: text.replace('["AI", "产业"]', "\n- AI\n- '产业'"),
    "indents of two": lambda text: text.replace("\n    ", "\n  "),
    "indents of three": lambda text: text.replace("1.  ", "1. ").replace("\n    ", "\n   "),
    "blank lines": lambda text: text.replace("\n\n1", "\n\n \t\n1") + "\n \n",
    "a closed heading": lambda text: text.replace("## C# 周报", "## C# 周报 ##  "),
    "capital scheme": lambda text: text.replace("https://example.org", "HTTPS://EXAMPLE.org"),
}


@pytest.mark.parametrize("name", TOLERATED)
def test_a_harmless_difference_is_read(name: str) -> None:
    entries = (ENTRY, replace(ENTRY, body="- a\n\n  b\n\n      code"))
    text = dump(digest(sections=(Section("C# 周报", "", entries),)))
    changed = TOLERATED[name](text)
    assert changed != text
    assert dump(parse(changed)) == text


REFUSED = {
    "": (1, "does not begin"),
    "# News\n": (1, "does not begin"),
    "---\ntitle: x\n": (1, "never closed"),
    FRONT.replace("title", "name") + "1.  a": (2, "must begin with title"),
    FRONT.replace('title: "News"\n', "") + "1.  a": (2, "must begin with title"),
    FRONT.replace('"News"', "2026.03") + "1.  a": (2, "must be text"),
    FRONT.replace('"News"', "null") + "1.  a": (2, "must be text"),
    FRONT.replace('"News"', "[a]") + "1.  a": (2, "must be text"),
    FRONT.replace('"News"', '""') + "1.  a": (2, "needs a title"),
    FRONT.replace('"News"', "{a: b}") + "1.  a": (2, "list of texts"),
    FRONT.replace('"News"', '"\\ud83e"') + "1.  a": (2, "not valid YAML"),
    FRONT.replace('"News"', '"\\UFFFFFFFF"') + "1.  a": (2, "not valid YAML"),
    FRONT.replace('"News"', '"News') + "1.  a": (None, "not valid YAML"),
    FRONT.replace('"News"', "!!python/object:os.system x") + "1.  a": (2, "tags"),
    FRONT.replace('"News"', "&a x") + "1.  a": (2, "Anchors"),
    FRONT.replace('["AI", "产业"]', "*a") + "1.  a": (4, "not valid YAML|aliases"),
    FRONT.replace('["AI", "产业"]', "[[a]]") + "1.  a": (4, "only hold texts"),
    FRONT.replace('["AI", "产业"]', "AI") + "1.  a": (4, "must be a list"),
    FRONT.replace('["AI", "产业"]', "[yes]") + "1.  a": (4, "must be text"),
    FRONT.replace("\n---\n\n", "\ntitle: x\n---\n\n") + "1.  a": (5, "is repeated"),
    FRONT.replace("\n---\n\n", "\nweight: 3\n---\n\n") + "1.  a": (5, "must be text"),
    FRONT.replace("\n---\n\n", "\n...\nx\n---\n\n") + "1.  a": (None, "more than|valid YAML"),
    FRONT.replace("+08:00", "") + "1.  a": (3, "no offset"),
    FRONT.replace("2026-03-02T", "yesterday ") + "1.  a": (3, "of the form"),
    FRONT.replace("\n---\n\n", '\ntags: ["AI"]\n---\n\n') + "1.  a": (5, "Digests have no tags"),
    FRONT.replace("categories", "tags") + "1.  a": (4, "Digests have no tags"),
    FRONT: (
        5,
        r"after the front matter and the intro. .* such as 1\.  \[Headline-Byline\]\(https:",
    ),
    FRONT + "Just text.": (7, "needs at least one, in a numbered list"),
    FRONT + "Just text.\n\n---\n\nBye.": (7, "needs at least one, in a numbered list"),
    FRONT + "A.\n\n<!-- x -->\n\n1.  a": (9, "see this comment"),
    FRONT + "1.  a\n\n    One.\n    Two. <!--more--> Three.": (10, "see this comment"),
    FRONT + "1.  a\n\n    One.\n\n<!-- x -->\n\n2.  b": (11, "see this comment"),
    FRONT + "## A\n\n<!--\n\nx\n\n-->\n\n1.  a": (9, "see this comment"),
    FRONT + "1.  a\n\n---\n\nBye.\n\n<!-- x -->": (13, "see this comment"),
    FRONT + "1.  [a <!-- x -->](https://example.org)": (7, "see this comment"),
    FRONT + "## A <!-- x -->\n\n1.  a": (7, "see this comment"),
    FRONT + "1.  a\n\n---\n\n2.  b\n\n3.  c": (11, "goes on with number 2"),
    FRONT + "1.  a\n\n---\n\nBye.\n\n2.  b": (13, "goes on with number 2"),
    FRONT + "1.  Look https://example.org/a-b": (7, "make it the link"),
    FRONT + "1.  看 https://example.org/-36氪": (7, "make it the link"),
    FRONT + "1.  [a](https://example.org)\n    text": (8, "blank line"),
    FRONT + "1.  [a](https://example.org)\n2.  [b](https://example.org)": (8, "blank line"),
    FRONT + "1.  a\n\n    text\n\ntext": (11, "belongs to no story: indent its text"),
    FRONT + "1.  a\n\n\ttext": (9, "belongs to no story: indent its text"),
    FRONT + "1.  a\n\n text": (9, "belongs to no story: indent its text"),
    FRONT + "1.  a\n\n3.  b": (9, "out of order"),
    FRONT + "1.  a\n\n1.  b": (9, "out of order"),
    FRONT + "1.  a\n\n- b": (9, "belongs to no story: indent its text"),
    FRONT + "1.  **a**": (7, "plain text"),
    FRONT + "1.  a [b](https://example.org)": (7, "plain text"),
    FRONT + "1.  [`a`](https://example.org)": (7, "plain text"),
    FRONT + '1.  [a](https://example.org "b")': (7, "without a title"),
    FRONT + "1.  [a](javascript:alert)": (7, "cannot be read"),
    FRONT + "1.  [a](/media/x)": (7, "must begin with http"),
    FRONT + "1.  [](https://example.org)": (7, "headline"),
    FRONT + "## *A*\n\n1.  a": (7, "plain text"),
    FRONT.replace("产业", "a/b") + "1.  a": (4, "slash"),
    FRONT + "## A\n\nText.": (7, "has no stories"),
    FRONT + "1.  a\n\n## A\n\n---\n\nBye.": (9, "has no stories"),
    FRONT + "1.  a\n\n    One.\n\n    [x]: https://example.org": (11, "definition"),
    FRONT + "Hello.\n\n```\n1.  a": (7, "needs at least one, in a numbered list"),
    FRONT + "1.  a\n\n    One.\x00": (9, "U\\+0000"),
    FRONT + "1.  a\n\n    One.\x1b[0m": (9, "U\\+001B"),
    FRONT + "1.  a\rb": (7, "U\\+000D"),
    FRONT + "1.  " + "[" * 50_000: (7, "too long"),
    FRONT + "## " + "[" * 50_000: (7, "too long"),
    FRONT + "## " + " " * 50_000 + "#": (7, "empty"),
    FRONT + "## ##\n\n1.  a": (7, "empty"),
    FRONT + "1.  a\n\n    " + "x" * 20_001: (9, "20001 characters"),
    FRONT + "x" * MAX_FILE: (None, "longer than"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[-40:]))
def test_another_shape_is_refused_with_line_and_reason(text: str) -> None:
    line, reason = REFUSED[text]
    error = refused(text)
    assert line in (None, error.line), error
    assert re.search(reason, error.reason), error.reason


def test_a_yaml_bomb_costs_nothing() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{c}: &{c} [*{b},*{b}]\n" for b, c in zip("abcdef", "bcdefg", strict=True)
    )
    error = refused(f"---\n{bomb}---\n\n1.  a")
    assert "Anchors" in error.reason


def test_a_refused_item_is_named() -> None:
    error = refused(FRONT + "1.  a\n\n## B\n\n1.  b\n\n2.  [c](/d)")
    assert (error.line, error.item) == (13, 3)


def test_a_list_inside_a_code_fence_of_the_intro_begins_no_items() -> None:
    document = digest(ENTRY, intro="```\n\n1.  not an item\n\n## nor a section\n```\n\nText.")
    assert parse(dump(document)) == document


@pytest.mark.parametrize(
    "outro",
    [
        "1.  [a](https://example.org)\n\n## Thanks\n\n---\n\nBye.",
        "3. three\n4. four",
        "- 2. two",
        "Bye.\n2. two",
        "```\n2. two\n```",
    ],
)
def test_an_outro_may_look_like_anything_but_the_next_item(outro: str) -> None:
    document = digest(ENTRY, outro=outro)
    assert parse(dump(document)) == document


@pytest.mark.parametrize(
    "text",
    [
        "`<!-- x -->`",
        "```\n<!-- x -->\n```",
        "\\<!-- x -->",
        "&lt;!-- x -->",
        "[a](https://example.org/<!--x)",
    ],
)
def test_a_comment_that_is_meant_to_be_seen_is_read(text: str) -> None:
    text = FRONT + "1.  a\n\n" + "\n".join(f"    {line}" for line in text.split("\n"))
    document = parse(text)
    assert parse(dump(document)) == document


def test_a_comment_that_an_editor_wrote_is_text_that_every_site_shows() -> None:
    document = digest(replace(ENTRY, body="One. <!-- x -->"), intro="<!--more-->")
    assert parse(dump(document)) == normal(document)
    assert dump(document).count("&lt;!--") == 2


# Drafts


@pytest.mark.parametrize(
    ("lines", "is_draft"),
    [
        ("draft: true", True),
        ("published: false", True),
        ("Draft: yes", True),
        ("draft: true\npublished: true", True),
        ('draft: "true"', True),
        ("draft: false", False),
        ("published: true", False),
        ("draft: soon", False),
        ("layout: true", False),
    ],
)
def test_a_file_that_is_no_news_yet_says_so_and_its_document_does_not(
    lines: str, is_draft: bool
) -> None:
    file = parse_file(FRONT.replace("\n---\n\n", f"\n{lines}\n---\n\n") + "1.  a")
    assert file.is_draft == is_draft
    assert file.document.extra == ((("layout", True),) if lines == "layout: true" else ())
    assert parse(dump(file.document)) == file.document


# Labels


@pytest.mark.parametrize(
    ("label", "bylines", "headline", "byline"),
    [
        ("Kites land-Noor", (), "Kites land", "Noor"),
        ("Jean-Luc flies-Noor", (), "Jean-Luc flies", "Noor"),
        ("Kites land-Jean-Luc", (), "Kites land-Jean", "Luc"),
        ("Kites land-Jean-Luc", ("Luc", "Jean-Luc"), "Kites land", "Jean-Luc"),
        ("Kites land - at last", (), "Kites land - at last", ""),
        ("Kites land -Noor", ("Noor",), "Kites land -Noor", ""),
        ("-Noor", ("Noor",), "-Noor", ""),
        ("Noor-", (), "Noor-", ""),
        ("Noor", ("Noor",), "Noor", ""),
        ("全球-clem 🤗", ("clem 🤗",), "全球", "clem 🤗"),
        (f"Kites-{'x' * 200}", (), "Kites", "x" * 200),
        (f"Kites-{'x' * 201}", (), f"Kites-{'x' * 201}", ""),
        (f"Kites-{'x' * 201}", ("x" * 201,), "Kites", "x" * 201),
    ],
)
def test_a_label_is_split_at_a_known_byline_or_its_last_hyphen(
    label: str, bylines: tuple[str, ...], headline: str, byline: str
) -> None:
    text = FRONT + f"1.  [{label}](https://example.org)"
    document = parse(text, bylines)
    entry = document.sections[0].entries[0]
    assert (entry.headline, entry.byline) == (headline, byline)
    assert dump(document) == text


@pytest.mark.parametrize(
    ("bylines", "headline", "byline"),
    [((), "Kites land-Noor", ""), (("Noor",), "Kites land", "Noor")],
)
def test_no_byline_is_guessed_where_only_known_ones_are_wanted(
    bylines: tuple[str, ...], headline: str, byline: str
) -> None:
    text = FRONT + "1.  [Kites land-Noor](https://example.org)"
    document = parse_file(text, bylines, guesses=False).document
    (entry,) = document.entries
    assert (entry.headline, entry.byline) == (headline, byline)
    assert dump(document) == text


def test_a_label_is_split_as_the_text_that_is_kept_of_it() -> None:
    document = parse(FRONT + "1.  [Kites land-Noor\u3000](https://example.org)")
    (entry,) = document.entries
    assert (entry.headline, entry.byline) == ("Kites land", "Noor")
    assert parse(dump(document)) == document


# Differences


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a\nb", "a\nb", None),
        ("a\nb", "a\nc", 2),
        ("\ufeffa", "a", 1),
        ("a\r\nb", "a\nb", 1),
        ("a\nb\n", "a\nb", 3),
        ("a", "a\nb\nc", 2),
        ("", "a", 1),
    ],
)
def test_the_first_difference_is_a_line(old: str, new: str, line: int | None) -> None:
    assert first_difference(old, new) == line


def test_a_file_with_more_items_than_a_digest_holds_is_refused_at_the_first_of_them() -> None:
    sections = [Section(f"Part {number}", "", (ENTRY,) * 50) for number in range(10)]
    full = replace(digest(), sections=tuple(sections))
    assert len(parse(dump(full)).entries) == 500
    text = f"{dump(full)}\n\n## More\n\n1.  [One more](https://example.org/more)"
    error = refused(text)
    assert error.message % error.params == "A digest holds at most 500 stories."
    assert (error.item, error.line) == (501, text.count("\n") + 1)


def test_a_file_with_more_sections_than_a_digest_holds_is_refused_at_the_first_of_them() -> None:
    sections = [Section(f"Part {number}", "", (ENTRY,)) for number in range(100)]
    full = replace(digest(), sections=tuple(sections))
    assert len(parse(dump(full)).sections) == 100
    text = f"{dump(full)}\n\n## More\n\n1.  [One more](https://example.org/more)"
    error = refused(text)
    assert error.message % error.params == "A digest holds at most 100 sections."
    assert error.line == text.count("\n") - 1


@pytest.mark.parametrize("marker", ["100.", "100. "])
def test_a_hundredth_item_is_refused_as_one_too_many(marker: str) -> None:
    text = f"{dump(digest(*[ENTRY] * 99))}\n\n{marker}[One more](https://example.org/more)"
    error = refused(text)
    assert error.message % error.params == "A list holds at most 99 stories."
    assert (error.item, error.line) == (100, text.count("\n") + 1)
