"""Findings on an entry or a document, for forms and API.

Errors are what `dump` refuses; warnings are about what other sites would show differently than our
page, and about breaches of the series' house style, if one is given.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, count

from markdown_it.token import Token

from digests.text.characters import normal_lines
from digests.text.finding import N_, Finding
from digests.text.format.errors import entry_errors
from digests.text.format.nodes import DigestDocument, Entry
from digests.text.format.normal import escaped_html, normal_block, normal_entry
from digests.text.markdown.comments import ESCAPED, comment_lines
from digests.text.markdown.emphasis import is_portable, loosened, portable
from digests.text.markdown.html import FRIENDLY, MAX_BODY, PLAIN
from digests.text.markdown.inline import placed_sources, rewrite
from digests.text.style.bold import house_marks, raw_marks
from digests.text.style.dates import date_findings
from digests.text.style.house import HouseStyle, house_findings
from digests.text.style.prose import prose_of_markdown, with_line_ends
from digests.text.style.typography import typography
from digests.text.urls import is_public

_TROUBLE_IN_CATEGORY = re.compile(r'[?#%:"]')
_ESCAPED_TAG = re.compile(r"&lt;(?:/?[A-Za-z][^<>]{0,1000}>|!(?!--)|\?)")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>\n]{0,1000}>|!(?!--)|\?)")
_TEMPLATE = re.compile(r"\{[{%#]")


def lint_entry(entry: Entry, style: HouseStyle | None = None) -> list[Finding]:
    """Return the findings on an entry as an editor wrote it, errors first; house style last."""
    return [*entry_errors(normal_entry(entry)), *_entry_warnings(entry, style)]


def warnings(document: DigestDocument, style: HouseStyle | None) -> Iterator[Finding]:
    """Yield the warnings on a document as editors wrote it, in its order."""
    yield from date_findings(document.title, document.date)
    for category in document.categories:
        if match := _TROUBLE_IN_CATEGORY.search(category):
            yield _warning(
                "category-character",
                N_("The category “%(category)s” contains %(character)s, which some sites drop."),
                "categories",
                category=category,
                character=match[0],
            )
    yield from _text_warnings(document.intro, "intro", style)
    items = count(1)
    for number, section in enumerate(document.sections, start=1):
        for finding in _text_warnings(section.intro, "section_intro", style):
            yield replace(finding, section=number)
        for entry in section.entries:
            item = next(items)
            for finding in _entry_warnings(entry, style):
                yield replace(finding, section=number, item=item)
    yield from _text_warnings(document.outro, "outro", style)


def _entry_warnings(entry: Entry, style: HouseStyle | None) -> Iterator[Finding]:
    yield from _portability(entry.body, "body")
    if style:
        yield from house_findings(entry, style)


def _text_warnings(text: str, field: str, style: HouseStyle | None) -> Iterator[Finding]:
    yield from _portability(text, field)
    if style:
        yield from typography(text, field, style.spacing)
        yield from house_marks(text, field)


def _portability(text: str, field: str) -> Iterator[Finding]:
    if not text or len(text) > MAX_BODY:
        return
    yield from _raw_html(text, field)
    yield from raw_marks(text, field)
    written, text = text, normal_block(text)
    for number in comment_lines(text, ESCAPED):
        yield _warning(
            "comment",
            N_("Readers see this comment as text: delete it, or put it into code."),
            field,
            number + 1,
        )
    tokens = FRIENDLY.parse(text)
    for block in tokens:
        line = block.map[0] + 1 if block.map else None
        for token in block.children or [block]:
            yield from _token_warnings(token, field, line)
    shown = FRIENDLY.renderer.render(tokens, FRIENDLY.options, {})
    if not text.isascii() and PLAIN.render(portable(text)) != shown:
        yield from _emphasis(written, field)


def _emphasis(text: str, field: str) -> Iterator[Finding]:
    finding = _warning(
        "emphasis",
        N_(
            "Bold or italics of this text will not show on other sites: put a space beside the"
            " asterisks or move the punctuation out of them."
        ),
        field,
    )
    found = False
    text = with_line_ends(text)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for source in placed_sources(text):
        place, content = source.places[0], source.content
        if place is None or is_portable(content):
            continue
        found = True
        line, column = place
        start = starts[line] + column
        span = (start, start + len(content))
        # Otherwise the lines are indented, or belong to a layout.
        is_whole = text[slice(*span)] == content
        yield replace(
            finding,
            line=line + 1,
            span=span if is_whole else None,
            fix=loosened(content) if is_whole else None,
        )
    if not found:
        yield finding


def _raw_html(text: str, field: str) -> Iterator[Finding]:
    if "<" not in text:
        return
    before = normal_lines(text)
    starts = [0, *accumulate(len(line) + 1 for line in before.split("\n"))]
    # If the lines are as they were written, a tag is found in their prose.
    prose = prose_of_markdown(text) if text.startswith(before) else ""
    pairs = zip(before.split("\n"), rewrite(before, escaped_html).split("\n"), strict=True)
    for number, (line, escaped) in enumerate(pairs, start=1):
        if len(_ESCAPED_TAG.findall(escaped)) > len(_ESCAPED_TAG.findall(line)):
            start = starts[number - 1]
            tag = _TAG.search(prose, start, start + len(line))
            yield replace(
                _warning("raw-html", N_("HTML is shown as text."), field, number),
                span=tag.span() if tag else None,
            )


def _token_warnings(token: Token, field: str, line: int | None) -> Iterator[Finding]:
    is_code = token.type in ("code_inline", "code_block", "fence")
    if is_code and (template := _TEMPLATE.search(token.content + token.info)):
        yield _warning(
            "template-in-code",
            N_("Some site generators run %(template)s even in code."),
            field,
            line,
            template=template[0],
        )
    if token.type == "image" and not token.content.strip():
        yield _warning(
            "image-alt",
            N_("An image is not described for users who cannot see it: do so in its brackets."),
            field,
            line,
        )
    address = token.attrs.get("href") or token.attrs.get("src")
    if address and not is_public(str(address)):
        yield _warning(
            "local-address",
            N_("The address %(address)s works on this site only."),
            field,
            line,
            address=str(address),
        )


def _warning(
    code: str, message: str, field: str, line: int | None = None, **params: str | int
) -> Finding:
    return Finding("warning", code, message, params, field=field, line=line)
