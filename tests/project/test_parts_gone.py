"""PostgreSQL gone or silent, and Redis gone: pages are answered all the same, the log is short."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from newsroom.postgresql.base import Connection
from tests import prepared
from tests.conftest import unavailable
from tests.embedded import EmbeddedServer
from tests.services import Postgresql, Redis, Unavailable, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[Postgresql]:
    """A server of this module's own, to stop and start."""
    try:
        server = prepared.postgresql()
    except Unavailable as error:
        unavailable(error)
    yield server
    server.stop()


@pytest.fixture
def server(own_postgresql: Postgresql, data_folder: Path) -> Iterator[EmbeddedServer]:
    with (
        own_postgresql.migrated() as url,
        EmbeddedServer(data_folder, DATABASE_URL=url) as running,
    ):
        yield running


def get(server: EmbeddedServer, path: str) -> tuple[int, str]:
    """The status and the text of an answer, which must come; benchmarks say how soon."""
    # As of somebody who is signed in, whose session the desk looks for.
    request = urllib.request.Request(server.url + path, headers={"Cookie": "sessionid=" + "a" * 32})  # noqa: S310 (ours)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (ours)
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def is_stale(server: EmbeddedServer) -> bool:
    status, text = get(server, "/")
    assert status == 200
    return 'class="stale"' in text


def lines(server: EmbeddedServer, text: str) -> int:
    return sum(text in line for line in server.log.splitlines())


def check_answers_without_database(server: EmbeddedServer) -> None:
    assert is_stale(server)
    for path in ("/sources/", "/search/?q=a", "/nothing/", "/admin/", "/api/v1/series/"):
        status, text = get(server, path)
        assert status == 503
        assert "Temporarily unavailable" in text or "Service Unavailable" in text
    status, text = get(server, "/readyz")
    assert status == 503
    assert '"database": "ok"' not in text
    assert get(server, "/healthz")[0] == 200


def test_pages_are_answered_without_the_database_and_the_log_has_one_line(
    server: EmbeddedServer, own_postgresql: Postgresql
) -> None:
    assert not is_stale(server)
    for _ in range(8):
        get(server, "/about/")  # so that every thread has a connection

    with own_postgresql.silent():
        check_answers_without_database(server)
    wait_until(lambda: not is_stale(server), what="the site is itself again")
    wait_until(lambda: get(server, "/corrections/")[0] == 200, what="pages are made again")
    assert lines(server, "The database does not work") == 1
    assert lines(server, "The database works again") == 1

    own_postgresql.stop()
    check_answers_without_database(server)
    own_postgresql.start()
    wait_until(lambda: not is_stale(server), what="the site is itself again")
    assert "Traceback" not in server.log
    assert lines(server, "Service Unavailable") <= 1
    assert lines(server, "The database does not work") == 2
    wait_until(lambda: lines(server, "The database works again") == 2, what="the log says so")


def test_redis_that_is_gone_is_one_line_for_all_that_needs_it(
    data_folder: Path, redis: Redis
) -> None:
    """Web, worker and beat are in one process here, so the line is one."""
    with EmbeddedServer(data_folder, REDIS_URL=redis.url) as server:
        assert get(server, "/")[0] == 200
        redis.stop()
        # The worker notices by itself, the cache by a page, and the probe asks.
        for _ in range(20):
            assert get(server, "/")[0] == 200
            get(server, "/readyz")
        wait_until(lambda: lines(server, "Redis does not work") > 0, what="the log says so")
        assert lines(server, "Redis does not work") == 1
        redis.start()
        wait_until(lambda: lines(server, "Redis works again") > 0, what="the log says so", every=1)
        assert lines(server, "Redis works again") == 1
        assert "Traceback" not in server.log


def test_a_connection_without_patience_waits_for_a_silent_server(
    own_postgresql: Postgresql,
) -> None:
    """The planted bug: what a request would do if its connection had no patience."""
    patient, plain = (Connection.connect(own_postgresql.url) for _ in range(2))
    patient.patience = 0.2
    waiting = threading.Thread(target=plain.execute, args=["SELECT 1"])
    with own_postgresql.silent():
        waiting.start()
        with pytest.raises(psycopg.OperationalError, match="silent"):
            patient.execute("SELECT 1")
        assert patient.closed
        assert waiting.is_alive()
    waiting.join(60)
    assert not waiting.is_alive()
    plain.close()
