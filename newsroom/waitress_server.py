"""The HTTP server: waitress, made proof against clients that are slow, silent or many.

It reads a request whole before a thread takes it, and writes the answer without one, so slow and
silent clients hold nothing but their connections.
"""

import math
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from newsroom.limits import longest_body, network

MOST_CONNECTIONS = 800
# Files that a process has open besides those of connections.
OTHER_FILES = 100
# Bytes of a request's head, which is searched again with each piece that comes.
LONGEST_HEAD = 16_384
# Seconds:
IDLE = 60  # that a connection may stay silent
PATIENCE = 120  # that a request may take to arrive, or an answer to be taken, besides its length:
SLOWEST = 10_000  # bytes a second
FAREWELL = 5  # that a client may take to read an answer when the process ends
LINGER = 10  # that a client may take to read why its request was refused
CLEANUP = 5  # until those who exceed one of them are looked for again


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """Reads no body that `middleware.Limits` refuses: it goes there without."""

    chunked: bool
    content_length: int
    is_refused = False

    def parse_header(self, head: bytes) -> None:
        try:
            super().parse_header(head)
        except ValueError as error:  # an open bracket, or a length with 5,000 digits
            raise ParsingError("Malformed request") from error
        # waitress leaves it in the headers, and the body unread, where the version is not 1.1.
        self.chunked = self.chunked or "TRANSFER_ENCODING" in self.headers
        if not self.chunked and self.content_length <= longest_body(self.path):
            return
        if self.chunked:
            self.chunked = False
            self.headers["TRANSFER_ENCODING"] = "chunked"
        self.is_refused = True
        self.body_rcv = None
        self.content_length = 0
        self.expect_continue = False
        # What follows is no request.
        self.headers["CONNECTION"] = "close"


class Task(WSGITask):  # type: ignore[misc]  # waitress ships no types
    """An answer that ends with its head where the request was HEAD."""

    def finish(self) -> None:
        if self.request.command == "HEAD":
            self.write(b"")
            # Not even the chunk that says that there is no more.
            self.chunked_response = False
        super().finish()


def without_body(application: WSGIApplication) -> WSGIApplication:
    """The application, with HEAD answered as GET is, without the body. waitress would send it, and
    the client take it for the next answer."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if close := getattr(body, "close", None):
            close()
        return []

    return answer


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection with one request at a time.

    What a client sends in advance could ask for more than it ever reads, and hold a thread. It is
    left unanswered and the connection closed, as HTTP allows; no browser sends any.
    """

    parser_class = Parser
    task_class = Task
    began = 0.0
    deadline = answer_deadline = math.inf
    may_linger = is_lingering = False
    _last_activity = 0.0

    @property
    def last_activity(self) -> float:
        return self._last_activity

    @last_activity.setter
    def last_activity(self, wall_clock: float) -> None:
        # waitress's own is the wall clock, which may be set back.
        self._last_activity = time.monotonic()

    def received(self, data: bytes) -> bool:
        took: bool = super().received(data)
        if self.request is None:
            self.deadline = math.inf
            return took
        if self.deadline == math.inf:
            self.began = time.monotonic()
        # The length is known when the head has come.
        self.deadline = self.began + PATIENCE + self.request.content_length / SLOWEST
        return took

    def write_soon(self, data: Any) -> int:
        if not self.total_outbufs_len:
            self.answer_deadline = time.monotonic() + PATIENCE
        self.answer_deadline += len(data) / SLOWEST
        written: int = super().write_soon(data)
        return written

    def is_late(self, now: float) -> bool:
        is_idle = not self.requests and self.last_activity + self.adj.channel_timeout < now
        has_output = self.total_outbufs_len > 0
        return is_idle or self.deadline < now or (has_output and self.answer_deadline < now)

    def service(self) -> None:
        with self.requests_lock:
            if len(self.requests) > 1:
                self.requests[0].headers["CONNECTION"] = "close"
            for unanswered in self.requests[1:]:
                unanswered.close()
            del self.requests[1:]
            self.may_linger = self.requests[0].is_refused
        super().service()

    def handle_close(self) -> None:
        """Close the connection; after a refused body only once the client has read the answer, for
        to close it on what was sent and not read would take the answer away."""
        if not self.may_linger:
            super().handle_close()
            return
        self.may_linger, self.is_lingering = False, True
        self.will_close = False
        self.deadline = time.monotonic() + LINGER
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def is_open(self) -> bool:
        # Once closed it may not be waited for: a newcomer may have its number already.
        return self._fileno is not None

    def readable(self) -> bool:
        return self.is_open() and (self.is_lingering or super().readable())

    def writable(self) -> bool:
        return self.is_open() and bool(super().writable())

    def handle_read(self) -> None:
        if self.is_lingering:
            self.recv(self.adj.recv_bytes)
        else:
            super().handle_read()


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress ships no types
    """A waitress server on a socket that gunicorn has bound."""

    channel_class = Channel
    next_channel_cleanup = math.inf  # waitress's own, by the wall clock
    next_maintenance = 0.0

    def readable(self) -> bool:
        now = time.monotonic()
        if now >= self.next_maintenance:
            self.next_maintenance = now + self.adj.cleanup_interval
            self.maintenance(now)
        if len(self._map) >= self.adj.connection_limit:
            self.make_room()
        is_readable: bool = super().readable()
        return is_readable

    def maintenance(self, now: float) -> None:
        for channel in list(self.active_channels.values()):
            if channel.is_late(now):
                # At once: a connection whose buffers are full is never ready to be written to.
                channel.handle_close()

    def make_room(self) -> None:
        """Close the oldest connection, of those that wait for no answer, of the network that has
        most of them."""
        waiting = [channel for channel in self.active_channels.values() if not channel.requests]
        if not waiting:
            return
        networks = [network(channel.addr[0]) for channel in waiting]
        [(greediest, _)] = Counter(networks).most_common(1)
        waiting[networks.index(greediest)].handle_close()

    def has_requests(self) -> bool:
        return any(channel.requests for channel in self.active_channels.values())

    def has_output(self) -> bool:
        return any(channel.total_outbufs_len for channel in self.active_channels.values())

    def finish(self, patience: float, wait: Callable[[], None]) -> None:
        """Answer what was asked, for so many seconds; those who read slowly get a few more."""
        for is_busy, seconds in ((self.has_requests, patience), (self.has_output, FAREWELL)):
            end = time.monotonic() + seconds
            while is_busy() and time.monotonic() < end:
                self.stop_reading()
                wait()

    def stop_reading(self) -> None:
        """Take no further connection, and close those that wait for no answer."""
        self.accepting = False
        for channel in self.active_channels.values():
            if not channel.requests:
                channel.close_when_flushed = True


def most_connections() -> int:
    """As many as there may be open files for: a connection has a socket and, where what it sends
    is long, a file for it. A process that has none left would turn callers away in a busy loop."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, (files - OTHER_FILES) // 2))


def server_on(bound: socket.socket, application: WSGIApplication, *, threads: int) -> Server:
    return Server(
        without_body(application),
        map={},
        _sock=bound,
        bind_socket=False,
        sockinfo=(bound.family, bound.type, bound.proto, bound.getsockname()),
        adj=Adjustments(
            threads=threads,
            connection_limit=most_connections(),
            channel_timeout=IDLE,
            max_request_header_size=LONGEST_HEAD,
            cleanup_interval=CLEANUP,
            log_socket_errors=False,
            # Which proxies are trusted is decided in one place: TRUSTED_PROXIES.
            clear_untrusted_proxy_headers=False,
            ident=None,
        ),
    )
