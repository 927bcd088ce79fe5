"""The part of a series' form about its schedule: what recurs, in words, and what is made for it."""

from collections.abc import Sequence
from datetime import time
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.fields import OrderedChoiceField
from digests.desk.schedule_fields import DaysField, LengthField, TimesField
from digests.models import Category, Series
from digests.models.fields import Language
from digests.text.schedule import presets
from digests.text.schedule.expression import ScheduleError, check_schedule
from digests.text.schedule.titles import DEFAULT_PATTERNS, check_title

# Minutes that are offered: how long before an edition is due its draft is made, and how long after
# that it counts as missed.
LEADS = (30, 60, 2 * 60, 4 * 60, 8 * 60, 12 * 60, 24 * 60, 2 * 24 * 60, 7 * 24 * 60)
LIMITS = (5, 10, 15, 30, 60, 2 * 60, 4 * 60)


class Recurrence(models.TextChoices):
    NONE = "", _("no schedule")
    HOURS = "hours", _("every few hours")
    DAILY = "daily", _("daily")
    WEEKDAYS = "weekdays", _("on weekdays")
    DAYS = "days", _("on chosen days")
    CRON = "cron", _("other (cron)")


# The field in which each is written; what is wrong with a schedule is said there.
_WRITTEN_IN: dict[str, str] = {
    Recurrence.HOURS: "every",
    Recurrence.DAILY: "times",
    Recurrence.WEEKDAYS: "times",
    Recurrence.DAYS: "times",
    Recurrence.CRON: "schedule",
}
# What is shown for some choices only, where there are scripts.
_SCHEDULED: Sequence[Recurrence] = [each for each in Recurrence if each is not Recurrence.NONE]
_SHOWN_FOR: dict[str, Sequence[Recurrence]] = {
    "every": [Recurrence.HOURS],
    "start": [Recurrence.HOURS],
    "times": [Recurrence.DAILY, Recurrence.WEEKDAYS, Recurrence.DAYS],
    "days": [Recurrence.DAYS],
    "schedule": [Recurrence.CRON],
    **dict.fromkeys(("title_pattern", "lead_minutes", "late_minutes", "tells_next"), _SCHEDULED),
}
SCHEDULED = " ".join(_SCHEDULED)
# What is no field of the series itself.
IN_WORDS = ("recurrence", "every", "start", "times", "days", "categories")
# What the slots to come are made from.
_MADE_FROM = ("name", "time_zone", "schedule", "title_pattern", "window_hours")


def help_of(name: str) -> Any:
    return cast("models.Field[Any, Any]", Series._meta.get_field(name)).help_text


