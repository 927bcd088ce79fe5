"""Today: what needs doing now, and where to do it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from digests.desk.access import actor
from digests.desk.alarms import Alarms
from digests.desk.first_steps import are_taken, first_steps
from digests.desk.inbox import PasteForm
from digests.desk.live import Seen
from digests.desk.moment import moment_of
from digests.desk.navigation import row_url
from digests.desk.slot_rows import UNSHOWN, SlotRow
from digests.editorial import lifecycle
from digests.models import (
    Digest,
    ExportedFile,
    HistoryEntry,
    Item,
    Presence,
    Series,
    Slot,
    SweepReport,
    User,
)

MAX_ROWS = 12  # in each list; the list of digests has more
MAX_LATE = 6  # slots that were due already
MAX_PUBLISHED = 3
AHEAD = timedelta(hours=24)
RECENT = timedelta(hours=4)


def today(request: HttpRequest) -> dict[str, Any]:
    """What Today shows the signed-in user. Costs fifteen queries at most, however many rows there
    are, and some more while they see the first steps."""
    user = actor(request)
    shown: dict[str, Any] = {"screen": "today", "paste_form": PasteForm()}
    if user.has_perm("digests.view_digest"):
        shown["seen"] = Seen.now("today", user)  # before the rows are read
        alarms = Alarms(request)
        shown |= {
            "published": published_last(),
            "first_steps": (steps := first_steps(user)),
            "are_steps_taken": are_taken(steps),
            "alarms": alarms,
            "due": due(alarms, user, moment_of(request)),
            "waiting": waiting_for(user),
            "drafts": drafts(),
            "sent_back": sent_back_to(user),
        }
    if user.has_perm("digests.view_item"):
        shown["sources"] = sources = inbox_by_source()
        shown["inbox_total"] = sum(row["count"] for row in sources)
        shown["inbox_recent"] = sum(row["recent"] for row in sources)
    if user.has_perm("digests.view_exportedfile"):
        shown |= export()
        if user.has_perm("digests.overwrite_newer_export"):
            shown["plan_changes"] = plan_changes(shown["sweep"])
    return shown


@dataclass(frozen=True)
class Due:
    """What is promised to readers for a time: a slot, or a digest without one."""

    key: str
    at: datetime  # in the series' zone
    series: Series
    title: str
    url: str
    state: str
    label: str
    owner: User | None
    digest: Digest | None = None  # of which readers may see another text
    danger: timedelta | None = None  # how long before its time it is marked
    is_promised: bool = True  # so that it may be late

    @classmethod
    def of_slot(cls, row: SlotRow) -> Self:
        slot = row.slot
        return cls(
            key=f"slot-{slot.pk}",
            at=slot.local_due_at,
            series=slot.series,
            title=row.title,
            url=row.url,
            state=row.state,
            label=str(row.state.label),
            # Whoever is on duty would cost more queries; the board knows.
            owner=slot.taken_by or (slot.digest.owner if slot.digest else None),
            danger=row.danger,
        )

    @classmethod
    def of_digest(cls, digest: Digest) -> Self:
        return cls(
            key=str(digest.pk),
            at=digest.local_date,
            series=digest.series,
            title=digest.title,
            url=row_url(digest),
            state=digest.status,
            label=digest.get_status_display(),
            owner=digest.owner,
            digest=digest,
            is_promised=vars(digest)["is_submitted"],
        )


def due(alarms: Alarms, by: User, now: datetime) -> list[Due]:
    """The slots that readers still wait for, of the last day, and those of the next; with them the
    digests without a slot. Costs two queries beside that of the alarms."""
    late = [row for row in alarms.rows if row.slot.due_at <= now]
    slots = Slot.objects.open().filter(due_at__gt=now, due_at__lte=now + AHEAD)
    slots = slots.with_embargo(now).with_names().defer(*UNSHOWN)
    coming = [SlotRow(slot, now, by) for slot in slots.order_by("due_at", "pk")[:MAX_ROWS]]
    rows = [Due.of_slot(row) for row in [*late[:MAX_LATE], *coming]]
    rows += [Due.of_digest(digest) for digest in due_digests(now)]
    return sorted(rows, key=lambda row: row.at)


def due_digests(now: datetime) -> list[Digest]:
    """The digests without a slot that readers do not have yet: those that are late, and those dated
    until this time tomorrow. A draft that was never submitted has promised nothing, so it is not
    late."""
    submissions = HistoryEntry.objects.filter(
        digest=OuterRef("pk"), action=HistoryEntry.Action.SUBMIT
    )
    rows = Digest.objects.annotate(is_submitted=Exists(submissions)).filter(
        Q(date__gte=now) | Q(is_submitted=True, published_at=None),
        live_revision=None,
        status__in=Digest.ON_THE_WAY,
        date__lte=now + AHEAD,
        slot=None,
    )
    return list(rows.with_names().order_by("date", "pk")[:MAX_ROWS])


def published_last() -> list[Digest]:
    """The newest digests that readers see."""
    live = Digest.objects.exclude(live_date=None)
    return list(live.with_names().order_by("-live_date", "-pk")[:MAX_PUBLISHED])


def waiting_for(user: User) -> list[Digest]:
    """The digests that this user may approve, earliest first, each with `wants_others` (whether it
    needs somebody else's eyes) and the `note` with which it was submitted."""
    if not user.has_perm("digests.approve_digest"):
        return []
    mine = lifecycle.needing_other_eyes(user).filter(pk=OuterRef("pk"))
    submissions = HistoryEntry.objects.filter(
        digest=OuterRef("pk"), action=HistoryEntry.Action.SUBMIT
    ).order_by("-pk")
    rows = Digest.objects.filter(status=Digest.Status.REVIEW).annotate(
        wants_others=Exists(mine), note=Subquery(submissions.values("note")[:1])
    )
    return list(rows.with_names().order_by("date", "pk")[:MAX_ROWS])


def drafts() -> list[Digest]:
    """The drafts changed last, each with `present`, the presences of users who have it open."""
    here = Presence.objects.here().select_related("user")
    rows = Digest.objects.composable().annotate(story_count=Count("placements"))
    return list(
        rows.with_names()
        .prefetch_related(Prefetch("presences", here, to_attr="present"))
        .order_by("-changed_at", "-pk")[:MAX_ROWS]
    )


def sent_back_to(user: User) -> QuerySet[HistoryEntry]:
    """The history entries of others sending back drafts that this user owns or submitted, unless
    their state changed since."""
    later = HistoryEntry.objects.filter(digest=OuterRef("digest"), pk__gt=OuterRef("pk"))
    submitted = HistoryEntry.objects.filter(
        digest=OuterRef("digest"), action=HistoryEntry.Action.SUBMIT, actor=user
    )
    returned = HistoryEntry.objects.filter(
        ~Exists(later.exclude(before=F("after"))),
        action=HistoryEntry.Action.SEND_BACK,
        digest__status=Digest.Status.DRAFT,
    ).filter(Q(digest__owner=user) | Exists(submitted))
    return (
        returned.exclude(actor=user)
        .select_related("digest__series", "actor")
        .order_by("-pk")[:MAX_ROWS]
    )


def inbox_by_source() -> list[dict[str, Any]]:
    """The number of candidates of each source, busiest first, and how many of them are recent."""
    recent = Item.appeared_since(timezone.now() - RECENT)
    rows = Item.objects.filter(status=Item.Status.INBOX).order_by()
    counted = rows.values("source", "source__name").annotate(
        count=Count("pk"), recent=Count("pk", filter=recent)
    )
    return sorted([dict(row) for row in counted], key=lambda row: -row["count"])


def export() -> dict[str, Any]:
    """The state of the export folder: the last sweep, and how much is pending or in conflict."""
    return {
        "sweep": SweepReport.objects.first(),
        "pending": Digest.objects.pending().count(),
        "conflicts": ExportedFile.objects.exclude(state=ExportedFile.State.WRITTEN).count(),
    }


def plan_changes(report: SweepReport | None) -> list[tuple[str, dict[str, Any]]]:
    """What a sweep would do to an export folder that is newer than the database, in words and
    with the files; nothing as long as it is not newer."""
    if report is None or report.plan is None:
        return []
    words = {
        "removed": gettext("Would be removed"),
        "overwritten": gettext("Would be overwritten by an older text"),
        "brought_back": gettext("Would be brought back"),
    }
    return [(word, report.plan[name]) for name, word in words.items() if report.plan[name]["count"]]
