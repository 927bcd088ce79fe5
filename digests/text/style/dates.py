"""Dates and times that a title tells, compared with the date of its document."""

import re
from collections.abc import Iterator
from datetime import datetime

from digests.text.finding import N_, Finding

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# Those that are verbs, too, need their capital.
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar|(?-i:March|MARCH)|apr(?:il)?|(?-i:May|MAY)|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th)?(?![\da-zA-Z])"
_DATES = [
    # Also with its hour alone: 2026.11.20.08
    re.compile(
        r"(?<!\d)(?P<year>20\d\d)(?P<mark>[-./])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)"
        r"(?:(?P=mark)(?P<hour>[01]?\d|2[0-3])(?!\d))?"
    ),
    re.compile(r"(?:(?P<year>20\d\d) ?年 ?)?(?<!\d)(?P<month>\d\d?) ?月 ?(?P<day>\d\d?) ?[日号]"),
    re.compile(rf"\b{_NAME} {_DAY}(?:, (?P<year>20\d\d))?", re.IGNORECASE),
    re.compile(rf"{_DAY} {_NAME}(?: (?P<year>20\d\d))?", re.IGNORECASE),
]
_CLOCK = r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])"
_TIMES = [
    re.compile(
        r"(?<![\d:])(?P<hour>1[0-2]|\d)(?::(?P<minute>[0-5]\d))? ?(?P<part>[ap]m)\b", re.IGNORECASE
    ),
    # 16:10 alone may be a ratio.
    re.compile(rf"(?<=\bat ){_CLOCK}", re.IGNORECASE),
    re.compile(rf"(?=0|\d\d?:00){_CLOCK}"),
    re.compile(
        r"(?P<part>凌晨|早上?|上午|下午|晚上?|[半深午]夜|夜[里间晚]) ?(?P<hour>1[0-2]|\d) ?[点时]"
    ),
]
_TIMES_OF_DAY = [*_TIMES, re.compile(_CLOCK)]
# After the date that a title begins with: " 20:00", "T20:00", " 20时".
_LEADING_CLOCK = re.compile(
    r"[ T]?(?P<hour>[01]?\d|2[0-3]) ?(?::(?P<minute>[0-5]\d)(?![\d:])|[点时](?![间\d半一二三四五]))"
)
# What else tells a day or an hour, or the end of a range that begins with the date.
_FURTHER = [
    *_DATES,
    *_TIMES_OF_DAY,
    re.compile(r"^ ?[-–—~～至到/、] ?\d"),
    re.compile(r"\d ?[日号点时]|(?:星期|周)[一二三四五六日天]"),
    re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE),
]
_AFTER_NOON = ("下", "p")
_NIGHT = ("晚", "半", "深", "午", "夜")


def date_findings(title: str, date: datetime) -> Iterator[Finding]:
    """Yield a warning if a title tells another day, or another time, than its document's date."""
    day = _first(_DATES, title)
    time = day
    if not (day and day.groupdict().get("hour")):
        time = _first(_TIMES_OF_DAY if day else _TIMES, title)
    for told, agrees in ((day, _is_day), (time, _is_time)):
        if told and not agrees(told.groupdict(), date):
            yield _warning(told, date)
            return


def redated(title: str, date: datetime) -> str | None:
    """A title that begins with a date, and perhaps the time after it, with another one in its place
    as the first is written; None if it begins with none, or tells more of a time than that."""
    day = next(filter(None, (pattern.match(title) for pattern in _DATES[:2])), None)
    if day is None:
        return None
    told = {group: day.span(group) for group, text in day.groupdict().items() if text}
    told.pop("mark", None)
    end = day.end()
    if clock := _LEADING_CLOCK.match(title, end):
        told |= {group: clock.span(group) for group, text in clock.groupdict().items() if text}
        end = clock.end()
    if _first(_FURTHER, title[end:]):
        return None
    parts = [title[start:end] for group, (start, end) in told.items() if group != "minute"]
    is_short = any(len(part) == 1 for part in parts) and not any(p.startswith("0") for p in parts)
    for group, (start, end) in sorted(told.items(), key=lambda each: each[1], reverse=True):
        width = 1 if is_short and group != "minute" else 2
        title = f"{title[:start]}{getattr(date, group):0{width}}{title[end:]}"
    return title


def _first(patterns: list[re.Pattern[str]], title: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(title) for pattern in patterns)), None)


def _is_day(told: dict[str, str | None], date: datetime) -> bool:
    name = told.get("name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(told["month"] or 0)
    year = int(told["year"] or date.year)
    return (year, month, int(told["day"] or 0)) == (date.year, date.month, date.day)


def _is_time(told: dict[str, str | None], date: datetime) -> bool:
    hour = int(told["hour"] or 0)
    if part := told.get("part"):
        hour %= 12
        # From five in the evening on; at twelve, another day begins.
        is_evening = part.startswith(_NIGHT) and hour >= 5
        if is_evening or part.lower().startswith(_AFTER_NOON):
            hour += 12
    return (hour, int(told.get("minute") or date.minute)) == (date.hour, date.minute)


def _warning(told: re.Match[str], date: datetime) -> Finding:
    return Finding(
        "warning",
        "title-date",
        N_("The title says “%(told)s”, but the digest is dated %(date)s."),
        {"told": told[0], "date": f"{date:%Y-%m-%d %H:%M}"},
        field="title",
        span=told.span(),
    )
