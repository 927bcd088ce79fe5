"""The text that readers see of a Markdown text, as plain text."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from digests.text.markdown.html import FRIENDLY


def visible_text(markdown: str) -> str:
    """The text without markup and addresses, one or more lines for each paragraph, cell or item."""
    return "\n".join(
        "".join(_inline(token.children)) if token.children else token.content.rstrip("\n")
        for token in FRIENDLY.parse(markdown)
        if token.content
    )


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.children:  # the alternative text of an image
            yield from _inline(token.children)
        else:
            yield token.content
