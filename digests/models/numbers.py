"""Primary keys as URLs, forms and programs send them."""

from django.db.models import BigIntegerField

MAX_PK: int = BigIntegerField.MAX_BIGINT
"""The highest number that a row can have."""

PK_DIGITS = f"[0-9]{{1,{len(str(MAX_PK))}}}"
"""A regular expression for as many digits as such a number has."""


def parse_pk(text: str) -> int:
    """Read a primary key from text; ValueError if no row can have it.

    A number beyond the bound must not reach a query: only some lookups of Django accept it.
    """
    number = int(text)
    if not 0 <= number <= MAX_PK:
        raise ValueError("No row can have this number.")
    return number
