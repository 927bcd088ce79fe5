"""Django's PostgreSQL backend, for which a silent server is one that is gone.

A thread that serves requests waits for each statement no longer than `PATIENCE`, and does not
connect again right after a server kept it waiting. Commands and tasks, which have no reader, wait
for as long as the operating system finds the server reachable.
"""

import time
from types import SimpleNamespace
from typing import Any

import psycopg
from django.core.signals import request_started
from django.db import OperationalError, connections
from django.db.backends.postgresql import base

from newsroom import troubles

# The server ends a statement that takes long itself, and leaves the connection usable.
STATEMENT_TIMEOUT = 2.0  # seconds
PATIENCE = 2.5  # seconds
AGAIN_AFTER = 1.0  # seconds


class Connection(psycopg.Connection[Any]):
    """A connection that is closed if the server is silent for longer than its `patience`."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:
            # An answer that comes now would be taken for that to the next statement.
            self.close()
            _silence.begin()
            raise psycopg.OperationalError("The database server is silent.") from error


class Silence:
    """When the server kept a request of this process waiting, and so when to ask it again."""

    def __init__(self) -> None:
        self.until = 0.0

    def begin(self, seconds: float = AGAIN_AFTER) -> None:
        self.until = time.monotonic() + seconds

    def check(self) -> None:
        """Refuse to connect during a silence; after it, let one request try at a time."""
        if not self.until:
            return
        if time.monotonic() < self.until:
            raise OperationalError("The database server was silent a moment ago.")
        self.begin(PATIENCE)

    def end(self) -> None:
        self.until = 0.0


_silence = Silence()


class DatabaseWrapper(base.DatabaseWrapper):
    # Where Django looks for what a driver has: its exceptions, and how to connect.
    Database = SimpleNamespace(**vars(psycopg) | {"connect": Connection.connect})  # type: ignore[assignment]
    # Whether this thread's connection is for requests.
    serves_requests = False

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if self.serves_requests:
            milliseconds = int(STATEMENT_TIMEOUT * 1000)
            params.setdefault("options", f"-c statement_timeout={milliseconds}")
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.serves_requests:
            _silence.check()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            _silence.begin()
            raise
        if self.serves_requests:
            connection.patience = PATIENCE
        _silence.end()
        troubles.end(troubles.DATABASE)
        return connection


def serve_request(**kwargs: Any) -> None:
    connection = connections["default"]
    if isinstance(connection, DatabaseWrapper):
        connection.serves_requests = True


request_started.connect(serve_request)
