"""Differences between two texts, by characters for Chinese and by words for other scripts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from digests.text.characters import HAN, KANA
from digests.text.format.nodes import DigestDocument, Entry
from digests.text.format.writer import entry_label

# Scripts that are written without spaces are compared character by character; Korean has spaces.
# Dates and times, numbers with hyphens or colons between them, are compared whole.
_UNSPACED = KANA + HAN
_TOKEN = re.compile(rf"\d+(?:[-:]\d+)+|[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s+|.", re.DOTALL)
# The number of lines shown around a change, and the fewest lines that are worth folding.
_CONTEXT = 2
_FOLD = 4
# The same for a difference that is written as text, in characters.
_BESIDE = 30
_MOST = 300
_WRITTEN = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}", re.DOTALL)
# The inside of a mark that a text holds itself, with the backslashes that escape it.
_IN_MARK = re.compile(r"(?<=\[)\\*(?=-)|(?<=-)\\*(?=\])|(?<=\{)\\*(?=\+)|(?<=\+)\\*(?=\})")
# Pairs of like tokens that a comparison may look at; with more, it says “all of this changed”.
_MAX_PAIRS = 100_000


type Kind = Literal["equal", "insert", "delete", "folded"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that is in both texts, only in the new one or only in the old one.

    A folded one is in both, has whole lines, and is far from every change.
    """

    kind: Kind
    text: str

    @property
    def lines(self) -> int:
        """The number of lines that are not blank."""
        return sum(bool(line.strip()) for line in self.text.splitlines())


def plain(document: DigestDocument) -> str:
    """A document as text to compare: its whole content, without the escapes of the file."""
    date = f"{document.date:%Y-%m-%d %H:%M:%S %:z}"
    head = [document.title, date, " · ".join(document.categories)]
    parts = ["\n".join(head), document.intro]
    for section in document.sections:
        parts += [f"## {section.heading}" if section.heading else "", section.intro]
        parts += [_plain_entry(entry) for entry in section.entries]
    return "\n\n".join(filter(None, [*parts, document.outro]))


def diff(old: str, new: str) -> list[Span]:
    """The difference of two texts as spans: equal and deleted ones, joined, give `old`; equal and
    inserted ones give `new`."""
    spans: list[Span] = []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, removed, added in _compared(before, after):
        if kind == "replace":
            pieces = _compared(_TOKEN.findall(removed), _TOKEN.findall(added))
        else:
            pieces = iter([(kind, removed, added)])
        for _kind, gone, come in pieces:
            if gone == come:
                _join(spans, "equal", come)
            else:
                _join(spans, "delete", gone)
                _join(spans, "insert", come)
    return spans


def entry_diff(old: Entry, new: Entry) -> list[Span]:
    """The difference of two texts of one story, part by part."""
    return diff(*("\n".join([e.headline, e.byline, e.url, "", e.body]) for e in (old, new)))


def folded(spans: Sequence[Span]) -> list[Span]:
    """The spans with the lines folded that are far from any change; joined, they give the same
    text."""
    found: list[Span] = []
    for number, span in enumerate(spans):
        lines = span.text.splitlines(keepends=True)
        # The first and the last line may continue in a changed span.
        head = 1 + _CONTEXT if number else 0
        tail = len(lines) - (1 + _CONTEXT if number < len(spans) - 1 else 0)
        if span.kind != "equal" or tail - head < _FOLD:
            found.append(span)
            continue
        parts: list[tuple[Kind, list[str]]]
        parts = [("equal", lines[:head]), ("folded", lines[head:tail]), ("equal", lines[tail:])]
        found += [Span(kind, "".join(part)) for kind, part in parts if part]
    return found


def written(spans: Sequence[Span]) -> str:
    """The difference as a short text, in the notation of wdiff: “the [-old-]{+new+} words”.

    A backslash is put into each mark that the texts hold themselves, as in “[\\-”.
    """
    shapes = {"insert": "{+%s+}", "delete": "[-%s-]"}
    parts = []
    for number, span in enumerate(spans):
        if span.kind in shapes:
            head, tail = _MOST, 0
        else:
            head, tail = (_BESIDE if number else 0), (_BESIDE if number < len(spans) - 1 else 0)
        text = _IN_MARK.sub(r"\\\g<0>", _shortened(span.text, head, tail))
        parts.append(shapes.get(span.kind, "%s") % text)
    return "".join(parts)


def read(text: str) -> list[Span]:
    """Read the spans of a difference from the text that `written` made."""
    spans: list[Span] = []
    at = 0
    for match in _WRITTEN.finditer(text):
        _join(spans, "equal", _unescaped(text[at : match.start()]))
        _join(spans, "delete", _unescaped(match[1] or ""))
        _join(spans, "insert", _unescaped(match[2] or ""))
        at = match.end()
    _join(spans, "equal", _unescaped(text[at:]))
    return spans


def _unescaped(text: str) -> str:
    return _IN_MARK.sub(lambda escapes: escapes[0][1:], text)


def _shortened(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail + 1:
        return text
    return f"{text[:head]}…{text[len(text) - tail :]}"


def _plain_entry(entry: Entry) -> str:
    return "\n".join(filter(None, [entry_label(entry), entry.url, entry.body]))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Triples of the operation, the old text and the new text, in order."""
    if _pairs(old, new) > _MAX_PAIRS:
        yield "replace", "".join(old), "".join(new)
        return
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield kind, "".join(old[old_from:old_to]), "".join(new[new_from:new_to])


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counted = Counter(new)
    return sum(counted[token] for token in old)


def _join(spans: list[Span], kind: Kind, text: str) -> None:
    if not text:
        return
    if spans and spans[-1].kind == kind:
        text = spans.pop().text + text
    spans.append(Span(kind, text))
