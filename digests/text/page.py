"""A document as the context of a page, which the public page, the preview and the feed share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digests.text.characters import HAN, HANGUL
from digests.text.format import DigestDocument
from digests.text.markdown.html import SafeHTML, stored_html, to_html

# Increased whenever the result of `rendered` changes: what older renderers made expires.
RENDERER = 3

# What is counted in characters: also radicals, punctuation, kana and letters in circles.
_CJK = re.compile(f"[\u2e80-\u33ff{HAN}{HANGUL}]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# How much people read in a minute.
CJK_A_MINUTE, WORDS_A_MINUTE = 400, 220


def anchor_of(item: int) -> str:
    """The anchor of an item on the page of its digest."""
    return f"i-{item}"


@dataclass(frozen=True)
class PageEntry:
    number: int
    item: int
    language: str
    headline: str
    byline: str
    url: str
    body: SafeHTML

    @property
    def anchor(self) -> str:
        return anchor_of(self.item)


@dataclass(frozen=True)
class PageSection:
    heading: str
    intro: SafeHTML
    entries: tuple[PageEntry, ...]


@dataclass(frozen=True)
class Page:
    title: str
    minutes: int
    date: datetime
    categories: tuple[str, ...]
    intro: SafeHTML
    sections: tuple[PageSection, ...]
    outro: SafeHTML

    @property
    def entries(self) -> list[PageEntry]:
        return [entry for section in self.sections for entry in section.entries]


def rendered(document: DigestDocument, items: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """Render what the page of a document needs beside it, as JSON in the document's own shape: the
    HTML of its Markdown parts, its items in order, and its reading time in minutes.

    `items` are pairs of an item's primary key and its language.
    """
    marks = iter(items)
    return {
        "minutes": reading_minutes(document),
        "intro": to_html(document.intro),
        "sections": [
            {
                "intro": to_html(section.intro),
                "entries": [
                    {"item": item, "language": language, "body": to_html(entry.body)}
                    for entry, (item, language) in zip(section.entries, marks, strict=False)
                ],
            }
            for section in document.sections
        ],
        "outro": to_html(document.outro),
    }


def page(document: DigestDocument, kept: dict[str, Any]) -> Page:
    """Make the page from a document and the result of `rendered`."""
    return Page(
        title=document.title,
        minutes=kept["minutes"],
        date=document.date,
        categories=document.categories,
        intro=stored_html(kept["intro"]),
        sections=tuple(
            PageSection(
                section.heading,
                stored_html(parts["intro"]),
                tuple(
                    PageEntry(
                        number=number,
                        item=part["item"],
                        language=part["language"],
                        headline=entry.headline,
                        byline=entry.byline,
                        url=entry.url,
                        body=stored_html(part["body"]),
                    )
                    for number, (entry, part) in enumerate(
                        zip(section.entries, parts["entries"], strict=True), start=1
                    )
                ),
            )
            for section, parts in zip(document.sections, kept["sections"], strict=True)
        ),
        outro=stored_html(kept["outro"]),
    )


def reading_minutes(document: DigestDocument) -> int:
    """The reading time of a document in minutes, at least one. Markdown's own characters count
    little, so the text is taken as it was written."""
    text = "\n".join(
        [document.intro, document.outro]
        + [part for s in document.sections for part in (s.heading, s.intro)]
        + [part for s in document.sections for e in s.entries for part in (e.headline, e.body)]
    )
    words = len(_WORD.findall(_CJK.sub(" ", text)))
    return max(1, round(len(_CJK.findall(text)) / CJK_A_MINUTE + words / WORDS_A_MINUTE))
