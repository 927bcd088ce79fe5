"""The nudge: a broker that is gone or silent costs an editor no error, and one wait at most."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis as client
from celery import current_app
from django.db import transaction

from digests import tasks
from digests.editorial import nudge
from digests.models import Digest
from tests.embedded import ROOT
from tests.factories import approve, in_review
from tests.services import Redis, silent_server

ROUNDS = 3


class Newsroom:
    """A process that approves digests with this Redis as its broker; see approving.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def approve(self, count: int) -> tuple[int, int]:
        """Approve as many digests; gives how many readers can see by now, and how often the
        broker was tried."""
        assert self.process.stdin
        assert self.process.stdout
        print(count, file=self.process.stdin, flush=True)
        seen, tries = self.process.stdout.readline().split()
        return int(seen), int(tries)

    def rounds(self) -> tuple[int, int]:
        """Three approvals, and again, as if the last failure were long ago."""
        assert self.process.stdin
        for _ in range(ROUNDS):
            print("again", file=self.process.stdin, flush=True)
            answer = self.approve(3)
        return answer


@contextmanager
def newsroom(data: Path, redis_url: str) -> Iterator[Newsroom]:
    others = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "tests/approving.py"],
        cwd=ROOT,
        env=others | {"DATA_DIR": str(data), "REDIS_URL": redis_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Newsroom(process)
        assert process.stdin
        process.stdin.close()
    assert process.returncode == 0


@pytest.mark.processes
def test_a_broker_that_is_gone_or_silent_holds_no_approval_up(
    redis: Redis, data_folder: Path
) -> None:
    """One try in a round: whoever waits for a silent broker waits once, and only as long as the
    settings let the broker be silent; see test_settings.py."""
    with newsroom(data_folder, redis.url) as running:
        assert running.approve(1) == (1, 1)
        assert nudges(redis) == 1
        redis.stop()
        assert running.rounds() == (1 + 3 * ROUNDS, 1 + ROUNDS)
        with silent_server(redis.port) as (_port, callers):
            assert running.rounds() == (1 + 6 * ROUNDS, 1 + 2 * ROUNDS)
        assert len(callers) == ROUNDS
        redis.start()
        assert running.rounds() == (1 + 9 * ROUNDS, 1 + 5 * ROUNDS)
        assert nudges(redis) == 3 * ROUNDS


def nudges(redis: Redis) -> int:
    with client.from_url(redis.url) as queue:
        return int(queue.llen("celery"))


class Broker:
    """Counts the messages it is given; `error` is what it raises instead."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tried: list[str] = []
        self.error: Exception | None = None
        monkeypatch.setattr(nudge, "_quiet_until", 0.0)
        monkeypatch.setattr(current_app, "send_task", self.send)

    def send(self, name: str, **options: object) -> None:
        self.tried.append(name)
        if self.error:
            raise self.error


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    return Broker(monkeypatch)


def test_a_failing_broker_is_left_alone_for_half_a_minute(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broker.error = OSError("gone")
    for _ in range(3):
        nudge.nudge()
    assert len(broker.tried) == 1
    assert "beat will sweep: gone" in caplog.text
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 31)
    broker.error = None
    for _ in range(3):
        nudge.nudge()
    assert len(broker.tried) == 4


def test_the_nudge_names_a_task_that_exists() -> None:
    assert tasks.sweep.name == nudge.SWEEP
    assert nudge.SWEEP in current_app.tasks


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_approval_nudges_once_it_is_committed_and_not_before(broker: Broker) -> None:
    first, second = in_review(), in_review()
    with transaction.atomic():
        approve(first)
        assert broker.tried == []
    assert broker.tried == [nudge.SWEEP]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        approve(second)
        raise ZeroDivisionError
    assert broker.tried == [nudge.SWEEP]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("a bug"), TimeoutError()])
def test_an_editor_sees_no_error_of_a_broker(broker: Broker, error: Exception) -> None:
    broker.error = error
    digest = approve(in_review())
    assert digest.status == Digest.Status.PUBLISHED
    assert broker.tried
