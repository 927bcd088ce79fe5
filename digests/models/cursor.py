"""Keyset pagination: a page begins after the last row of the page before it.

So the last page of a list costs no more than its first, and no row is shown twice or missed when
something is published meanwhile.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

from digests.models.numbers import PK_DIGITS, parse_pk


@dataclass(frozen=True)
class Cursor:
    """The position of a row in a list. As a string it can be put into a URL."""

    values: tuple[Any, ...]

    def __str__(self) -> str:
        return "-".join(map(_written, self.values))


def _written(value: datetime | int) -> str:
    if not isinstance(value, datetime):
        return str(value)
    seconds = int(value.replace(microsecond=0).timestamp())
    # Dates of documents hold no smaller unit.
    return f"{seconds}.{value.microsecond:06}" if value.microsecond else str(seconds)


@dataclass(frozen=True)
class Key:
    """A number by which a list is ordered, highest first, and how cursors write it."""

    lookup: str
    pattern: str = PK_DIGITS
    parse: Callable[[str], Any] = parse_pk
    is_ascending: bool = False

    @property
    def order(self) -> str:
        return self.lookup if self.is_ascending else f"-{self.lookup}"

    def beyond(self, value: object, suffix: str = "") -> Q:
        comparison = "gt" if self.is_ascending else "lt"
        return Q((f"{self.lookup}__{comparison}{suffix}", value))


def date_key(lookup: str) -> Key:
    """A key for dates from 1653 to 2286, newest first, which cursors write as seconds."""
    return Key(lookup, "-?[0-9]{1,10}", lambda text: datetime.fromtimestamp(int(text), UTC))


def moment_key(lookup: str) -> Key:
    """A key for times since 1970 at which something happened, newest first, which cursors write
    as seconds and their fraction."""

    def parse(text: str) -> datetime:
        seconds, _, fraction = text.partition(".")
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction or 0))

    return Key(lookup, r"[0-9]{1,10}(?:\.[0-9]{6})?", parse)


class Keyset:
    """An order in which no two rows are equal, and the pages of a list in it."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys
        self.order = [key.order for key in keys]
        self.pattern = "-".join(key.pattern for key in keys)

    def __reversed__(self) -> "Keyset":
        return Keyset(*(replace(key, is_ascending=not key.is_ascending) for key in self.keys))

    def parse(self, text: str) -> Cursor:
        """The inverse of `str` of a cursor; ValueError for any other text."""
        found = re.fullmatch("-".join(f"({key.pattern})" for key in self.keys), text)
        if not found:
            raise ValueError("This is no place in the list.")
        parts = zip(self.keys, found.groups(), strict=True)
        return Cursor(tuple(key.parse(part) for key, part in parts))

    def cursor(self, row: Model) -> Cursor:
        """The position of a row in this order."""
        paths = (key.lookup.replace(LOOKUP_SEP, ".") for key in self.keys)
        return Cursor(tuple(attrgetter(path)(row) for path in paths))

    def after[Row: Model](self, rows: QuerySet[Row], cursor: Cursor) -> QuerySet[Row]:
        """The rows that follow a position, in order."""
        return rows.filter(_beyond(self.keys, cursor.values)).order_by(*self.order)

    def page[Row: Model](
        self, rows: QuerySet[Row], size: int, cursor: Cursor | None = None
    ) -> tuple[list[Row], Cursor | None]:
        """A page of at most `size` rows, from the beginning or after a position, and where the next
        page begins if there is one. Costs one query."""
        ordered = self.after(rows, cursor) if cursor else rows.order_by(*self.order)
        shown, last = cut(list(ordered[: size + 1]), size)
        return shown, self.cursor(last) if last else None


def _beyond(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    (key, *more_keys), (value, *more_values) = keys, values
    if not more_keys:
        return key.beyond(value)
    # The bound of the first key is stated separately, because an index can use it.
    return key.beyond(value, "e") & (key.beyond(value) | _beyond(more_keys, more_values))


def cut[Row](rows: Sequence[Row], size: int) -> tuple[list[Row], Row | None]:
    """The first `size` of rows that were read with one to spare, and the last of them if another
    page follows."""
    shown = list(rows[:size])
    return shown, shown[-1] if len(rows) > size else None
