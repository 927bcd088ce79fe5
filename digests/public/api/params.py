"""The parameters of the public API's operations, as OpenAPI describes them."""

import re
from collections.abc import Callable
from datetime import date as Date
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from digests.models.cursor import Cursor
from digests.models.live import DIGESTS
from digests.models.numbers import MAX_PK, PK_DIGITS
from digests.models.revision import ENTRIES
from digests.models.slot import SLOTS
from digests.search import LIMIT_MAX, MAX_QUERY, Order


def _only_a_day(value: Any) -> Any:
    # Left to itself pydantic also reads a number as seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("A day is written as YYYY-MM-DD.")
    return value


def _cursor(pattern: str, parse: Callable[[str], object]) -> tuple[object, ...]:
    """The validation of a cursor, an opaque text from an earlier answer."""

    def read(value: Any) -> object:
        if not re.fullmatch(pattern, str(value)):
            raise ValueError("A cursor is taken from the “next” of an earlier answer.")
        return parse(str(value))

    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return PlainValidator(read), PlainSerializer(str), WithJsonSchema(schema)


Slug = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=50)]
Number = Annotated[int, Field(ge=1, le=MAX_PK)]
Day = Annotated[Date, BeforeValidator(_only_a_day)]
DigestCursor = Annotated[Cursor, *_cursor(DIGESTS.pattern, DIGESTS.parse)]
EntryCursor = Annotated[Cursor, *_cursor(ENTRIES.pattern, ENTRIES.parse)]
SlotCursor = Annotated[Cursor, *_cursor(SLOTS.pattern, SLOTS.parse)]
HitCursor = Annotated[int, *_cursor(f"-?{PK_DIGITS}", int)]

_ONWARD = "Where to go on: the `next` of an earlier answer has it."


Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX, description="The most results per page.")]


class Filters(Schema):
    """The filters that every list of digests, entries or hits accepts."""

    series: Slug | None = Field(
        None, description="Only digests of the series with this slug.", examples=["global-ai"]
    )
    category: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f]+$",
        description="Only digests filed under this category.",
        examples=["AI"],
    )
    date_from: Day | None = Field(
        None,
        description="Only digests of this day or later, in the time zone of their series.",
        examples=["2026-11-01"],
    )
    date_to: Day | None = Field(
        None,
        description="Only digests of this day or earlier, in the time zone of their series.",
        examples=["2026-11-30"],
    )
    limit: Limit = 20


class DigestParams(Filters):
    cursor: DigestCursor | None = Field(None, description=_ONWARD)


class EntryParams(Filters):
    source: Number | None = Field(
        None, description="Only from the source with this number.", examples=[1]
    )
    cursor: EntryCursor | None = Field(None, description=_ONWARD)


class SlotParams(Schema):
    limit: Limit = 20
    cursor: SlotCursor | None = Field(None, description=_ONWARD)


class SearchParams(Filters):
    q: str = Field(
        "",
        max_length=MAX_QUERY,
        description=(
            "What to look for. Several words are all looked for, and Chinese needs no spaces."
            " Without it every entry is found."
        ),
        examples=["大模型"],
    )
    source: Number | None = Field(
        None, description="Only from the source with this number.", examples=[1]
    )
    order: Order = Field("newest", description="Newest first, or best match first.")
    cursor: HitCursor | None = Field(None, description=_ONWARD)
