"""Making items from links and lines that an editor pastes, at once and without any network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext

from digests.editorial import items
from digests.editorial.errors import Duplicate, Forbidden
from digests.ingest.x_posts import ADDRESS, NO_ADDRESS, SHORT_LINK, address_of, posts
from digests.models import Item, Refusal, Source, User
from digests.text.characters import HAN
from digests.text.format import Entry
from digests.text.urls import canonical_url, safe_url, x_posted_at, x_status

MAX_STORIES = 200
"""The most stories of one paste; what is more stays to be pasted again."""

_CHINESE = re.compile(f"[{HAN}]")
_X_HOSTS = {"x.com", "twitter.com"}


@dataclass(frozen=True)
class Pasted:
    """One story in a pasted text: its lines and the number of the first (from 1), a URL and a
    headline."""

    line: int
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
            reason = gettext("At most %(most)s stories are added at once.") % {"most": MAX_STORIES}
            captured.refused.append((pasted, reason))
            continue
        if pasted.trouble:
            captured.refused.append((pasted, pasted.trouble))
            continue
        source = known.of(pasted.url)
        try:
            item = items.add(
                entry_of(pasted, source),
                by=by,
                language=language_of(pasted, source),
                source=source,
                captured=pasted.captured,
                posted_at=_posted_at(pasted.url),
            )
        except Forbidden:
            raise
        except Duplicate as duplicate:
            captured.known.append((duplicate.item, str(duplicate)))
        except Refusal as refusal:
            captured.refused.append((pasted, str(refusal)))
        else:
            captured.added.append(item)
    return captured


def stories(text: str) -> Iterator[Pasted]:
    """The stories of a pasted text, in order.

    A line with a URL is one story, with the words beside the URL as its headline; in a line of
    several URLs alone, each is one. Lines without a URL just above the URL of a post on X are that
    post, and a whole post (see `posts`) is one story; elsewhere each such line is a headline
    without a link.
    """
    lines = [line.strip() for line in text.splitlines()]
    whole = {post.first: post for post in posts(lines)}
    waiting: list[tuple[int, str]] = []
    after = 0
    for at, line in enumerate(lines):
        if at < after:
            continue
        addresses = ADDRESS.findall(line)
        if waiting and x_status(addresses[-1] if addresses else "") and ADDRESS.fullmatch(line):
            # The text of a post, with its URL below.
            first, words = waiting[0][0], "\n".join(words for _number, words in waiting)
            yield Pasted(first, f"{words}\n{line}", address_of(line), _first_line(words), words)
            waiting = []
            continue
        post, trouble = whole.get(at), "" if addresses else _trouble(line)
        if post or addresses or trouble or not line:
            yield from _headlines(waiting)
            waiting = []
        if post:
            after = post.end
            whole_text, headline = (
                "\n".join(lines[at:after]),
                SHORT_LINK.sub("", post.words).strip(),
            )
            yield Pasted(at + 1, whole_text, post.url, _first_line(headline), post.words)
        elif addresses:
            yield from _linked(at + 1, line, addresses)
        elif trouble:
            yield Pasted(at + 1, line, trouble=trouble)
        elif line:
            waiting.append((at + 1, line))
    yield from _headlines(waiting)


def entry_of(pasted: Pasted, source: Source | None) -> Entry:
    """The entry for a story; a headline or byline that is missing is derived from its URL."""
    byline = source.byline if source else ""
    status = x_status(pasted.url) if pasted.url else None
    if status and not byline and status[0] != "i":
        byline = status[0]
    return Entry(pasted.headline or _headline_of(pasted.url), byline, _clean(pasted.url), "")


def language_of(pasted: Pasted, source: Source | None) -> str:
    if source:
        return source.language
    return "zh-hans" if _CHINESE.search(pasted.headline + pasted.captured) else "en"


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


def _headlines(lines: list[tuple[int, str]]) -> Iterator[Pasted]:
    for number, line in lines:
        yield Pasted(number, line, headline=line)


def _trouble(line: str) -> str:
    """The reason why a line without a URL is no headline: it holds a broken one. "" if none."""
    if found := NO_ADDRESS.search(line):
        try:
            safe_url(found[0])
        except ValueError as error:
            return gettext(str(error))
    return ""


def _linked(number: int, line: str, found: list[str]) -> Iterator[Pasted]:
    """The stories of a line with URLs. If it has several, it must have no words, because nothing
    shows to which URL they belong."""
    addresses = list(dict.fromkeys(map(address_of, found)))
    rest = line
    # Longest first, because one URL may be the beginning of another.
    for address in sorted(addresses, key=len, reverse=True):
        rest = rest.replace(address, " ")
    rest = " ".join(rest.split()).strip("-–—|·:：。 ")
    if any(map(_is_cut_off, addresses)):
        yield Pasted(number, line, trouble=gettext("The host of the address is not a valid name."))
    elif len(addresses) == 1:
        yield Pasted(number, line, addresses[0], rest)
    elif any(map(str.isalnum, rest)):
        reason = gettext("There are several links among the words: put each in a line of its own.")
        yield Pasted(number, line, trouble=reason)
    else:
        yield from (Pasted(number, address, address) for address in addresses)


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


def _clean(url: str) -> str:
    """The URL without tracking parameters; what is no URL is left for the verb to refuse."""
    try:
        return canonical_url(url)[0] if url else ""
    except ValueError:
        return url


def _headline_of(url: str) -> str:
    """A provisional headline: the author and time of a post on X, or the words of the URL."""
    if status := x_status(url):
        posted = x_posted_at(status[1])
        when = f"{posted.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if posted else str(status[1])
        return f"@{status[0]}, {when}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    words = re.split(r"[-_+\s]+", unquote(parts.path.rstrip("/").rpartition("/")[2]))
    words[-1] = re.sub(r"\.\w{2,5}$", "", words[-1])
    if sum(not word.isdigit() for word in words if word) > 1:
        headline = " ".join(filter(None, words))
        return headline[:1].upper() + headline[1:200]
    return f"{parts.netloc}{parts.path}".rstrip("/")[:200] or url[:200]


def _posted_at(url: str) -> datetime | None:
    status = x_status(url)
    return x_posted_at(status[1]) if status else None
