"""The server: many slow clients hold nothing, and it listens where the settings say."""

import contextlib
import http.client
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from waitress import wasyncore

from newsroom import waitress_server
from tests.embedded import ROOT, EmbeddedServer, environment
from tests.services import LOCALHOST, free_port, wait_until
from tests.slow_clients import KINDS, slow_clients

MANY = 60
# More than buffers hold, and more than a thread may leave behind.
LONG = 10 * 1024 * 1024
LARGE = 20 * 1024 * 1024


def answers(port: int, path: str = "/", *, patience: float = 30) -> bool:
    connection = http.client.HTTPConnection(LOCALHOST, port, timeout=patience)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.processes
def test_many_slow_clients_keep_nobody_waiting(data_folder: Path) -> None:
    with EmbeddedServer(data_folder) as server:
        for kind in KINDS:
            with slow_clients(kind, MANY, server.port):
                for _ in range(5):
                    assert answers(server.port), kind


@pytest.mark.processes
def test_a_server_that_reads_in_its_threads_would_be_seen(data_folder: Path) -> None:
    program = "tests/server_with_threads.py"
    with (
        EmbeddedServer(data_folder, program=program) as server,
        slow_clients("dripping bodies", MANY, server.port),
    ):
        wait_until(lambda: not answers(server.port, patience=2), what="it does not answer")


@pytest.mark.processes
def test_in_production_it_listens_where_the_settings_say(data_folder: Path) -> None:
    port = free_port()
    with (data_folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"],
            cwd=ROOT,
            env=environment(
                DATA_DIR=str(data_folder), REDIS_URL="redis://127.0.0.1:1/0", PORT=str(port)
            ),
            stderr=log,
        )
    try:
        wait_until(lambda: answers(port, "/healthz"), what="it answers")
        text = (data_folder / "log").read_text()
        assert f"Listening at: http://127.0.0.1:{port} " in text
    finally:
        process.terminate()
        process.wait(90)


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    body = b"x" * {"/large": LARGE, "/long": LONG}.get(environ["PATH_INFO"], 0) or b"small"
    length = [("Content-Length", str(len(body)))]
    start_response("200 OK", [] if environ["PATH_INFO"] == "/unmeasured" else length)
    return [body]


@contextlib.contextmanager
def serving_by(threads: int) -> Iterator[tuple[waitress_server.Server, int]]:
    """Our server in a thread of this process."""
    bound = socket.create_server((LOCALHOST, 0))
    server = waitress_server.server_on(bound, answer, threads=threads)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            wasyncore.loop(timeout=0.1, use_poll=True, map=server._map, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server, bound.getsockname()[1]
    finally:
        done.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)


def asked(client: socket.socket, request: bytes, method: str = "GET") -> http.client.HTTPResponse:
    """What a connection answers, read to its end."""
    client.sendall(request)
    response = http.client.HTTPResponse(client, method=method)
    response.begin()
    return response


def test_an_answer_to_head_has_no_body() -> None:
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        for path, length in (("/", 5), ("/large", LARGE)):
            head = asked(client, f"HEAD {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode(), "HEAD")
            assert (head.status, head.headers["Content-Length"]) == (200, str(length))
        # The connection goes on with the answer to what is asked next.
        assert asked(client, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").read() == b"small"
        client.sendall(b"HEAD /unmeasured HTTP/1.1\r\nHost: here\r\n\r\n")
        received = b""
        while data := client.recv(1 << 16):
            received += data
        assert received.endswith(b"\r\n\r\n")
        assert received.count(b"\r\n\r\n") == 1


def test_a_head_that_is_too_long_is_refused_before_its_end() -> None:
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        head = b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + waitress_server.LONGEST_HEAD * b"x"
        assert asked(client, head).status == 431


@pytest.mark.parametrize(
    "request_line",
    ["GET http://[x/ HTTP/1.1", "GET / HTTP/1.1\r\nContent-Length: " + 5_000 * "1"],
    ids=["address", "length"],
)
def test_a_head_that_cannot_be_read_is_refused(request_line: str) -> None:
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        refused = asked(client, f"{request_line}\r\nHost: here\r\n\r\n".encode())
        assert (refused.status, refused.headers["Connection"]) == (400, "close")


TOO_LONG = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 400000000\r\n\r\n"


def test_a_body_that_is_too_long_is_not_waited_for() -> None:
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        assert asked(client, TOO_LONG).headers["Connection"] == "close"


def test_a_server_that_waits_for_a_body_which_is_too_long_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(waitress_server.Parser, "parse_header")
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=0.5) as client,
        pytest.raises(TimeoutError),
    ):
        asked(client, TOO_LONG)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0"])
def test_a_body_in_chunks_is_never_taken_for_a_request(version: str) -> None:
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        head = f"POST / HTTP/{version}\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked"
        # Nothing is read after it.
        assert asked(client, f"{head}\r\n\r\n".encode()).headers["Connection"] == "close"


