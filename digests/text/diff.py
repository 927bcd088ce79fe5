"""What changed between two texts, by characters for Chinese and by words for other scripts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from .parts import DigestDocument, Entry

# Scripts that are written without spaces are compared sign by sign.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s+|.", re.DOTALL)
# Pairs of like tokens that a comparison may look at; with more, it says “all of this changed”.
_MAX_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that is in both texts, only in the new one or only in the old one."""

    kind: Literal["equal", "insert", "delete"]
    text: str


def plain(document: DigestDocument) -> str:
    """A document as text to compare: everything that is said, and nothing of a file's escapes."""
    head = [document.title, document.date.isoformat(), " · ".join(document.categories)]
    parts = ["\n".join(head), document.intro]
    for section in document.sections:
        parts += [f"## {section.heading}" if section.heading else "", section.intro]
        parts += [_plain_entry(entry) for entry in section.entries]
    return "\n\n".join(filter(None, [*parts, document.outro]))


def diff(old: str, new: str) -> list[Span]:
    """The texts as one: joined, equal and deleted spans give `old`, equal and inserted `new`."""
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


def _plain_entry(entry: Entry) -> str:
    label = f"{entry.headline}-{entry.byline}" if entry.byline else entry.headline
    return "\n".join(filter(None, [label, entry.url, entry.body]))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Triples of what happened, the old text and the new one, in order."""
    if _pairs(old, new) > _MAX_PAIRS:
        yield "replace", "".join(old), "".join(new)
        return
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield kind, "".join(old[old_from:old_to]), "".join(new[new_from:new_to])


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counted = Counter(new)
    return sum(counted[token] for token in old)


def _join(spans: list[Span], kind: Literal["equal", "insert", "delete"], text: str) -> None:
    if not text:
        return
    if spans and spans[-1].kind == kind:
        text = spans.pop().text + text
    spans.append(Span(kind, text))
