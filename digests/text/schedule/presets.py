"""The schedules that people choose without knowing cron, and the lines they are stored as."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from itertools import groupby

STEPS = (2, 3, 4, 6, 8, 12)  # hours
MAX_TIMES = 8
WEEKDAYS = (1, 2, 3, 4, 5)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
"""Days as cron counts them: 0 is Sunday."""


@dataclass(frozen=True)
class EverySoManyHours:
    """Every 2, 3, 4, 6, 8 or 12 hours; `start` is one of the times."""

    hours: int
    start: time = time()

    @property
    def times(self) -> tuple[time, ...]:
        hours = range(self.start.hour % self.hours, 24, self.hours)
        return tuple(time(hour, self.start.minute) for hour in hours)

    @property
    def schedule(self) -> str:
        return f"{self.start.minute} {_list(at.hour for at in self.times)} * * *"


@dataclass(frozen=True)
class AtTimes:
    """At one or more times, on all days or on some."""

    times: tuple[time, ...]
    days: tuple[int, ...] = EVERY_DAY

    @property
    def schedule(self) -> str:
        """A line for each minute of the hour, because a line combines all of its minutes with all
        of its hours."""
        days = "*" if set(self.days) == set(EVERY_DAY) else _list(sorted(set(self.days)))
        by_minute = sorted({(each.minute, each.hour) for each in self.times})
        return "\n".join(
            f"{minute} {_list(hour for _, hour in group)} * * {days}"
            for minute, group in groupby(by_minute, key=lambda each: each[0])
        )


type Preset = EverySoManyHours | AtTimes


def preset_of(schedule: str) -> Preset | None:
    """The preset that is stored so; None if the schedule is none of them."""
    lines = [line.split() for line in schedule.splitlines() if line.strip()]
    if not lines or any(len(line) != 5 or line[2:4] != ["*", "*"] for line in lines):
        return None
    try:
        days = {tuple(_numbers(line[4])) if line[4] != "*" else EVERY_DAY for line in lines}
        times = sorted(
            time(hour, minute)
            for line in lines
            for hour in _numbers(line[1])
            for minute in _numbers(line[0])
        )
    except ValueError:
        return None
    if len(days) != 1:
        return None
    (on,) = days
    for found in (_every_so_many_hours(times), _at_times(times, on)):
        if found and found.schedule == schedule:
            return found
    return None


def _every_so_many_hours(times: list[time]) -> EverySoManyHours | None:
    hours = 24 // len(times)
    return EverySoManyHours(hours, times[0]) if hours in STEPS and 24 % len(times) == 0 else None


def _at_times(times: list[time], days: tuple[int, ...]) -> AtTimes | None:
    is_one = len(times) <= MAX_TIMES and set(days) <= set(EVERY_DAY)
    return AtTimes(tuple(times), days) if is_one else None


def _numbers(field: str) -> list[int]:
    return [int(number) for number in field.split(",")]


def _list(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
