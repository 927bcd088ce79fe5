"""Signs of life of what works in the background, for /readyz."""

import os
import socket
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models import clock


class HeartbeatManager(models.Manager["Heartbeat"]):
    def record(self, part: str) -> None:
        """Say that this part of this process is alive; what others said long ago is removed."""
        now = clock.now()
        process = f"{socket.gethostname()}:{os.getpid()}"
        # `update_or_create` would take four statements.
        self.bulk_create(
            [Heartbeat(part=part, process=process, at=now)],
            update_conflicts=True,
            unique_fields=["part", "process"],
            update_fields=["at"],
        )
        # What lies far ahead was written before the clock was set back, by a process that is gone;
        # what lies a little ahead, by another since this one asked for the time.
        is_ahead = models.Q(part=part, at__gt=now + Heartbeat.AHEAD)
        self.filter(is_ahead | models.Q(at__lt=now - Heartbeat.KEPT)).delete()

    def latest_of(self, part: str) -> datetime | None:
        """When any process said last that this part of it is alive."""
        latest: datetime | None = self.filter(part=part).aggregate(at=models.Max("at"))["at"]
        return latest


class Heartbeat(models.Model):
    """When one part of one process was last alive, by the database's clock."""

    KEPT = timedelta(hours=1)
    AHEAD = timedelta(minutes=1)

    class Part(models.TextChoices):
        WORKER = "worker"  # the loop that takes tasks from the broker
        CLOCK = "clock"  # the thread that publishes what is due
        PLANNER = "planner"  # the thread that keeps the slots
        BEAT = "beat"  # Celery's scheduler

    part = models.CharField(_("part"), max_length=10, choices=Part)
    process = models.CharField(_("process"), max_length=200)
    at = models.DateTimeField(_("when"))

    objects = HeartbeatManager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [models.UniqueConstraint(fields=["part", "process"], name="heartbeat_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.process} {self.at:%H:%M:%S}"
