"""Where the inline Markdown of a text lies, so that its source can be rewritten in place."""

from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    image,
    link,
    strikethrough,
)

from .blocks import block_tokens
from .markdown import FRIENDLY

type _Rule = Callable[[StateInline, bool], bool]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of `*`, `_` or `~` and whether it may (open, close) emphasis under either rule."""

    start: int
    end: int
    plain: tuple[bool, bool]
    friendly: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Scan:
    """What an inline source holds beside text: spans of (start, end), in order of their ends.

    A destination is what follows the label of a link or image: address and title. The alternative
    text of an image is text, but its emphasis is not recorded.
    """

    runs: list[Run] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    autolinks: list[tuple[int, int]] = field(default_factory=list)
    destinations: list[tuple[int, int]] = field(default_factory=list)


def scan(content: str) -> Scan:
    found = Scan()
    _SCANNER.inline.parse(content, _SCANNER, {_FOUND: found}, [])
    return found


def rewrite(text: str, editor: Callable[[str], str]) -> str:
    """Put every piece of inline source (paragraph, heading, table cell) through editor.

    The editor may not add or remove line ends. Code blocks are not inline and stay as they are.
    """
    lines = text.split("\n")
    done: dict[int, int] = {}  # line -> the column up to which its cells were handled
    in_table = False
    for token in block_tokens(text):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        if token.type != "inline" or token.map is None:
            continue
        edited = editor(token.content)
        if edited == token.content and not in_table:
            continue
        pairs = zip(token.content.split("\n"), edited.split("\n"), strict=True)
        for number, pair in enumerate(pairs, start=token.map[0]):
            old, new = (part.strip(" \t") for part in pair)
            if in_table:
                old, new = (part.replace("|", r"\|") for part in (old, new))
            line = lines[number]
            at = line.find(old, done.get(number, 0))
            if at < 0:
                continue
            lines[number] = line[:at] + new + line[at + len(old) :]
            done[number] = at + len(new)
    return "\n".join(lines)


_FOUND = "found"


def _run(found: Scan, state: StateInline, start: int) -> None:
    splits_words = state.src[start] != "_"
    plain = StateInline.scanDelims(state, start, splits_words)
    friendly = state.scanDelims(start, splits_words)
    found.runs.append(Run(start, state.pos, plain[:2], friendly[:2]))


def _code(found: Scan, state: StateInline, start: int) -> None:
    if not state.pending:  # where an unmatched run of backticks goes
        found.code.append((start, state.pos))


def _autolink(found: Scan, state: StateInline, start: int) -> None:
    found.autolinks.append((start, state.pos))


def _link(found: Scan, state: StateInline, start: int) -> None:
    end_of_label = state.md.helpers.parseLinkLabel(state, start, True)
    found.destinations.append((end_of_label, state.pos))


def _recording(rule: _Rule, remember: Callable[[Scan, StateInline, int], None]) -> _Rule:
    def record(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent:
            remember(state.env[_FOUND], state, start)
        return True

    return record


def _recording_image(state: StateInline, silent: bool) -> bool:
    # The label is parsed as a source of its own, with positions of its own.
    start = state.pos
    outer = state.env[_FOUND]
    state.env[_FOUND] = inner = Scan()
    matched = image(state, silent)
    state.env[_FOUND] = outer
    if matched and not silent:
        shift = start + len("![")
        outer.code.extend((shift + first, shift + last) for first, last in inner.code)
        outer.autolinks.extend((shift + first, shift + last) for first, last in inner.autolinks)
        outer.destinations.extend((shift + a, shift + b) for a, b in inner.destinations)
        end_of_label = state.md.helpers.parseLinkLabel(state, start + 1, False)
        outer.destinations.append((end_of_label, state.pos))
    return matched


def _scanner() -> MarkdownIt:
    scanner = copy(FRIENDLY)
    scanner.inline = deepcopy(FRIENDLY.inline)
    rules = scanner.inline.ruler
    rules.at("emphasis", _recording(emphasis.tokenize, _run))
    rules.at("strikethrough", _recording(strikethrough.tokenize, _run))
    rules.at("backticks", _recording(backtick, _code))
    rules.at("autolink", _recording(autolink, _autolink))
    rules.at("link", _recording(link, _link))
    rules.at("image", _recording_image)
    # The rule chains are compiled at first use, which two threads must not do at once.
    scanner.inline.parse("*", scanner, {_FOUND: Scan()}, [])
    return scanner


_SCANNER = _scanner()
