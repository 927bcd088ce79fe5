"""What lint reports before the file is written, and what the approval check reports after."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from digests.text.finding import Finding
from digests.text.format import DigestDocument, Entry, FormatError, Section, dump, parse
from digests.text.format.roundtrip import check
from digests.text.judgement import Judgement
from digests.text.style.lint import lint_entry
from tests.embedded import ROOT

SEED_TWIN = (ROOT / "tests/data/seed_twin.md").read_bytes().decode()
DATE = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8)))
URL = "https://example.org/a"


def digest(*entries: Entry, **fields: Any) -> DigestDocument:
    document = DigestDocument("News", DATE, ("AI",), sections=(Section(entries=entries),))
    return replace(document, **fields)


def places(findings: list[Finding]) -> list[tuple[str, str, int | None, int | None]]:
    return [(f.severity, f.code, f.item, f.line) for f in findings]


def test_an_orderly_digest_has_no_findings() -> None:
    assert Judgement(parse(SEED_TWIN)).findings == []


def test_a_finding_is_a_sentence_from_a_template() -> None:
    finding = Finding(
        "error", "a-code", "There are %(count)d of %(what)s.", {"count": 3, "what": "%"}
    )
    assert finding.sentence == "There are 3 of %."
    with pytest.raises(FrozenInstanceError):
        finding.item = 3  # type: ignore[misc]  # what is refused here


def test_lint_collects_every_error_with_its_place() -> None:
    document = digest(
        Entry("", "", "ftp://example.org", "a\n\n[b]: c"),
        Entry("Good", "", URL),
        title=" ",
        categories=("A/B", "C/D"),
        intro="1. one\n\n## two\n\n```",
        sections=(
            Section(entries=(Entry("", "", "ftp://example.org", "a\n\n[b]: c"), Entry("Good"))),
            Section("", "", (Entry("Third", body="- ~~~\n  x"),)),
        ),
    )
    errors = [finding for finding in Judgement(document).findings if finding.severity == "error"]
    assert places(errors) == [
        ("error", "no-title", None, None),
        ("error", "category-slash", None, None),
        ("error", "category-slash", None, None),
        ("error", "open-fence", None, 5),
        ("error", "intro-list", None, 1),
        ("error", "intro-heading", None, 3),
        ("error", "no-headline", 1, None),
        ("error", "url", 1, None),
        ("error", "definition", 1, 3),
        ("error", "no-heading", None, None),
        ("error", "open-fence", 3, 1),
    ]
    assert [finding.section for finding in errors] == [None] * 6 + [1, 1, 1, 2, 2]
    assert {finding.field for finding in errors} == {
        *("title", "categories", "intro", "headline", "url", "body", "heading")
    }
    assert "“A/B”" in errors[1].sentence


def test_dump_raises_the_first_error_of_lint() -> None:
    document = digest(Entry("A", body="[b]: c"), Entry(""))
    first, second = Judgement(document).findings
    with pytest.raises(FormatError) as caught:
        dump(document)
    error = caught.value
    assert (error.message, error.params) == (first.message, first.params)
    assert (error.reason, error.item, error.line) == (first.sentence, 1, 1)
    assert second.item == 2


def test_an_entry_alone_has_the_same_findings_without_a_number() -> None:
    entry = Entry("", "", "/media/x", "See [it](/media/x).")
    alone = lint_entry(entry)
    within = Judgement(digest(Entry("A"), entry)).findings
    assert places(alone) == [
        ("error", "no-headline", None, None),
        ("error", "url", None, None),
        ("warning", "local-address", None, 1),
    ]
    assert [(f.code, f.sentence) for f in within] == [(f.code, f.sentence) for f in alone]
    assert {f.item for f in within} == {2}


WARNINGS = {
    "![a](/media/a.png)": ("local-address", 1),
    "a\n\n![a](media/a.png)": ("local-address", 3),
    "[a](http://localhost:8000/a)": ("local-address", 1),
    "[a](http://127.0.0.1/a)": ("local-address", 1),
    "[a](http://127.3.2.1/a)": ("local-address", 1),
    "[a](http://[::1]/a)": ("local-address", 1),
    "[a](http://0.0.0.0/a)": ("local-address", 1),
    "[a](http://admin.localhost./a)": ("local-address", 1),
    "[a](//example.org/a)": ("local-address", 1),
    "[a](#part)": ("local-address", 1),
    "<ftp:>": ("local-address", 1),
    "- `{{ a }}`": ("template-in-code", 1),
    "a\n\n```\n{% b %}\n```": ("template-in-code", 3),
    "    {{< c >}}": ("template-in-code", 1),
    "a\n<b>c</b>": ("raw-html", 2),
    "a\n\n- <!-- c": ("comment", 3),
    "a\n\nb &lt;!--more--&gt;": ("comment", 3),
    "a <!DOCTYPE b>": ("raw-html", 1),
}


@pytest.mark.parametrize("body", WARNINGS)
def test_what_other_sites_show_otherwise_is_warned_of(body: str) -> None:
    code, line = WARNINGS[body]
    assert places(lint_entry(Entry("A", "", URL, body)))[:1] == [("warning", code, None, line)]
    assert dump(digest(Entry("A", "", URL, body)))


@pytest.mark.parametrize(
    "body",
    [
        "[a](https://example.org) ![b](http://example.org/b.png) <a@example.org>",
        "`{ a }` { b } {{ c }}",
        "`<b>` a < b, 3 <4, x<y",
        "`<!-- a -->` and `&lt;!-- b`",
        "&lt;b>",
        "他说**“引号”**文字",
        "/media/a.png is no link",
    ],
)
def test_what_every_site_shows_alike_is_not_warned_of(body: str) -> None:
    assert lint_entry(Entry("A", "", URL, body)) == []


def test_html_is_warned_of_once_where_it_was_typed() -> None:
    entry = Entry("A", body="`<b>`\n\n<i>x</i>\n")
    assert places(lint_entry(entry)) == [("warning", "raw-html", None, 3)]


@pytest.mark.parametrize("body", ["![中**“a”**文](https://example.org/a.png)", "中_a_**“b”_**文"])
def test_bold_that_no_reference_saves_is_warned_of(body: str) -> None:
    findings = lint_entry(Entry("A", "", URL, body))
    document = digest(Entry("Good"), Entry("A", "", URL, body))
    if findings:
        assert places(findings) == [("warning", "emphasis", None, 1)]
    assert places(check(document, dump(document))) == [
        (f.severity, f.code, 2, 11) for f in findings
    ]


@pytest.mark.parametrize("character", '?#%:"')
def test_a_category_that_mangles_addresses_is_warned_of(character: str) -> None:
    (finding,) = Judgement(digest(Entry("A"), categories=(f"C{character}", "C"))).findings
    assert (finding.severity, finding.code) == ("warning", "category-character")
    assert f"“C{character}” contains {character}" in finding.sentence


def test_intros_and_outro_are_linted_too() -> None:
    document = digest(
        intro="![a](/a)",
        sections=(Section("H", "![b](/b)", (Entry("A"),)),),
        outro="![c](/c)",
    )
    fields = [(finding.field, finding.section) for finding in Judgement(document).findings]
    assert fields == [("intro", None), ("section_intro", 1), ("outro", None)]


# The approval check


MODEL = digest(
    Entry("One", "Noor", URL, "First **body**.\n\n- a\n- b"),
    Entry("Two", body="```\ncode\n```"),
    intro="Good morning.",
    sections=(
        Section(
            entries=(
                Entry("One", "Noor", URL, "First **body**.\n\n- a\n- b"),
                Entry("Two", body="```\ncode\n```"),
            )
        ),
        Section("Research", "About it.", (Entry("Three", "", URL, "他说**“引号”**文字"),)),
    ),
    outro="Bye.",
    extra=(("layout", "wide"), ("render_with_liquid", False)),
)


def test_the_text_that_dump_writes_passes() -> None:
    assert check(MODEL, dump(MODEL)) == []
    twin = parse(SEED_TWIN)
    assert check(twin, SEED_TWIN) == []


PLANTED = {
    "another title": ('"News"', '"Views"', "front-matter", None),
    "a title that YAML reads as a number": ('"News"', "1", "front-matter", None),
    "broken YAML": ('"News"', '"News', "front-matter", None),
    "another offset, same instant": ("T08:00:00+08:00", "T00:00:00+00:00", "front-matter", None),
    "another instant": ("T08:00:00", "T08:00:01", "front-matter", None),
    "a lost category": ('["AI"]', "[]", "front-matter", None),
    "a changed flag": ("liquid: false", "liquid: true", "front-matter", None),
    "a flag as a number": ("liquid: false", "liquid: 0", "front-matter", None),
    "keys in another order": ('layout: "wide"\n', "", "front-matter", None),
    "no front matter": ("---\ntitle", "title", "front-matter", None),
    "another link text": ("[One-Noor]", "[One-Nora]", "link", 1),
    "a link text with markup": ("[One-Noor]", "[One-**Noor**]", "link", 1),
    "another address": (f"]({URL})\n\n    First", f"]({URL}/b)\n\n    First", "link", 1),
    "a link where none is": ("2.  Two", f"2.  [Two]({URL})", "link", 2),
    "no link where one is": (f"[One-Noor]({URL})", "One-Noor", "link", 1),
    "another body": ("First **body**.", "First body.", "text", 1),
    "a loose list": ("    - a\n", "    - a\n\n", "text", 1),
    "a body that left its item": ("    First", "First", "structure", None),
    "an item that left the list": ("2.  Two", "- Two", "structure", None),
    "a list that begins elsewhere": ("1.  [One", "3.  [One", "structure", None),
    "an open fence": ("    code\n    ```", "    code", "text", 2),
    "a definition": ("    - b", "    - b\n\n    [Two]: /x\n", "definition", None),
    "another heading": ("## Research", "## Reports", "heading", None),
    "a smaller heading": ("## Research", "### Research", "heading", None),
    "no heading": ("## Research\n\n", "", "structure", None),
    "another intro": ("Good morning.", "Good evening.", "text", None),
    "no intro": ("Good morning.\n\n", "", "structure", None),
    "another section intro": ("About it.", "About **it**.", "text", None),
    "no line before the outro": ("---\n\nBye.", "Bye.", "structure", None),
    "another outro": ("Bye.", "Goodbye.", "text", None),
    "something after the outro": ("Bye.", "Bye.\n\nBye.", "structure", None),
    "no outro": ("\n\n---\n\nBye.", "", "structure", None),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_text_that_says_otherwise_does_not_pass(name: str) -> None:
    old, new, code, item = PLANTED[name]
    text = dump(MODEL)
    assert old in text
    findings = check(MODEL, text.replace(old, new, 1))
    assert ("error", code, item) in [(f.severity, f.code, f.item) for f in findings], findings


def line_of(finding: Finding, text: str) -> str:
    assert finding.line is not None
    return text.split("\n")[finding.line - 1]


def test_bold_that_plain_commonmark_does_not_show_is_a_warning_with_its_line() -> None:
    text = dump(MODEL).replace("&#35828;", "说").replace("&#25991;", "文")
    (finding,) = check(MODEL, text)
    assert (finding.severity, finding.code, finding.item) == ("warning", "emphasis", 3)
    assert line_of(finding, text) == "    他说**“引号”**文字"


def test_the_check_names_the_line_of_the_file() -> None:
    text = dump(MODEL).replace("2.  Two", "2.  Too")
    (finding,) = check(MODEL, text)
    assert line_of(finding, text) == "2.  Too"


def test_a_swapped_document_does_not_pass() -> None:
    other = replace(MODEL, date=datetime(2026, 3, 2, tzinfo=UTC), outro="")
    assert {finding.code for finding in check(other, dump(MODEL))} == {"front-matter", "structure"}


def test_an_image_without_a_description_is_remarked_on_with_its_line() -> None:
    body = "第一行。\n\n![](https://example.org/a.png) 与 ![ ](https://example.org/b.png)"
    found = [each for each in lint_entry(Entry("A", body=body)) if each.code == "image-alt"]
    assert [(each.severity, each.field, each.line) for each in found] == [
        ("warning", "body", 3)
    ] * 2
    described = Entry("A", body="![一张图](https://example.org/a.png) `![](x)`")
    assert "image-alt" not in {each.code for each in lint_entry(described)}
