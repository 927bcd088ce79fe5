"""Search tokens of a text: words, numbers, pairs of Chinese, Japanese and Korean characters, emoji,
and the signs in the names of programming languages.

`人工智能GPT-4` becomes `人工 工智 智能 能 gpt 4`. The pairs find a Chinese word of any length
without a dictionary; the character at the end of a run is also a token alone, so that every
character begins a token and one character is found as a prefix. Two spellings with one meaning
(full and half width, either case, letters composed or not) give the same tokens, and letters are
separated from digits, so that `GPT-4`, `GPT4` and `ＧＰＴ 4` are the same.

Of other characters only those are tokens that make a word another: the signs of `C++`, `C#`, `A+`
and `.NET`, and emoji. They are written as `0x2b2b`, so that tokens consist of letters and digits
alone, of at most `MAX_WORD` characters: whatever a user types, no index ever reads an operator in
them. No word or number is taken for one, because these hold both digits and letters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category, normalize

from digests.text.characters import HAN, HANGUL

VERSION = 2
"""Increased whenever a text gets other tokens or marks: the index is then made again."""

MAX_WORD = 64
"""The longest token; a longer word is several of them, one after the other."""

MAX_TEXT = 100_000
"""The characters of a text that are indexed: PostgreSQL keeps no more tokens than that in a row."""

MAX_QUERY = 200
"""The characters of a query that are read, and that readers may ask for."""

MAX_PHRASES = 12
"""The parts of a query that are looked for."""

MIN_BEGINNING = 3
"""The letters of a query's last word that are looked for as the beginning of a word: fewer, such as
`AI`, begin too many others."""

# Scripts whose words need no spaces between them, and Hangul, whose words carry their particles:
# what NFKC leaves of them, with the marks that repeat or lengthen a character. `KANA` is not among
# them, because a token must not hold the punctuation that stands between its letters.
_CJK = (
    f"{HAN}\u3006\u3021-\u3029\u3031-\u3035\u3038-\u303c"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"
    "\u3105-\u312f\u31a0-\u31bf"
    f"{HANGUL}\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb"
)
_LETTER = rf"[^\W\d_{_CJK}]"
# What is shown as an emoji without a variation selector, with the colours of skin, and the heart,
# which is hardly ever typed without one; selectors and joiners are dropped before. Other symbols
# (★ ✓ →) stand between words as punctuation does.
_EMOJI = (
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a"
    "\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2764\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f004\U0001f0cf\U0001f1e6-\U0001f1ff\U0001f300-\U0001f64f\U0001f680-\U0001f6ff"
    "\U0001f7e0-\U0001f7f0\U0001f900-\U0001faff]"
)
_SIGNS = {
    "++": rf"(?<={_LETTER})\+\+(?!\+)",
    "+": rf"(?<={_LETTER})\+(?![+\d]|{_LETTER})",
    # Before a digit only after a single letter: C#12 is a language, Issue#12 is none.
    "#": rf"(?<={_LETTER})\#(?![#\d]|{_LETTER})|(?<=(?<!{_LETTER}){_LETTER})\#(?=\d)",
    ".": rf"(?<![.\d])(?<!{_LETTER})\.(?={_LETTER})",
}
_SIGN = f"{'|'.join(_SIGNS.values())}|{_EMOJI}"
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<digits>\d+)|(?P<letters>{_LETTER}+)|(?P<sign>{_SIGN})")
_ANY_SIGN = re.compile(rf"({_SIGN})|[+#.]")
# The text between runs. Python does not know all characters of the ranges above yet.
_GAP = rf"(?![{_CJK}+#.]|{_EMOJI})[\W_]"
# Characters that must not come before and after a run, so that the run is a whole one.
_INSIDE = {"cjk": "", "digits": r"\d", "letters": _LETTER, "sign": ""}


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


def prose(folded: str) -> str:
    """A folded text of the same length, in which `+`, `#` and `.` are left only where they are
    tokens."""
    return _ANY_SIGN.sub(lambda sign: sign[1] or " ", folded)


def tokens(text: str) -> str:
    """The tokens of a text, with a space before and after each; "" for a text without any."""
    found = [token for kind, run in _runs(fold(text)[:MAX_TEXT]) for token in _parts(kind, run)]
    return f" {' '.join(found)} " if found else ""


@dataclass(frozen=True)
class Phrase:
    """A part of a query: tokens that follow each other in a text.

    With `is_open` the last of them only begins a token there: a single character, or what was typed
    of a word. `pattern` finds the phrase in the `prose` of a folded text.
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
    runs_of_parts = [list(_runs(part)) for part in fold(query[:MAX_QUERY]).split()]
    wanted = [runs for runs in runs_of_parts if runs]
    for number, runs in enumerate(wanted, start=1):
        phrase = _phrase(runs, is_last=number == len(wanted))
        if len(found) < MAX_PHRASES:
            found.setdefault((*phrase.tokens, "*" if phrase.is_open else ""), phrase)
    return tuple(found.values())


def _phrase(runs: list[tuple[str, str]], *, is_last: bool) -> Phrase:
    parts = [token for kind, run in runs for token in _parts(kind, run)]
    kind, last = runs[-1]
    if kind == "cjk":
        is_open = len(last) == 1
        if not is_open:
            parts.pop()  # more of the run may follow in a text
    else:
        is_open = is_last and kind == "letters" and len(last) >= MIN_BEGINNING
    return Phrase(tuple(parts), is_open, re.compile(_pattern(runs, is_open=is_open)))


def _pattern(runs: list[tuple[str, str]], *, is_open: bool) -> str:
    pieces = []
    before = ""
    for kind, run in runs:
        if before:
            is_apart = kind == before and kind != "sign"
            pieces.append(f"(?:{_GAP})" + ("+" if is_apart else "*"))
        # A query may begin and end within a run of characters, but not within a word.
        elif _INSIDE[kind]:
            pieces.append(f"(?<!{_INSIDE[kind]})")
        pieces.append(re.escape(run))
        before = kind
        if run == "+":
            pieces.append(r"(?!\+)")
    if _INSIDE[before] and not is_open:
        pieces.append(f"(?!{_INSIDE[before]})")
    return "".join(pieces)


def _runs(folded: str) -> Iterator[tuple[str, str]]:
    for match in _RUN.finditer(folded):
        assert match.lastgroup  # noqa: S101 (each alternative has a name)
        yield match.lastgroup, match[0]


def _parts(kind: str, run: str) -> list[str]:
    if kind == "cjk":
        return [run[at : at + 2] for at in range(len(run))]
    if kind == "sign":
        return [f"0x{''.join(f'{ord(character):x}' for character in run)}"]
    return [run[at : at + MAX_WORD] for at in range(0, len(run), MAX_WORD)]
