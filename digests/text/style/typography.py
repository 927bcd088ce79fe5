"""Typography of Chinese prose: its punctuation, and the space between Chinese and Latin."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Literal

from digests.text.characters import HAN
from digests.text.finding import N_, Finding
from digests.text.markdown.html import MAX_BODY
from digests.text.markdown.inline import scan
from digests.text.style.prose import BLANK, prose_of_line, prose_of_markdown

type Spacing = Literal["", "spaced", "unspaced"]

MAX_REMARKS = 50
"""The most remarks of one rule on one text: more are no help, and hostile text has thousands."""

_HAN = f"[{HAN}]"
_CLOSING = "[\u300b\u300d\u300f\u3011\uff09]"
_LATIN = "[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]"
_FULL = dict(zip(",;:!?.", "，；：！？。", strict=True))
# A full-width mark includes its space. Beside emphasis and what is not prose a space does more.
_SPACE = rf"(?: +(?=[^\s*_~{BLANK}]))?"
_HALF_WIDTH = re.compile(
    # ![ begins an image.
    rf"(?:(?<={_HAN})|(?<={_CLOSING}))(?P<after>[,;:?]|!(?!\[)){_SPACE}"
    # Yahoo!中国 is a name.
    rf"|(?P<before>[,;:?])(?={_HAN})"
    # 甲. is a list number, and 列夫.托尔斯泰 is a name.
    rf"|(?<=[^\n]{{3}}{_HAN})(?P<stop>\.)(?=[\s*_~”’{_CLOSING[1:-1]}]|\Z){_SPACE}"
)
_GAP = re.compile(rf"(?:(?<={_HAN})(?= *{_LATIN})|(?<={_LATIN})(?= *{_HAN})) *")
_MARKS = "*_~"


def typography(
    text: str, field: str, spacing: Spacing, *, is_markdown: bool = True
) -> Iterator[Finding]:
    """Yield typographic warnings on a text as it was written, rule by rule, in order."""
    if text.isascii() or len(text) > MAX_BODY:
        return
    prose = prose_of_markdown(text) if is_markdown else prose_of_line(text)
    rules = [_half_width(text, prose, field)]
    if spacing:
        rules.append(_spacing(text, prose, field, spacing))
    for rule in rules:
        for finding in islice(rule, MAX_REMARKS):
            yield finding if is_markdown else replace(finding, line=None)


def _half_width(text: str, prose: str, field: str) -> Iterator[Finding]:
    for match in _HALF_WIDTH.finditer(prose):
        mark = match["after"] or match["before"] or match["stop"]
        yield Finding(
            "warning",
            "half-width-punctuation",
            N_("“%(mark)s” beside Chinese should be “%(full)s”."),
            {"mark": mark, "full": _FULL[mark]},
            field=field,
            line=_line(prose, match.start()),
            span=match.span(),
            fix=_FULL[mark] if _keeps_emphasis(text, match.span(), _FULL[mark]) else None,
        )


def _spacing(text: str, prose: str, field: str, spacing: Spacing) -> Iterator[Finding]:
    wanted = " " if spacing == "spaced" else ""
    message = (
        N_("“%(text)s” needs one space between Chinese and Latin.")
        if wanted
        else N_("“%(text)s” needs no space between Chinese and Latin.")
    )
    for match in _GAP.finditer(prose):
        if match[0] == wanted:
            continue
        # With the letters beside it, because a gap of no width could not be shown.
        start, end = match.start() - 1, match.end() + 1
        yield Finding(
            "warning",
            "spacing",
            message,
            {"text": text[start:end]},
            field=field,
            line=_line(prose, start),
            span=(start, end),
            fix=f"{text[start]}{wanted}{text[end - 1]}",
        )


def _line(prose: str, at: int) -> int:
    return prose.count("\n", 0, at) + 1


def _keeps_emphasis(text: str, span: tuple[int, int], fix: str) -> bool:
    """Whether the runs of marks beside the span can open and close the same as before.

    That depends on no more than two characters before a run and one after it.
    """
    start, end = span
    first, last = start, end
    while first > 0 and text[first - 1] in _MARKS:
        first -= 1
    while last < len(text) and text[last] in _MARKS:
        last += 1
    before, after = text[max(first - 2, 0) : start], text[end : last + 1]
    old, new = (scan(before + middle + after).runs for middle in (text[start:end], fix))
    return [run.powers for run in old] == [run.powers for run in new]
