"""A web server on loopback that answers, byte for byte, what a test says."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.services import LOCALHOST

type Sent = bytes | Callable[[Request, socket.socket], None]
"""All of an answer, or a function that sends it."""


@dataclass(frozen=True)
class Request:
    """A request as it came; the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass
class WebServer:
    """Sends the answer of each path, one for each connection, and keeps what it was asked."""

    listener: socket.socket
    tls: ssl.SSLContext | None = None
    answers: dict[str, Sent] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def url(self, path: str = "/", *, host: str = LOCALHOST) -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.path for request in self.requests]

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        # A client may go away at any moment: many tests are about that.
        with connection, contextlib.suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            request = _read(connection)
            self.requests.append(request)
            answer = self.answers[request.path]
            if callable(answer):
                answer(request, connection)
            else:
                connection.sendall(answer)
            connection.close()


@contextlib.contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    with socket.create_server((LOCALHOST, 0)) as listener:
        server = WebServer(listener, tls)
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An answer; of a header's name, `_` is a hyphen."""
    headers.setdefault("content_length", str(len(body)))
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(b"", f"{status} Elsewhere", location=location)


def _read(connection: socket.socket) -> Request:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionResetError
        head += piece
    first, *lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return Request(method, path, {name.lower(): value.strip() for name, _, value in pairs})
