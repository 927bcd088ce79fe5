"""The formats of a feed: Atom, RSS 2.0 and JSON Feed 1.1, each with the full text."""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

# What an empty feed gives as the time of its last change.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


class FullTextFeed(SyndicationFeed):
    """A feed whose items have a `language` and `content`, as HTML, instead of a description.

    `label` is the name of the format, for readers.
    """

    label: str
    content_type: str

    def latest_post_date(self) -> datetime:
        # An empty feed would otherwise claim a change at every moment.
        return super().latest_post_date() if self.items else NEVER

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        # Without a summary: the content says all.
        super().add_item_elements(handler, item | {"description": None})


class AtomFeed(FullTextFeed, Atom1Feed):
    label = "Atom"

    def item_attributes(self, item: dict[str, Any]) -> dict[str, Any]:
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        content = {"type": "html", "xml:base": item["link"]}
        handler.addQuickElement("content", item["content"], content)


class RSSFeed(FullTextFeed, Rss201rev2Feed):
    label = "RSS"

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        # RSS cannot do without a description.
        self.feed["description"] = self.feed["title"]
        super().add_root_elements(handler)
        handler.addQuickElement("dc:creator", self.feed["author_name"])

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("dc:language", item["language"])
        handler.addQuickElement("content:encoded", item["content"])


class JSONFeed(FullTextFeed):
    label = "JSON Feed"
    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"]}],
            "items": [_json_item(item) for item in self.items],
        }
        outfile.write(json.dumps(feed, ensure_ascii=False).encode(encoding))


def _json_item(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item["unique_id"],
        "url": item["link"],
        "title": item["title"],
        "content_html": item["content"],
        "date_published": rfc3339_date(item["pubdate"]),
        "date_modified": rfc3339_date(item["updateddate"]),
        "language": item["language"],
        "tags": list(item["categories"]),
    }


FORMATS: dict[str, type[FullTextFeed]] = {"atom": AtomFeed, "rss": RSSFeed, "json": JSONFeed}
