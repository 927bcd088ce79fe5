"""Choosing a time zone."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from digests.models.fields import TimeZoneField

# The areas whose zones are named after cities. The rest are abbreviations and old names, of which
# all but UTC have a city as well.
AREAS = {
    *("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian"),
    "Pacific",
}

type Choices = list[tuple[str, Any]]


@cache
def zones_by_area() -> Choices:
    """UTC, and the zones of each area with the names of their cities."""
    areas: dict[str, list[tuple[str, str]]] = {area: [] for area in sorted(AREAS)}
    for zone in sorted(available_timezones()):
        area, _, city = zone.partition("/")
        if area in areas:
            areas[area].append((zone, city.replace("_", " ")))
    return [("UTC", "UTC"), *areas.items()]


class ZoneSelect(forms.Select):
    """A list of zones. One that is stored and not in it can stay as it is."""

    def __init__(self) -> None:
        super().__init__(choices=[("", "—"), *zones_by_area()])

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        groups = super().optgroups(name, value, attrs)
        is_listed = any(option["selected"] for _, options, _ in groups for option in options)
        if value[0] and not is_listed:
            option = self.create_option(name, value[0], value[0], True, 0, attrs=attrs)
            groups.insert(0, (None, [option], 0))
        return groups


class ZonedAdmin[M: models.Model](admin.ModelAdmin[M]):
    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, TimeZoneField):
            kwargs["widget"] = ZoneSelect()
        return super().formfield_for_dbfield(db_field, request, **kwargs)
