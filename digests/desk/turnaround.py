"""Editions on time: how punctual each series is, and where its editions spend their time."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext

from digests.desk.frames import screen
from digests.desk.moment import moment_of
from digests.desk.stages import SPANS, Times, times_of
from digests.models import Series, Slot, SlotState

SPANS_OF_DAYS = (7, 30)
DUE = (SlotState.PUBLISHED, SlotState.LATE, SlotState.MISSED)


@dataclass(frozen=True)
class Record:
    """The slots of a series that were due in so many days, with the stages of their editions."""

    series: Series
    days: int
    slots: list[Slot]
    times: list[Times]
    now: datetime

    @cached_property
    def counts(self) -> Counter[SlotState]:
        return Counter(slot.state(self.now) for slot in self.slots)

    @property
    def due(self) -> int:
        """How many editions were promised, and should have appeared by now."""
        return sum(self.counts[state] for state in DUE)

    @property
    def on_time(self) -> int | None:
        """The share that appeared on time, in percent; None if none was due."""
        return round(100 * self.counts[SlotState.PUBLISHED] / self.due) if self.due else None

    @property
    def late(self) -> int:
        return self.counts[SlotState.LATE]

    @property
    def missed(self) -> int:
        return self.counts[SlotState.MISSED]

    @property
    def skipped(self) -> int:
        return self.counts[SlotState.SKIPPED]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why slots were skipped, the most frequent reason first."""
        reasons = Counter(slot.skip_reason for slot in self.slots if slot.skip_reason)
        return reasons.most_common()

    @property
    def medians(self) -> list[tuple[Promise, int | None]]:
        """The median of each span in whole minutes; None if no edition is known to have been
        through it."""
        minutes = [times.minutes() for times in self.times]
        spans = (
            (label, [each[name] for each in minutes if name in each]) for name, _, label in SPANS
        )
        return [(label, round(median(known)) if known else None) for label, known in spans]


def turnaround(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("digests.skip_slot"):
        raise PermissionDenied
    records = _records(moment_of(request))
    context = {"records": records, "spans": [label for _, _, label in SPANS]}
    return screen(request, "turnaround.html", gettext("Editions on time"), **context)


def _records(now: datetime) -> list[tuple[Series, list[Record]]]:
    """The records of each series that had slots. Costs four queries."""
    longest = Slot.objects.filter(
        due_at__gt=now - timedelta(days=max(SPANS_OF_DAYS)), due_at__lte=now
    )
    times = times_of(longest)
    together: dict[Series, list[Slot]] = {}
    for slot in longest.select_related("series", "digest").order_by("series__name", "due_at"):
        together.setdefault(slot.series, []).append(slot)
    return [
        (series, [_record(series, slots, times, days, now) for days in SPANS_OF_DAYS])
        for series, slots in together.items()
    ]


def _record(
    series: Series, slots: list[Slot], times: dict[int, Times], days: int, now: datetime
) -> Record:
    begin = now - timedelta(days=days)
    within = [slot for slot in slots if slot.due_at > begin]
    known = [times[slot.digest_id] for slot in within if slot.digest_id in times]
    return Record(series, days, within, known, now)
