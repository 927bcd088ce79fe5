"""Newsroom's Celery application as tests start it: with a task that sleeps, heartbeats every second
and with the bugs that PLANTED names, which the tests must find."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from newsroom.celery import app

settings.HEARTBEAT_EVERY = timedelta(seconds=1)
PLANTED = os.environ.get("PLANTED", "").split(", ")
STEP = "newsroom.worker:DueClockStep"
# The seconds between two slots of any series with a schedule, where a test wants them to be near.
SLOTS_EVERY = int(os.environ.get("SLOTS_EVERY", "0"))


def read_slowly(row: Model) -> Model:
    """Reads a row without a lock, and gives others time to do the same."""
    found: Model = type(row)._default_manager.get(pk=row.pk)
    time.sleep(0.5)
    return found


@app.task(name="tests.sleep")
def sleep(seconds: float) -> None:
    time.sleep(seconds)


@app.task(name="tests.publish_due")
def publish_due() -> None:
    from digests.editorial import lifecycle

    lifecycle.publish_due()


app.conf.beat_schedule = {"sweep": {"task": "digests.tasks.sweep", "schedule": 1}}

if "publishing is a task" in PLANTED:
    app.steps["worker"].discard(STEP)
    app.conf.beat_schedule |= {"publish": {"task": "tests.publish_due", "schedule": 1}}


@app.on_after_finalize.connect
def hurry(**_: object) -> None:
    """Give slots every few seconds, and plan no more of them than are needed soon."""
    from digests.editorial import planning
    from digests.models import Series

    def instants(series: Series, after: datetime) -> Iterator[datetime]:
        first = int(after.timestamp()) // SLOTS_EVERY + 1
        return (datetime.fromtimestamp(n * SLOTS_EVERY, UTC) for n in count(first))

    if SLOTS_EVERY:
        planning.instants = instants
        planning.AHEAD, planning._LEAST_AHEAD = timedelta(minutes=2), timedelta(minutes=1)


@app.on_after_finalize.connect
def plant(**_: object) -> None:
    from digests.delivery.folder import live
    from digests.editorial import guards
    from digests.models import clock

    right, whole = clock.now, live._live
    if "the clock is the process's" in PLANTED:
        clock.now = timezone.now
    if "the clock is fast" in PLANTED:
        clock.now = lambda: right() + timedelta(seconds=3)
    if "the clock is slow" in PLANTED:
        clock.now = lambda: right() - timedelta(seconds=5)
    if "nothing is locked" in PLANTED:
        vars(guards)["lock"] = read_slowly
    if "a file is forgotten" in PLANTED:
        live._live = lambda: dict(list(whole().items())[1:])
