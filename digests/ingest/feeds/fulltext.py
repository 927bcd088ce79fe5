"""The text of an article without what stands around it."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.etree import LxmlError
from readability import Document
from readability.readability import Unparseable

from digests.ingest.feeds.charset import decode
from digests.ingest.feeds.html_tree import Element, tree_of
from digests.ingest.feeds.parsed import MAX_TEXT
from digests.ingest.feeds.plain import text_of

MAX_SELECTOR = 500
_OF_HOSTS = {"mp.weixin.qq.com": "#js_content"}


class Method(StrEnum):
    """By what a text was extracted."""

    SELECTOR = "selector"  # of the source
    SITE = "site"  # one that we know of the host
    READABILITY = "readability"


@dataclass(frozen=True, slots=True)
class FullText:
    """The text of an article, and by what it was found; empty if there is none."""

    text: str = ""
    by: Method | None = None


def full_text(body: bytes, content_type: str, url: str, selector: str = "") -> FullText:
    """Extract the article of the page at `url`. A selector that finds nothing is passed over, as
    pages change; `by` says so.

    Raises `SelectorError` for a selector that is none.
    """
    html = decode(body, content_type)
    known = _OF_HOSTS.get(urlsplit(url).hostname or "", "")
    for method, chosen in ((Method.SELECTOR, selector), (Method.SITE, known)):
        if chosen and (text := _selected(html, chosen)):
            return FullText(text[:MAX_TEXT], method)
    text = _readable(html)
    return FullText(text[:MAX_TEXT], Method.READABILITY) if text else FullText()


def check_selector(selector: str) -> None:
    """Raise `SelectorError` unless it is a CSS selector."""
    _xpath(selector)


def _xpath(selector: str) -> str:
    if len(selector) > MAX_SELECTOR:
        raise SelectorError(f"A selector has at most {MAX_SELECTOR} characters.")
    return HTMLTranslator().css_to_xpath(selector)


def _selected(html: str, selector: str) -> str:
    """The text of the elements that are selected, without those inside others."""
    found: list[Element] = tree_of(html).xpath(_xpath(selector))
    chosen = set(found)
    outer = [each for each in found if chosen.isdisjoint(each.iterancestors())]
    return "\n\n".join(filter(None, map(_text, outer)))


def _text(element: Element) -> str:
    return text_of(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _readable(html: str) -> str:
    try:
        return text_of(Document(html).summary(html_partial=True))
    except (Unparseable, LxmlError, ValueError):
        return ""
