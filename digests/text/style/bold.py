"""Warnings about markup that may show differently than intended: bold that does not work, bold that
other sites show only with references, and braces that a site generator would run."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate, islice

from digests.text.finding import N_, Finding
from digests.text.markdown.emphasis import loosened, portable, unbold
from digests.text.markdown.html import MAX_BODY
from digests.text.markdown.inline import Source, placed_sources, scan
from digests.text.style.prose import with_line_ends
from digests.text.style.typography import MAX_REMARKS

# Stored text has braces as references already.
_BRACE = "&#123;"
_TEMPLATE = re.compile(rf"(?:\{{|{_BRACE})(?:[{{%#]|{_BRACE})")

type _Locate = Callable[[int, int], tuple[int | None, tuple[int, int] | None]]


def raw_marks(text: str, field: str) -> Iterator[Finding]:
    """Yield warnings about asterisks that readers see because nothing becomes bold."""
    if "**" in text and len(text) <= MAX_BODY:
        yield from islice(_raw(text, field), MAX_REMARKS)


def house_marks(text: str, field: str, *, is_markdown: bool = True) -> Iterator[Finding]:
    """Yield warnings about text that the file can hold only with character references."""
    if not is_markdown:
        yield from islice(_templates(text, field), MAX_REMARKS)
    elif len(text) <= MAX_BODY:
        for content, locate in _pieces(text):
            yield from islice(_templates(content, field, locate), MAX_REMARKS)
            yield from _references(content, field, locate)


def _raw(text: str, field: str) -> Iterator[Finding]:
    for content, locate in _pieces(text):
        for start, end, fix in unbold(content):
            line, span = locate(start, end)
            yield Finding(
                "warning",
                "raw-asterisks",
                N_("Readers see the asterisks: nothing becomes bold here."),
                field=field,
                line=line,
                span=span,
                fix=fix if span else None,
            )


def _references(content: str, field: str, locate: _Locate) -> Iterator[Finding]:
    written = portable(content)
    if written == content:
        return
    fixed = loosened(content)
    # Otherwise the fix would get the same warning again.
    is_certain = fixed is not None and portable(fixed) == fixed
    start, end, fix = _difference(content, fixed if fixed and is_certain else written)
    line, span = locate(start, end)
    yield Finding(
        "warning",
        "emphasis-by-reference",
        N_(
            "Other sites show this bold or these italics only by character references, which the"
            " file gets: put the punctuation outside the asterisks."
        ),
        field=field,
        line=line,
        span=span,
        fix=fix if is_certain and span else None,
    )


def _templates(content: str, field: str, locate: _Locate | None = None) -> Iterator[Finding]:
    code = scan(content).code if locate else []
    for match in _TEMPLATE.finditer(content):
        if any(start <= match.start() < end for start, end in code):
            continue
        line, span = locate(*match.span()) if locate else (None, match.span())
        yield Finding(
            "warning",
            "template",
            N_(
                "“%(template)s” begins a template: the file holds it as a character reference, so"
                " that no site runs it."
            ),
            {"template": match[0].replace(_BRACE, "{")},
            field=field,
            line=line,
            span=span,
        )


def _pieces(text: str) -> Iterator[tuple[str, _Locate]]:
    """Every piece of inline source, with a function that locates a stretch of it in the text."""
    text = with_line_ends(text)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for source in placed_sources(text):
        yield source.content, partial(_located, text, starts, source)


def _located(
    text: str, starts: list[int], source: Source, start: int, end: int
) -> tuple[int | None, tuple[int, int] | None]:
    """The line of a stretch, from 1, and its span; no span if the text has it in another form."""
    number = source.content.count("\n", 0, start)
    place = source.places[number]
    if place is None:
        return None, None
    line, column = place
    whole = source.content.split("\n")[number]
    within = start - (source.content.rfind("\n", 0, start) + 1)
    at = starts[line] + column + within - (len(whole) - len(whole.lstrip(" \t")))
    span = (at, at + end - start)
    return line + 1, span if text[slice(*span)] == source.content[start:end] else None


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """The stretch (start, end) of `old` in which `new` differs, and the text of `new` there."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    most -= start
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return start, len(old) - tail, new[start : len(new) - tail]
