"""What is due is published on time, whatever becomes of broker, beat, tasks and clocks."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery

from digests.models import Heartbeat
from newsroom.heart import Heart
from newsroom.worker import Clock
from tests.embedded import EmbeddedServer
from tests.production import Production, kill
from tests.services import Redis, WallClock, wait_until

pytestmark = pytest.mark.processes

PUBLISHED = "SELECT count(*) FROM digests_digest WHERE status = 'published'"
# By the system itself: an approval after their time would do it in the approver's name.
PUBLICATIONS = (
    "SELECT count(*) FROM digests_historyentry WHERE action = 'publish' AND actor_id IS NULL"
)
OVERDUE = (
    "SELECT count(*) FROM digests_digest"
    " WHERE status = 'approved' AND date < clock_timestamp() - interval '5 s'"
)
MESSAGES = 1000


def approve(site: Production, count: int, seconds: int) -> None:
    site.run("tests/acts.py", "approve", str(count), str(seconds))


def fill_up(redis: Redis) -> None:
    """Give all workers more to do than they can."""
    sender = Celery("tests", broker=redis.url, set_as_current=False)
    for _ in range(8):
        sender.send_task("tests.sleep", [600])
    for _ in range(MESSAGES):
        sender.send_task("digests.tasks.sweep")


def await_publication(site: Production, number: int) -> None:
    """Wait until so many are published, which on a busy machine are due in a minute."""
    wait_until(
        lambda: site.count(PUBLISHED) == number, what=f"all are published; {site.log}", seconds=180
    )


def test_due_digests_are_published_while_every_slot_is_taken_and_a_thousand_messages_wait(
    site: Production, redis: Redis
) -> None:
    fill_up(redis)
    site.worker()
    site.wait_for("worker")
    approve(site, 3, 3)
    await_publication(site, 3)
    site.wait_for("worker")


def test_a_publication_that_is_a_task_would_wait(site: Production, redis: Redis) -> None:
    """The bug that the test before must find."""
    fill_up(redis)
    planted = {"PLANTED": "publishing is a task"}
    site.worker(**planted)
    site.beat(**planted)
    site.wait_for("worker")
    approve(site, 3, 3)
    wait_until(lambda: site.count(OVERDUE) == 3, what="nobody publishes")


def test_a_worker_without_broker_and_beat_publishes_what_is_due(
    site: Production, redis: Redis
) -> None:
    redis.stop()
    approve(site, 2, 3)
    site.worker()
    site.wait_for("clock")
    approve(site, 2, 3)
    await_publication(site, 4)
    assert site.count(PUBLICATIONS) == 4
    assert not site.is_alive("worker")


def test_two_workers_and_two_beats_publish_each_digest_once(site: Production) -> None:
    workers = [site.worker("one"), site.worker("two")]
    beats = [site.beat(), site.beat()]
    site.wait_for("clock")
    approve(site, 30, 3)
    await_publication(site, 30)
    kill(workers[0])
    kill(beats[0])
    approve(site, 10, 3)
    await_publication(site, 40)
    assert site.count(PUBLICATIONS) == 40


def test_a_wall_clock_that_is_set_ahead_and_back_changes_nothing(
    site: Production, wall_clock: WallClock
) -> None:
    site.worker(**wall_clock.environment)
    site.wait_for("clock")
    approve(site, 1, 3600)
    for round_, offset in enumerate(("+2h", "+0h", "-2h", "+0h"), start=1):
        wall_clock.set(offset)
        approve(site, 1, 3)
        wait_until(lambda n=round_: site.count(PUBLISHED) == n, what=f"at {offset}; {site.log}")  # type: ignore[misc]
    assert site.count(PUBLICATIONS) == 4


def test_a_clock_of_the_process_would_publish_early(
    site: Production, wall_clock: WallClock
) -> None:
    """The bug that the test before must find."""
    site.worker(**wall_clock.environment, PLANTED="the clock is the process's")
    site.wait_for("clock")
    approve(site, 1, 3600)
    wall_clock.set("+2h")
    wait_until(lambda: site.count(PUBLISHED) == 1, what="it is published an hour early")


def test_what_became_due_meanwhile_is_published_when_the_server_starts(data_folder: Path) -> None:
    server = EmbeddedServer(data_folder)
    server.run("tests/acts.py", "approve", "2", "3")
    database = sqlite3.connect(data_folder / "newsroom.sqlite3")

    def count(sql: str) -> int:
        return int(database.execute(sql).fetchone()[0])

    assert count(PUBLISHED) == 0
    with server:
        wait_until(lambda: count(PUBLISHED) == 2, what=f"both are published; {server.log}")
    assert count(PUBLICATIONS) == 2
    database.close()


def test_a_publication_that_hangs_does_not_keep_a_worker_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(Heart, "beat", lambda self: None)
    monkeypatch.setattr("newsroom.worker.ENDS_WITHIN", 0.01)
    clock = Clock(Heartbeat.Part.CLOCK, lambda _beat: goes_on.wait(), 1)
    clock.start()
    ending = threading.Thread(target=clock.stop)
    ending.start()
    ending.join(10)
    has_ended = not ending.is_alive()
    goes_on.set()
    assert has_ended


def test_a_clock_beats_while_what_it_does_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[str] = []
    monkeypatch.setattr(Heart, "beat", lambda self: beats.append(self.part))
    during: list[int] = []

    def work(beat: Callable[[], None]) -> None:
        beat()
        during.append(len(beats))

    clock = Clock(Heartbeat.Part.PLANNER, work, 60)
    clock.start()
    clock.stop()
    assert during == [1]
    assert beats == ["planner", "planner"]
