"""The errors for what a file cannot hold: each rule once, for dump, import, forms and approval."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from itertools import count
from typing import Any

from markdown_it.token import Token

from digests.text.finding import N_, Finding
from digests.text.format.front_matter import hides_digest
from digests.text.format.nodes import DigestDocument, Entry, Section
from digests.text.format.normal import escaped_html
from digests.text.markdown.blocks import block_tokens, open_fence, with_cells
from digests.text.markdown.html import MAX_BODY, MAX_LISTS, MAX_QUOTES, MIN_CELLS
from digests.text.markdown.inline import inline_sources, scan
from digests.text.urls import safe_url

MAX_ITEMS = 99
"""The most items in one list: a third digit would move the text out of its four columns."""
MAX_DIGEST_ITEMS = 500
"""The most items in a digest, all sections together."""
MAX_SECTIONS = 100
MAX_LINE = 1_000
"""The longest one-line text in characters."""
MAX_URL = 2_000
MAX_DIGEST = 250_000
"""The longest digest, all texts together: an eighth of the longest file that is read."""

# With what may stand beside it, and what may be a byline.
_FINAL_ADDRESS = re.compile(
    r"(?:https?://|\bwww\.)[!-~]*[”’）》」』】。，、！？]*(?:-[^\s-]+)?$", re.IGNORECASE | re.ASCII
)
_LINE_OF_HTML = re.compile(r"^[ \t]*(?=<[A-Za-z/!?])", re.MULTILINE)
_FOOTNOTE = re.compile(r"^[ \t]*\[\^[^\]\n]+\]:", re.MULTILINE)
_KEY = re.compile("[A-Za-z][A-Za-z0-9_-]*")
_YAML_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_OWN_KEYS = frozenset(["title", "date", "categories"])
_NESTING = {
    "bullet_list": ("lists", MAX_LISTS),
    "ordered_list": ("lists", MAX_LISTS),
    "blockquote": ("quotes", MAX_QUOTES),
}


def document_errors(document: DigestDocument) -> Iterator[Finding]:
    """Yield an error for everything that keeps a normal document out of the file, in its order."""
    yield from _front_matter(document)
    if not document.sections:
        yield _error("no-items", N_("A digest needs at least one story."))
    if (length := _length(document)) > MAX_DIGEST:
        yield _error(
            "too-long",
            N_("The digest has %(count)d characters; the maximum is %(most)d."),
            count=length,
            most=MAX_DIGEST,
        )
    yield from text_errors(document.intro, "intro", is_intro=True)
    items = count(1)
    for number, section in enumerate(document.sections, start=1):
        if number == MAX_SECTIONS + 1:
            message = N_("A digest holds at most %(most)d sections.")
            error = _error("too-many-sections", message, field="heading", most=MAX_SECTIONS)
            yield replace(error, section=number)
        for finding in _section(section, is_first=number == 1):
            yield replace(finding, section=number)
        for entry in section.entries:
            item = next(items)
            if item == MAX_DIGEST_ITEMS + 1:
                message = N_("A digest holds at most %(most)d stories.")
                error = _error("too-many-items", message, most=MAX_DIGEST_ITEMS)
                yield replace(error, section=number, item=item)
            for finding in entry_errors(entry):
                yield replace(finding, section=number, item=item)
    yield from text_errors(document.outro, "outro")
    if document.sections:
        yield from _outro_list(document.outro, len(document.sections[-1].entries) + 1)


def _outro_list(outro: str, following: int) -> Iterator[Finding]:
    """Yield an error where an outro goes on with the list of the items above it."""
    if len(outro) > MAX_BODY:
        return
    for token in block_tokens(outro) if outro else ():
        is_list = token.type == "ordered_list_open" and not token.level
        if is_list and token.attrs.get("start") == following and token.map:
            yield _error(
                "outro-list",
                N_(
                    "The outro goes on with number %(number)d of the stories above: a story belongs"
                    " before the line ---, and a list of its own begins with another number."
                ),
                field="outro",
                line=token.map[0] + 1,
                number=following,
            )


def entry_errors(entry: Entry) -> Iterator[Finding]:
    """Yield an error for everything that keeps a normal entry out of the file."""
    if not entry.headline:
        yield _error("no-headline", N_("A story needs a headline."), field="headline")
    yield from _line(entry.headline, "headline")
    yield from _line(entry.byline, "byline")
    if entry.url:
        try:
            safe_url(entry.url)
        except ValueError as error:
            yield _error("url", str(error), field="url")
    elif ends_in_address(entry.headline) or ends_in_address(f"{entry.headline}-{entry.byline}"):
        yield _error(
            "address-in-headline",
            N_("The headline ends in an address: make it the link."),
            field="headline",
        )
    yield from _line(entry.url, "url", MAX_URL)
    yield from text_errors(entry.body, "body")


def ends_in_address(label: str) -> bool:
    """Whether a label that is no link ends in an address, which readers could not follow."""
    return _FINAL_ADDRESS.search(label) is not None


def _front_matter(document: DigestDocument) -> Iterator[Finding]:
    if not document.title:
        yield _error("no-title", N_("A digest needs a title."), field="title")
    yield from _line(document.title, "title")
    offset = document.date.utcoffset()
    if offset is None:
        yield _error("no-offset", N_("The date needs a time zone."), field="date")
    elif offset.seconds % 60:
        yield _error(
            "odd-offset", N_("The offset of the date must be of whole minutes."), field="date"
        )
    for category in document.categories:
        yield from _line(category, "categories")
        if "/" in category:
            yield _error(
                "category-slash",
                N_("The category “%(category)s” contains a slash, which sites take for a folder."),
                field="categories",
                category=category,
            )
    seen: set[str] = set()
    for key, value in document.extra:
        if key in seen:
            yield _error("extra-key", N_("The key “%(key)s” is repeated."), field="extra", key=key)
        seen.add(key)
        yield from extra_errors(key, value)


def extra_errors(key: str, value: str | bool) -> Iterator[Finding]:
    """Yield an error for everything that keeps a further key with its value out of the front
    matter."""
    if not _KEY.fullmatch(key) or key.lower() in _YAML_WORDS or key in _OWN_KEYS:
        yield _error(
            "extra-key",
            N_("“%(key)s” cannot be a further key of the front matter."),
            field="extra",
            key=key,
        )
    if hides_digest(key, value):
        yield _error(
            "extra-key",
            N_("“%(key)s: %(value)s” would keep the digest off the sites that are built from it."),
            field="extra",
            key=key,
            value=str(value).lower(),
        )
    yield from _line(key, "extra")
    yield from _line(str(value), "extra")


def _section(section: Section, *, is_first: bool) -> Iterator[Finding]:
    if not section.heading and not is_first:
        yield _error(
            "no-heading", N_("Only the first section can do without a heading."), field="heading"
        )
    if not section.heading and section.intro:
        yield _error(
            "unnamed-intro",
            N_("A section without a heading has no intro of its own."),
            field="section_intro",
        )
    yield from _line(section.heading, "heading")
    yield from text_errors(section.intro, "section_intro", is_intro=True)
    if not section.entries:
        yield _error(
            "empty-section",
            N_("The section “%(heading)s” has no stories."),
            field="heading",
            heading=section.heading,
        )
    if len(section.entries) > MAX_ITEMS:
        yield _error(
            "too-many-items",
            N_("The section has %(count)d stories; a list holds at most %(most)d."),
            field="heading",
            count=len(section.entries),
            most=MAX_ITEMS,
        )


def _line(text: str, field: str, most: int = MAX_LINE) -> Iterator[Finding]:
    if len(text) > most:
        yield _too_long(text, field, most)


def text_errors(text: str, field: str, *, is_intro: bool = False) -> Iterator[Finding]:
    """Yield an error for everything that keeps a Markdown text out of the file. The text of an
    intro is followed directly by a list or heading."""
    if len(text) > MAX_BODY:
        yield _too_long(text, field, MAX_BODY)
        return  # it is too long to be parsed, too
    if not text:
        return
    notes: dict[str, Any] = {}
    tokens = block_tokens(text, notes)
    yield from _definitions(notes, field)
    for token in tokens:
        if token.type == "inline" and token.map and (note := _FOOTNOTE.search(token.content)):
            yield _error(
                "footnote",
                N_("A footnote would leak into other stories; write it into the text."),
                field=field,
                line=token.map[0] + 1 + token.content.count("\n", 0, note.start()),
            )
    yield from _unescaped(text, field)
    if line := _too_deep(tokens):
        yield _error(
            "too-deep", N_("Lists and quotes are nested too deep here."), field=field, line=line
        )
    # The next row, if it were not cut off, has no more cells than the text has characters.
    more_cells = with_cells(MIN_CELLS + 2 * len(text))
    if "cells" in notes and len(block_tokens(text, more_cells)) != len(tokens):
        yield _error("too-many-cells", N_("The tables have too many empty cells."), field=field)
    if fence := open_fence(text):
        yield _error(
            "open-fence",
            N_("The code fence that begins here is never closed."),
            field=field,
            line=fence.line,
        )
    if is_intro:
        yield from _structure(tokens, field)


def _unescaped(text: str, field: str) -> Iterator[Finding]:
    """Yield HTML that remains in normal text and that engines which support HTML would run.

    Normal text has such HTML only on a line, inside a code span, that begins with a tag: there the
    tag takes precedence.
    """
    for line, source in inline_sources(text) if "<" in text else ():
        found = scan(source)
        harmless = {start for start, _end in found.autolinks}
        begins = {match.end() for match in _LINE_OF_HTML.finditer(source)} - harmless
        if begins or escaped_html(source) != source:
            before = min(begins, default=0)
            yield _error(
                "unescaped",
                N_("HTML cannot be escaped here."),
                field=field,
                line=line + 1 + source.count("\n", 0, before),
            )


def _definitions(notes: Mapping[str, Any], field: str) -> Iterator[Finding]:
    defined = list(notes.get("references", {}).values()) + notes.get("duplicate_refs", [])
    for definition in defined:
        yield _error(
            "definition",
            N_("A link definition would leak into other stories; write the address into the link."),
            field=field,
            line=definition["map"][0] + 1,
        )


def _structure(tokens: Iterable[Token], field: str) -> Iterator[Finding]:
    for token in tokens:
        if token.level or not token.map:
            continue
        if token.type == "ordered_list_open":
            yield _error(
                "intro-list",
                N_("An intro cannot hold a numbered list: it would be taken for the stories."),
                field=field,
                line=token.map[0] + 1,
            )
        if token.type == "heading_open" and token.tag == "h2":
            yield _error(
                "intro-heading",
                N_("An intro cannot hold a second-level heading: it would begin a section."),
                field=field,
                line=token.map[0] + 1,
            )


def _length(document: DigestDocument) -> int:
    texts = [document.intro, document.outro]
    for section in document.sections:
        texts += [section.heading, section.intro]
        for entry in section.entries:
            texts += astuple(entry)
    return sum(map(len, texts))


def _too_long(text: str, field: str, most: int) -> Finding:
    return _error(
        "too-long",
        N_("The text has %(count)d characters; the maximum is %(most)d."),
        field=field,
        count=len(text),
        most=most,
    )


def _error(
    code: str, message: str, *, field: str = "", line: int | None = None, **params: str | int
) -> Finding:
    return Finding("error", code, message, params, field=field, line=line)


def _too_deep(tokens: Iterable[Token]) -> int | None:
    """The line (from 1) where as many lists or quotes are open as the parser lets a text have.

    One more would be text, and the item that a body stands in is a list itself.
    """
    depths: Counter[str] = Counter()
    for token in tokens:
        if (name := token.type.rpartition("_")[0]) in _NESTING:
            kind, most = _NESTING[name]
            depths[kind] += token.nesting
            if depths[kind] >= most and token.map:
                return token.map[0] + 1
    return None
