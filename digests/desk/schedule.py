"""What a schedule means, for people: as a sentence, and by the editions to come."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice

from cron_descriptor import FormatError, Options, get_description
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language, gettext, ngettext, override

from digests.editorial.planning import windows
from digests.models import Series
from digests.models.fields import Language
from digests.text.characters import HAN, join_sentences
from digests.text.schedule import presets
from digests.text.schedule.titles import hours_of, title_of

SHOWN = 10  # editions of an example
_SPACE_IN_CHINESE = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
# Lengths of time in which people think, the longest first, as minutes.
_DAY, _HOUR = 24 * 60, 60


def describe(schedule: str) -> str:
    """A valid schedule as a sentence in the user's language; empty if it is empty."""
    match presets.preset_of(schedule):
        case presets.EverySoManyHours(hours) as every:
            words = {"hours": hours, "times": _listed(map(_clock, every.times))}
            return gettext("Every %(hours)s hours, at %(times)s.") % words
        case presets.AtTimes(times, days):
            at = {"times": _listed(map(_clock, times)), "days": _listed(map(_day, _in_week(days)))}
            if set(days) == set(presets.EVERY_DAY):
                return gettext("Daily at %(times)s.") % at
            if set(days) == set(presets.WEEKDAYS):
                return gettext("On weekdays at %(times)s.") % at
            return gettext("On %(days)s at %(times)s.") % at
    return join_sentences(map(_of_cron, filter(None, map(str.strip, schedule.splitlines()))))


def _of_cron(line: str) -> str:
    options = Options()
    options.use_24hour_time_format = True
    options.locale_code = "zh_CN" if _is_chinese() else "en_US"
    try:
        sentence = str(get_description(line, options)).strip()
    except FormatError:
        sentence = line  # it does not read all that cronsim reads
    # The package knows the names of days and months in the language of the process alone.
    names = [*WEEKDAYS.values(), *MONTHS.values()]
    with override("en"):
        english = [str(name) for name in names]
    for there, here in zip(english, names, strict=True):
        sentence = sentence.replace(there, str(here))
    if not _is_chinese():
        return f"{sentence}."
    return _SPACE_IN_CHINESE.sub("", sentence.replace(", ", "，")) + "。"


def _is_chinese() -> bool:
    return get_language() == Language.SIMPLIFIED_CHINESE


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _in_week(days: Iterable[int]) -> list[int]:
    """Days as cron numbers them, Monday first."""
    return sorted(days, key=lambda day: (day - 1) % 7)


def _day(day: int) -> str:
    return str(WEEKDAYS[(day - 1) % 7])


def _listed(words: Iterable[str]) -> str:
    return ("、" if _is_chinese() else ", ").join(words)


def length(minutes: int) -> str:
    """So many minutes in the largest unit of which they are a whole number."""
    if minutes % _DAY == 0:
        days = minutes // _DAY
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes % _HOUR == 0:
        hours = minutes // _HOUR
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@dataclass(frozen=True)
class Upcoming:
    """An edition to come, as the form of its series shows it."""

    due: datetime  # in the series' zone, as all of these
    since: datetime  # it covers the stories since then
    title: str
    hours: str  # that it covers


def upcoming(series: Series, now: datetime) -> Iterator[Upcoming]:
    """Yield the next editions of a series, saved or not, whose schedule and titles are valid; of
    one that is paused, those after the pause."""
    if series.is_paused(now):
        if series.resumes_on is None:
            return
        now = datetime.combine(series.resumes_on, time.min, series.zone) - datetime.resolution
    for since, due in islice(windows(series, now), SHOWN):
        local = due.astimezone(series.zone)
        title = title_of(series.title_pattern, local, due - since, series.name)
        yield Upcoming(local, since.astimezone(series.zone), title, hours_of(due - since))
