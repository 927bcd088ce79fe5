"""The months of the archive, counted when something is published or withdrawn."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.live import LiveDigest


class MonthQuerySet(models.QuerySet["Month"]):
    def with_digests(self) -> Self:
        """The months that have digests, newest first."""
        return self.filter(digests__gt=0).order_by("-first")

    def recount(self, days: Iterable[date]) -> None:
        """Count the live digests in the months of these days again. Costs two queries."""
        firsts = {day.replace(day=1) for day in days}
        if not firsts:
            return
        counted: Counter[date] = Counter()
        ranges = (models.Q(live_day__range=(first, _last(first))) for first in firsts)
        live = LiveDigest.objects.filter(models.Q(*ranges, _connector=models.Q.OR)).order_by()
        for day, count in live.values_list("live_day").annotate(models.Count("pk")):
            counted[day.replace(day=1)] += count
        self.bulk_create(
            [Month(first=first, digests=counted[first]) for first in sorted(firsts)],
            update_conflicts=True,
            unique_fields=["first"],
            update_fields=["digests"],
        )


def _last(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


class Month(models.Model):
    """A month and how many digests readers see of it: to count them for a page would read all
    of the archive."""

    first = models.DateField(_("first day"), primary_key=True)
    digests = models.PositiveIntegerField(_("digests"))

    objects = MonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("month")
        verbose_name_plural = _("months")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"
