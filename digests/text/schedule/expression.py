"""Schedules: lines of five cron fields, as a series stores them, and the slots they mean.

    0 0,4,8,12,16,20 * * *

A schedule may have several lines, because one line cannot say “at 8:00 and at 18:30”.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from digests.text.finding import N_

MAX_LINES = 8
LEAST_GAP = timedelta(minutes=15)
# Clocks are never set by more at once; what a line means begins anew on each day.
_SETTLED = timedelta(days=2)
# Days, up to the longest time between two leap days, so that frequent slots are found soon.
_LOOKED_BACK = (1, 4, 16, 64, 256, 1024, 8 * 366)
_MINUTES_OF_DAY = 24 * 60
_STEP = re.compile(r"\*/([0-9]+)")
_UNITS = (60, 24)  # of the fields of minute and hour
_UNREADABLE = {
    "Bad minute": N_("The minute of “%(line)s” cannot be read."),
    "Bad hour": N_("The hour of “%(line)s” cannot be read."),
    "Bad day-of-month": N_("The day of “%(line)s” cannot be read, or its months do not have it."),
    "Bad month": N_("The month of “%(line)s” cannot be read."),
    "Bad day-of-week": N_("The weekday of “%(line)s” cannot be read."),
}


class ScheduleError(ValueError):
    """A schedule that cannot be; the message is for translation, with `params`."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.message, self.params = message, params


def check_schedule(schedule: str) -> None:
    """Raise ScheduleError unless the schedule has slots, at least a quarter of an hour apart.

    It is judged by the times that a day's clock shows, so it does not depend on a zone.
    """
    lines = _lines(schedule)
    if len(lines) > MAX_LINES:
        raise ScheduleError(N_("A schedule has at most %(most)s lines."), most=MAX_LINES)
    if not lines:
        raise ScheduleError(N_("A schedule needs at least one line."))
    minutes = sorted(minute for line in lines for minute in _minutes_of_day(line))
    least = LEAST_GAP.seconds // 60
    for one, other in pairwise([*minutes, minutes[0] + _MINUTES_OF_DAY]):
        if other - one < least:
            raise ScheduleError(
                N_("%(one)s and %(other)s are less than %(least)s minutes apart."),
                one=_clock(one),
                other=_clock(other),
                least=least,
            )


def slots(schedule: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield the instants (in UTC, in order, without end) at which slots are due after another.

    When clocks are set forward, a slot of the hour that is left out is due at its end; when they
    are set back, one of the hour that comes twice is due the first time. So none is lost and none
    comes twice. A line whose hour is `*` goes by real hours instead.
    """
    begin = after.astimezone(zone) - _SETTLED
    lines = [CronSim(_written_out(line), begin) for line in _lines(schedule)]
    instants = merge(*(_instants(line) for line in lines))
    return (instant for instant, _ in groupby(instants) if instant > after)


def slot_before(schedule: str, zone: ZoneInfo, instant: datetime) -> datetime | None:
    """The last slot that was due before an instant; None if none was in the eight years before."""
    for days in _LOOKED_BACK:
        found = None
        for slot in slots(schedule, zone, instant - timedelta(days=days)):
            if slot >= instant:
                break
            found = slot
        if found:
            return found
    return None


def _instants(line: CronSim) -> Iterator[datetime]:
    return (local.astimezone(UTC) for local in line)


def _lines(schedule: str) -> list[str]:
    return [line for line in map(str.strip, schedule.splitlines()) if line]


def _written_out(line: str) -> str:
    """The line with its steps of minutes and hours as lists.

    cronsim looks after clocks that are set forward or back only where neither field begins with a
    star: every three hours, `*/3`, would come twice in the night when they are set back.
    """
    minute, hour, *rest = line.split()
    fields = zip((minute, hour), _UNITS, strict=True)
    lists = [",".join(_step(part, most) for part in field.split(",")) for field, most in fields]
    return " ".join([*lists, *rest])


def _step(part: str, most: int) -> str:
    step = _STEP.fullmatch(part)
    if step is None or int(step[1]) < 2:
        return part
    return ",".join(map(str, range(0, most, int(step[1]))))


def _minutes_of_day(line: str) -> set[int]:
    """The minutes of a day at which the line has slots, or a ScheduleError."""
    fields = line.split()
    if len(fields) != 5:
        raise ScheduleError(
            N_("“%(line)s” does not have five fields: minute, hour, day, month and weekday."),
            line=line,
        )
    try:
        parsed = CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))
        next(parsed)
    except CronSimError as error:
        raise ScheduleError(_UNREADABLE[str(error)], line=line) from None
    except StopIteration:
        raise ScheduleError(N_("“%(line)s” has no date that exists."), line=line) from None
    return {60 * hour + minute for hour in parsed.hours for minute in parsed.minutes}


def _clock(minutes: int) -> str:
    hours, minutes = divmod(minutes % _MINUTES_OF_DAY, 60)
    return f"{hours}:{minutes:02}"
