"""The block structure of a Markdown text, which is the same under both emphasis rules."""

from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from digests.text.markdown.html import PLAIN


def with_cells(cells: int) -> dict[str, Any]:
    """Return notes for the parser that limit the tables of a text to this many cells."""
    return {"cells": cells}


def block_tokens(text: str, notes: dict[str, Any] | None = None) -> list[Token]:
    """Return the block tokens without inline children; `notes` receives the link definitions."""
    tokens: list[Token] = []
    PLAIN.block.parse(text, PLAIN, {} if notes is None else notes, tokens)
    return tokens


@dataclass(frozen=True, slots=True)
class OpenFence:
    """A code fence that runs on to the end of the text, opened on `line` (from 1)."""

    line: int
    markup: str
    in_list: bool

    def closed_by(self, line: str) -> bool:
        """Whether the line, which follows the text, would close a fence that is not in a list."""
        bare = line.strip(" \t")
        indent = len(line) - len(line.lstrip(" "))
        return len(bare) >= len(self.markup) and set(bare) == {self.markup[0]} and indent < 4


def open_fence(text: str) -> OpenFence | None:
    """Find the open fence that would swallow what follows the text. A fence in a block quote does
    not, because it ends with the quote."""
    if "```" not in text and "~~~" not in text:
        return None
    in_list = False
    for token in reversed(block_tokens(text)):
        if token.type == "fence" and token.map:
            lines = token.content.split("\n")
            inner = len(lines) - (lines[-1] == "")
            closed = token.map[1] - token.map[0] == inner + 2
            return None if closed else OpenFence(token.map[0] + 1, token.markup, in_list)
        if token.type not in ("list_item_close", "bullet_list_close", "ordered_list_close"):
            return None
        in_list = True
    return None
