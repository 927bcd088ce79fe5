"""The shift: who owns the drafts that are made for a series, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.series import Series

WEEK = "1234560"
"""The days of the week as cron numbers them, Monday first: 0 is Sunday."""


def validate_days(days: str) -> None:
    if not days or set(days) - set(WEEK):
        raise ValidationError(_("Choose at least one day."))


class Shift(models.Model):
    """Weekly hours in which a user owns the drafts that are made for a series."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="shifts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    days = models.CharField(_("days"), max_length=7, default=WEEK, validators=[validate_days])
    begins = models.PositiveSmallIntegerField(
        _("from hour"), default=0, validators=[MaxValueValidator(23)]
    )
    ends = models.PositiveSmallIntegerField(
        _("to hour"), default=24, validators=[MaxValueValidator(24)]
    )

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.begins}–{self.ends}"

    def holds(self, local: datetime) -> bool:
        """Whether a slot due at this local time falls into it. One that ends before it begins goes
        past midnight, and belongs to the day on which it began."""
        if self.begins < self.ends:
            return self._is_on(local) and self.begins <= local.hour < self.ends
        if local.hour >= self.begins:
            return self._is_on(local)
        return local.hour < self.ends and self._is_on(local - timedelta(days=1))

    def _is_on(self, local: datetime) -> bool:
        return str(local.isoweekday() % 7) in self.days


def on_duty(shifts: Iterable[Shift], local: datetime) -> Shift | None:
    """The first shift that holds a slot due at this local time and whose user has not left."""
    return next((each for each in shifts if each.user.is_active and each.holds(local)), None)
