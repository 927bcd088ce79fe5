"""What a schedule means, for people: as a sentence, and by the editions to come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice, pairwise

from cron_descriptor import Options, get_description
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language, gettext, override, pgettext

from digests.models import Series
from digests.text.schedule import presets
from digests.text.schedule.expression import slot_before, slots
from digests.text.schedule.titles import hours_of, title_of

SHOWN = 10  # editions of an example
_FIRST_WINDOW = timedelta(days=1)  # of an edition with none before it


def describe(schedule: str) -> str:
    """A valid schedule as a sentence in the user's language; empty if it is empty."""
    match presets.preset_of(schedule):
        case presets.EverySoManyHours(hours, start):
            words = {"hours": hours, "time": _clock(start)}
            return gettext("Every %(hours)s hours, at %(time)s among others.") % words
        case presets.AtTimes(times, days):
            at = {"times": _listed(map(_clock, times)), "days": _listed(map(_day, _in_week(days)))}
            if set(days) == set(presets.EVERY_DAY):
                return gettext("Daily at %(times)s.") % at
            if set(days) == set(presets.WEEKDAYS):
                return gettext("On weekdays at %(times)s.") % at
            return gettext("On %(days)s at %(times)s.") % at
    return "; ".join(map(_of_cron, filter(None, map(str.strip, schedule.splitlines()))))


def _of_cron(line: str) -> str:
    options = Options()
    options.use_24hour_time_format = True
    options.locale_code = "zh_CN" if get_language() == "zh-hans" else "en_US"
    sentence = str(get_description(line, options))
    # The package knows the names of days and months in the language of the process alone.
    names = [*WEEKDAYS.values(), *MONTHS.values()]
    with override("en"):
        english = [str(name) for name in names]
    for there, here in zip(english, names, strict=True):
        sentence = sentence.replace(there, str(here))
    return sentence


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _in_week(days: Iterable[int]) -> list[int]:
    """Days as cron numbers them, Monday first."""
    return sorted(days, key=lambda day: (day - 1) % 7)


def _day(day: int) -> str:
    return str(WEEKDAYS[(day - 1) % 7])


def _listed(words: Iterable[str]) -> str:
    return pgettext("between the words of a list", ", ").join(words)


@dataclass(frozen=True)
class Upcoming:
    """An edition to come, as the form of its series shows it."""

    due: datetime  # in the series' zone
    title: str
    hours: str  # that it covers


def upcoming(series: Series, now: datetime) -> Iterator[Upcoming]:
    """Yield the next editions of a series, saved or not, whose schedule and titles are valid."""
    coming = list(islice(slots(series.schedule, series.zone, now), SHOWN))
    if not coming:
        return
    before = slot_before(series.schedule, series.zone, coming[0])
    for last, due in pairwise([before or coming[0] - _FIRST_WINDOW, *coming]):
        window = due - (series.window_begins(due) or last)
        local = due.astimezone(series.zone)
        title = title_of(series.title_pattern, local, window, series.name)
        yield Upcoming(local, title, hours_of(window))
