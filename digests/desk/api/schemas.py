"""What the desk's endpoints share: numbers, versions, texts, and what may be answered."""

from typing import Annotated

from ninja import Field, Schema

from digests.desk.api.errors import REFUSED, Problem
from digests.models.numbers import MAX_PK
from digests.text.format import Entry

ANSWERS = {**REFUSED, 422: Problem}
type Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
type Number = Annotated[int, Field(ge=1, le=MAX_PK)]


class Versioned(Schema):
    version: Version = Field(description="Of the row, as the page shows it.")


class ItemText(Versioned):
    """A text to be saved; how long it may be is the verb's to say."""

    headline: str
    byline: str = ""
    url: str = ""
    body: str = ""

    def entry(self) -> Entry:
        return Entry.of(self)


class Saved(Schema):
    """The row's new version, and a sentence where the page does not show what came of it."""

    version: int
    said: str = ""
