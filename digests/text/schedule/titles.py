"""Titles of slots, from the pattern of a series.

{slot:%Y.%m.%d.%H} 过去{hours}小时全球AI发生了什么？
"""

import re
from datetime import datetime, timedelta
from string import Formatter

from digests.text.finding import N_
from digests.text.schedule.expression import ScheduleError

MAX_TITLE = 300  # characters, as many as a digest's title may have
# What is proposed for a series in this language.
DEFAULT_PATTERNS = {
    "zh-hans": "{slot:%Y.%m.%d.%H} 过去{hours}小时：{series}",
    "en": "{series}, {slot:%Y-%m-%d %H:%M}",
}
# The form of what stands after the colon of each field. A width would make a title of any length,
# braces within braces would reach into the values, and %n and %t are no part of a line.
_SPECS = {
    "slot": re.compile(r"(?:%-?(?![nt])[A-Za-z]|[^%{}]){1,100}"),
    "hours": re.compile(""),
    "series": re.compile(""),
}
# A date with long names, and a window with many digits.
_SAMPLE = (datetime(2026, 9, 30, 22, 44, 55), timedelta(hours=100.25))


def check_title(pattern: str, series: str = "") -> None:
    """Raise ScheduleError unless the pattern makes titles for the series that differ from slot to
    slot."""
    try:
        fields = [
            (name, spec or "", conversion)
            for _text, name, spec, conversion in Formatter().parse(pattern)
            if name is not None
        ]
    except ValueError:
        raise ScheduleError(
            N_("“%(pattern)s” is not a pattern: check its braces."), pattern=pattern
        ) from None
    names = {name for name, _spec, _conversion in fields}
    if unknown := names - _SPECS.keys():
        raise ScheduleError(
            N_("“{%(name)s}” is not known: use {slot:…}, {hours} and {series}."), name=min(unknown)
        )
    if "slot" not in names:
        raise ScheduleError(N_("The pattern needs a {slot:…}, or all titles would be the same."))
    for name, spec, conversion in fields:
        if conversion or not _SPECS[name].fullmatch(spec):
            raise ScheduleError(
                N_(
                    "Use {hours} and {series} as they are, and {slot:…} with codes such as"
                    " %(codes)s."
                ),
                codes="%Y-%m-%d %H:%M",
            )
    if len(title_of(pattern, *_SAMPLE, series)) > MAX_TITLE:
        raise ScheduleError(
            N_("The pattern makes titles of more than %(most)s characters."), most=MAX_TITLE
        )


def title_of(pattern: str, due: datetime, window: timedelta, series: str) -> str:
    """The title of the slot that is due at this local time, over this window."""
    return pattern.format(slot=due, hours=hours_of(window), series=series)


def hours_of(window: timedelta) -> str:
    """The hours of a window as a title says them: 4, or 4.5."""
    hours = round(window / timedelta(hours=1), 2)
    return f"{hours:g}"