def ask_in_advance(port: int) -> socket.socket:
    """Ask three times in one go for more than buffers hold, and read nothing."""
    client = socket.create_connection((LOCALHOST, port))
    client.sendall(3 * b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
    return client


def test_requests_sent_in_advance_hold_no_thread() -> None:
    with serving_by(threads=1) as (_, port), ask_in_advance(port) as greedy:
        assert answers(port)
        received = 0
        while data := greedy.recv(1 << 20):
            received += len(data)
        assert LARGE < received < 2 * LARGE


def test_a_thread_held_by_requests_sent_in_advance_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(waitress_server.Channel, "service")
    with serving_by(threads=1) as (_, port):
        with ask_in_advance(port):
            # Until the thread has begun with them, others may be answered.
            wait_until(lambda: not answers(port, patience=2), what="it does not answer")
        # The thread is free again when the client has gone.
        wait_until(lambda: answers(port), what="it answers")


@pytest.mark.parametrize("setting", ["IDLE", "PATIENCE"])
def test_a_request_that_does_not_come_is_not_waited_for_for_ever(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitress_server, setting, 1)
    monkeypatch.setattr(waitress_server, "CLEANUP", 0)
    with serving_by(threads=1) as (_, port):
        kind = "silent" if setting == "IDLE" else "dripping heads"
        first, again = KINDS[kind]
        with socket.create_connection((LOCALHOST, port)) as client:
            client.sendall(first)
            client.settimeout(0.1)

            def is_closed() -> bool:
                try:
                    client.sendall(again)
                    return client.recv(1) == b""
                except TimeoutError:
                    return False
                except ConnectionError:
                    return True

            wait_until(is_closed, what="the connection is closed")


@pytest.mark.parametrize("setting", ["IDLE", "PATIENCE"])
def test_an_answer_that_is_not_read_is_not_kept_for_ever(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitress_server, setting, 1)
    monkeypatch.setattr(waitress_server, "SLOWEST", 1 << 40)
    monkeypatch.setattr(waitress_server, "CLEANUP", 0)
    with serving_by(threads=1) as (server, port), asking(port, "/long") as reader:
        assert reader.recv(1)
        wait_until(lambda: not server.active_channels, what="the connection is closed")
        assert received_by(reader) < LONG


def asking(port: int, path: str) -> socket.socket:
    client = socket.create_connection((LOCALHOST, port), timeout=30)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    return client


def received_by(client: socket.socket) -> int:
    received = 0
    with contextlib.suppress(ConnectionError):
        while data := client.recv(1 << 20):
            received += len(data)
    return received


def test_a_clock_that_is_set_back_keeps_no_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_server, "IDLE", 1)
    monkeypatch.setattr(waitress_server, "CLEANUP", 0)
    with (
        serving_by(threads=1) as (_, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        assert asked(client, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").read() == b"small"
        monkeypatch.setattr("time.time", lambda: 0.0)
        assert client.recv(1) == b""


def test_a_long_body_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_server, "PATIENCE", 0)
    monkeypatch.setattr(waitress_server, "SLOWEST", 1)
    monkeypatch.setattr(waitress_server, "CLEANUP", 0)
    with (
        serving_by(threads=1) as (server, port),
        socket.create_connection((LOCALHOST, port), timeout=30) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nx")
        # The server has looked for late ones several times when it has answered others.
        assert all(answers(port) for _ in range(5))
        assert asked(client, 999 * b"x").status == 200


def test_whoever_reads_slowly_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_server, "FAREWELL", 0)
    bound = socket.create_server((LOCALHOST, 0))
    server = waitress_server.server_on(bound, answer, threads=1)
    rounds = iter(range(1_000))

    def wait() -> None:
        assert next(rounds, None) is not None, "it still waits"
        wasyncore.loop(timeout=0.01, use_poll=True, map=server._map, count=1)

    with asking(bound.getsockname()[1], "/long") as reader:
        while not (server.has_requests() or server.has_output()):
            wait()
        server.finish(3600, wait)
        assert server.has_output()
        assert not server.has_requests()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)
        assert 0 < received_by(reader) < LONG


def test_there_is_room_for_newcomers_at_the_expense_of_whoever_has_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waitress_server, "MOST_CONNECTIONS", 10)
    with serving_by(threads=1) as (_, port), contextlib.ExitStack() as stack:

        def connected(address: str) -> socket.socket:
            client = socket.create_connection((LOCALHOST, port), 30, (address, 0))
            return stack.enter_context(client)

        other = connected("127.0.0.2")
        greedy = [connected("127.0.0.3") for _ in range(20)]
        assert answers(port)
        # The first of many was closed, the only one was not, though it came before.
        assert greedy[0].recv(1) == b""
        assert asked(other, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").read() == b"small"


@pytest.mark.parametrize(
    ("files", "connections"), [(1024, 462), (256, 78), (65_536, 800), (50, 1), (-1, 800)]
)
def test_there_are_two_files_for_each_connection(
    files: int, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda kind: (files, files))
    assert waitress_server.most_connections() == connections
