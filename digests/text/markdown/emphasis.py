"""Bold beside Chinese punctuation that every CommonMark engine shows.

Our pages render with the CJK-friendly rule, other sites with plain CommonMark, which decides by
the two characters beside a run of `*`. Where the two rules differ, the neighbour that is a letter
is written as a decimal reference: its `&` and `;` are punctuation to both rules, and the reader
sees the letter. `他说**“引号”**文字` becomes `他&#35828;**“引号”**&#25991;字`.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from unicodedata import category, is_normalized

from markdown_it.rules_inline import StateInline

from digests.text.markdown.html import FRIENDLY, PLAIN
from digests.text.markdown.inline import rewrite, scan
from digests.text.markdown.scanning import Run, Scan

_REFERENCE = re.compile(r"&#([0-9]{1,7});")
_RUN = re.compile(r"\*+|~+|_+")
_OPENS = "“‘（《〈「『【〔"
_CLOSES = "”’）》〉」』】〕，。、：；！？…"
_INNER_START = re.compile(rf"(\*+|~~)([{_OPENS}]++)")
_INNER_END = re.compile(rf"(?<![{_CLOSES}])([{_CLOSES}]++)(\*+|~~)")
_EMPHASIS_TAG = re.compile("</?(?:strong|em|s)>")
# Far above what a paragraph needs: they limit the time that hostile text may cost.
_MAX_RUNS = 200
_MAX_ROUNDS = 8


# What is written is checked, and the same text is often both several times.
@lru_cache(maxsize=128)
def portable(text: str) -> str:
    """Return text with the references that make plain CommonMark show what our pages show.

    They are as few as possible; a paragraph that none would help stays as it is.
    """
    return rewrite(text, _portable) if "*" in text or "~~" in text else text


def readable(text: str) -> str:
    """Turn references beside emphasis back into letters wherever our pages need none.

    For normal text, `readable(portable(text)) == text`.
    """
    return rewrite(text, _readable) if _REFERENCE.search(text) else text


def is_portable(content: str) -> bool:
    """Whether references can make plain CommonMark show an inline source as our pages do."""
    return PLAIN.inline_html(portable(content)) == FRIENDLY.inline_html(content)


def loosened(content: str) -> str | None:
    """Move the punctuation at the edges of emphasis out of it: `**“a”**` becomes `“**a**”`.

    None unless that makes an inline source portable and changes nothing but the edges.
    """
    moved = _INNER_START.sub(r"\2\1", _INNER_END.sub(r"\2\1", content))
    if moved == content or not is_portable(moved):
        return None
    before, after = FRIENDLY.inline_html(content), FRIENDLY.inline_html(moved)
    is_same = _EMPHASIS_TAG.subn("", before) == _EMPHASIS_TAG.subn("", after)
    return moved if is_same else None


def unbold(content: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield the stretches (start, end) of an inline source whose `**` stay visible to readers, each
    with its replacement if only a space inside the asterisks keeps them from working."""
    if "**" not in content or _is_crowded(content):
        return
    runs = scan(content).runs
    dead = [
        index
        for index, run in enumerate(runs)
        if content[run.start : run.end] == "**" and run.deeds == (False, False)
    ]
    while dead:
        first = dead.pop(0)
        if dead:
            last = dead.pop(0)
            yield runs[first].start, runs[last].end, _tightened(content, runs, first, last)
        elif not _is_power(content, runs[first]):
            yield runs[first].start, runs[first].end, None


def _is_power(content: str, run: Run) -> bool:
    """Whether the asterisks stand between Latin letters or digits, as in 2**10."""
    sides = content[max(run.start - 1, 0) : run.start] + content[run.end : run.end + 1]
    return len(sides) == 2 and sides.isascii() and sides.isalnum()


def _tightened(content: str, runs: list[Run], first: int, last: int) -> str | None:
    """Two runs without effect and the text between them, with the spaces at its edges moved outside
    or, beside Chinese, dropped. None unless that makes it bold and changes no other run."""
    opening, closing = runs[first], runs[last]
    if not (opening.powers[0] or closing.powers[1]):
        return None  # as in 2 ** 3 ** 4
    inner = content[opening.end : closing.start]
    bare = inner.strip(" ")
    if not bare:
        return None
    before, after = content[: opening.start], content[closing.end :]
    lead = _gap(before[-1:], bare[0]) if inner[0] == " " else ""
    trail = _gap(after[:1], bare[-1]) if inner[-1] == " " else ""
    fixed = f"{lead}**{bare}**{trail}"
    wanted = [run.deeds for run in runs]
    wanted[first], wanted[last] = (True, False), (False, True)
    is_bold = [run.deeds for run in scan(before + fixed + after).runs] == wanted
    return fixed if is_bold else None


