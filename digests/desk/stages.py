"""When editions went through each stage on their way to readers, and how long each took."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from digests.models import ExportedFile, HistoryEntry
from digests.models.slot import SlotQuerySet

Action = HistoryEntry.Action

MINUTE = timedelta(minutes=1)
STAGES: dict[str, Promise] = {
    "opened": _("first change"),
    "submitted": _("submitted"),
    "approved": _("approved"),
    "public": _("public"),
    "written": _("file written"),
}
# What takes an edition from each stage to the next.
SPANS: list[tuple[str, str, Promise]] = [
    ("opened", "submitted", _("writing")),
    ("submitted", "approved", _("review")),
    ("approved", "public", _("waiting for its time")),
    ("public", "written", _("export")),
]


@dataclass
class Times:
    """When an edition reached each stage first, or for the last time before it was published."""

    opened: datetime | None = None
    submitted: datetime | None = None
    approved: datetime | None = None
    public: datetime | None = None
    written: datetime | None = None
    revision: int | None = None  # that was published first

    def stages(self) -> Iterator[tuple[Promise, datetime | None]]:
        for name, label in STAGES.items():
            yield label, getattr(self, name)

    def spans(self) -> list[tuple[Promise, int]]:
        """The whole minutes of each span that is known."""
        minutes = self.minutes()
        return [(label, round(minutes[name])) for name, _, label in SPANS if name in minutes]

    def minutes(self) -> dict[str, float]:
        """The minutes of each span whose two ends are known."""
        ends = ((begin, getattr(self, begin), getattr(self, end)) for begin, end, _ in SPANS)
        return {name: (end - begin) / MINUTE for name, begin, end in ends if begin and end}


def times_of(slots: SlotQuerySet) -> dict[int, Times]:
    """When the digests of these slots went through their stages, by the digest's number. Costs
    three queries."""
    found: dict[int, Times] = {}
    entries = HistoryEntry.objects.filter(digest__slot__in=slots.order_by())
    changed = entries.exclude(actor=None).order_by().values_list("digest").annotate(Min("at"))
    for digest, at in changed:
        found[digest] = Times(opened=at)
    steps = entries.filter(action__in=[Action.SUBMIT, Action.APPROVE, Action.PUBLISH])
    columns = ("digest", "action", "revision", "at", "digest__published_at")
    for digest, action, revision, at, published_at in steps.order_by("pk").values_list(*columns):
        times = found.setdefault(digest, Times())
        if times.public:
            continue  # a correction
        if action == Action.SUBMIT:
            times.submitted = at
        elif action == Action.APPROVE:
            times.approved = at
        else:
            times.public, times.revision = published_at, revision
    files = ExportedFile.objects.filter(first_revision__digest__slot__in=slots.order_by())
    first = files.values_list("first_revision__digest", "first_revision", "first_at")
    for digest, revision, at in first:
        if digest in found and found[digest].revision == revision:
            found[digest].written = at
    return found
