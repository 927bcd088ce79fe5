"""Celery's beat, with a clock that nobody sets and a heartbeat."""

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import beat, schedules

from digests.models import Heartbeat
from newsroom.heart import Heart

logger = logging.getLogger(__name__)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_START = datetime.now(UTC) - timedelta(seconds=time.monotonic())


def steady_now() -> datetime:
    """The time by a clock that began right and only ever goes on, whatever becomes of the other."""
    return _START + timedelta(seconds=time.monotonic())


class Entry(beat.ScheduleEntry):
    """An entry of the schedule that comes at the start, and again after an interval.

    By the wall clock, one that ran before that was set back would wait until its own time had come
    once more.
    """

    def __init__(
        self, *, schedule: Any, last_run_at: datetime | None = None, **kwargs: Any
    ) -> None:
        if not isinstance(schedule, schedules.BaseSchedule):
            schedule = schedules.schedule(schedule, nowfun=steady_now)
        super().__init__(schedule=schedule, last_run_at=last_run_at or LONG_AGO, **kwargs)


class Scheduler(beat.Scheduler):
    """Celery's own scheduler, which keeps nothing in a file."""

    Entry = Entry
    # The longest sleep, in seconds: how long stopping may take, and a heartbeat be late.
    max_interval = 1
    # Messages go through the application's pool, which gives up at once, like a nudge. A producer
    # of beat's own would wait for a broker that is gone, and no heartbeat would be written.
    producer = None  # type: ignore[assignment]  # a cached property

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heart = Heart(Heartbeat.Part.BEAT)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._heart.beat()
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: beat.ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except beat.SchedulingError as error:
            logger.warning("%s", error)
