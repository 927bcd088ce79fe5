"""Provisional headlines, for links that are pasted without any words."""

import re
from datetime import UTC
from urllib.parse import unquote, urlsplit

from digests.ingest.addresses import clean_address
from digests.text.urls import x_posted_at, x_status


def headline_of(url: str) -> str:
    """A provisional headline: the author and time of a post on X, or the words that the URL ends
    with, or else the URL itself, because an id says nothing."""
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
    if sum(map(_is_word, words)) > 1:
        headline = " ".join(filter(None, words))
        return headline[:1].upper() + headline[1:200]
    address = clean_address(url).partition("://")[2].removeprefix("www.").rstrip("/")
    return address[:200] or url[:200]


def _is_word(text: str) -> bool:
    """Whether letters of a URL may be a word of a language, and not a part of an id."""
    if not text.isascii():
        return text.isalpha()
    if len(text) < 2 or not text.isalpha():
        return False
    return text.isupper() or (
        (text.islower() or text.istitle()) and bool(re.search("[aeiouy]", text, re.IGNORECASE))
    )
