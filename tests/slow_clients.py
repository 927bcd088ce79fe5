"""Clients that hold a connection and hardly use it."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.services import LOCALHOST

# What each sends at first, and what it sends again and again.
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = (
    b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    # With a cookie it is read, because the form is then checked against it.
    b"Cookie: csrftoken=" + 32 * b"x" + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"
)
KINDS = {
    "dripping heads": (HEAD + b"X-Slow: ", b"x"),
    "dripping bodies": (BODY, b"x"),
    "silent": (b"", b""),
    "reading nothing": (HEAD + b"\r\n", b""),
}


@contextlib.contextmanager
def slow_clients(kind: str, count: int, port: int) -> Iterator[None]:
    """So many clients at once; each that is turned away comes back within a second."""
    first, again = KINDS[kind]
    done = threading.Event()
    clients = [_client(port, first) for _ in range(count)]

    def go_on() -> None:
        while not done.wait(1):
            for number, client in enumerate(clients):
                if _is_turned_away(client, again):
                    client.close()
                    clients[number] = _client(port, first)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        for client in clients:
            client.close()


def _client(port: int, first: bytes) -> socket.socket:
    client = socket.socket()
    client.setblocking(False)
    # The connection is made, and what is sent goes out, while nobody waits.
    client.connect_ex((LOCALHOST, port))
    with contextlib.suppress(OSError):
        client.send(first)
    return client


def _is_turned_away(client: socket.socket, again: bytes) -> bool:
    try:
        if again:
            client.send(again)
            return False
        return client.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
