"""How HTTP is served, by `manage.py up` and in production: waitress within gunicorn's processes.

gunicorn binds the address, watches over its processes and replaces one that dies while callers
wait. In them waitress serves.
"""

import os
import sys
from types import FrameType
from typing import Any

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress import wasyncore

from newsroom.env import bracketed
from newsroom.limits import THREADS
from newsroom.waitress_server import FAREWELL, Server, server_on

# Seconds that a thread which computes keeps the others from the interpreter. A page from memory
# needs it several times: beside one search after the other, home took 19 ms with Python's 5 ms,
# and 4 so.
SWITCH = 0.0005


def options() -> dict[str, Any]:
    """gunicorn's settings, whichever way it is started."""
    return {
        "bind": f"{bracketed(settings.HOST)}:{settings.PORT}",
        "worker_class": BufferedWorker,
        "threads": THREADS,
        # Long enough for the longest task to finish.
        "graceful_timeout": 60,
        "logconfig_dict": settings.LOGGING,
        "control_socket_disable": True,
    }


class BufferedWorker(Worker):  # type: ignore[misc]  # gunicorn ships no types
    """A process of gunicorn that serves by waitress."""

    server: Server | None = None

    def run(self) -> None:
        sys.setswitchinterval(SWITCH)
        [bound] = self.sockets
        self.server = server = server_on(bound.sock, self.wsgi, threads=self.cfg.threads)
        while self.alive and self.ppid == os.getppid():
            self.wait(server)
        # gunicorn kills what is left at its timeout, and threads get five seconds to end.
        patience = self.cfg.graceful_timeout - FAREWELL - 10
        server.finish(patience, lambda: self.wait(server))
        server.task_dispatcher.shutdown()

    def wait(self, server: Server) -> None:
        """Wait for the next events, a second at most, and serve them."""
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=server._map, count=1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self.server:
            self.server.pull_trigger()
