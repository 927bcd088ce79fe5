"""Titles of slots, from the pattern of a series.

{slot:%Y.%m.%d.%H} 过去{hours}小时全球AI发生了什么？
"""

from datetime import datetime, timedelta
from string import Formatter

from digests.text.finding import N_
from digests.text.schedule.expression import ScheduleError

_FIELDS = {"slot", "hours", "series"}


def check_title(pattern: str) -> None:
    """Raise ScheduleError unless the pattern makes titles that differ from slot to slot."""
    try:
        fields = [
            (name, spec or "")
            for _, name, spec, _ in Formatter().parse(pattern)
            if name is not None
        ]
    except ValueError as error:
        raise ScheduleError(
            N_("“%(pattern)s” is not a pattern: %(error)s."), pattern=pattern, error=error
        ) from None
    for name, spec in fields:
        if name not in _FIELDS:
            raise ScheduleError(
                N_("“{%(name)s}” is not known: use {slot:…}, {hours} and {series}."), name=name
            )
        if (name == "slot") != bool(spec):
            raise ScheduleError(
                N_("Write {slot:%%Y-%%m-%%d %%H:%%M} with a form of dates, and {hours} without."),
            )
    if "slot" not in dict(fields):
        raise ScheduleError(N_("The pattern needs a {slot:…}, or all titles would be the same."))


def title_of(pattern: str, due: datetime, window: timedelta, series: str) -> str:
    """The title of the slot that is due at this local time, over this window."""
    return pattern.format(slot=due, hours=hours_of(window), series=series)


def hours_of(window: timedelta) -> str:
    """The hours of a window as a title says them: 4, or 4.5."""
    hours = round(window / timedelta(hours=1), 2)
    return f"{hours:g}"
