"""Locating the inline Markdown of a text, so that its source can be rewritten in place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from digests.text.markdown.blocks import block_tokens
from digests.text.markdown.html import FRIENDLY
from digests.text.markdown.scanning import Scan


def scan(content: str) -> Scan:
    """Scan an inline source under the CJK-friendly rule."""
    return FRIENDLY.inline.scan(content)


def inline_sources(text: str) -> Iterator[tuple[int, str]]:
    """Yield every piece of inline source (paragraph, heading, table cell) with its line, from 0."""
    for token in block_tokens(text):
        if token.type == "inline" and token.map:
            yield token.map[0], token.content


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of inline source (paragraph, heading, table cell) and the places of its lines.

    `places` are (line, column), from 0, of each line less the white space at its ends; None if the
    text has the line in another form.
    """

    content: str
    places: list[tuple[int, int] | None]
    in_table: bool


def placed_sources(text: str) -> Iterator[Source]:
    """Yield every piece of inline source with its places, in order; code blocks are left out."""
    lines = text.split("\n")
    done: dict[int, int] = {}  # line -> the column up to which its cells were found
    in_table = False
    for token in block_tokens(text):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        if token.type != "inline" or token.map is None:
            continue
        parts = _source_lines(token.content, in_table)
        first = _first_line(lines, token.map, parts)
        places: list[tuple[int, int] | None] = []
        for number, part in enumerate(parts, start=first):
            at = lines[number].find(part, done.get(number, 0))
            places.append((number, at) if at >= 0 else None)
            if at >= 0:
                done[number] = at + len(part)
        yield Source(token.content, places, in_table)


def rewrite(text: str, editor: Callable[[str], str]) -> str:
    """Rewrite every piece of inline source (paragraph, heading, table cell) with `editor`.

    The editor may not add or remove line ends. Code blocks are not inline and stay as they are.
    """
    lines = text.split("\n")
    # From the end, so that the cells before an edited one stay where they were found.
    for source in reversed(list(placed_sources(text))):
        edited = editor(source.content)
        if edited == source.content:
            continue
        old, new = (_source_lines(each, source.in_table) for each in (source.content, edited))
        for place, before, after in zip(source.places, old, new, strict=True):
            if place:
                number, at = place
                line = lines[number]
                lines[number] = line[:at] + after + line[at + len(before) :]
    return "\n".join(lines)


def _source_lines(content: str, in_table: bool) -> list[str]:
    """Return the lines of an inline source as they are in the text, less their indentation."""
    if in_table:
        content = content.replace("|", r"\|")
    return [line.strip(" \t") for line in content.split("\n")]


def _first_line(lines: list[str], block: list[int], source: list[str]) -> int:
    # The parser drops lines of odd white space from the beginning of a paragraph.
    for first in range(block[0], block[1] - len(source) + 1):
        if all(part in lines[first + n] for n, part in enumerate(source)):
            return first
    return block[0]
