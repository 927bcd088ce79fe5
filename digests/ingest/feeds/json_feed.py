"""Reading JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from typing import Any

from digests.ingest.feeds.dates import moment
from digests.ingest.feeds.parsed import (
    MAX_CATEGORIES,
    MAX_TEXT,
    MAX_TITLE,
    FeedEntry,
    ParsedFeed,
    key_of,
    link_of,
    names,
)
from digests.ingest.feeds.plain import one_line, text_of, tidy


def is_json_feed(document: object) -> bool:
    """Whether a document of JSON is a feed: some that are name no version of the format."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("items"), list)
        and ("jsonfeed.org" in _string(document, "version") or "title" in document)
    )


def read_json_feed(document: dict[str, Any], url: str) -> ParsedFeed:
    """Read the feed that was fetched from `url`. What is not of its type counts as missing."""
    items = [item for item in document["items"] if isinstance(item, dict)]
    hubs = [hub for hub in _list(document, "hubs") if isinstance(hub, dict)]
    language = _line(document, "language")
    return ParsedFeed(
        title=_line(document, "title")[:MAX_TITLE],
        site=link_of(_string(document, "home_page_url"), url),
        language=language[:35],
        hub=next((link_of(_string(hub, "url"), url) for hub in hubs), ""),
        entries=tuple(_entry(item, _authors(document), url) for item in items),
    )


def _entry(item: dict[str, Any], authors: list[str], url: str) -> FeedEntry:
    title = _line(item, "title")[:MAX_TITLE]
    link = link_of(_string(item, "url"), url) or link_of(_string(item, "external_url"), url)
    text = _text(item)
    identity = item.get("id")
    tags = [one_line(tag) for tag in _list(item, "tags") if isinstance(tag, str)]
    stated, updated = (
        moment(_string(item, "date_published")),
        moment(_string(item, "date_modified")),
    )
    return FeedEntry(
        # Version 1.0 lets it be a number.
        key=key_of(
            one_line(str(identity)) if isinstance(identity, str | int) else "", link, title, text
        ),
        title=title,
        link=link,
        author=names(_authors(item) or authors),
        stated=stated or updated,
        updated=updated,
        text=text,
        categories=tuple(dict.fromkeys(filter(None, tags)))[:MAX_CATEGORIES],
    )


def _text(item: dict[str, Any]) -> str:
    """The fullest of what the item says."""
    plain = [tidy(_string(item, name)) for name in ("content_text", "summary")]
    return max(text_of(_string(item, "content_html")), *plain, key=len)[:MAX_TEXT]


def _authors(element: dict[str, Any]) -> list[str]:
    """The names of authors: a list since version 1.1, before it one."""
    authors = [*_list(element, "authors"), element.get("author")]
    return [_line(author, "name") for author in authors if isinstance(author, dict)]


def _line(element: dict[str, Any], name: str) -> str:
    return one_line(_string(element, name))


def _string(element: dict[str, Any], name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _list(element: dict[str, Any], name: str) -> list[Any]:
    value = element.get(name)
    return value if isinstance(value, list) else []
