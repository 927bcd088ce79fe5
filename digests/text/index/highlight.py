"""Highlighting: the places in a text, as it was written, where a query matches."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby, pairwise
from unicodedata import category, normalize

from digests.text.index.tokens import Phrase, fold, prose

type Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is a hit; together they are the whole text."""

WIDTH = 160
"""The characters of a snippet."""

LEAD = 40
"""Those of them before the first hit."""


def marked(text: str, wanted: Iterable[Phrase]) -> Marked:
    pieces = _pieces(text)
    return _joined(pieces, _hits(pieces, wanted))


def snippet(text: str, wanted: Iterable[Phrase], *, width: int = WIDTH, lead: int = LEAD) -> Marked:
    """At most `width` characters around the first hit, or from the beginning if there is none, on
    one line; "…" stands for what is left out."""
    pieces = _pieces(" ".join(text.split()))
    hits = _hits(pieces, wanted)
    first = hits.index(True) if True in hits else 0
    start = max(0, min(first - lead, len(pieces) - width))
    end = start + width
    if start:
        # Not within a word, if a word begins soon after.
        start = next((at + 1 for at in range(start, first) if pieces[at] == " "), start)
    left_out = [("…", False)]
    return (
        *(left_out if start else []),
        *_joined(pieces[start:end], hits[start:end]),
        *(left_out if end < len(pieces) else []),
    )


def _joined(pieces: list[str], hits: list[bool]) -> Marked:
    if True not in hits:
        return (("".join(pieces), False),) if pieces else ()
    return tuple(
        ("".join(piece for piece, _ in group), is_hit)
        for is_hit, group in groupby(zip(pieces, hits, strict=True), lambda pair: pair[1])
    )


def _hits(pieces: list[str], wanted: Iterable[Phrase]) -> list[bool]:
    """For each piece, whether it is part of a phrase that matches."""
    hits = [False] * len(pieces)
    folded = [_folded(piece) for piece in pieces]
    whole = prose("".join(folded))
    owners = [number for number, text in enumerate(folded) for _ in text]
    for phrase in wanted:
        match = phrase.pattern.search(whole)
        while match:
            first, last = owners[match.start()], owners[match.end() - 1]
            hits[first : last + 1] = [True] * (last + 1 - first)
            # From the next character on, because hits may overlap.
            match = phrase.pattern.search(whole, match.start() + 1)
    return hits


def _pieces(text: str) -> list[str]:
    """Split the text into the smallest pieces that can be folded one by one."""
    if not any(map(_joins, set(text))):
        return list(text)
    starts = [at for at, character in enumerate(text) if not at or not _joins(character)]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


@lru_cache(maxsize=20_000)
def _folded(piece: str) -> str:
    return fold(piece)


@lru_cache(maxsize=20_000)
def _joins(character: str) -> bool:
    """Whether NFKC may make one of this character and the one before: marks, and the vowels and
    final consonants of Hangul."""
    first = normalize("NFKD", character)[0]
    return category(first).startswith("M") or "\u1161" <= first <= "\u11ff"
