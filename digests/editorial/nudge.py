"""Asking for a sweep at once. The message may be lost, because beat sweeps anyway."""

import logging
import time

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

SWEEP = "digests.tasks.sweep"
PAUSE = 30.0  # seconds without a try after a broker failed, so that no editor waits twice

_quiet_until = 0.0


def nudge_on_commit() -> None:
    """Ask for a sweep once the current transaction is committed; never raises, never slow."""
    transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(SWEEP, ignore_result=True)
    except Exception as error:  # noqa: BLE001 (whatever a broker does, the sweep comes by itself)
        _quiet_until = time.monotonic() + PAUSE
        logger.warning("The broker does not answer, beat will sweep: %s", error)
