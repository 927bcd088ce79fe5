"""Making items from links and lines that an editor pastes, at once and without any network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from urllib.parse import urlsplit

from django.utils.translation import gettext

from digests.editorial import items
from digests.editorial.errors import Duplicate, Forbidden
from digests.ingest.addresses import (
    ADDRESS,
    NO_ADDRESS,
    address_of,
    clean_address,
    with_plain_addresses,
)
from digests.ingest.headlines import headline_of
from digests.ingest.x_posts import SHORT_LINK, posts
from digests.models import Item, Refusal, Source, User
from digests.text.characters import HAN
from digests.text.format import Entry
from digests.text.urls import canonical_url, safe_url, x_posted_at, x_status

MAX_STORIES = 200
"""The most stories of one paste; what is more stays to be pasted again."""

_CHINESE = re.compile(f"[{HAN}]")
# Sites whose stories are in Chinese, where a bare link tells nothing else.
_CHINESE_SITE = re.compile(
    r"(?:^|\.)(?:\w+\.cn|(?:weixin\.qq|36kr|zhihu|bilibili|weibo|xiaohongshu|sohu|163)\.com)$"
)
_X_HOSTS = {"x.com", "twitter.com"}


@dataclass(frozen=True)
class Pasted:
    """One story in a pasted text: its lines as they were pasted, a URL and a headline."""

    text: str
    url: str = ""
    headline: str = ""
    captured: str = ""
    trouble: str = ""  # the reason why no item can be made of it


@dataclass
class Captured:
    """The result of a paste: new items, items that had a link already with the sentence that says
    so, and the lines that could not be read with their reasons."""

    added: list[Item] = field(default_factory=list)
    known: list[tuple[Item, str]] = field(default_factory=list)
    refused: list[tuple[Pasted, str]] = field(default_factory=list)

    @property
    def without_link(self) -> int:
        """How many lines became headlines because they have no link."""
        return sum(not item.url for item in self.added)

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """Why lines could not be read, each with the number of its first line in `rest`, from 1."""
        counts = [pasted.text.count("\n") + 1 for pasted, _reason in self.refused]
        numbers = accumulate([1, *counts])
        return [
            (number, reason)
            for number, (_pasted, reason) in zip(numbers, self.refused, strict=False)
        ]

    @property
    def rest(self) -> str:
        """The lines that could not be read, which the editor still has to correct."""
        return "\n".join(pasted.text for pasted, _reason in self.refused)


def capture(text: str, *, by: User) -> Captured:
    """Make an item of each story in the text. What cannot be read does not stop the rest.

    Raises `Forbidden` for users who may not add items.
    """
    captured = Captured()
    known = KnownSources()
    for number, pasted in enumerate(stories(text), start=1):
        if number > MAX_STORIES:
            reason = gettext("At most %(most)s stories can be added at once.") % {
                "most": MAX_STORIES
            }
            captured.refused.append((pasted, reason))
            continue
        if pasted.trouble:
            captured.refused.append((pasted, pasted.trouble))
            continue
        source = known.of(pasted.url)
        entry, posted_at = entry_of(pasted, source), _posted_at(pasted.url)
        try:
            item = items.add(
                entry,
                by=by,
                language=language_of(pasted, source),
                source=source,
                captured=pasted.captured,
                posted_at=posted_at,
            )
        except Forbidden:
            raise
        except Duplicate as duplicate:
            captured.known.append((duplicate.item, _complete(duplicate, pasted, by)))
        except Refusal as refusal:
            captured.refused.append((pasted, str(refusal)))
        else:
            captured.added.append(item)
    return captured


def _complete(duplicate: Duplicate, pasted: Pasted, by: User) -> str:
    """Give the known item what it lacks, such as the text of a post whose bare link was pasted
    before. Returns the sentence that says so, or else that the link is known."""
    item = duplicate.item
    found = {
        "captured": pasted.captured,
        "headline": pasted.headline,
        "provisional": headline_of(item.url),
    }
    try:
        completed = items.complete(item, by=by, **found)
    except Refusal:
        return str(duplicate)  # it is rejected, or approved with its digest
    if completed.version == item.version:
        return str(duplicate)
    return gettext("This link was known. What its story lacked has been added.")


def stories(text: str) -> Iterator[Pasted]:
    """The stories of a pasted text, in order.

    A line with a URL is one story, with the words beside the URL as its headline; in a line of
    several URLs alone, each is one. Lines without a URL just above the URL of a post on X are that
    post, and a whole post (see `posts`) is one story; elsewhere each such line is a headline
    without a link.
    """
    pasted = [line.strip() for line in text.splitlines()]
    lines = [with_plain_addresses(line) for line in pasted]
    whole = {post.first: post for post in posts(lines, pasted)}
    waiting: list[str] = []
    after = 0
    for at, line in enumerate(lines):
        if at < after:
            continue
        addresses = ADDRESS.findall(line)
        if waiting and x_status(addresses[-1] if addresses else "") and ADDRESS.fullmatch(line):
            # The text of a post, with its URL below.
            words = "\n".join(waiting)
            yield Pasted(f"{words}\n{line}", address_of(line), _first_line(words), words)
            waiting = []
            continue
        post, trouble = whole.get(at), "" if addresses else _trouble(line)
        if post or addresses or trouble or not line:
            yield from _headlines(waiting)
            waiting = []
        if post:
            after = post.end
            headline = SHORT_LINK.sub("", post.words).strip()
            whole_text = "\n".join(pasted[at:after])
            yield Pasted(whole_text, post.url, _first_line(headline), post.original)
        elif addresses:
            yield from _linked(pasted[at], line, addresses)
        elif trouble:
            yield Pasted(pasted[at], trouble=trouble)
        elif line:
            waiting.append(line)
    yield from _headlines(waiting)


def entry_of(pasted: Pasted, source: Source | None) -> Entry:
    """The entry for a story; a headline or byline that is missing is derived from its URL."""
    byline = source.byline if source else ""
    status = x_status(pasted.url) if pasted.url else None
    if status and not byline and status[0] != "i":
        byline = status[0]
    return Entry(pasted.headline or headline_of(pasted.url), byline, clean_address(pasted.url), "")


def language_of(pasted: Pasted, source: Source | None) -> str:
    if source:
        return source.language
    if words := pasted.headline + pasted.captured:
        return "zh-hans" if _CHINESE.search(words) else "en"
    return "zh-hans" if _CHINESE_SITE.search(_host(pasted.url)) else "en"


class KnownSources:
    """The sources by the beginnings of their stories' URLs. Costs one query."""

    def __init__(self) -> None:
        starts = [(_start(source.url), source) for source in Source.objects.exclude(url="")]
        # Longest first, so that a column is preferred to its newspaper.
        self.starts = sorted(starts, key=lambda pair: len(pair[0]), reverse=True)

    def of(self, url: str) -> Source | None:
        start = _start(url)
        for known, source in self.starts:
            if known and (start == known or start.startswith(f"{known}/")):
                return source
        return None


