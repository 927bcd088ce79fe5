"""Known troubles in the log: one line a minute for each kind, and one when it is over."""

import errno
import logging
import sqlite3
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.log import log_response
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisGone

import manage
from newsroom import troubles

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "_told", {})


class Clock:
    now = 1000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    return clock


class Lines(logging.Handler):
    """A handler of the kind that the settings make, which keeps its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.addFilter(troubles.OncePerMinute())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """In the place of the settings' own handler, whose lines would count."""
    handler = Lines()
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    return handler


def fail(error: Exception) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("somewhere").exception("A task failed")


def caused(error: Exception, by: Exception) -> Exception:
    error.__cause__ = by
    return error


def met_while_handling(error: Exception, other: Exception) -> Exception:
    error.__context__ = other
    return error


def sqlite_error(name: str) -> Exception:
    error = sqlite3.OperationalError(name)
    error.sqlite_errorname = name
    return caused(OperationalError(name), error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OperationalError("refused"), troubles.DATABASE),
        (InterfaceError("closed"), troubles.DATABASE),
        (caused(RuntimeError(), OperationalError("refused")), troubles.DATABASE),
        (caused(OperationalError(), psycopg.errors.AdminShutdown()), troubles.DATABASE),
        (BrokerError("refused"), troubles.REDIS),
        (RedisGone("refused"), troubles.REDIS),
        (FULL, troubles.DISK),
        (caused(OperationalError(), psycopg.errors.DiskFull()), troubles.DISK),
        (sqlite_error("SQLITE_FULL"), troubles.DISK),
        (sqlite_error("SQLITE_READONLY"), troubles.DISK),
        (sqlite_error("SQLITE_CANTOPEN"), troubles.DATABASE),
        # Statements that got into each other's way, and mistakes.
        (sqlite_error("SQLITE_BUSY"), None),
        (caused(OperationalError(), psycopg.errors.DeadlockDetected()), None),
        (caused(OperationalError(), psycopg.errors.SerializationFailure()), None),
        (caused(OperationalError(), psycopg.errors.LockNotAvailable()), None),
        (caused(OperationalError(), psycopg.errors.QueryCanceled()), None),
        (sqlite_error("SQLITE_ERROR"), None),
        (met_while_handling(KeyError(), OperationalError("refused")), None),
        (FileNotFoundError(), None),
        (ValueError(), None),
        (None, None),
    ],
)
def test_the_kind_of_a_trouble(error: Exception | None, kind: str | None) -> None:
    assert troubles.kind_of(error) == kind


def test_a_real_database_that_cannot_be_written_is_a_trouble_of_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "database"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (n)")
    closed = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as refusal:
        closed.execute("INSERT INTO t VALUES (1)")
    closed.close()
    assert troubles.kind_of(refusal.value) == troubles.DISK


def test_a_trouble_is_one_line_a_minute_without_a_traceback(log: Lines, clock: Clock) -> None:
    for second in range(120):
        clock.now = 1000.0 + second
        fail(OperationalError(f"refused\nat {second}"))
    assert log.lines == [
        "The database does not work: refused at 0",
        "The database does not work: refused at 60",
    ]


def test_each_kind_has_lines_of_its_own(log: Lines) -> None:
    for error in (OperationalError("refused"), RedisGone("refused"), FULL, RedisGone("refused")):
        fail(error)
    assert [line.partition(" does")[0] for line in log.lines] == [
        "The database",
        "Redis",
        "The disk",
    ]


def test_an_exception_that_a_text_tells_of_is_known_too(log: Lines) -> None:
    for _ in range(2):
        logging.getLogger("celery").error("Cannot connect to %s: %s", "redis", RedisGone("refused"))
    assert log.lines == ["Redis does not work: refused"]


def test_a_503_without_an_exception_is_a_line_a_minute(log: Lines, clock: Clock) -> None:
    """As Django logs an answer of the API, or of a probe."""
    for second in range(0, 120, 10):
        clock.now = 1000.0 + second
        log_response("Failing: %s", second, response=HttpResponse(status=503))
        log_response("Wrong: %s", second, response=HttpResponse(status=500))
    assert [line for line in log.lines if "Failing" in line] == ["Failing: 0", "Failing: 60"]
    assert len([line for line in log.lines if "Wrong" in line]) == 12


def test_the_end_of_a_trouble_is_told_once_and_its_return_again(log: Lines) -> None:
    troubles.end(troubles.REDIS)
    fail(RedisGone("refused"))
    for _ in range(2):
        troubles.end(troubles.REDIS)
    fail(RedisGone("refused"))
    assert log.lines == [
        "Redis does not work: refused",
        "Redis works again.",
        "Redis does not work: refused",
    ]


def test_a_mistake_keeps_its_traceback(log: Lines) -> None:
    for _ in range(2):
        fail(ZeroDivisionError("by zero"))
    assert [line.splitlines()[0] for line in log.lines] == ["A task failed"] * 2
    assert all("Traceback" in line for line in log.lines)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FULL, "The disk does not work: [Errno 28] No space left on device"),
        (OperationalError("refused"), "The database does not work: refused"),
    ],
)
def test_a_command_that_meets_a_trouble_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def run(arguments: list[str]) -> None:
        raise error

    monkeypatch.setattr(manage, "execute_from_command_line", run)
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate"])
    with pytest.raises(SystemExit) as end:
        manage.main()
    assert end.value.code == sentence
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate", "--traceback"])
    with pytest.raises(type(error)):
        manage.main()


def test_a_command_that_meets_a_mistake_keeps_its_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manage, "execute_from_command_line", lambda _arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        manage.main()
