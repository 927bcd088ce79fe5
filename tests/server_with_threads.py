"""`manage.py up` with gunicorn's own threads, which read the requests that they are given.

Started by test_serving.py, which must see the difference.
"""

import sys

from django.core.management import execute_from_command_line

from newsroom.embedded import EmbeddedServer

buffered = EmbeddedServer.load_config


def threaded(self: EmbeddedServer) -> None:
    buffered(self)
    self.cfg.set("worker_class", "gthread")


EmbeddedServer.load_config = threaded  # type: ignore[method-assign]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
