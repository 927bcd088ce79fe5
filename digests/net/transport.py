"""The connections behind all requests: each to an address that was checked, within a deadline."""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from threading import Thread
from typing import Any

import httpcore2
import httpx2

from digests.net.addresses import (
    Address,
    Allowed,
    check_addresses,
    check_port,
    literal_address,
)
from digests.net.errors import Failure, FetchError

CONNECT_SECONDS = 5
"""How long one address of a host may take, so that there is time for its others."""

type Resolver = Callable[[str, int], Iterable[str]]
"""Finds the addresses of a host."""


def system_resolver(host: str, port: int) -> Iterable[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return dict.fromkeys(str(address[0]) for *_, address in found)


@cache
def system_authorities() -> ssl.SSLContext:
    """The certificate authorities of the machine. They are read once: that takes a while."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Guard:
    """What requests may reach, and how much time and room their answers may take."""

    user_agent: str
    allowed: Sequence[Allowed] = ()
    seconds: float = 20
    """The time for all of a request, redirects included."""
    max_bytes: int = 10_000_000
    """The size of a body, on the way and decompressed."""
    max_html_bytes: int = 2_000_000
    max_redirects: int = 5
    resolve: Resolver = system_resolver
    tls: Callable[[], ssl.SSLContext] = system_authorities


class Deadline:
    """The moment by which a request must be done with."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left; raises `FetchError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError(Failure.TIMEOUT)
        return left


class Transport(httpx2.BaseTransport):
    """One request at a time, each over a connection of its own, all before one deadline.

    Knows no proxy and no cookie, and follows no redirect.
    """

    def __init__(self, guard: Guard, deadline: Deadline) -> None:
        self._guard = guard
        self._network = _Network(guard, deadline)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer with its head read; whoever asked reads the body, and closes it."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = httpcore2.HTTPConnection(
            url.origin, ssl_context=self._guard.tls(), network_backend=self._network
        )
        try:
            with _broken():
                answer = connection.handle_request(
                    httpcore2.Request(
                        request.method, url, headers=request.headers.raw, content=request.stream
                    )
                )
        except BaseException:
            connection.close()
            raise
        body = _Body(answer.iter_stream(), connection.close, self._guard.max_bytes)
        return httpx2.Response(answer.status, headers=answer.headers, stream=body)


@contextlib.contextmanager
def _broken() -> Iterator[None]:
    try:
        yield
    except httpcore2.ProtocolError as error:
        raise FetchError(Failure.BROKEN, str(error)) from error


class _Body(httpx2.SyncByteStream):
    """The body as it is sent, which ends a connection. Its size is bounded here as well, because
    a decoder may swallow any amount and give nothing."""

    def __init__(self, pieces: Iterable[bytes], close: Callable[[], None], max_bytes: int) -> None:
        self._pieces = pieces
        self._close = close
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        with _broken():
            for piece in self._pieces:
                size += len(piece)
                if size > self._max_bytes:
                    raise FetchError(Failure.TOO_BIG)
                yield piece

    def close(self) -> None:
        self._close()


class _Network(httpcore2.NetworkBackend):
    """Where connections come from. A host is looked up once: what is dialled was checked."""

    def __init__(self, guard: Guard, deadline: Deadline) -> None:
        self._guard = guard
        self._deadline = deadline

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        check_port(port, self._guard.allowed)
        literal = literal_address(host)
        addresses = [literal] if literal else self._look_up(host, port)
        check_addresses(host, port, addresses, self._guard.allowed)
        return _Stream(self._dial(addresses, port), self._deadline)

    def _look_up(self, host: str, port: int) -> list[Address]:
        """The host's addresses. A name server that is silent cannot be given up, so a thread of its
        own waits for it."""
        found: Future[list[Address]] = Future()

        def look_up() -> None:
            try:
                found.set_result([*map(ip_address, self._guard.resolve(host, port))])
            except Exception as error:  # noqa: BLE001 - is raised where the result is awaited
                found.set_exception(error)

        Thread(target=look_up, name="net-look-up", daemon=True).start()
        try:
            addresses = found.result(self._deadline.left())
        except TimeoutError:
            raise FetchError(Failure.TIMEOUT, f"looking up {host}") from None
        except (OSError, ValueError) as error:
            raise FetchError(Failure.DNS, str(error)) from error
        if not addresses:
            raise FetchError(Failure.DNS, f"{host} has no address")
        return addresses

    def _dial(self, addresses: Sequence[Address], port: int) -> socket.socket:
        """A connection to the first address that answers."""
        for address in addresses:
            try:
                seconds = min(self._deadline.left(), CONNECT_SECONDS)
                return socket.create_connection((str(address), port), seconds)
            except OSError as error:
                trouble = error
        kind = Failure.TIMEOUT if isinstance(trouble, TimeoutError) else Failure.CONNECT
        raise FetchError(kind, str(trouble)) from trouble


class _Stream(httpcore2.NetworkStream):
    """A connection each of whose steps may take what is left of the deadline, and no more.

    So neither a head nor a body that comes drop by drop holds anybody longer.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._socket = connection
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._step():
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._step():
            self._socket.sendall(buffer)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> "_Stream":
        try:
            with self._step():
                encrypted = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except FetchError:
            self.close()
            raise
        return _Stream(encrypted, self._deadline)

    def close(self) -> None:
        self._socket.close()

    @contextlib.contextmanager
    def _step(self) -> Iterator[None]:
        self._socket.settimeout(self._deadline.left())
        try:
            yield
        except TimeoutError as error:
            raise FetchError(Failure.TIMEOUT) from error
        except ssl.SSLError as error:
            raise FetchError(Failure.TLS, str(error)) from error
        except OSError as error:
            raise FetchError(Failure.BROKEN, str(error)) from error
