"""The embedded server: web, Celery worker and beat in one process, under a master that restarts it.

Task code is the same as in production; with REDIS_URL the worker takes its share of the tasks.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from celery.beat import Service
from celery.signals import beat_init
from celery.worker import WorkController
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from newsroom.celery import app, refuse_lonely_process
from newsroom.serving import options

logger = logging.getLogger(__name__)


class Engine:
    """Celery's worker and beat in threads of this process; neither installs signal handlers."""

    def __init__(self) -> None:
        # Worker and beat are not alone here: the web server is in the same process.
        beat_init.disconnect(refuse_lonely_process)
        self.stopping = False
        self.worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=2,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.beat = Service(
            app,
            max_interval=1,  # the longest that stopping may take
            scheduler_cls=app.conf.beat_scheduler,
        )

    def start(self) -> None:
        for name, run in (("worker", self.worker.start), ("beat", self.beat.start)):
            threading.Thread(target=self.watch, args=(name, run), name=name, daemon=True).start()

    def watch(self, name: str, run: Callable[[], None]) -> None:
        """Run worker or beat, and end the process if it ends by itself: a web process without it
        would look healthy and export nothing."""
        try:
            run()
        finally:
            if not self.stopping:
                logger.error("The %s ended by itself: the process starts again.", name)
                os.kill(os.getpid(), signal.SIGTERM)

    def stop(self) -> None:
        """Stop beat, then the worker, which waits for running tasks."""
        self.stopping = True
        self.beat.stop(wait=True)
        self.worker.stop()


class EmbeddedServer(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with one process, which carries the `Engine`.

    `when_ready` is called once, by the first process, after everything that is logged of the start.
    """

    def __init__(self, when_ready: Callable[[], None]) -> None:
        self.when_ready = when_ready
        super().__init__()

    def load_config(self) -> None:
        embedded = {
            "workers": 1,
            "post_worker_init": self.start_engine,
            "worker_exit": self.stop_engine,
        }
        for name, value in (options() | embedded).items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        return get_wsgi_application()

    def start_engine(self, process: Any) -> None:
        # Ctrl-C reaches the whole process group, and the master passes it on as SIGQUIT: the
        # second signal would interrupt the wait for a running task.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        process.engine = Engine()
        process.engine.start()
        if process.age == 1:
            self.when_ready()

    def stop_engine(self, arbiter: Any, process: Any) -> None:
        if hasattr(process, "engine"):
            process.engine.stop()
