"""What the API gives and what it takes, as OpenAPI tells it."""

import re
from datetime import date as Date
from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


def _only_a_day(value: Any) -> Any:
    # Left to itself pydantic also reads a number as seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("A day is written as YYYY-MM-DD.")
    return value


Slug = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=50)]
Day = Annotated[Date, BeforeValidator(_only_a_day)]
# As file and feed write it: the JSON encoder would make a Z of +00:00.
LocalTime = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Filters(Schema):
    series: Slug | None = Field(None, description="Only digests of the series with this slug.")
    category: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f]+$",
        description="Only digests filed under this category.",
    )
    date_from: Day | None = Field(
        None, description="Only digests of this day or later, in the time zone of their series."
    )
    date_to: Day | None = Field(
        None, description="Only digests of this day or earlier, in the time zone of their series."
    )
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(20, ge=1, le=100)


class Text(Schema):
    markdown: str
    html: str = Field(description="Sanitised: safe to put into a page.")


class Entry(Schema):
    item: int = Field(description="The item's number, the same in every digest and revision.")
    number: int = Field(description="Its number in the list, which starts at 1 in each section.")
    url: str = Field(description="Where the entry stands on the site.")
    language: str
    headline: str
    byline: str
    link: str = Field(description="Where the story leads; empty when nowhere.")
    body: Text


class Section(Schema):
    heading: str = Field(description="Empty in the first section of a digest without headings.")
    intro: Text
    entries: list[Entry]


class File(Schema):
    path: str = Field(description="Its name in the export folder.")
    sha256: str
    text: str = Field(description="The exact text, front matter and all.")


class DigestSummary(Schema):
    series: str
    slug: str
    url: str
    title: str
    date: LocalTime = Field(description="With the offset of the series' time zone.")
    language: str
    categories: list[str]
    revision: int = Field(description="Grows with every correction.")
    first_published: datetime


class DigestDetail(DigestSummary):
    intro: Text
    sections: list[Section]
    outro: Text
    file: File


class DigestPage(Schema):
    count: int = Field(description="How many digests there are on all pages.")
    page: int
    pages: int
    digests: list[DigestSummary] = Field(description="The newest first.")


class Problem(Schema):
    detail: str


class Withdrawn(Problem):
    note: str = Field(description="Why the digest was withdrawn.")


class Fault(Schema):
    loc: list[str | int] = Field(description="Where the value stood.")
    msg: str
    type: str


class Invalid(Schema):
    detail: list[Fault]
