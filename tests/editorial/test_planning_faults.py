"""Planners that run at once, or are killed: each slot exists once, with one draft at most."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection

from digests.editorial import planning
from digests.models import Digest, HistoryEntry, Series, Slot, clock
from tests.factories import scheduled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

PLANNERS = 2
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVERY = timedelta(hours=4)


def keep_at_once() -> None:
    together = threading.Barrier(PLANNERS)

    def run() -> None:
        together.wait()
        try:
            planning.keep()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(PLANNERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def a_gap(slots: int) -> tuple[Series, datetime]:
    """A series of which nothing was planned for so many slots, and one more has its draft to get;
    and when the gap began, within no minute in which a slot is due."""
    now = clock.now()
    begin = now.replace(second=30, microsecond=0) - timedelta(hours=4 * slots, minutes=1)
    schedule = f"{now.minute} 0,4,8,12,16,20 * * *"
    return scheduled(schedule=schedule, planned_until=begin), begin


def require_each_once(series: Series, begin: datetime, slots: int) -> None:
    now = clock.now()
    due = [slot.due_at for slot in series.slots.order_by("due_at")]
    # Every four hours at the minute of the schedule; Shanghai is eight hours ahead all year.
    first = EPOCH + timedelta(minutes=int(series.schedule.split()[0]))
    passed = (begin - first) // EVERY
    series.refresh_from_db()
    until = series.planned_until
    assert until and until > now + timedelta(days=8)
    assert due == [first + n * EVERY for n in range(passed + 1, (until - first) // EVERY + 1)]
    assert len([at for at in due if at <= now]) >= slots
    assert series.slots.filter(due_at__lt=now).exclude(digest=None).count() == 0
    drafted = series.slots.exclude(digest=None).count()
    assert Digest.objects.count() == drafted == 1
    for action, found in (("plan", len(due)), ("add", 1)):
        assert HistoryEntry.objects.filter(action=action).count() == found
    missed = series.slots.exclude(missed_at=None).count()
    assert HistoryEntry.objects.filter(action="miss").count() == missed >= slots - 1


@pytest.mark.parametrize("time", range(20))
def test_two_planners_at_once_make_each_slot_and_draft_once(time: int) -> None:
    series, begin = a_gap(40)
    keep_at_once()
    planning.keep()
    require_each_once(series, begin, 40)


class Killer:
    """Kills this process before its nth statement."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)


def is_killed_at(number: int) -> bool:
    """Whether a planner in a process of its own came as far as to be killed there."""
    connection.close()
    child = os.fork()
    if not child:
        try:
            with connection.execute_wrapper(Killer(number)):
                planning.keep()
            os._exit(0)
        except BaseException:  # noqa: BLE001 (told by the status)
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), "the planner failed by itself"
    return status == signal.SIGKILL


@pytest.mark.processes
def test_a_planner_that_is_killed_at_any_step_is_followed_by_one_that_ends_its_work() -> None:
    for number in count(1):
        series, begin = a_gap(8)
        was_killed = is_killed_at(number)
        planning.keep()
        require_each_once(series, begin, 8)
        if not was_killed:
            break
        Slot.objects.all().delete()
        Digest.objects.all().delete()
    assert number > 50
