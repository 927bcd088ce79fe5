"""Search tokens of a text: words, numbers, and pairs of Chinese, Japanese and Korean characters.

`人工智能GPT-4` becomes `人工 工智 智能 能 gpt 4`. The pairs find a Chinese word of any length
without a dictionary; the character at the end of a run is also a token alone, so that every
character begins a token and one character is found as a prefix. Two spellings with one meaning
(full and half width, either case, letters composed or not) give the same tokens, and letters are
separated from digits, so that `GPT-4`, `GPT4` and `ＧＰＴ 4` are the same.

Tokens consist of letters and digits alone, of at most `MAX_WORD` characters: whatever a user types,
no index ever reads an operator in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category, normalize

from digests.text.characters import HAN, HANGUL

MAX_WORD = 64
"""The longest token; a longer word is several of them, one after the other."""

MAX_TEXT = 100_000
"""The characters of a text that are indexed: PostgreSQL keeps no more tokens than that in a row."""

MAX_QUERY = 200
"""The characters of a query that are read, and that readers may ask for."""

MAX_PHRASES = 12
"""The parts of a query that are looked for."""

# Scripts whose words need no spaces between them, and Hangul, whose words carry their particles:
# what NFKC leaves of them, with the marks that repeat or lengthen a character. `KANA` is not among
# them, because a token must not hold the punctuation that stands between its letters.
_CJK = (
    f"{HAN}\u3006\u3021-\u3029\u3031-\u3035\u3038-\u303c"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"
    "\u3105-\u312f\u31a0-\u31bf"
    f"{HANGUL}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb"
)
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<digits>\d+)|(?P<letters>[^\W\d_{_CJK}]+)")
# The text between runs. Python does not know all characters of the ranges above yet.
_GAP = rf"(?![{_CJK}])[\W_]"
# Characters that must not come before and after a run, so that the run is a whole one.
_INSIDE = {"cjk": "", "digits": r"\d", "letters": rf"[^\W\d_{_CJK}]"}


class _Kept(dict[int, int | None]):
    """A table for `str.translate` that drops marks and invisible characters.

    Marks are those that NFKC could not compose, such as the dot of a lower-cased `İ`, a variation
    selector, or the vowel signs of some scripts, which are therefore not distinguished.
    """

    def __missing__(self, code: int) -> int | None:
        self[code] = kept = None if category(chr(code)) in ("Mn", "Mc", "Me", "Cf") else code
        return kept


_KEPT = _Kept()


def fold(text: str) -> str:
    """The text folded for comparison; its length may differ, and it is not for people to read."""
    return normalize("NFKC", text).casefold().translate(_KEPT)


def tokens(text: str) -> str:
    """The tokens of a text, with a space before and after each; "" for a text without any."""
    found = [token for kind, run in _runs(fold(text)[:MAX_TEXT]) for token in _parts(kind, run)]
    return f" {' '.join(found)} " if found else ""


@dataclass(frozen=True)
class Phrase:
    """A part of a query: tokens that follow each other in a text.

    With `is_open` the last of them is a single character that only begins a token there.
    `pattern` finds the phrase in a folded text.
    """

    tokens: tuple[str, ...]
    is_open: bool
    pattern: re.Pattern[str]


def phrases(query: str) -> tuple[Phrase, ...]:
    """The phrases of a user's query, each of which must occur somewhere in a text.

    Spaces separate the phrases. Anything else between two runs of letters, digits or characters is
    ignored, in the query as in the text.
    """
    found: dict[tuple[str, ...], Phrase] = {}
    for part in fold(query[:MAX_QUERY]).split():
        phrase = _phrase(list(_runs(part)))
        if phrase and len(found) < MAX_PHRASES:
            found.setdefault((*phrase.tokens, "*" if phrase.is_open else ""), phrase)
    return tuple(found.values())


def _phrase(runs: list[tuple[str, str]]) -> Phrase | None:
    if not runs:
        return None
    parts = [token for kind, run in runs for token in _parts(kind, run)]
    kind, last = runs[-1]
    is_open = kind == "cjk" and len(last) == 1
    if kind == "cjk" and not is_open:
        parts.pop()  # more of the run may follow in a text
    return Phrase(tuple(parts), is_open, re.compile(_pattern(runs)))


def _pattern(runs: list[tuple[str, str]]) -> str:
    pieces = []
    before = ""
    for kind, run in runs:
        if before:
            pieces.append(f"(?:{_GAP})" + ("+" if kind == before else "*"))
        # A query may begin and end within a run of characters, but not within a word.
        elif _INSIDE[kind]:
            pieces.append(f"(?<!{_INSIDE[kind]})")
        pieces.append(re.escape(run))
        before = kind
    if _INSIDE[before]:
        pieces.append(f"(?!{_INSIDE[before]})")
    return "".join(pieces)


def _runs(folded: str) -> Iterator[tuple[str, str]]:
    for match in _RUN.finditer(folded):
        assert match.lastgroup  # noqa: S101 (each alternative has a name)
        yield match.lastgroup, match[0]


def _parts(kind: str, run: str) -> list[str]:
    if kind == "cjk":
        return [run[at : at + 2] for at in range(len(run))]
    return [run[at : at + MAX_WORD] for at in range(0, len(run), MAX_WORD)]
