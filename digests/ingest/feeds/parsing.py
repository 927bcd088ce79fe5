"""Reading feeds: RSS 0.9x to 2.0, RDF, Atom and JSON Feed."""

import io
import json
import re
import sys
from calendar import timegm
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import feedparser

from digests.ingest.feeds.charset import decode, without_controls
from digests.ingest.feeds.dates import in_utc
from digests.ingest.feeds.json_feed import is_json_feed, read_json_feed
from digests.ingest.feeds.parsed import (
    MAX_AUTHOR,
    MAX_CATEGORIES,
    MAX_ENTRIES,
    MAX_TEXT,
    MAX_TITLE,
    FeedEntry,
    ParsedFeed,
    Problem,
    key_of,
    link_of,
    names,
)
from digests.ingest.feeds.plain import one_line, text_of, tidy, title_of

_HTML_PAGE = re.compile(
    r"(?>\s+|<!--.*?-->|<\?.*?\?>)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_ADDRESS_AND_NAME = re.compile(r"[^\s@()]+@[^\s@()]+ \((.+)\)")
# Those with more digits mean nothing.
_REFERENCE = re.compile("&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?", re.IGNORECASE)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_DAY = 24 * 60 * 60
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def parse_feed(body: bytes, headers: Mapping[str, str], url: str = "") -> ParsedFeed:
    """Read the feed that was fetched from `url` with the headers of its answer.

    Entries that are the same are one. What is no feed has a `problem`.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    text = decode(body, headers.get("content-type", "")).strip()
    if not text:
        return ParsedFeed(problem=Problem.EMPTY)
    if text.startswith(("{", "[")):
        feed = _read_json(text, url)
    elif _HTML_PAGE.match(text):
        return ParsedFeed(problem=Problem.HTML)
    else:
        feed = _read_xml(text, url)
    return replace(feed, entries=_once(feed.entries))


def _read_json(text: str, url: str) -> ParsedFeed:
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return ParsedFeed(problem=Problem.UNREADABLE)
    if not is_json_feed(document):
        return ParsedFeed(problem=Problem.JSON)
    return read_json_feed(document, url)


def _read_xml(text: str, url: str) -> ParsedFeed:
    try:
        parsed = _parsed(text)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - feedparser's own mistakes, at XML that is badly broken
        return ParsedFeed(problem=Problem.UNREADABLE)
    if not parsed.version and not parsed.entries:
        return ParsedFeed(problem=Problem.UNREADABLE)
    feed, version = parsed.feed, parsed.version
    return ParsedFeed(
        title=_title(feed, version),
        site=link_of(_string(feed, "link"), url),
        language=one_line(_string(feed, "language"))[:35],
        hub=next((link_of(link.href, url) for link in _links(feed, "hub")), ""),
        ttl=_seconds(_string(feed, "ttl")),
        entries=tuple(_entry(entry, version, url) for entry in parsed.entries),
    )


def _parsed(text: str) -> Any:
    # As a stream, because feedparser opens a file whose path the body is. As UTF-8 that is declared
    # so, which beats whatever the document says of itself. It is not told the address, because it
    # makes ids absolute, too, and those have to outlive a move. HTML becomes plain text here, so
    # that neither what is in it nor where its links lead matters.
    return feedparser.parse(
        io.BytesIO(_REFERENCE.sub(_allowed, text).encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _allowed(reference: re.Match[str]) -> str:
    """The reference to a character, or nothing if XML has no such character: feedparser fails at
    halves of surrogate pairs."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if number <= sys.maxunicode and without_controls(chr(number)) else ""


def _entry(entry: Any, version: str, url: str) -> FeedEntry:
    title, link, text = _title(entry, version), _link(entry, url), _text(entry)
    stated, updated = _time(entry, "published_parsed"), _time(entry, "updated_parsed")
    return FeedEntry(
        key=key_of(one_line(_string(entry, "id")), link, title, text),
        title=title,
        link=link,
        author=_author(entry),
        stated=stated or updated,
        updated=updated,
        text=text,
        categories=_categories(entry),
    )


def _title(element: Any, version: str) -> str:
    """The title as plain text. Only Atom says whether a title is HTML."""
    kind = _string(element.get("title_detail", {}), "type")
    html = True if kind in _HTML_TYPES else False if version.startswith("atom") else None
    return title_of(without_controls(_string(element, "title")), html=html)[:MAX_TITLE]


def _link(entry: Any, url: str) -> str:
    """Where the story leads: to what FeedBurner stands for, its page, or its recording."""
    recordings = [_string(enclosure, "href") for enclosure in entry.get("enclosures", [])]
    addresses = [_string(entry, "feedburner_origlink"), _string(entry, "link"), *recordings]
    return next(filter(None, (link_of(address, url) for address in addresses)), "")


def _links(element: Any, rel: str) -> list[Any]:
    return [
        link for link in element.get("links", []) if link.get("rel") == rel and link.get("href")
    ]


def _text(entry: Any) -> str:
    """The fullest of what the entry says."""
    details = [*entry.get("content", []), entry.get("summary_detail", {})]
    texts = [_plain(_string(detail, "value"), _string(detail, "type")) for detail in details]
    return max(texts, key=len)[:MAX_TEXT]


def _plain(value: str, kind: str) -> str:
    value = without_controls(value)
    return text_of(value) if kind in _HTML_TYPES else tidy(value)


def _author(entry: Any) -> str:
    """The byline. The form of RSS is read by us: feedparser knows no domain like `.cloud`."""
    signed = one_line(_string(entry, "author"))
    if found := _ADDRESS_AND_NAME.fullmatch(signed):
        return found[1][:MAX_AUTHOR]
    authors = [one_line(_string(author, "name")) for author in entry.get("authors", [])]
    return names(authors) or signed[:MAX_AUTHOR]


def _categories(entry: Any) -> tuple[str, ...]:
    labels = [_string(tag, "label") or _string(tag, "term") for tag in entry.get("tags", [])]
    return tuple(dict.fromkeys(filter(None, map(one_line, labels))))[:MAX_CATEGORIES]


def _string(element: Any, name: str) -> str:
    """What feedparser has of an element under a name, which may be None."""
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _time(entry: Any, name: str) -> datetime | None:
    """A time that feedparser has read, which is in UTC."""
    if name not in entry or entry[name] is None:  # `get` answers with another time
        return None
    try:
        return in_utc(datetime.fromtimestamp(timegm(entry[name]), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(minutes: str) -> int:
    """The `ttl` of RSS, which counts minutes, at most a day."""
    minutes = minutes.strip()
    return min(int(minutes) * 60, _DAY) if re.fullmatch("[0-9]{1,9}", minutes) else 0


def _once(entries: tuple[FeedEntry, ...]) -> tuple[FeedEntry, ...]:
    """Each entry once, the first of those with one key; of too many, the newest.

    A key that entries with several links share, such as the number of a column, names none of them.
    """
    links = Counter(key for key, _link in {(entry.key, entry.link) for entry in entries})
    once: dict[str, FeedEntry] = {}
    for entry in entries:
        if links[entry.key] > 1:
            key = key_of("", entry.link, entry.title, entry.text)
            entry = replace(entry, key=key)
        once.setdefault(entry.key, entry)
    if len(once) <= MAX_ENTRIES:
        return tuple(once.values())
    newest = sorted(once.values(), key=lambda entry: entry.stated or _LONG_AGO, reverse=True)
    return tuple(newest[:MAX_ENTRIES])
