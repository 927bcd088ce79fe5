"""What a page says of itself: its own JSON-LD first, then OpenGraph, then other marks."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digests.ingest.feeds.charset import decode
from digests.ingest.feeds.dates import moment
from digests.ingest.feeds.html_tree import Element, base_of, line_of, linked, tree_of
from digests.ingest.feeds.parsed import MAX_TITLE, link_of, names
from digests.ingest.feeds.plain import one_line, title_of

_ARTICLES = re.compile(r"(?:\w*Article|\w*Posting|Report|VideoObject|PodcastEpisode|WebPage)")
_MAX_DEPTH = 6
# On the pages of 公众号: the account, the headline and the time, which a script shows.
_WECHAT_TIME = re.compile(r"\b(?:ct|create_time)\s*[=:]\s*[\"'](\d{10})[\"']")
_POST_ON_X = re.compile(r"(?P<author>.+?) \(@\w{1,15}\) (?:on X|/ X|/ Twitter|on Twitter)")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found; empty is what was not. `published` is as stated, perhaps in the future."""

    title: str = ""
    author: str = ""
    published: datetime | None = None
    site: str = ""
    language: str = ""
    description: str = ""
    url: str = ""
    image: str = ""


def metadata_of(body: bytes, content_type: str, url: str) -> Metadata:
    """Read the page at `url`."""
    html = decode(body, content_type)
    tree = tree_of(html)
    base = base_of(tree, url)
    readings = [_json_ld(tree), _wechat(tree, html), _open_graph(tree), _other(tree)]

    def first(name: str) -> str:
        return next((reading[name] for reading in readings if reading.get(name)), "")

    return Metadata(
        title=first("title")[:MAX_TITLE],
        author=first("author"),
        published=next(
            filter(None, (moment(each.get("published", "")) for each in readings)), None
        ),
        site=first("site"),
        language=first("language").replace("_", "-")[:35],
        description=first("description"),
        url=_canonical(tree, base) or link_of(first("url"), base),
        image=link_of(first("image"), base),
    )


type _Reading = Mapping[str, str]


def _json_ld(tree: Element) -> _Reading:
    """The first thing a page describes that may be a story, and no list or person."""
    nodes = [node for node in _nodes(tree) if _ARTICLES.fullmatch(_kind(node))]
    # A page often describes itself beside its article.
    nodes.sort(key=lambda node: _kind(node) == "WebPage")
    if not nodes:
        return {}
    node = nodes[0]
    return {
        "title": title_of(_text(node.get("headline")) or _text(node.get("name"))),
        "author": names(_names(node.get("author"))),
        "published": _text(node.get("datePublished")) or _text(node.get("uploadDate")),
        "site": next(iter(_names(node.get("publisher"))), ""),
        "language": _text(node.get("inLanguage")),
        "description": title_of(_text(node.get("description"))),
        "image": _address(node.get("image")) or _address(node.get("thumbnailUrl")),
        "url": _address(node.get("mainEntityOfPage")) or _address(node.get("url")),
    }


def _nodes(tree: Element) -> Iterator[dict[str, Any]]:
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            yield from _flat(json.loads(script.text or "", strict=False), _MAX_DEPTH)
        except (ValueError, RecursionError):
            continue


def _flat(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value if depth else ():
            yield from _flat(each, depth - 1)
    elif isinstance(value, dict):
        yield value
        if depth:
            yield from _flat(value.get("@graph"), depth - 1)
            yield from _flat(value.get("mainEntity"), depth - 1)


def _kind(node: Mapping[str, Any]) -> str:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return next((kind for kind in kinds if isinstance(kind, str)), "").rpartition("/")[2]


def _names(value: object) -> list[str]:
    """The names of people or organisations: written as texts, as things, or as a list of these."""
    values = value if isinstance(value, list) else [value]
    named = [each.get("name") if isinstance(each, dict) else each for each in values]
    return [name for name in map(_text, named) if name and not link_of(name)]


def _address(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return one_line(value) if isinstance(value, str) else ""


def _wechat(tree: Element, html: str) -> _Reading:
    """The page of an article of a 公众号, which has its own marks."""
    account = line_of(next(iter(tree.xpath('//*[@id="js_name"]')), None))
    if not account:
        return {}
    time = _WECHAT_TIME.search(html)
    return {
        "title": line_of(next(iter(tree.xpath('//*[@id="activity-name"]')), None)),
        "published": time[1] if time else "",
        "site": account,
    }


def _open_graph(tree: Element) -> _Reading:
    meta = _Meta(tree)
    title = meta.first("og:title", "twitter:title")
    post = _POST_ON_X.match(title)
    author = meta.first("article:author", "og:article:author")
    return {
        "title": title,
        "author": post["author"] if post else "" if link_of(author) else author,
        "published": meta.first("article:published_time", "og:article:published_time"),
        "site": meta.first("og:site_name"),
        "language": meta.first("og:locale"),
        "description": meta.first("og:description", "twitter:description"),
        "image": meta.first("og:image:secure_url", "og:image", "twitter:image"),
        "url": meta.first("og:url"),
    }


def _other(tree: Element) -> _Reading:
    meta = _Meta(tree)
    authors = meta.all("citation_author") or [
        meta.first("author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author")
    ]
    return {
        "title": meta.first("citation_title", "dc.title") or line_of(tree.find(".//title")),
        "author": names(authors) or _marked(tree, "author"),
        "published": meta.first(
            "citation_date",
            "date",
            "datepublished",
            "dc.date",
            "dc.date.issued",
            "dcterms.created",
            "parsely-pub-date",
            "pubdate",
            "publishdate",
            "sailthru.date",
            "uploaddate",
        )
        or next(iter(tree.xpath("//time/@datetime")), ""),
        "site": meta.first("application-name"),
        "language": tree.get("lang") or meta.first("content-language"),
        "description": meta.first("description"),
    }


def _marked(tree: Element, name: str) -> str:
    """The name of what is marked with `itemprop`, as YouTube marks the channel of a video."""
    for element in tree.xpath("//*[@itemprop=$name]", name=name):
        named = next(iter(element.xpath('.//*[@itemprop="name"]')), element)
        if found := one_line(named.get("content") or "") or line_of(named):
            return found[:200]
    return ""


def _canonical(tree: Element, base: str) -> str:
    return next((link_of(link.get("href"), base) for link in linked(tree, "canonical")), "")


class _Meta:
    """The `<meta>` elements of a page by the names in use, whichever attribute has them."""

    def __init__(self, tree: Element) -> None:
        self.contents: dict[str, list[str]] = {}
        for meta in tree.iter("meta"):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop")
            name = name or meta.get("http-equiv") or ""
            if content := one_line(meta.get("content") or ""):
                self.contents.setdefault(name.strip().lower(), []).append(content)

    def all(self, name: str) -> list[str]:
        return self.contents.get(name, [])

    def first(self, *names: str) -> str:
        return next((self.contents[name][0] for name in names if name in self.contents), "")
