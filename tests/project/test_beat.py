"""Beat sends its messages at their time, whatever becomes of clocks and broker, and says that it
is alive."""

from datetime import timedelta

import pytest
from redis import Redis as Client

from newsroom.beat import Entry
from newsroom.celery import app
from tests.production import Production, kill
from tests.services import Redis, WallClock, wait_until

pytestmark = pytest.mark.processes


def messages(redis: Redis) -> int:
    """How many messages wait; no worker takes them."""
    with Client.from_url(redis.url) as client:
        return int(client.llen("celery"))


def await_messages(site: Production, redis: Redis, what: str) -> None:
    before = messages(redis)
    wait_until(lambda: messages(redis) >= before + 2, what=f"{what}; {site.log}")


def test_a_wall_clock_that_is_set_ahead_and_back_does_not_silence_beat(
    site: Production, redis: Redis, wall_clock: WallClock
) -> None:
    site.beat(**wall_clock.environment)
    for offset in ("+0h", "+2h", "+0h", "-2h", "+0h"):
        wall_clock.set(offset)
        await_messages(site, redis, f"messages at {offset}")


def test_celerys_own_scheduler_would_be_silent(
    site: Production, redis: Redis, wall_clock: WallClock
) -> None:
    """The bug that the test before must find."""
    site.beat("--scheduler", "celery.beat:Scheduler", **wall_clock.environment)
    await_messages(site, redis, "messages")
    wall_clock.set("+2h")
    await_messages(site, redis, "messages two hours later")
    wall_clock.set("+0h")
    with pytest.raises(AssertionError, match="messages"):
        before = messages(redis)
        wait_until(lambda: messages(redis) > before + 1, what="messages", seconds=6)


def test_what_is_scheduled_is_sent_at_the_start_and_again_after_its_interval() -> None:
    entry = Entry(name="sweep", task="sweep", schedule=timedelta(seconds=15), app=app)
    is_due, _ = entry.is_due()
    assert is_due
    is_due, seconds = next(entry).is_due()
    assert not is_due
    assert 0 < seconds <= 15


def test_beat_waits_for_no_broker_and_goes_on_when_it_is_back(
    site: Production, redis: Redis
) -> None:
    redis.stop()
    site.beat()
    site.wait_for("beat")
    wait_until(lambda: "Couldn't apply scheduled task" in site.log, what="it tries")
    assert "Traceback" not in site.log
    redis.start()
    await_messages(site, redis, "messages after all")
    redis.stop()
    redis.start()
    await_messages(site, redis, "messages again")
    assert site.is_alive("beat")


def test_a_part_whose_last_process_was_killed_is_silent_and_the_others_are_not(
    site: Production,
) -> None:
    worker, beat = site.worker(), site.beat()
    for part in ("worker", "clock", "planner", "beat"):
        site.wait_for(part)
    kill(beat)
    wait_until(lambda: not site.is_alive("beat"), what="beat is silent")
    assert site.is_alive("worker")
    assert site.is_alive("clock")
    site.beat()
    site.wait_for("beat")
    kill(worker)
    wait_until(lambda: not site.is_alive("worker"), what="the worker is silent")
    wait_until(lambda: not site.is_alive("clock"), what="the clock is silent")
    assert site.is_alive("beat")
