"""The heartbeats that the parts of a process write, and by which /readyz knows that they live."""

import logging
import time

from django.conf import settings
from django.db import connection

from digests.models import Heartbeat

logger = logging.getLogger(__name__)


class Heart:
    """The heartbeat of one part of this process.

    The part calls `beat` from its own loop, about once a second, so that a loop that hangs is
    silent.
    """

    def __init__(self, part: Heartbeat.Part) -> None:
        self.part = part
        self._next = 0.0

    def beat(self) -> None:
        """Write the heartbeat if it is time for the next. Never raises: without a database the part
        goes on with what it can do."""
        if time.monotonic() < self._next:
            return
        try:
            Heartbeat.objects.record(self.part)
        except Exception as error:  # noqa: BLE001 (whatever it was, the next call tries again)
            logger.warning("The heartbeat of the %s was not written: %s", self.part, error)
        else:
            self._next = time.monotonic() + settings.HEARTBEAT_EVERY.total_seconds()
        finally:
            # Seldom used: an open connection would only be one more that can break.
            connection.close()
