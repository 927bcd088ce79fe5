"""Where a list that is read in pages goes on: by key, so that its last page costs no more than its
first, and none is shown twice or missed when something is published meanwhile."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Self

from digests.models.numbers import PK_DIGITS, parse_pk


@dataclass(frozen=True)
class Place:
    """Where a digest stands in readers' order of time. As text it is a word for addresses."""

    # Seconds from 1653 to 2286, and a row's number.
    PATTERN: ClassVar = f"-?[0-9]{{1,10}}-{PK_DIGITS}"

    date: datetime
    pk: int

    def __str__(self) -> str:
        # Dates of documents hold no smaller unit.
        return f"{int(self.date.timestamp())}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `str`; ValueError for any other text."""
        if not re.fullmatch(cls.PATTERN, text):
            raise ValueError("This is no place in a list of digests.")
        seconds, _, pk = text.rpartition("-")
        return cls(datetime.fromtimestamp(int(seconds), UTC), parse_pk(pk))


@dataclass(frozen=True)
class EntryPlace:
    """Where an entry stands: its digest's place, and its own position there."""

    PATTERN: ClassVar = rf"{Place.PATTERN}-[0-9]{{1,9}}"

    digest: Place
    position: int

    def __str__(self) -> str:
        return f"{self.digest}-{self.position}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `str`; ValueError for any other text."""
        if not re.fullmatch(cls.PATTERN, text):
            raise ValueError("This is no place in a list of entries.")
        digest, _, position = text.rpartition("-")
        return cls(Place.parse(digest), int(position))
