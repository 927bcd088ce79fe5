import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from digests.net.addresses import Allowed
from digests.net.transport import Guard
from tests.services import LOCALHOST
from tests.web_server import WebServer, web_server

type Dials = list[Any]


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def guard(server: WebServer) -> Guard:
    """Allows the server, by any name. Its tests give up late, so as to fail and not to hang."""
    return guard_for(server)


def guard_for(server: WebServer, **changes: Any) -> Guard:
    allowed = [Allowed.parse(f"{LOCALHOST}:{server.port}")]
    guard = Guard("Newsroom/1 (+https://news.example)", allowed, resolve=loopback)
    return replace(guard, **changes)


def loopback(host: str, port: int) -> list[str]:
    return [LOCALHOST]


@pytest.fixture
def dials(monkeypatch: pytest.MonkeyPatch) -> Dials:
    """Every address that a socket is connected to. The connection is made on loopback alone."""
    dials: Dials = []
    connect: Callable[..., None] = socket.socket.connect

    def record(self: socket.socket, address: Any) -> None:
        dials.append(address[:2])
        if address[0] != LOCALHOST:
            raise ConnectionRefusedError
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", record)
    return dials
