"""The rows of the search index that a published document makes, as plain text.

A row is one entry, or the text of a digest beside its entries. Three texts of a row are searched:
its marks (what it may be filtered by), its head (a headline or title) and its body, each as the
tokens of `tokens.py` with a space before and after each.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from digests.text.format import DigestDocument
from digests.text.index.tokens import tokens
from digests.text.markdown.visible import visible_text

_SECOND = 1 << 24
# Room before year 1 and after 9999, because a zone's day or a bound may be a day off.
_DAY = 24 * 60 * 60 * _SECOND


@dataclass(frozen=True)
class IndexedEntry:
    pk: int
    source: int | None
    headline: str
    byline: str
    body: str


@dataclass(frozen=True)
class IndexedRow:
    entry: int | None  # None for the digest itself
    marks: str
    head: str
    body: str


def indexed_rows(
    document: DigestDocument, series: int, entries: Iterable[IndexedEntry]
) -> Iterator[IndexedRow]:
    """The rows of a document in the order of its page, the digest's own first."""
    own = [series_mark(series), *map(category_mark, document.categories)]
    yield IndexedRow(None, _marks(own), tokens(document.title), tokens(beside_entries(document)))
    for entry in entries:
        marks = [ENTRY_MARK, *own]
        if entry.source is not None:
            marks.append(source_mark(entry.source))
        body = f"{entry.byline}\n{visible_text(entry.body)}"
        yield IndexedRow(entry.pk, _marks(marks), tokens(entry.headline), tokens(body))


def beside_entries(document: DigestDocument) -> str:
    """The text of a digest beside its title and its entries, as plain text."""
    parts = [visible_text(document.intro)]
    for section in document.sections:
        parts += [section.heading, visible_text(section.intro)]
    return "\n".join(filter(None, [*parts, visible_text(document.outro)]))


# No word or number of a text has both letters and digits, and no sign begins like this, so that
# none is ever taken for a mark; and no mark is found by the beginning of a word.
ENTRY_MARK = "0entry"


def series_mark(pk: int) -> str:
    return f"0series{pk}"


def source_mark(pk: int) -> str:
    return f"0source{pk}"


def category_mark(name: str) -> str:
    return f"0category{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"


def _marks(marks: Iterable[str]) -> str:
    return f" {' '.join(marks)} "


def keys_of(instant: datetime) -> tuple[int, int]:
    """The range (first, end) of keys for rows of digests dated in this second.

    A key is a signed number of 64 bits: the second, from year 1 to 9999, and 24 bits more. So keys
    are in the order of time, and every second has room for all that could be published.
    """
    first = int(instant.timestamp()) * _SECOND
    return first, first + _SECOND


def first_key_of(day: date) -> int:
    """The lower bound of the keys of this day's rows, in any zone."""
    return (day.toordinal() - date(1970, 1, 1).toordinal() - 1) * _DAY


def end_of_keys_of(day: date) -> int:
    """The upper bound of the keys of this day's rows, in any zone: all have lower keys."""
    return first_key_of(day) + 3 * _DAY
