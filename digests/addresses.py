"""Numbers of rows in addresses."""

from django.urls import register_converter
from django.urls.converters import IntConverter

from digests.models.numbers import MAX_PK, parse_pk


class Number(IntConverter):
    regex = f"[0-9]{{1,{len(str(MAX_PK))}}}"

    def to_python(self, value: str) -> int:
        return parse_pk(value)


register_converter(Number, "number")
