"""A document as the context of a page: the public page, the preview and the feed share it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digests.text.document import DigestDocument
from digests.text.markdown import SafeHTML, stored_html, to_html

# Raised whenever `to_html` gives other HTML than before: stored renderings of older ones expire.
RENDERER = 1


@dataclass(frozen=True)
class PageEntry:
    number: int
    anchor: str
    language: str
    headline: str
    byline: str
    url: str
    body: SafeHTML


@dataclass(frozen=True)
class PageSection:
    heading: str
    intro: SafeHTML
    entries: tuple[PageEntry, ...]


@dataclass(frozen=True)
class Page:
    title: str
    date: datetime
    categories: tuple[str, ...]
    intro: SafeHTML
    sections: tuple[PageSection, ...]
    outro: SafeHTML


def rendered(document: DigestDocument) -> dict[str, Any]:
    """The HTML of every Markdown part of a document, as JSON in the document's own shape."""
    return {
        "intro": to_html(document.intro),
        "sections": [
            {
                "intro": to_html(section.intro),
                "bodies": [to_html(entry.body) for entry in section.entries],
            }
            for section in document.sections
        ],
        "outro": to_html(document.outro),
    }


def page(document: DigestDocument, html: dict[str, Any], items: Iterable[tuple[int, str]]) -> Page:
    """The page of a document, from its `rendered` HTML and its items in order.

    `items` are pairs of an item's number, which makes its anchor, and its language.
    """
    marks = iter(items)
    return Page(
        title=document.title,
        date=document.date,
        categories=document.categories,
        intro=stored_html(html["intro"]),
        sections=tuple(
            PageSection(
                section.heading,
                stored_html(parts["intro"]),
                tuple(
                    PageEntry(
                        number=number,
                        anchor=f"i-{item}",
                        language=language,
                        headline=entry.headline,
                        byline=entry.byline,
                        url=entry.url,
                        body=stored_html(body),
                    )
                    for number, (entry, body, (item, language)) in enumerate(
                        zip(section.entries, parts["bodies"], marks, strict=False), start=1
                    )
                ),
            )
            for section, parts in zip(document.sections, html["sections"], strict=True)
        ),
        outro=stored_html(html["outro"]),
    )
