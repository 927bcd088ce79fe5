"""Rules: what becomes of the stories of a feed before an editor sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import normalize

import regex

from digests.text.finding import N_

MAX_PATTERN = 500
TIMEOUT = 0.5
"""Seconds for one expression in one text; a rule that takes longer is left out from then on. Long
enough for a machine that is busy with something else."""

_MAX_TEXT = 20_000


class RuleError(ValueError):
    """An expression that cannot be; the message is for translation, with `params`."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.message, self.params = message, params


class Action(StrEnum):
    KEEP = "keep"  # into the inbox, whatever later rules say
    BLOCK = "block"
    SHORTLIST = "shortlist"
    FILE_UNDER = "file-under"  # decides nothing, so that other rules still do


class Part(StrEnum):
    """What of a story is looked at."""

    TITLE = "title"
    TEXT = "text"
    LINK = "link"
    AUTHOR = "author"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. Its pattern is a substring or a regular expression; an empty one matches every story,
    so that “keep …, then block” lists what is let in. `under` is where to file."""

    name: str
    action: Action
    pattern: str
    parts: frozenset[Part] = frozenset([Part.TITLE])
    is_regex: bool = False
    under: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What rules see of a story."""

    title: str = ""
    text: str = ""
    link: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()

    def texts(self, part: Part) -> tuple[str, ...]:
        return self.categories if part is Part.CATEGORY else (str(getattr(self, part)),)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matched, and where."""

    rule: Rule
    part: Part | None = None  # None: its pattern is empty


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a story, by which rule (None: no rule decided), and where it is filed."""

    action: Action = Action.KEEP
    by: Match | None = None
    filed: tuple[Match, ...] = ()


def check_rule(rule: Rule) -> None:
    """Raise `RuleError` unless the rule can be used."""
    _test(rule)


@dataclass
class Rules:
    """Rules that are ready for many stories. The first that decides does: those of the source come
    first, then those for all. `slow` are the rules that took too long and no longer take part."""

    of_source: Sequence[Rule] = ()
    for_all: Sequence[Rule] = ()
    slow: list[Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tests = [(rule, _test(rule)) for rule in (*self.of_source, *self.for_all)]

    def judge(self, story: Story) -> Decision:
        """Decide what becomes of a story. A rule that takes too long matches nothing."""
        texts = {part: [_Text(text) for text in story.texts(part)] for part in Part}
        filed: list[Match] = []
        for rule, test in self.tests:
            match = self._match(rule, test, texts)
            if match is None:
                continue
            if rule.action is not Action.FILE_UNDER:
                return Decision(rule.action, match, tuple(filed))
            filed.append(match)
        return Decision(filed=tuple(filed))

    def _match(self, rule: Rule, test: "_Test", texts: "dict[Part, list[_Text]]") -> Match | None:
        if not rule.pattern:
            return Match(rule)
        if rule in self.slow:
            return None
        try:
            for part in Part:
                if part in rule.parts and any(map(test, texts[part])):
                    return Match(rule, part)
        except TimeoutError:
            self.slow.append(rule)
        return None


class _Text:
    """A text in both forms in which rules look at it."""

    def __init__(self, text: str) -> None:
        self.text = text[:_MAX_TEXT]
        self.folded = _folded(self.text)


type _Test = Callable[[_Text], bool]


def _test(rule: Rule) -> _Test:
    if len(rule.pattern) > MAX_PATTERN:
        raise RuleError(N_("A pattern may have at most %(most)s characters."), most=MAX_PATTERN)
    if not rule.is_regex:
        folded = _folded(rule.pattern)
        return lambda text: folded in text.folded
    try:
        pattern = regex.compile(rule.pattern, regex.IGNORECASE)
    except regex.error as error:
        raise RuleError(
            N_("The expression cannot be read at character %(position)s: %(reason)s."),
            position=(getattr(error, "pos", 0) or 0) + 1,
            reason=getattr(error, "msg", str(error)),
        ) from error
    return lambda text: pattern.search(text.text, timeout=TIMEOUT) is not None


def _folded(text: str) -> str:
    """Text without the differences of width and case."""
    return normalize("NFKC", normalize("NFKC", text).casefold())
