"""Finding the feeds of a website."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from digests.ingest.feeds.charset import decode
from digests.ingest.feeds.html_tree import base_of, linked, tree_of
from digests.ingest.feeds.parsed import MAX_TITLE, link_of
from digests.ingest.feeds.plain import one_line

MAX_CANDIDATES = 20

_TYPES = {
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
    "application/rss+xml",
    "application/x-rss+xml",
    "application/xml",
    "text/rss+xml",
    "text/xml",
}
_USUAL = ("atom.xml", "feed.xml", "feed/", "index.xml", "rss.xml", "rss/")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that a page names, by its own title."""

    url: str
    title: str = ""


def discover(body: bytes, content_type: str, url: str) -> tuple[Candidate, ...]:
    """Return the feeds that the page at `url` names, those of comments last."""
    tree = tree_of(decode(body, content_type))
    base = base_of(tree, url)
    found: dict[str, Candidate] = {}
    for link in linked(tree, "alternate"):
        address = link_of(link.get("href"), base)
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        # WordPress names the door to its own API as if it were a feed.
        if address and kind in _TYPES and "/wp-json/" not in address:
            title = one_line(link.get("title") or "")[:MAX_TITLE]
            found.setdefault(address, Candidate(address, title))
    return tuple(sorted(found.values(), key=_is_of_comments)[:MAX_CANDIDATES])


def usual_addresses(url: str) -> tuple[str, ...]:
    """Return where the feed of a site usually is, for a page that names none: first below the page
    itself, such as a blog, then below the site."""
    page = urlsplit(url)
    site = f"{page.scheme}://{page.netloc}/"
    folder = urljoin(site, page.path if page.path.endswith("/") else f"{page.path}/")
    return tuple(dict.fromkeys(urljoin(start, path) for start in (folder, site) for path in _USUAL))


def _is_of_comments(candidate: Candidate) -> bool:
    return "comments" in urlsplit(candidate.url).path.lower().split("/")
