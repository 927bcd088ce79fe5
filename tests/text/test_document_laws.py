"""Laws of the file format, over documents that try to break it."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from markdown_it import MarkdownIt

from digests.text.characters import normal_lines
from digests.text.format import (
    DigestDocument,
    Entry,
    FormatError,
    Section,
    dump,
    escapes,
    normal,
    normal_entry,
    parse,
)
from digests.text.format.normal import normal_block, normal_body
from digests.text.format.roundtrip import check
from digests.text.format.writer import entry_label
from digests.text.judgement import Judgement
from digests.text.markdown.html import FRIENDLY
from digests.text.style.lint import lint_entry
from tests.hostile import accepted_documents, bodies, documents, entries, lines

some = settings(max_examples=50, suppress_health_check=list(HealthCheck))

DATE = datetime(2026, 3, 2, 8, 0, 41, tzinfo=timezone(timedelta(hours=8)))

# What an engine that runs HTML sees.
HTML_ENGINE = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def codes_of(body: str) -> set[str]:
    return {finding.code for finding in lint_entry(Entry("a", body=body))}


def bylines_of(document: DigestDocument) -> list[str]:
    return [entry.byline for section in document.sections for entry in section.entries]


def with_certain_labels(document: DigestDocument, model: DigestDocument) -> DigestDocument:
    """The document with label for headline wherever the label of the model has no sure split."""
    bylines = {byline for byline in bylines_of(model) if byline}

    def certain(entry: Entry, like: Entry) -> Entry:
        ends = [byline for byline in bylines if entry_label(like).endswith(f"-{byline}")]
        if like.byline and len(ends) == 1:
            return entry
        return replace(entry, headline=entry_label(entry), byline="")

    sections = (
        replace(section, entries=tuple(map(certain, section.entries, like.entries)))
        for section, like in zip(document.sections, model.sections, strict=True)
    )
    return replace(document, sections=tuple(sections))


@some
@given(documents)
def test_normal_is_idempotent(document: DigestDocument) -> None:
    assert normal(normal(document)) == normal(document)


@some
@given(documents)
def test_a_document_is_written_or_refused_with_all_the_reasons(document: DigestDocument) -> None:
    errors = [f for f in Judgement(document).findings if f.severity == "error"]
    try:
        dump(document)
    except FormatError as error:
        assert (error.reason, error.item, error.line) == (
            errors[0].sentence,
            errors[0].item,
            errors[0].line,
        )
    else:
        assert not errors


@some
@given(accepted_documents)
def test_a_document_and_its_normal_form_are_one_file(document: DigestDocument) -> None:
    assert dump(normal(document)) == dump(document)


def reads_back(document: DigestDocument) -> None:
    text = dump(document)
    model = normal(document)
    found = parse(text, bylines_of(model))
    assert with_certain_labels(found, model) == with_certain_labels(model, model)
    assert found.date.utcoffset() == model.date.utcoffset()
    assert dump(found) == text
    assert dump(parse(text)) == text


@some
@given(accepted_documents)
def test_a_file_reads_back_as_the_normal_document(document: DigestDocument) -> None:
    reads_back(document)


PLANTED = {
    "an entity in an address is not escaped": ("destination", str),
    "a backtick in a label is not escaped": (
        "label",
        lambda text, label=escapes.label: label(text).replace("\\`", "`"),
    ),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_so_many_documents_find_a_planted_bug(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escapes, *PLANTED[bug])
    law = given(accepted_documents)(reads_back)
    same = settings(some, derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises((AssertionError, FormatError, ExceptionGroup)):
        same(law)()


@some
@given(accepted_documents)
def test_the_approval_check_finds_every_text_in_its_place(document: DigestDocument) -> None:
    assert [f for f in check(normal(document), dump(document)) if f.severity == "error"] == []


@some
@given(bodies)
@example("[a](<b")
@example("[a]:\n<b")
@example("* \n\u3000\n  {{ x }}\n<!--")
@example("| `<a>` | <a> |\n|-|-|\n| x \\| <b> | x \\| <b> |")
@example("![`{{`<i>](<u{{> 'x{{')")
@example(">`\n`")
@example("- a\n\n      ```\n      b\n\n  : c")
def test_normal_text_shows_the_same(text: str) -> None:
    text = normal_lines(text)
    if {"definition", "too-many-cells"} & codes_of(text):
        return  # refused: a definition shows nothing, and tables are cut by the text's length
    assert FRIENDLY.render(normal_block(text)) == FRIENDLY.render(text)


@some
@given(bodies)
@example("* \n\u3000\n  {{ x }}\n<!--")
@example("<div>\n\n<T>")
@example("`\n<!A`")
@example("[a](\n<div>)")
def test_normal_text_holds_no_html_or_is_refused(text: str) -> None:
    if {"unescaped", "definition"} & codes_of(text):
        return
    for token in HTML_ENGINE.parse(normal_body(text)):
        assert token.type != "html_block"
        assert "html_inline" not in {child.type for child in token.children or []}


@some
@given(entries)
@example(Entry("a", body="<&#65;**"))
def test_normal_entries_are_idempotent(entry: Entry) -> None:
    assert normal_entry(normal_entry(entry)) == normal_entry(entry)


@some
@given(entries, entries, lines)
def test_an_item_cannot_reach_its_neighbour(first: Entry, second: Entry, heading: str) -> None:
    quiet = Entry("Quiet", "", "https://example.org/", "One **bold** word.")
    model = DigestDocument(
        title="News",
        date=DATE,
        sections=(Section(entries=(first, quiet, second)), Section(heading or "H", "", (quiet,))),
    )
    try:
        text = dump(model)
    except FormatError:
        return
    assert text.count("[Quiet](https://example.org/)\n\n    One **bold** word.") == 2
    assert [f for f in check(normal(model), text) if f.severity == "error"] == []


@some
@given(bodies, lines)
def test_any_text_is_read_or_refused(body: str, line: str) -> None:
    """Whatever stands in a file, parse gives a document that dump takes, or a FormatError."""
    for text in (
        body,
        f"---\ntitle: {line}\ndate: 2026-01-01T00:00:00Z\ncategories: [{line}]\n---\n\n{body}",
        f'---\ntitle: "a"\ndate: 2026-01-01T00:00:00Z\ncategories: []\n---\n\n{body}\n\n1.  {line}',
    ):
        try:
            document = parse(text)
        except FormatError as error:
            assert error.reason
        else:
            assert parse(dump(document), bylines_of(document)) == document


@pytest.mark.parametrize("headline", ["a-b", "a - b", "a-", "-a", "a-b-c"])
def test_an_item_without_byline_may_be_split_but_keeps_its_label(headline: str) -> None:
    document = DigestDocument("News", DATE, sections=(Section(entries=(Entry(headline),)),))
    (entry,) = parse(dump(document)).sections[0].entries
    assert entry_label(entry) == headline
