"""URL path converters. `number` matches primary keys."""

from django.urls import register_converter
from django.urls.converters import IntConverter

from digests.models.numbers import PK_DIGITS, parse_pk


class Number(IntConverter):
    regex = PK_DIGITS

    def to_python(self, value: str) -> int:
        return parse_pk(value)


register_converter(Number, "number")
