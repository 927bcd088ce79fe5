"""When a feed is fetched again, and what becomes of one that fails. Pure: no clock, no chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(days=1)
FIRST = timedelta(hours=1)
"""The interval of a feed that has too few stories to tell its own."""

FAILING_AFTER = timedelta(days=1)
PAUSED_AFTER = timedelta(days=14)
MOVED_AFTER = 3
"""So many successive fetches must lead to the same new address."""

SPREAD = 0.1
"""The share of an interval by which chance makes it longer or shorter."""

_RECENT = 20
_GONE = frozenset([401, 410, 451])


class State(StrEnum):
    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Health:
    """How the fetches of a feed went. A paused feed is fetched when somebody says so."""

    state: State = State.OK
    errors: int = 0
    first_error: datetime | None = None
    moving_to: str = ""
    seen_moved: int = 0


def usual_interval(published: Sequence[datetime]) -> timedelta:
    """Half the median gap of the last 20 stories, between a quarter of an hour and a day."""
    recent = sorted(published)[-_RECENT:]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(recent)]
    if not gaps:
        return FIRST
    return min(max(timedelta(seconds=median(gaps) / 2), SHORTEST), LONGEST)


def next_check(
    now: datetime,
    *,
    interval: timedelta,
    errors: int = 0,
    wait: timedelta = timedelta(),
    chance: float = 0.0,
) -> datetime:
    """Return when to fetch again.

    `interval` is the usual one or the editor's; it doubles with each error, up to a day. `wait` is
    the longest of what the feed and its server ask for, and holds for a day at most. `chance`, from
    -1 to 1, spreads the feeds.
    """
    doubled = interval * (1 << min(errors, 10))
    pause = doubled if errors == 0 else max(min(doubled, LONGEST), interval)
    return now + max(pause * (1 + SPREAD * chance), min(wait, LONGEST))


def after_success(health: Health, *, moved_to: str = "") -> Health:
    """The health after an answer of 200 or 304, which came from `moved_to` if every redirect on the
    way was a permanent one. What has moved often enough `has_moved`."""
    seen = health.seen_moved + 1 if moved_to and moved_to == health.moving_to else 1
    return Health(moving_to=moved_to, seen_moved=seen if moved_to else 0)


def has_moved(health: Health) -> bool:
    """Whether the new address is to be adopted."""
    return health.seen_moved >= MOVED_AFTER


def after_failure(health: Health, *, at: datetime, status: int | None = None) -> Health:
    """The health after an error: an answer with another status, or none.

    Only what says so is gone for good. A 404 is not: YouTube has answered it for weeks for feeds
    that came back, so it counts as any error of a server does.
    """
    since = health.first_error or at
    failed = replace(health, errors=health.errors + 1, first_error=since)
    if status in _GONE or at - since >= PAUSED_AFTER:
        return replace(failed, state=State.PAUSED)
    if at - since >= FAILING_AFTER:
        return replace(failed, state=State.FAILING)
    return failed


def after_retry(health: Health) -> Health:
    """The health when somebody wants it tried again: as if nothing had failed."""
    return Health(moving_to=health.moving_to, seen_moved=health.seen_moved)