def _headlines(lines: list[str]) -> Iterator[Pasted]:
    for line in lines:
        yield Pasted(line, headline=line)


def _trouble(line: str) -> str:
    """The reason why a line without a URL is no headline: it holds a broken one. "" if none."""
    if found := NO_ADDRESS.search(line):
        try:
            safe_url(found[0])
        except ValueError as error:
            return gettext(str(error))
    return ""


def _linked(pasted: str, line: str, found: list[str]) -> Iterator[Pasted]:
    """The stories of a line with URLs, beside the line as it was pasted. If it has several, it must
    have no words, because nothing shows to which URL they belong."""
    addresses = list(dict.fromkeys(map(address_of, found)))
    rest = line
    # Longest first, because one URL may be the beginning of another.
    for address in sorted(addresses, key=len, reverse=True):
        rest = rest.replace(address, " ")
    rest = " ".join(rest.split()).strip("-–—|·:：。 ")
    if any(map(_is_cut_off, addresses)):
        yield Pasted(pasted, trouble=gettext("The host of the address is not a valid name."))
    elif len(addresses) == 1:
        yield Pasted(pasted, addresses[0], rest)
    elif any(map(str.isalnum, rest)):
        reason = gettext("There are several links in this line: put each on a line of its own.")
        yield Pasted(pasted, trouble=reason)
    else:
        yield from (Pasted(address, address) for address in addresses)


def _is_cut_off(address: str) -> bool:
    """Whether the host has no dot: the rest of it comes after a space, or is missing."""
    try:
        host = urlsplit(safe_url(address)).hostname or ""
    except ValueError:
        return False  # the verb raises the reason
    return "." not in host and ":" not in host


def _first_line(words: str) -> str:
    return words.partition("\n")[0][:200]


def _start(url: str) -> str:
    """Host and path of a URL, in a form whose beginnings can be compared; "" if it is no URL."""
    try:
        key = canonical_url(url)[1]
    except ValueError:
        return ""
    if status := x_status(url):
        return f"x.com/{status[0]}".lower()
    host, slash, path = key.partition("/")
    host = "x.com" if host in _X_HOSTS else host
    return f"{host}{slash}{path.partition('?')[0]}".rstrip("/").lower()


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _posted_at(url: str) -> datetime | None:
    status = x_status(url)
    return x_posted_at(status[1]) if status else None
