"""Bold beside Chinese punctuation that every CommonMark engine shows.

Our pages render with the CJK-friendly rule, other sites with plain CommonMark, which decides by
the two characters beside a run of `*`. Where the two rules differ, the neighbour that is a letter
is written as a decimal reference: its `&` and `;` are punctuation to both rules, and the reader
sees the letter. `他说**“引号”**文字` becomes `他&#35828;**“引号”**&#25991;字`.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from unicodedata import category, is_normalized

from digests.text.inline import Run, rewrite, scan
from digests.text.markdown import FRIENDLY, PLAIN

_REFERENCE = re.compile(r"&#([0-9]{1,7});")
# Far above what prose needs; both bound the time that hostile text may cost.
_MAX_ROUNDS = 8
_MAX_TRIALS = 40


def portable(text: str) -> str:
    """Return text with the fewest references that make plain CommonMark show what our pages show.

    A paragraph for which there are none stays as it is.
    """
    return rewrite(text, _portable) if "*" in text or "~~" in text else text


def readable(text: str) -> str:
    """Turn references beside emphasis back into letters wherever our pages need none.

    For normal text, `readable(portable(text)) == text`.
    """
    return rewrite(text, _readable) if _REFERENCE.search(text) else text


def _portable(content: str) -> str:
    if content.isascii():
        return content
    runs = scan(content).runs
    if scan(content, plain=True).runs == runs:
        return content
    letters = _letters_to_write(content, runs)
    target = FRIENDLY.renderInline(content)
    if PLAIN.renderInline(_written(content, letters)) != target:
        return content
    if len(letters) <= _MAX_TRIALS:
        for letter in sorted(letters):
            if PLAIN.renderInline(_written(content, letters - {letter})) == target:
                letters = letters - {letter}
    written = _written(content, letters)
    unharmed = FRIENDLY.renderInline(written) == target and _readable(written) == content
    return written if unharmed else content


def _letters_to_write(content: str, runs: list[Run]) -> frozenset[int]:
    """Return the positions whose references give every run, under the plain rule, its powers.

    A reference may change the run on its other side, whose neighbour is then written too.
    """
    letters: frozenset[int] = frozenset()
    for _ in range(_MAX_ROUNDS):
        now = scan(_written(content, letters), plain=True).runs
        if len(now) != len(runs):
            break
        wrong = (run for run, new in zip(runs, now, strict=True) if new.powers != run.powers)
        more = {at for run in wrong for at in (run.start - 1, run.end)} - letters
        more = {at for at in more if 0 <= at < len(content) and _is_letter(content[at])}
        if not more:
            break
        letters |= more
    return letters


def _written(content: str, letters: Iterable[int]) -> str:
    characters = list(content)
    for at in letters:
        characters[at] = f"&#{ord(characters[at])};"
    return "".join(characters)


def _readable(content: str) -> str:
    if not _REFERENCE.search(content):
        return content
    runs = scan(content).runs
    beside = [list(_references_beside(content, run)) for run in runs]
    kept: set[tuple[int, int]] = set()
    for _ in range(_MAX_ROUNDS):
        turned = {span for spans in beside for span in spans} - kept
        text = _turned(content, turned)
        now = scan(text).runs
        if len(now) != len(runs):
            return content
        changed = (
            index
            for index, (run, new) in enumerate(zip(runs, now, strict=True))
            if new.powers != run.powers
        )
        wrong = {span for index in changed for span in beside[index]} - kept
        if not wrong:
            break
        kept |= wrong
    else:
        return content
    same = FRIENDLY.renderInline(text) == FRIENDLY.renderInline(content)
    return text if same and is_normalized("NFC", text) else content


def _references_beside(content: str, run: Run) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each reference to a letter that touches the run."""
    before = content.rfind("&#", max(0, run.start - len("&#1234567;")), run.start)
    matches = [_REFERENCE.match(content, run.end)]
    if before >= 0 and not _is_escaped(content, before):
        matches.append(_REFERENCE.fullmatch(content, before, run.start))
    for match in matches:
        if match and int(match[1]) <= sys.maxunicode and _is_letter(chr(int(match[1]))):
            yield match.span()


def _is_escaped(content: str, at: int) -> bool:
    backslashes = at
    while backslashes and content[backslashes - 1] == "\\":
        backslashes -= 1
    return (at - backslashes) % 2 == 1


def _turned(content: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        content = f"{content[:start]}{chr(int(content[start + 2 : end - 1]))}{content[end:]}"
    return content


def _is_letter(character: str) -> bool:
    """Whether emphasis takes the character for a letter; joiners belong to the letter before."""
    return category(character)[0] in "LMN" or character in "\u200c\u200d"
