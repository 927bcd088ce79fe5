"""What the last sweep says of the export folder and of each file in it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models import clock, reason
from digests.models.revision import Revision


class ExportedFile(models.Model):
    """What the last sweep reported about one of our files. It only informs: the folder's manifest
    decides which files are ours."""

    class State(models.TextChoices):
        WRITTEN = "written", _("written")
        CONFLICT = "conflict", _("conflict")
        FAILED = "failed", _("failed")

    path = models.CharField(_("file"), max_length=250, unique=True)
    revision = models.ForeignKey(
        Revision, models.PROTECT, related_name="exported_files", verbose_name=_("revision")
    )
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=20, choices=State)
    error = models.TextField(_("error"), blank=True)
    error_params = models.JSONField(default=dict, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    # Kept when another revision takes the place of the first.
    first_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path

    @property
    def reason(self) -> str:
        """Why the file could not be written, in the language of whoever reads it."""
        return reason.in_words(self.error, self.error_params)


class SweepReport(models.Model):
    """The single row in which each sweep of the export folder reports, for /readyz and Today."""

    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    error = models.TextField(_("error"), blank=True)
    error_params = models.JSONField(default=dict, editable=False)
    # Of a folder that is newer than its database: its mark and, for each of "removed",
    # "overwritten" and "brought_back", the count of files and the first paths.
    plan = models.JSONField(null=True, editable=False)
    # The count of files that somebody else put into the folder, and the first paths.
    foreign = models.JSONField(null=True, editable=False)
    foreign_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("sweep report")
        verbose_name_plural = _("sweep reports")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="sweep_report_one")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}"

    @property
    def reason(self) -> str:
        """Why the sweep could not be done, in the language of whoever reads it."""
        return reason.in_words(self.error, self.error_params)

    @property
    def age(self) -> timedelta | None:
        """Time since the last sweep that ended, by the database's clock; none before the first."""
        return clock.now() - self.ended_at if self.ended_at else None


class ExportMark(models.Model):
    """A mark of the export folder that this database knows.

    A sweep that changes the folder gives it a mark and stores it here first. A folder with any
    other mark was written by a state of the database that this one has not seen: it is the newer
    one. A mark that an administrator confirmed belongs to a folder in which this database's state
    shall win nevertheless.
    """

    mark = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("mark of the export folder")
        verbose_name_plural = _("marks of the export folder")
        default_permissions = ()
        permissions = [
            ("overwrite_newer_export", "Can replace a newer export folder by the database's state")
        ]

    def __str__(self) -> str:
        return self.mark
