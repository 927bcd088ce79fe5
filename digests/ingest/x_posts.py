"""Finding posts from X in pasted lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digests.ingest.addresses import ADDRESS, NO_ADDRESS, address_of
from digests.text.urls import x_status

# The title that X gives to the page of a post, also in Chinese.
_TITLE = re.compile(r"(?:.+? on X: ?|X ?上的.+?[：:] ?)[\"“](?P<words>.*)[\"”](?: / X)?")
# The form in which X shows a link in a post.
SHORT_LINK = re.compile(r"https://t\.co/\w+…?")
# The author of a post: a name with the handle, or the handle alone.
_SIGNED = re.compile(r"(?P<name>[^@]{0,100}?)[(（]?@(?P<handle>[A-Za-z0-9_]{1,15})[)）]?")
# The time of a post: 10:15 AM · Nov 25, 2026, perhaps with the number of views.
_CLOCK = re.compile(
    r"(?:(?:凌晨|早上|上午|中午|下午|晚上) ?)?\d{1,2}:\d{2}(?: ?[AP]M)? ?· ?\S.{0,60}",
    re.IGNORECASE,
)
# What X shows between a handle and the words.
_ASIDE = re.compile(
    r"·?|· ?.{1,14}|\d{1,2} ?(?:m|h|d|分钟|小时|天)|[A-Z][a-z]{2} \d{1,2}|\d+月\d+日"
)


@dataclass(frozen=True)
class Post:
    """A whole post of X among pasted lines: from `first` up to `end`, counted from 0. `original` is
    its text as it was pasted, `words` the same with plain addresses."""

    first: int
    end: int
    url: str
    words: str
    original: str


def posts(lines: list[str], pasted: list[str]) -> Iterator[Post]:
    """The posts that were copied with everything that X shows of them, in order: `lines` are those
    that were pasted, with plain addresses. A post has one of two forms; both begin with its author
    and end with a URL of that same account:

        Noah (@noahwidget)            or the name, and @noahwidget in the next line
        the text, in any number of lines
        10:15 AM · Nov 25, 2026       if X showed it
        https://x.com/noahwidget/status/…

        Noah on X: "the text" / X https://x.com/noahwidget/status/…
    """
    begin = 0
    for at, line in enumerate(lines):
        found = ADDRESS.findall(line)
        status = x_status(found[-1]) if found else None
        if status is None:
            continue
        url = address_of(found[-1])
        words = line.removesuffix(found[-1]).strip()
        post = _titled(lines, pasted, begin, at, words, url)
        if post is None and not words:
            post = _signed(lines, pasted, begin, at, status[0], url)
        begin = at + 1
        if post:
            begin = post.end
            yield post


def _titled(
    lines: list[str], pasted: list[str], begin: int, at: int, words: str, url: str
) -> Post | None:
    """A post in the form of its page's title, with the URL after it or in the next line."""
    first = at if words or at == begin else at - 1
    title = _TITLE.fullmatch(words or lines[first])
    if title is None:
        return None
    original = _TITLE.search(pasted[first]) or title
    return Post(first, at + 1, url, title["words"].strip(), original["words"].strip())


def _signed(
    lines: list[str], pasted: list[str], begin: int, at: int, handle: str, url: str
) -> Post | None:
    """A post that begins with its author, the nearest one above its URL."""
    for top in range(at - 1, begin - 1, -1):
        signed = _SIGNED.fullmatch(lines[top])
        if signed is None or handle.lower() not in (signed["handle"].lower(), "i"):
            continue
        name = signed["name"].strip()
        if name and not _may_be_name(name):
            continue
        is_named_above = not name and top > begin and _may_be_name(lines[top - 1])
        end = at + 2 if at + 1 < len(lines) and _CLOCK.fullmatch(lines[at + 1]) else at + 1
        said = [n for n in range(top + 1, at) if not _CLOCK.fullmatch(lines[n])]
        while said and _ASIDE.fullmatch(lines[said[0]]):
            said.pop(0)
        first = top - 1 if is_named_above else top
        words, original = ("\n".join(text[n] for n in said).strip() for text in (lines, pasted))
        return Post(first, end, url, words, original)
    return None


def _may_be_name(text: str) -> bool:
    """Whether the text may be the name of an author: one with a URL is another story."""
    return bool(text) and not (ADDRESS.search(text) or NO_ADDRESS.search(text))
