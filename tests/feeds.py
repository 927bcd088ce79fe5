"""Feeds as feed readers read them: the same content, whatever the format."""

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser
from django.test import Client

TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
VERSIONS = {"atom": "atom10", "rss": "rss20"}


@dataclass
class Item:
    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    language: str
    tags: list[str]
    content: str


@dataclass
class Feed:
    title: str
    link: str
    own: str
    language: str
    author: str
    items: list[Item]

    @property
    def titles(self) -> list[str]:
        return [item.title for item in self.items]


def read(client: Client, address: str) -> Feed:
    """Read the feed at an address; it must be valid."""
    answer = client.get(address)
    assert answer.status_code == 200
    form = address.rpartition(".")[2]
    assert answer.headers["Content-Type"] == TYPES[form]
    return read_json(answer.content) if form == "json" else read_xml(answer.content, form)


def read_xml(data: bytes, form: str) -> Feed:
    parsed = feedparser.parse(data)
    assert not parsed.bozo
    assert parsed.version == VERSIONS[form]
    feed = parsed.feed
    items = [_xml_item(entry) for entry in parsed.entries]
    own = next(link.href for link in feed.links if link.rel == "self")
    return Feed(feed.title, feed.link, own, feed.language, feed.author, items)


def _xml_item(entry: Any) -> Item:
    assert "summary_detail" not in entry or entry.summary == entry.content[0].value
    return Item(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=_instant(entry.published),
        updated=_instant(entry.updated),
        language=entry.get("language") or entry.content[0].language,
        tags=[tag.term for tag in entry.get("tags", [])],
        content=entry.content[0].value,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text) if text[0].isdigit() else parsedate_to_datetime(text)


def read_json(data: bytes) -> Feed:
    """Read a JSON feed; it must have what https://www.jsonfeed.org/version/1.1/ requires, and
    nothing else."""
    feed = json.loads(data, parse_constant=_refuse)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    top = {"version", "title", "home_page_url", "feed_url", "language", "authors", "items"}
    assert set(feed) == top
    for name in ("home_page_url", "feed_url"):
        assert urlsplit(feed[name]).scheme in ("http", "https")
    (author,) = feed["authors"]
    assert set(author) == {"name"}
    items = [_json_item(item) for item in feed["items"]]
    assert len({item.id for item in items}) == len(items)
    return Feed(
        feed["title"],
        feed["home_page_url"],
        feed["feed_url"],
        feed["language"],
        author["name"],
        items,
    )


def _json_item(item: dict[str, Any]) -> Item:
    texts = {"id", "url", "title", "content_html", "date_published", "date_modified", "language"}
    assert set(item) == texts | {"tags"}
    assert all(isinstance(item[name], str) and item[name] for name in texts)
    published, updated = (
        datetime.fromisoformat(item[name]) for name in ("date_published", "date_modified")
    )
    assert published.tzinfo and updated.tzinfo
    assert all(isinstance(tag, str) for tag in item["tags"])
    return Item(
        id=item["id"],
        title=item["title"],
        link=item["url"],
        published=published,
        updated=updated,
        language=item["language"],
        tags=item["tags"],
        content=item["content_html"],
    )


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
