"""How HTTP is served, by `manage.py up` and in production: waitress within gunicorn's processes.

gunicorn binds the address, watches over its processes and replaces one that dies while callers
wait. In them waitress reads a request whole before a thread takes it, and writes the answer
without one, so slow and silent clients hold nothing but their connections.
"""

import os
import socket
import time
from types import FrameType
from typing import Any
from wsgiref.types import WSGIApplication

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from newsroom.env import bracketed

# Below the 1,024 open files that a process usually may have.
MOST_CONNECTIONS = 800
# Seconds:
IDLE = 60  # that a connection may stay silent
PATIENCE = 120  # that a request may take to arrive
CLEANUP = 5  # until those who exceed one of them are looked for again


def options() -> dict[str, Any]:
    """gunicorn's settings, whichever way it is started."""
    return {
        "bind": f"{bracketed(settings.HOST)}:{settings.PORT}",
        "worker_class": BufferedWorker,
        "threads": 4,
        # Long enough for the longest task to finish.
        "graceful_timeout": 60,
        "logconfig_dict": settings.LOGGING,
        "control_socket_disable": True,
    }


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection with one request at a time.

    What a client sends in advance could ask for more than it ever reads, and hold a thread. It is
    left unanswered and the connection closed, as HTTP allows; no browser sends any.
    """

    began = None

    def received(self, data: bytes) -> bool:
        took: bool = super().received(data)
        if self.request is None:
            self.began = None
        elif self.began is None:
            self.began = time.monotonic()
        return took

    def is_late(self) -> bool:
        return self.began is not None and self.began < time.monotonic() - PATIENCE

    def service(self) -> None:
        with self.requests_lock:
            if len(self.requests) > 1:
                self.requests[0].headers["CONNECTION"] = "close"
            for unanswered in self.requests[1:]:
                unanswered.close()
            del self.requests[1:]
        super().service()


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress ships no types
    """A waitress server on a socket that gunicorn has bound."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_late():
                channel.will_close = True

    def is_busy(self) -> bool:
        return any(
            channel.requests or channel.total_outbufs_len
            for channel in self.active_channels.values()
        )

    def stop_reading(self) -> None:
        """Take no further connection, and close those that wait for no answer."""
        self.accepting = False
        for channel in self.active_channels.values():
            if not channel.requests:
                channel.close_when_flushed = True


def server_on(bound: socket.socket, application: WSGIApplication, *, threads: int) -> Server:
    return Server(
        application,
        map={},
        _sock=bound,
        bind_socket=False,
        sockinfo=(bound.family, bound.type, bound.proto, bound.getsockname()),
        adj=Adjustments(
            threads=threads,
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=IDLE,
            cleanup_interval=CLEANUP,
            log_socket_errors=False,
            # Which proxies are trusted is decided in one place: TRUSTED_PROXIES.
            clear_untrusted_proxy_headers=False,
            ident=None,
        ),
    )


class BufferedWorker(Worker):  # type: ignore[misc]  # gunicorn ships no types
    """A process of gunicorn that serves by waitress."""

    server: Server | None = None

    def run(self) -> None:
        [bound] = self.sockets
        self.server = server = server_on(bound.sock, self.wsgi, threads=self.cfg.threads)
        while self.alive and self.ppid == os.getppid():
            self.wait(server)
        end = time.monotonic() + self.cfg.graceful_timeout
        while server.is_busy() and time.monotonic() < end:
            server.stop_reading()
            self.wait(server)
        server.task_dispatcher.shutdown()

    def wait(self, server: Server) -> None:
        """Wait for the next events, a second at most, and serve them."""
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=server._map, count=1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self.server:
            self.server.pull_trigger()
