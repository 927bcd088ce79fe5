"""Comments in Markdown (`<!-- … -->`), which other programs hide and our pages show as text."""

import re
from collections.abc import Iterator

from digests.text.markdown.inline import inline_sources, scan

RAW, ESCAPED = "<!--", "&lt;!--"
"""How a comment begins as it is written, and in normal text."""

# A backslash takes its meaning from the character after it.
_STARTS = {start: re.compile(rf"\\.|({start})", re.DOTALL) for start in (RAW, ESCAPED)}


def comment_lines(text: str, start: str = RAW) -> Iterator[int]:
    """Yield the line, from 0, of each comment that begins in the prose of a text."""
    for line, source in inline_sources(text) if start in text else ():
        for at in _places(source, start):
            yield line + source.count("\n", 0, at)


def has_comment(source: str) -> bool:
    """Whether a comment begins in the prose of a piece of inline source."""
    return next(_places(source, RAW), None) is not None


def _places(source: str, start: str) -> Iterator[int]:
    if start not in source:
        return
    found = scan(source)
    for first, end in [*found.code, *found.destinations, *found.autolinks]:
        source = f"{source[:first]}{' ' * (end - first)}{source[end:]}"
    yield from (match.start() for match in _STARTS[start].finditer(source) if match[1])
