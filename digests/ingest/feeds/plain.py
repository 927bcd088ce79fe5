"""HTML as plain text in paragraphs, the form in which originals are kept."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

from digests.text.characters import normal_line, normal_lines

# fmt: off
_PARAGRAPHS = frozenset([
    "address", "article", "aside", "blockquote", "div", "dl", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p",
    "pre", "section", "table", "ul",
])
_LINES = frozenset(["br", "dd", "dt", "li", "tr"])
_INLINE = frozenset(["td", "th"])
_UNSEEN = frozenset([
    "audio", "canvas", "datalist", "head", "iframe", "math", "noembed", "noframes", "noscript",
    "object", "script", "select", "style", "svg", "template", "textarea", "title", "video",
])
# fmt: on
# Of HTML, or an entity; a title may hold `Vec<T>`.
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|mark|p|q|s|small|span"
    r"|strike|strong|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*)?/?>|&(?:#[0-9]+|#x[0-9a-f]+|[a-z]+);",
    re.IGNORECASE,
)
_POINT = "- "
_ANY_TAG = re.compile("<[a-zA-Z/!]")
_SPACE = re.compile("[ \t\n\r\f\xa0]+")
# Tried at the first of many spaces alone. The indentation of code stays.
_AROUND_BREAK = re.compile("(?:(?<![ \t])[ \t]+)?\n(?: (?! ))?")
_BREAKS = re.compile("\n{3,}")


def text_of(html: str) -> str:
    """Return what a reader sees of HTML: paragraphs with blank lines between them, `- ` before
    the points of lists.

    What is called HTML and has no tag, as descriptions in RSS do, keeps its lines.
    """
    if not _ANY_TAG.search(html):
        return tidy(unescape(html))
    clean = nh3.clean(
        html,
        tags={*_PARAGRAPHS, *_LINES, *_INLINE},
        clean_content_tags=set(_UNSEEN),
        attributes={},
        link_rel=None,
    )
    return paragraphs(clean)


def paragraphs(clean: str) -> str:
    """Return the text of HTML that nh3 has written."""
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return tidy("".join(reader.parts))


def tidy(text: str) -> str:
    """Return plain text without spaces around its breaks, and with no more than one blank line."""
    return normal_lines(_BREAKS.sub("\n\n", _AROUND_BREAK.sub("\n", text)))


def title_of(title: str, *, html: bool | None = None) -> str:
    """Return a title as one line of plain text. Whether it is HTML may be unknown (None)."""
    if html is None:
        html = bool(_MARKUP.search(title))
    return one_line(text_of(title) if html else title)


def one_line(text: str) -> str:
    """Return text as one line, with one space for many."""
    return normal_line(_SPACE.sub(" ", text))


class _Reader(HTMLParser):
    """The text of well-formed HTML, with a break for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag == "li":
            self.parts.append(_POINT)
        self.preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._break(tag)
        self.preformatted -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self.preformatted else _SPACE.sub(" ", data))

    def _break(self, tag: str) -> None:
        if self.parts[-1:] == [_POINT]:
            return  # a point that is a paragraph
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")
        elif tag in _INLINE:
            self.parts.append(" ")
