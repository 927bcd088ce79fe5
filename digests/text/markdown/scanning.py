"""Parsing inline Markdown: its tokens, and where in the source the parts beside text are."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore, text_join
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

type _Rule = Callable[[Any, bool], bool]  # (inline state of the parser, whether only to look)
# (start, end, sides, powers, delimiters of its label, their number after the run)
type _Mark = tuple[int, int, tuple[str, str], tuple[bool, bool], list[Any], int]

# Of how many characters in all a parser keeps what it parsed: of hostile text, 500 bytes for each.
MOST_KEPT = 100_000
EACH = 10  # what a source counts beside its characters: the shortest takes a kilobyte


@dataclass(frozen=True, slots=True)
class Run:
    """A run of `*`, `_` or `~`: whether it may (open, close) emphasis, and whether it does.

    `sides` are the characters before and after it; a space stands for the edge of the source or of
    a label.
    """

    start: int
    end: int
    sides: tuple[str, str]
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
    marks: list[_Mark] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    autolinks: list[tuple[int, int]] = field(default_factory=list)
    destinations: list[tuple[int, int]] = field(default_factory=list)


type _Parsed = tuple[list[Token], Scan]


class _Kept:
    """What was parsed last, by its source. An `lru_cache` would count sources, however long."""

    def __init__(self, parse: Callable[[str], _Parsed]) -> None:
        self._parse = parse
        self._parsed: OrderedDict[str, _Parsed] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def get(self, source: str) -> _Parsed:
        with self._lock:
            if parsed := self._parsed.get(source):
                self._parsed.move_to_end(source)
                return parsed
        parsed = self._parse(source)
        with self._lock:
            if source not in self._parsed:
                self._characters += len(source) + EACH
            self._parsed[source] = parsed
            while self._characters > MOST_KEPT:
                oldest, _ = self._parsed.popitem(last=False)
                self._characters -= len(oldest) + EACH
        return parsed


class InlineParser(ParserInline):
    """A parser that keeps what it parsed last: a text is parsed to be written as a file, to be read
    back, shown and indexed. So nobody may change its tokens."""

    def __init__(self, state: type[StateInline]) -> None:
        super().__init__()
        self._state = state
        self._kept = _Kept(self._parsed)

    def prepare(self, parser: MarkdownIt) -> None:
        """Let the parser's rules, which must all be there, record what they find."""
        self._parser = parser
        rules = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        for name, remember in _RECORDED.items():
            self.ruler.at(name, _recording(rules[name], remember))

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if env.get("references"):  # what the source is depends on them
            return self._run(self._state(src, md, env, tokens), Scan())
        tokens.extend(self.tokens(src))
        return tokens

    def tokens(self, source: str) -> list[Token]:
        return self._kept.get(source)[0]

    def scan(self, source: str) -> Scan:
        return self._kept.get(source)[1]

    def _parsed(self, source: str) -> _Parsed:
        found = Scan()
        tokens = self._run(self._state(source, self._parser, {}, []), found)
        found.runs.extend(_runs(found))
        found.marks.clear()
        whole = Token("inline", "", 0, content=source, children=tokens)
        # As the parser does with all tokens later, which then changes nothing more.
        text_join(StateCore(source, self._parser, {}, [whole]))
        return whole.children or [], found

    def _run(self, state: Any, found: Scan) -> list[Token]:
        state.found = found
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        tokens: list[Token] = state.tokens
        return tokens


def _mark(state: Any, start: int) -> None:
    last = state.delimiters[-1]
    before = state.src[start - 1] if start else " "
    after = state.src[state.pos] if state.pos < state.posMax else " "
    state.found.marks.append(
        (
            start,
            state.pos,
            (before, after),
            (last.open, last.close),
            state.delimiters,
            len(state.delimiters),
        )
    )


def _runs(found: Scan) -> Iterator[Run]:
    """Yield the runs of the marks, whose delimiters the parser keeps in a list for each label."""
    closers: dict[int, set[int]] = {}
    firsts: dict[int, int] = {}
    for start, end, sides, powers, delimiters, last in found.marks:
        label = id(delimiters)
        if label not in closers:
            closers[label] = {delimiter.end for delimiter in delimiters}
        own = range(firsts.get(label, 0), last)
        firsts[label] = last
        opens = any(delimiters[index].end >= 0 for index in own)
        yield Run(start, end, sides, powers, (opens, not closers[label].isdisjoint(own)))


def _code(state: Any, start: int) -> None:
    if not state.pending:  # an unmatched run of backticks goes there
        state.found.code.append((start, state.pos))


def _autolink(state: Any, start: int) -> None:
    state.found.autolinks.append((start, state.pos))


def _link(state: Any, start: int) -> None:
    end_of_label = state.md.helpers.parseLinkLabel(state, start, True)
    state.found.destinations.append((end_of_label, state.pos))


def _image(state: Any, start: int) -> None:
    # The label of an image is parsed as a separate source, with its own positions.
    first = start + len("![")
    end_of_label = state.md.helpers.parseLinkLabel(state, start + 1, False)
    inner = state.md.inline.scan(state.src[first:end_of_label])
    for spans, own in (
        (state.found.code, inner.code),
        (state.found.autolinks, inner.autolinks),
        (state.found.destinations, inner.destinations),
    ):
        spans += [(first + begin, first + end) for begin, end in own]
    state.found.destinations.append((end_of_label, state.pos))


_RECORDED = {
    "emphasis": _mark,
    "strikethrough": _mark,
    "backticks": _code,
    "autolink": _autolink,
    "link": _link,
    "image": _image,
}


def _recording(rule: _Rule, remember: Callable[[Any, int], None]) -> _Rule:
    def record(state: Any, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent:
            remember(state, start)
        return True

    return record
