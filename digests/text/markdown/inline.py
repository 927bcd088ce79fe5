"""Locating the inline Markdown of a text, so that its source can be rewritten in place."""

from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from digests.text.markdown.blocks import block_tokens
from digests.text.markdown.html import FRIENDLY, PLAIN

type _Rule = Callable[[Any, bool], bool]  # (inline state of the parser, whether only to look)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of `*`, `_` or `~`: whether it may (open, close) emphasis, and whether it does."""

    start: int
    end: int
    powers: tuple[bool, bool]
    deeds: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Scan:
    """The parts of an inline source beside text: spans of (start, end), in order of their ends.

    A destination is what follows the label of a link or image: address and title. The alternative
    text of an image is text, but its emphasis is not recorded.
    """

    runs: list[Run] = field(default_factory=list)
    # The data from which runs are made after the parser has paired them: see _runs.
    marks: list[tuple[int, int, tuple[bool, bool], list[Any], int]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    autolinks: list[tuple[int, int]] = field(default_factory=list)
    destinations: list[tuple[int, int]] = field(default_factory=list)


# Bold is scanned again and again until it is portable, and read back.
@lru_cache(maxsize=64)
def scan(content: str, *, plain: bool = False) -> Scan:
    """Scan under the CJK-friendly or the plain emphasis rule, which differ in the runs' powers."""
    found = Scan()
    scanner = _PLAIN if plain else _FRIENDLY
    scanner.inline.parse(content, scanner, {_FOUND: found}, [])
    found.runs.extend(_runs(found))
    return found


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


_FOUND = "found"


def _mark(found: Scan, state: Any, start: int) -> None:
    scanned = state.scanDelims(start, state.src[start] != "_")
    powers = (scanned.can_open, scanned.can_close)
    found.marks.append((start, state.pos, powers, state.delimiters, len(state.delimiters)))


def _runs(found: Scan) -> Iterator[Run]:
    """Yield the runs of the marks, whose delimiters the parser keeps in a list for each label."""
    closers: dict[int, set[int]] = {}
    firsts: dict[int, int] = {}
    for start, end, powers, delimiters, last in found.marks:
        label = id(delimiters)
        if label not in closers:
            closers[label] = {delimiter.end for delimiter in delimiters}
        own = range(firsts.get(label, 0), last)
        firsts[label] = last
        opens = any(delimiters[index].end >= 0 for index in own)
        yield Run(start, end, powers, (opens, not closers[label].isdisjoint(own)))


def _code(found: Scan, state: Any, start: int) -> None:
    if not state.pending:  # an unmatched run of backticks goes there
        found.code.append((start, state.pos))


def _autolink(found: Scan, state: Any, start: int) -> None:
    found.autolinks.append((start, state.pos))


def _link(found: Scan, state: Any, start: int) -> None:
    end_of_label = state.md.helpers.parseLinkLabel(state, start, True)
    found.destinations.append((end_of_label, state.pos))


def _recording(rule: _Rule, remember: Callable[[Scan, Any, int], None]) -> _Rule:
    def record(state: Any, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent:
            remember(state.env[_FOUND], state, start)
        return True

    return record


def _recording_image(rule: _Rule) -> _Rule:
    # The label of an image is parsed as a separate source, with its own positions.
    def record(state: Any, silent: bool) -> bool:
        start = state.pos
        outer = state.env[_FOUND]
        state.env[_FOUND] = inner = Scan()
        matched = rule(state, silent)
        state.env[_FOUND] = outer
        if matched and not silent:
            shift = start + len("![")
            for spans, found in (
                (outer.code, inner.code),
                (outer.autolinks, inner.autolinks),
                (outer.destinations, inner.destinations),
            ):
                spans += [(shift + first, shift + last) for first, last in found]
            end_of_label = state.md.helpers.parseLinkLabel(state, start + 1, False)
            outer.destinations.append((end_of_label, state.pos))
        return matched

    return record


def _scanner(parser: Any) -> Any:
    scanner = copy(parser)
    scanner.inline = deepcopy(parser.inline)
    ruler = scanner.inline.ruler
    rules = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))
    ruler.at("emphasis", _recording(rules["emphasis"], _mark))
    ruler.at("strikethrough", _recording(rules["strikethrough"], _mark))
    ruler.at("backticks", _recording(rules["backticks"], _code))
    ruler.at("autolink", _recording(rules["autolink"], _autolink))
    ruler.at("link", _recording(rules["link"], _link))
    ruler.at("image", _recording_image(rules["image"]))
    # The rule chains are compiled at first use, which two threads must not do at once.
    scanner.inline.parse("*", scanner, {_FOUND: Scan()}, [])
    return scanner


_PLAIN = _scanner(PLAIN)
_FRIENDLY = _scanner(FRIENDLY)
