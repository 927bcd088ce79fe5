"""Times as feeds and pages write them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Programs without a date write the beginning of an era.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"[0-9]{9,10}")
# 2026/11/30, or 2026年11月30日 perhaps with a time behind.
_DAY = re.compile(r"([0-9]{4})[/.年-]([0-9]{1,2})[/.月-]([0-9]{1,2})日?(?=\s|T|$)")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")


def moment(text: str) -> datetime | None:
    """Return the time that a text states (ISO 8601, that of e-mail, or seconds since 1970), in UTC.

    A time without a zone is one of UTC. None for what cannot be read, or is before 1990.
    """
    text = _DAY.sub(_iso_day, text[:100].strip())
    for read in (_since_1970, datetime.fromisoformat, parsedate_to_datetime):
        try:
            return in_utc(read(text))
        except (ValueError, OverflowError):
            continue
    return None


def in_utc(when: datetime) -> datetime | None:
    """Return a time in UTC, or None if it is before 1990 or beyond the calendar."""
    try:
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        return None
    return when if when >= _EARLIEST else None


def _iso_day(day: re.Match[str]) -> str:
    return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"


def _since_1970(text: str) -> datetime:
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    raise ValueError(text)
