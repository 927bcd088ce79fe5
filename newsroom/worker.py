"""What lives in every worker process beside its tasks: the clocks of what is due and of the slots,
and the heartbeat of the loop that takes the tasks. Celery starts and stops each as a step of its
worker."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from celery import bootsteps
from django.db import close_old_connections, connection

from digests.editorial import lifecycle, planning
from digests.models import Heartbeat
from newsroom.heart import Heart

logger = logging.getLogger(__name__)

EVERY = 0.5  # seconds
PLANS_EVERY = 1.0  # seconds
ENDS_WITHIN = 5.0  # seconds


class Clock:
    """A thread that does something again and again by itself.

    It is no task: those need a broker and a beat, and wait behind others. Any number of processes
    may have one, because what it does is done once whoever does it. `act` is given `beat`, to call
    while it takes long.
    """

    def __init__(
        self, part: Heartbeat.Part, act: Callable[[Callable[[], None]], object], every: float
    ) -> None:
        self._heart = Heart(part)
        self._act, self._every = act, every
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=part, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being done, unless it hangs."""
        self._ending.set()
        self._thread.join(ENDS_WITHIN)

    def _run(self) -> None:
        self._tick()
        while not self._ending.wait(self._every):
            self._tick()
        connection.close()

    def _tick(self) -> None:
        try:
            close_old_connections()
            self._act(self._heart.beat)
        except Exception as error:  # noqa: BLE001 (whatever it was, the next time may be better)
            logger.error("The %s could not go on: %s", self._heart.part, error)
            connection.close()
        else:
            self._heart.beat()


# After the pool, whose processes are forked and must not take a thread of these for theirs, and
# before anything is asked of the broker.
_AFTER_POOL = ("celery.worker.components:Pool",)


class DueClockStep(bootsteps.StartStopStep):
    """Publishes what is due."""

    requires = _AFTER_POOL

    def create(self, parent: Any) -> Any:
        return Clock(Heartbeat.Part.CLOCK, lifecycle.publish_due, EVERY)


class PlannerStep(bootsteps.StartStopStep):
    """Keeps the slots. A thread of its own, because a long gap takes a while to plan, and nothing
    that is due may wait for it."""

    requires = _AFTER_POOL

    def create(self, parent: Any) -> Any:
        return Clock(Heartbeat.Part.PLANNER, planning.keep, PLANS_EVERY)


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
