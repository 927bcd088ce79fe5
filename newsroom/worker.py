"""What lives in every worker process beside its tasks: the clock of what is due, and the heartbeat
of the loop that takes the tasks. Celery starts and stops both as steps of its worker."""

import logging
import threading
from typing import Any

from celery import bootsteps
from django.db import close_old_connections, connection

from digests.editorial import lifecycle
from digests.models import Heartbeat
from newsroom.heart import Heart

logger = logging.getLogger(__name__)

EVERY = 0.5  # seconds
ENDS_WITHIN = 5.0  # seconds


class DueClock:
    """A thread that asks twice a second what is due, and publishes it.

    It is no task: those need a broker and a beat, and wait behind others. Any number of processes
    may have one, because a publication locks its row and looks at its state.
    """

    def __init__(self) -> None:
        self._heart = Heart(Heartbeat.Part.CLOCK)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="due clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the publication that is being made, unless it hangs."""
        self._ending.set()
        self._thread.join(ENDS_WITHIN)

    def _run(self) -> None:
        self._tick()
        while not self._ending.wait(EVERY):
            self._tick()
        connection.close()

    def _tick(self) -> None:
        try:
            close_old_connections()
            lifecycle.publish_due()
        except Exception as error:  # noqa: BLE001 (whatever it was, the next time may be better)
            logger.error("What is due cannot be published: %s", error)
            connection.close()
        else:
            self._heart.beat()


class DueClockStep(bootsteps.StartStopStep):
    """Starts the clock before anything is asked of the broker, and after the pool, whose processes
    are forked and must not take the thread for theirs."""

    requires = ("celery.worker.components:Pool",)

    def create(self, parent: Any) -> Any:
        return DueClock()


class HeartStep(bootsteps.StartStopStep):
    """Writes the worker's heartbeat from the loop that takes its tasks, while it does so."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._heart = Heart(Heartbeat.Part.WORKER)
        self._timer: Any = None

    def start(self, parent: Any) -> None:
        # The timer of a transport without an event loop has a thread of its own, which proves
        # nothing; `call_soon` leads into the loop that takes tasks, with either.
        self._timer = parent.timer.call_repeatedly(EVERY, parent.call_soon, (self._heart.beat,))

    def stop(self, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
