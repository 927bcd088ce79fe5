"""Newsroom's Celery application as tests start it: with a task that sleeps, heartbeats every second
and, if PLANTED names one, a bug that the tests must find."""

import os
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from newsroom.celery import app

settings.HEARTBEAT_EVERY = timedelta(seconds=1)
PLANTED = os.environ.get("PLANTED", "")
STEP = "newsroom.worker:DueClockStep"


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

if PLANTED == "publishing is a task":
    app.steps["worker"].discard(STEP)
    app.conf.beat_schedule |= {"publish": {"task": "tests.publish_due", "schedule": 1}}


@app.on_after_finalize.connect
def plant(**_: object) -> None:
    from digests.editorial import guards
    from digests.models import clock

    right = clock.now
    if PLANTED == "the clock is the process's":
        clock.now = timezone.now
    if PLANTED == "the clock is fast":
        clock.now = lambda: right() + timedelta(seconds=3)
    if PLANTED == "nothing is locked":
        vars(guards)["lock"] = read_slowly
