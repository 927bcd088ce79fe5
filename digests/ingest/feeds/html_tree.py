"""Pages as trees of elements."""

from collections.abc import Iterator

import lxml.html
from lxml.etree import LxmlError

from digests.ingest.feeds.parsed import link_of
from digests.ingest.feeds.plain import one_line

type Element = lxml.html.HtmlElement


def tree_of(html: str) -> Element:
    """Return the tree of a page; what is none has an empty one."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        # As bytes, because text that declares an encoding is refused.
        tree: Element = lxml.html.document_fromstring(html.encode(), parser=parser)
    except (LxmlError, ValueError):
        tree = lxml.html.document_fromstring("<html></html>")
    return tree


def base_of(tree: Element, url: str) -> str:
    """The address that relative links of the page at `url` begin from."""
    return link_of(next(iter(tree.xpath("//base/@href")), ""), url) or url


def linked(tree: Element, rel: str) -> Iterator[Element]:
    """The `<link>` elements of a relation, in their order."""
    for link in tree.iter("link"):
        if rel in (link.get("rel") or "").lower().split() and link.get("href"):
            yield link


def line_of(element: Element | None) -> str:
    """The text of an element as one line."""
    return "" if element is None else one_line("".join(element.itertext()))
