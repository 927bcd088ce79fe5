"""Examples of what a series makes, as it stands in its form."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from digests.desk.admin.schedule_form import proposed_pattern
from digests.desk.schedule import Upcoming, describe, upcoming
from digests.models import Series, clock
from digests.models.fields import Language, validate_time_zone
from digests.text.format.paths import (
    PathError,
    check_pattern,
    digest_slug,
    file_path,
    is_shared,
    numbered,
)


@dataclass(frozen=True)
class Example:
    """An example of what a series makes: its next edition, or a digest of the current hour."""

    title: str
    slug: str
    address: str
    file: str  # empty if the pattern makes none
    remark: str


@dataclass(frozen=True)
class Plan:
    """What the schedule of a series means: a sentence and the editions to come, or what is wrong
    with it."""

    sentence: str
    editions: list[Upcoming]
    errors: list[str]
    title_pattern: str  # what is proposed

    @property
    def repeats_titles(self) -> bool:
        """Whether editions to come have the same title, because the pattern tells too little."""
        return len({each.title for each in self.editions}) < len(self.editions)


def plan_of(series: Series, errors: list[str]) -> Plan:
    """What the schedule of a series means. Costs a query if it has one."""
    is_planned = series.schedule and not errors
    return Plan(
        describe(series.schedule) if is_planned else "",
        list(upcoming(series, clock.now())) if is_planned else [],
        errors,
        proposed_pattern(series.language),
    )


def example_of(series: Series, plan: Plan) -> Example:
    """The example for a series as it stands in its form, saved or not. Costs a query if the slug is
    still to be made."""
    slug = series.slug or Series.objects.free_slug(series.name)
    if plan.editions:
        date, title = plan.editions[0].due, plan.editions[0].title
    else:
        date = _this_hour(series.time_zone)
        language = series.language if series.language in Language else translation.get_language()
        with translation.override(language):
            title = f"{series.name} · {date_format(date, 'DATE_FORMAT')}"
    address = f"{settings.SITE_URL}/{slug}/{digest_slug(date)}/"
    try:
        check_pattern(series.path_pattern, slug)
        file = file_path(series.path_pattern, date, slug)
    except PathError as error:
        return Example(title, slug, address, "", gettext(error.message) % error.params)
    return Example(title, slug, address, file, _remark(series.path_pattern, slug, file))


def _this_hour(time_zone: str) -> datetime:
    try:
        validate_time_zone(time_zone)
        zone = ZoneInfo(time_zone)
    except ValidationError:
        zone = ZoneInfo(settings.TIME_ZONE)
    return timezone.now().astimezone(zone).replace(minute=0, second=0, microsecond=0)


def _remark(pattern: str, slug: str, file: str) -> str:
    if not is_shared(pattern, slug):
        return ""
    return gettext(
        "Digests of different days get the same file name, so they are numbered: %(first)s,"
        " %(second)s, and so on. Add the day, as in {date:%%Y-%%m-%%d}.md, to tell them apart."
    ) % {"first": file, "second": numbered(file, 2)}
