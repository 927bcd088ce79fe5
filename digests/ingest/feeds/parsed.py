"""What is read of a feed, whatever its format."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urljoin

from digests.text.urls import canonical_url, safe_url

MAX_ENTRIES = 1_000
MAX_KEY = 500
MAX_TITLE = 500
MAX_LINK = 2_000
MAX_AUTHOR = 200
MAX_TEXT = 100_000
MAX_CATEGORIES = 20


class Problem(StrEnum):
    """Why a body is no feed."""

    EMPTY = "empty"
    HTML = "html"  # a page, whose feed may be discovered
    JSON = "json"  # of another kind than a feed
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One story of a feed, all of it as plain text.

    `key` tells the entries of one feed apart. `stated` is when it was published as the feed says
    it, perhaps in the future.
    """

    key: str
    title: str = ""
    link: str = ""
    author: str = ""
    stated: datetime | None = None
    updated: datetime | None = None
    text: str = ""
    categories: tuple[str, ...] = ()

    def published(self, fetched: datetime) -> datetime | None:
        """When it was published: not after the feed was fetched."""
        return min(self.stated, fetched) if self.stated else None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed with its entries in its order, or the problem of what is no feed.

    `hub` is where a WebSub subscription is asked for; `ttl` the seconds for which the feed wants to
    be left alone.
    """

    title: str = ""
    site: str = ""
    language: str = ""
    hub: str = ""
    ttl: int = 0
    entries: tuple[FeedEntry, ...] = ()
    problem: Problem | None = None


def link_of(address: str, base: str = "") -> str:
    """Return an address, perhaps one relative to `base`, as a link that may become ours, or ""."""
    address = address.strip()
    try:
        link = safe_url(urljoin(base, address)) if address else ""
    except ValueError:
        return ""
    return link if len(link) <= MAX_LINK else ""


def key_of(guid: str, link: str, title: str, text: str) -> str:
    """Return what tells an entry from the others of its feed: what it is called, where it leads,
    or what it says."""
    if guid:
        return guid if len(guid) <= MAX_KEY else f"sha256:{_digest(guid)}"
    try:
        return canonical_url(link)[0][:MAX_KEY]
    except ValueError:
        return f"sha256:{_digest(f'{title}\n{text}')}"


def names(authors: list[str]) -> str:
    """Return authors as a byline; of more than fit, the first."""
    authors = list(dict.fromkeys(filter(None, authors)))
    together = ", ".join(authors)
    return together if len(together) <= MAX_AUTHOR else f"{authors[0][: MAX_AUTHOR - 7]} et al."


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
