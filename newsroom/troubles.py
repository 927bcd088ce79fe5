"""Known troubles: the database or Redis does not answer, or the disk is full.

They are no mistakes in the code, and each makes many calls fail at once. So the log has one line a
minute for each kind, without a traceback, and one when the trouble is over.
"""

import errno
import logging
import math
import sqlite3
import time
from collections.abc import Iterator
from http import HTTPStatus

import psycopg
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import TimeoutError as RedisSilent

from digests.editorial.contention import is_contention

logger = logging.getLogger(__name__)

DATABASE, REDIS, DISK = "The database", "Redis", "The disk"
UNAVAILABLE = "503"
EVERY = 60  # seconds
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
FULL_SQLITE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR")

_told: dict[str, float] = {}  # kind → when a line told of it


def kind_of(error: BaseException | None) -> str | None:
    """The kind of trouble that an exception tells of, or one of those that led to it."""
    found = list(_chain(error))
    if any(map(_is_disk, found)):
        return DISK
    if any(isinstance(each, (BrokerError, RedisGone, RedisSilent)) for each in found):
        return REDIS
    gone = any(isinstance(each, (OperationalError, InterfaceError)) for each in found)
    is_well = is_mistake(error) or any(map(is_contention, found))
    return DATABASE if gone and not is_well else None


def sentence(error: BaseException | None) -> str:
    """What an operator is told of a known trouble, on one line."""
    return f"{kind_of(error)} does not work: {' '.join(str(error).split())}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    # Not those that it was raised beside: a mistake made while handling a trouble is a mistake.
    while error is not None:
        yield error
        error = error.__cause__


def _is_disk(error: BaseException) -> bool:
    match error:
        case psycopg.errors.DiskFull():
            return True
        case sqlite3.Error():
            return getattr(error, "sqlite_errorname", "").startswith(FULL_SQLITE)
        case OSError():
            return error.errno in FULL
    return False


def is_mistake(error: BaseException | None) -> bool:
    """Whether an exception tells of a statement that is wrong, such as one about a table that is
    missing. Of the two drivers only SQLite's raises OperationalError for it."""
    return any(getattr(each, "sqlite_errorname", "") == "SQLITE_ERROR" for each in _chain(error))


def end(kind: str) -> None:
    """Log that a trouble is over, if the log told of it."""
    if _told.pop(kind, None) is not None:
        logger.warning("%s works again.", kind)


class OncePerMinute(logging.Filter):
    """Makes a line of each record of a known trouble, and lets one of a kind pass in a minute; of
    503s that some trouble led to, too."""

    def filter(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        error = _error_of(record)
        kind = kind_of(error)
        if kind:
            return _is_news(kind) and _line(record, error)
        # What some trouble led to, in an answer that was made without an exception.
        is_answer = getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE
        return error is not None or not is_answer or _is_news(UNAVAILABLE)


def _line(record: logging.LogRecord, error: BaseException | None) -> logging.LogRecord:
    """A record in the place of another, which other handlers may want as it is."""
    short = {"msg": "%s", "args": (sentence(error),)}
    return logging.makeLogRecord(
        record.__dict__ | short | {"exc_info": None, "exc_text": None, "stack_info": None}
    )


def _is_news(kind: str) -> bool:
    now = time.monotonic()
    if now - _told.get(kind, -math.inf) < EVERY:
        return False
    _told[kind] = now
    return True


def _error_of(record: logging.LogRecord) -> BaseException | None:
    """The exception that a record tells of: as such, or in its text."""
    if record.exc_info and record.exc_info[1]:
        return record.exc_info[1]
    given = record.args if isinstance(record.args, tuple) else ()
    return next((each for each in given if isinstance(each, BaseException)), None)


def broker_answers(**kwargs: object) -> None:
    """A handler for Celery's `after_task_publish`."""
    end(REDIS)
