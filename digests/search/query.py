"""Queries to the search index and their hits, the same for every database."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from digests.models.numbers import MAX_PK
from digests.text.index.rows import (
    ENTRY_MARK,
    category_mark,
    end_of_keys_of,
    first_key_of,
    series_mark,
    source_mark,
)
from digests.text.index.tokens import Phrase, phrases

COUNT_MAX = 1_000
"""Hits are counted up to this; of more it is only said that there are."""

RANKED_MAX = 5_000
"""By relevance only so many of the newest hits are put in order."""

HEAD_WEIGHT = 6
"""What a hit in a headline or title is worth beside one in a body."""

LIMIT_MAX = 100
"""The hits that one answer can have."""

type Order = Literal["newest", "relevance"]

# Above any key, and like keys a number of 64 bits.
LOWEST, HIGHEST = -MAX_PK - 1, MAX_PK


@dataclass(frozen=True)
class Query:
    """A search: a user's text, whatever it holds, and filters.

    `series` and `source` are primary keys, `category` is a name that digests were filed under;
    `since` and `until` are days in the zones of the series, both included. Without a text (or with
    white space alone) all entries are hits. `after` is `Hits.next` of the page before, in the
    same order. The order by relevance is then by date; without a text it is by date alone.
    """

    text: str = ""
    series: int | None = None
    category: str | None = None
    source: int | None = None
    since: date | None = None
    until: date | None = None
    order: Order = "newest"
    after: int | None = None
    limit: int = 20

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        return phrases(self.text)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The marks that rows must have to be hits."""
        marks = [] if self.phrases else [ENTRY_MARK]
        if self.series is not None:
            marks.append(series_mark(self.series))
        if self.category is not None:
            marks.append(category_mark(self.category))
        if self.source is not None:
            marks.append(source_mark(self.source))
        return tuple(marks)

    @property
    def is_unsearchable(self) -> bool:
        """Whether there is a text but nothing in it that could be found, such as “!?”."""
        return bool(self.text.strip()) and not self.phrases

    @property
    def is_ranked(self) -> bool:
        """Whether hits are ranked by relevance; without a text all are equally relevant."""
        return self.order == "relevance" and bool(self.phrases)

    @property
    def keys(self) -> tuple[int, int]:
        """The range (first, end) of keys for the days; it also holds some of adjacent days."""
        return (
            first_key_of(self.since) if self.since else LOWEST,
            end_of_keys_of(self.until) if self.until else HIGHEST,
        )

    @property
    def before(self) -> int:
        """The key below which the page begins, when ordered newest first."""
        if self.is_ranked or self.after is None:
            return HIGHEST
        return min(max(self.after, LOWEST), HIGHEST)

    @property
    def skipped(self) -> int:
        """How many hits earlier pages have shown, when ordered by relevance."""
        if not self.is_ranked or self.after is None:
            return 0
        return min(max(self.after, 0), RANKED_MAX)

    @property
    def size(self) -> int:
        return min(max(self.limit, 1), LIMIT_MAX)


@dataclass(frozen=True)
class Hit:
    """A row of the index that matches: an entry, or the digest itself if `entry` is None."""

    key: int
    digest: int
    revision: int
    entry: int | None


@dataclass(frozen=True)
class Hits:
    """A page of hits in order. `count` is the number of all hits, not of the page alone; with
    `is_capped` there are more than that. `next` is the next page's `after`, if there is one."""

    rows: tuple[Hit, ...] = ()
    count: int = 0
    is_capped: bool = False
    next: int | None = None
