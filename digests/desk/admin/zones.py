"""Choosing a time zone."""

from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH, available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.forms.widgets import Script
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from digests.models.fields import TimeZoneField

# The areas whose zones are named after cities. The rest are abbreviations and old names, of which
# all but UTC have a city as well.
AREAS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}
# Those that most users look for, from east to west.
COMMON: dict[str, StrOrPromise] = {
    "Asia/Tokyo": _("Tokyo"),
    "Asia/Shanghai": _("Shanghai"),
    "Asia/Singapore": _("Singapore"),
    "Asia/Kolkata": _("Kolkata"),
    "Europe/Berlin": _("Berlin"),
    "Europe/London": _("London"),
    "America/New_York": _("New York"),
    "America/Los_Angeles": _("Los Angeles"),
    "UTC": "UTC",
}

type Choices = list[tuple[StrOrPromise, Any]]


@cache
def zones_by_area() -> Choices:
    """The zones of each area with the names of their cities."""
    areas: dict[str, list[tuple[str, StrOrPromise]]] = {area: [] for area in AREAS}
    for zone in sorted(_zones_in_use()):
        area = zone.partition("/")[0]
        if area in areas:
            areas[area].append((zone, _city(zone)))
    return [(AREAS[area], zones) for area, zones in areas.items()]


def _zones_in_use() -> set[str]:
    """The zones of cities, without names that were replaced, such as Asia/Calcutta.
    All that there are, where the system has no table of them."""
    tables = (Path(folder, "zone.tab") for folder in TZPATH)
    table = next((path for path in tables if path.is_file()), None)
    if table is None:
        return available_timezones()
    lines = table.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[2] for line in lines if line and not line.startswith("#")}


def often_used() -> list[tuple[str, StrOrPromise]]:
    """The site's zone, the user's, and those that most users look for."""
    first = [settings.TIME_ZONE, timezone.get_current_timezone_name()]
    return [(zone, _city(zone)) for zone in dict.fromkeys([*first, *COMMON])]


def _city(zone: str) -> StrOrPromise:
    return COMMON.get(zone) or zone.partition("/")[2].replace("_", " ") or zone


class ZoneSelect(forms.Select):
    """A list of zones, those often used first; a script adds that of the browser to them. One that
    is stored and not in the list can stay as it is."""

    # What it means to choose none.
    empty = _("The site’s time zone: %(zone)s")

    class Media:
        js = [Script("desk/zones.js", type="module")]

    def __init__(self) -> None:
        super().__init__({"data-zones": _("this browser")})

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        empty = self.empty % {"zone": settings.TIME_ZONE}
        self.choices = [("", empty), (_("Often used"), often_used()), *zones_by_area()]
        groups = super().optgroups(name, value, attrs)
        is_listed = any(option["selected"] for _name, options, _no in groups for option in options)
        if value[0] and not is_listed:
            option = self.create_option(name, value[0], value[0], True, 0, attrs=attrs)
            groups.insert(0, (None, [option], 0))
        return groups


class RequiredZoneSelect(ZoneSelect):
    empty = _("Choose a time zone")


class ZonedAdmin[M: models.Model](admin.ModelAdmin[M]):
    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, TimeZoneField):
            kwargs["widget"] = ZoneSelect() if db_field.blank else RequiredZoneSelect()
        return super().formfield_for_dbfield(db_field, request, **kwargs)