class ScheduleForm(forms.ModelForm[Series]):
    recurrence = forms.ChoiceField(
        label=_("Editions are due"), choices=Recurrence.choices, required=False
    )
    every = LengthField((60 * hours for hours in presets.STEPS), default=4 * 60, label=_("Every"))
    start = forms.TimeField(
        label=_("Starting at"),
        initial=time(),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the series’ time zone, as all times here."),
    )
    times = TimesField(
        label=_("Times"),
        max_length=100,
        required=False,
        help_text=_("Up to eight times, such as 08:00, 18:30."),
    )
    days = DaysField(label=_("Days"), required=False)
    lead_minutes = LengthField(
        LEADS, default=4 * 60, label=_("Drafts made ahead"), help_text=help_of("lead_minutes")
    )
    late_minutes = LengthField(
        LIMITS, default=15, label=_("Missed after"), help_text=help_of("late_minutes")
    )
    categories = OrderedChoiceField(
        label=_("Categories"),
        queryset=Category.objects.all(),
        required=False,
        help_text=_("For the drafts made ahead, in the order of the file."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        series = self.instance
        self._before = self._made_from()
        filed = [each.category_id for each in series.filed_under.all()] if series.pk else []
        self.initial = {**_as_chosen(series.schedule), "categories": filed, **self.initial}
        for name in ("lead_minutes", "late_minutes"):
            cast("LengthField", self.fields[name]).allow(getattr(series, name))
        for name in _SHOWN_FOR.keys() & self.fields.keys():
            self.fields[name].widget.attrs["data-shown-for"] = " ".join(_SHOWN_FOR[name])

    def clean(self) -> dict[str, Any]:
        super().clean()
        choice = self.cleaned_data.get("recurrence", "")
        for name, choices in _SHOWN_FOR.items():
            if choice not in choices:
                self.errors.pop(name, None)  # whoever chose otherwise does not see the field
        schedule, title_pattern = "", ""
        if choice:
            schedule, title_pattern = self._schedule(choice), self._title_pattern()
        # Both or neither: where one is wrong it has its error, and the model need not ask again.
        if not (schedule and title_pattern):
            schedule = title_pattern = ""
        self.cleaned_data |= {"schedule": schedule, "title_pattern": title_pattern}
        return self.cleaned_data

    def _schedule(self, choice: str) -> str:
        """The chosen schedule, as lines of cron; empty if it is wrong, which has an error then."""
        if choice in _SHOWN_FOR["times"] and self.cleaned_data.get("times") == ():
            self.add_error("times", gettext("Enter at least one time."))
        if choice == Recurrence.DAYS and self.cleaned_data.get("days") == "":
            self.add_error("days", gettext("Choose at least one day."))
        if self.errors.keys() & {"every", "start", "times", "days", "schedule"}:
            return ""
        schedule = _lines(choice, self.cleaned_data)
        try:
            check_schedule(schedule)
        except ScheduleError as error:
            self._refuse(_WRITTEN_IN[choice], error)
            return ""
        return schedule

    def _title_pattern(self) -> str:
        """The pattern of titles, or the proposed one; empty if it is wrong."""
        if "title_pattern" in self.errors:
            return ""
        pattern = self.cleaned_data["title_pattern"] or proposed_pattern(
            self.cleaned_data.get("language", "")
        )
        try:
            check_title(pattern, self.cleaned_data.get("name", ""))
        except ScheduleError as error:
            self._refuse("title_pattern", error)
            return ""
        return str(pattern)

    def _refuse(self, name: str, error: ScheduleError) -> None:
        self.add_error(name, ValidationError(gettext(error.message), params=error.params))

    @property
    def schedule_errors(self) -> list[str]:
        """What is wrong with the schedule, where there is to be one."""
        names = ("recurrence", *_SHOWN_FOR, "time_zone", "window_hours")
        return [reason for name in names for reason in map(str, self.errors.get(name, []))]

    @property
    def changes_slots(self) -> bool:
        """Whether slots to come are made from something that has changed."""
        was_scheduled = self._before[_MADE_FROM.index("schedule")]
        if not (was_scheduled or self.instance.schedule):
            return False
        return self._made_from() != self._before or "categories" in self.changed_data

    def _made_from(self) -> list[object]:
        return [getattr(self.instance, name) for name in _MADE_FROM]


def proposed_pattern(language: str) -> str:
    return DEFAULT_PATTERNS.get(language, DEFAULT_PATTERNS[Language.ENGLISH])


def _lines(choice: str, given: dict[str, Any]) -> str:
    match choice:
        case Recurrence.HOURS:
            return presets.EverySoManyHours(given["every"] // 60, given["start"] or time()).schedule
        case Recurrence.CRON:
            return "\n".join(filter(None, map(str.strip, given["schedule"].splitlines())))
        case Recurrence.DAILY:
            return presets.AtTimes(given["times"]).schedule
        case Recurrence.WEEKDAYS:
            return presets.AtTimes(given["times"], presets.WEEKDAYS).schedule
    return presets.AtTimes(given["times"], tuple(map(int, given["days"]))).schedule


def _as_chosen(schedule: str) -> dict[str, object]:
    """A stored schedule as the fields of the form show it."""
    match presets.preset_of(schedule):
        case presets.EverySoManyHours(hours, start):
            return {"recurrence": Recurrence.HOURS, "every": 60 * hours, "start": start}
        case presets.AtTimes(times, days):
            shown: dict[str, object] = {"times": times, "days": "".join(map(str, days))}
            if set(days) == set(presets.EVERY_DAY):
                return shown | {"recurrence": Recurrence.DAILY, "days": ""}
            if set(days) == set(presets.WEEKDAYS):
                return shown | {"recurrence": Recurrence.WEEKDAYS, "days": ""}
            return shown | {"recurrence": Recurrence.DAYS}
    return {"recurrence": Recurrence.CRON if schedule else Recurrence.NONE}