def _gap(outer: str, inner: str) -> str:
    return " " if outer and not outer.isspace() and (outer + inner).isascii() else ""


@lru_cache(maxsize=256)  # lint, dump and check call it in turn
def _portable(content: str) -> str:
    if not _may_differ(content) or _is_crowded(content):
        return content
    runs = scan(content).runs
    if all(run.powers == _plain_powers(content[run.start], *run.sides) for run in runs):
        return content
    target = FRIENDLY.inline_html(content)
    for do_enough in (_does_its_part, _has_its_powers):
        written = _written(content, _letters(content, runs, do_enough))
        shown = {PLAIN.inline_html(written), FRIENDLY.inline_html(written)}
        if shown == {target} and _readable(written) == content:
            return written
    return content


def _may_differ(content: str) -> bool:
    """Whether a run stands between a letter and a punctuation mark, where the rules differ."""
    for run in _RUN.finditer(content):
        sides = content[max(run.start() - 1, 0) : run.start()] + content[run.end() : run.end() + 1]
        kinds = [category(character)[0] in "PS" for character in sides if not character.isspace()]
        if len(kinds) == 2 and kinds[0] != kinds[1]:
            return True
    return False


def _is_crowded(content: str) -> bool:
    return len(_RUN.findall(content)) > _MAX_RUNS


type _Powers = tuple[bool, bool]


def _does_its_part(run: Run, plain: _Powers) -> bool:
    return all(power or not deed for power, deed in zip(plain, run.deeds, strict=True))


def _has_its_powers(run: Run, plain: _Powers) -> bool:
    return plain == run.powers


def _letters(
    content: str, runs: list[Run], do_enough: Callable[[Run, _Powers], bool]
) -> frozenset[int]:
    """Return the positions of the letters to write as references, so that `do_enough` holds for
    every run under the plain rule.

    A reference may weaken the run on its other side, whose neighbour is then written as one too.
    """
    letters: frozenset[int] = frozenset()
    for _ in range(_MAX_ROUNDS):
        weak = [
            run for run in runs if not do_enough(run, _beside_references(content, run, letters))
        ]
        more = {at for run in weak for at in (run.start - 1, run.end)} - letters
        more = {at for at in more if 0 <= at < len(content) and _is_letter(content[at])}
        if not more:
            break
        letters |= more
    return letters


def _beside_references(content: str, run: Run, letters: frozenset[int]) -> _Powers:
    """What the plain rule lets a run do when these letters are written as references."""
    before, after = run.sides
    return _plain_powers(
        content[run.start],
        ";" if run.start - 1 in letters else before,
        "&" if run.end in letters else after,
    )


@lru_cache(maxsize=1024)
def _plain_powers(mark: str, before: str, after: str) -> _Powers:
    """What the plain rule lets a run of this mark do between two characters."""
    state = StateInline(f"{before}{mark}{after}", PLAIN, {}, [])
    scanned = state.scanDelims(len(before), mark != "_")
    return scanned.can_open, scanned.can_close


def _written(content: str, letters: Iterable[int]) -> str:
    characters = list(content)
    for at in letters:
        characters[at] = f"&#{ord(characters[at])};"
    return "".join(characters)


def _readable(content: str) -> str:
    if not _REFERENCE.search(content) or _is_crowded(content):
        return content
    before = scan(content)
    beside = [list(_references_beside(content, run)) for run in before.runs]
    kept: set[tuple[int, int]] = set()
    for _ in range(_MAX_ROUNDS):
        text = _turned(content, {span for spans in beside for span in spans} - kept)
        after = scan(text)
        if _shape(after) != _shape(before):
            return content
        pairs = zip(before.runs, after.runs, strict=True)
        changed = [index for index, (run, new) in enumerate(pairs) if new.powers != run.powers]
        if not changed:
            return text if is_normalized("NFC", text) else content
        wrong = {span for index in changed for span in beside[index]} - kept
        if not wrong:
            return content  # a letter further off counts, too
        kept |= wrong
    return content


def _shape(found: Scan) -> tuple[int, ...]:
    return len(found.runs), len(found.code), len(found.autolinks), len(found.destinations)


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
    """Whether emphasis treats the character as a letter; joiners belong to the letter before."""
    return category(character)[0] in "LMN" or character in "\u200c\u200d"
