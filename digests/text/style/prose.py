"""Telling the prose of a text from code, addresses and names."""

import re
from itertools import accumulate

from digests.text.markdown.inline import placed_sources, scan

BLANK = "\ufffc"
"""Stands for a character that is no prose."""

_LINE_END = re.compile("[\r\x85\u2028\u2029]")
# Addresses with or without their scheme, @handles, #tags, character references and escapes.
_NO_PROSE = re.compile(
    # In any script: changing a comma in an address would make it lead elsewhere.
    r"https?://[^\s<>，。；：！？、）】》」』”]+"
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]++\.)++[a-z]{2,}(?:/[!-~]*)?"
    r"|[@#][a-z0-9_]+"
    r"|&\#?[0-9a-z]{1,32};"
    r"|\\[!-/:-@\[-`{-~]",
    re.IGNORECASE | re.ASCII,
)


def prose_of_line(line: str) -> str:
    """Return a plain line, of the same length, with `BLANK` for everything that is not prose."""
    return _NO_PROSE.sub(lambda match: BLANK * len(match[0]), line)


def prose_of_markdown(text: str) -> str:
    """The same for a Markdown text as it was written; its line ends become LF."""
    text = with_line_ends(text)
    shown = ["\n" if character == "\n" else BLANK for character in text]
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for source in placed_sources(text):
        # In a table the text has an extra backslash for every bar.
        if source.in_table and "|" in source.content:
            continue
        lines = zip(source.content.split("\n"), _prose(source.content).split("\n"), strict=True)
        for place, (line, prose) in zip(source.places, lines, strict=True):
            if place:
                at = starts[place[0]] + place[1]
                prose = prose[len(line) - len(line.lstrip(" \t")) : len(line.rstrip(" \t"))]
                shown[at : at + len(prose)] = prose
    return "".join(shown)


def with_line_ends(text: str) -> str:
    """Return the text with LF line ends and not one character more or fewer."""
    return _LINE_END.sub("\n", text.replace("\r\n", " \n"))


def _prose(content: str) -> str:
    found = scan(content)
    pieces = []
    at = 0
    for start, end in sorted([*found.code, *found.autolinks, *found.destinations]):
        pieces += [content[at:start], _blank(content[max(at, start) : end])]
        at = max(at, end)
    return prose_of_line("".join([*pieces, content[at:]]))


def _blank(content: str) -> str:
    return re.sub("[^\n]", BLANK, content)
