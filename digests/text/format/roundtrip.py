"""The round-trip check at approval: whether a file's text reads like its document everywhere."""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import yaml
from markdown_it.token import Token

from digests.text.finding import N_, Finding
from digests.text.format.nodes import DigestDocument, Entry
from digests.text.format.writer import entry_label
from digests.text.markdown.blocks import block_tokens, with_cells
from digests.text.markdown.html import FRIENDLY, PLAIN


def check(document: DigestDocument, text: str) -> list[Finding]:
    """Compare a file's text with its normal document, front matter and rendered HTML.

    Any difference is an error; bold that plain CommonMark shows differently is a warning. The
    lines are those of the text.
    """
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line == "---"), None)
    if lines[0] != "---" or end is None:
        return [_error("front-matter", N_("The file has no front matter."), 1)]
    findings: list[Finding] = []
    if not _says("\n".join(lines[1:end]), document):
        findings.append(_error("front-matter", N_("The front matter reads back differently."), 2))
    body = _Body("\n".join(lines[end + 1 :]), first_line=end + 2)
    try:
        findings += body.compare(document)
    except _OutOfStep as error:
        findings.append(_error("structure", N_("The file is built differently."), error.line))
    return findings


def _says(front: str, document: DigestDocument) -> bool:
    expected = [("title", document.title), ("date", document.date)]
    expected += [("categories", list(document.categories)), *document.extra]
    try:
        loaded = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError):
        return False
    if not isinstance(loaded, dict) or list(loaded.items()) != expected:
        return False
    # Equal dates may be one instant with two offsets, and 1 equals True.
    return loaded["date"].utcoffset() == document.date.utcoffset() and all(
        type(value) is type(loaded[key]) for key, value in document.extra
    )


class _OutOfStep(Exception):
    def __init__(self, line: int | None) -> None:
        self.line = line


class _Body:
    """The tokens of a file's body under both emphasis rules, which have all blocks in common."""

    def __init__(self, text: str, first_line: int) -> None:
        self.notes = with_cells(sys.maxsize)
        self.friendly = _parsed(text, notes=self.notes)
        self.plain = _parsed(text, PLAIN)
        self.first_line = first_line
        self.blocks = iter(_spans(self.friendly, 0, len(self.friendly)))

    def compare(self, document: DigestDocument) -> Iterator[Finding]:
        if "references" in self.notes:
            yield _error("definition", N_("The file holds a link definition."), None)
        yield from self.text(document.intro)
        items = count(1)
        for section in document.sections:
            if section.heading:
                yield from self.heading(section.heading)
            yield from self.text(section.intro)
            start, end = self.next_block("ordered_list_open")
            spans = _spans(self.friendly, start + 1, end - 1)
            if len(spans) != len(section.entries) or self.friendly[start].attrs:
                raise _OutOfStep(self.line(start))
            for entry, span in zip(section.entries, spans, strict=True):
                yield from self.item(entry, span, next(items))
        if document.outro:
            self.next_block("hr")
            yield from self.text(document.outro)
        if (left := next(self.blocks, None)) is not None:
            raise _OutOfStep(self.line(left[0]))

    def text(self, expected: str) -> Iterator[Finding]:
        tokens = block_tokens(expected)
        blocks = [self.next_block() for _span in _spans(tokens, 0, len(tokens))]
        if blocks:
            yield from self.html(expected, blocks[0][0], blocks[-1][1])

    def heading(self, expected: str) -> Iterator[Finding]:
        start, _end = self.next_block("heading_open")
        if self.friendly[start].tag != "h2" or _link(self.friendly[start + 1]) != (expected, ""):
            yield _error("heading", N_("The heading reads differently."), self.line(start))

    def item(self, entry: Entry, span: tuple[int, int], item: int) -> Iterator[Finding]:
        start = span[0] + 1
        if self.friendly[start].type != "paragraph_open":
            raise _OutOfStep(self.line(start))
        if _link(self.friendly[start + 1]) != (entry_label(entry), entry.url):
            yield _error("link", N_("The link reads differently."), self.line(start), item)
        yield from self.html(entry.body, start + 3, span[1] - 1, item)

    def html(
        self, expected: str, start: int, end: int, item: int | None = None
    ) -> Iterator[Finding]:
        alone = _html(_parsed(expected))
        if _html(self.friendly[start:end]) != alone:
            yield _error("text", N_("The text reads differently."), self.line(start), item)
        elif _html(self.plain[start:end]) != alone:
            yield Finding(
                "warning",
                "emphasis",
                N_("Bold or italics of this text will not show on other sites."),
                item=item,
                line=self.line(start),
            )

    def next_block(self, kind: str = "") -> tuple[int, int]:
        span = next(self.blocks, None)
        if span is None:
            raise _OutOfStep(None)
        if kind and self.friendly[span[0]].type != kind:
            raise _OutOfStep(self.line(span[0]))
        return span

    def line(self, index: int) -> int | None:
        lines = self.friendly[index].map
        return lines[0] + self.first_line if lines else None


def _spans(tokens: Sequence[Token], start: int, end: int) -> list[tuple[int, int]]:
    """Return the (start, end) of every block, closing token included, on the level of the first
    token."""
    spans = []
    depth = 0
    for index in range(start, end):
        if depth == 0:
            start = index
        depth += tokens[index].nesting
        if depth == 0:
            spans.append((start, index + 1))
    return spans


def _link(inline: Token) -> tuple[str, str] | None:
    """Return text and address ("" if none) of a line that is one link, or plain text, alone."""
    children = inline.children or []
    url = ""
    if children and children[0].type == "link_open" and children[-1].type == "link_close":
        url = str(children[0].attrs["href"])
        children = children[1:-1]
    if any(child.type != "text" for child in children):
        return None
    return "".join(child.content for child in children), url


def _parsed(text: str, parser: Any = FRIENDLY, notes: dict[str, Any] | None = None) -> list[Token]:
    """Parse a text so that the result is the same for it alone and indented in an item.

    Its last line gets a line end, which an open code fence shows; and the parser leaves the
    indentation of further lines in a code span, where HTML shows one space.
    """
    tokens: list[Token] = parser.parse(f"{text}\n", notes or with_cells(sys.maxsize))
    for token in tokens:
        if token.children and "`" in token.content:
            token.children = list(map(_as_shown, token.children))
    return tokens


def _as_shown(token: Token) -> Token:
    """An inline token with the spaces of its code spans as HTML shows them."""
    if token.children:
        return token.copy(children=list(map(_as_shown, token.children)))
    if token.type == "code_inline":
        return token.copy(content=re.sub(" +", " ", token.content))
    return token


def _html(tokens: Sequence[Token]) -> str:
    return str(FRIENDLY.renderer.render(tokens, FRIENDLY.options, {}))


def _error(code: str, sentence: str, line: int | None, item: int | None = None) -> Finding:
    return Finding("error", code, sentence, item=item, line=line)
