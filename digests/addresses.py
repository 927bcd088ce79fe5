"""Numbers of rows in addresses: no longer than a database can hold."""

from django.urls import register_converter
from django.urls.converters import IntConverter

HIGHEST = 10**18 - 1
"""The highest number that is looked for."""


class Number(IntConverter):
    regex = "[0-9]{1,18}"


register_converter(Number, "number")
