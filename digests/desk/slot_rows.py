"""Slots as screens show them: their state in words, and what a user may do about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Prefetch, Q
from django.urls import reverse

from digests.desk.navigation import row_url
from digests.editorial import slots
from digests.editorial.errors import embargoed
from digests.editorial.planning import slot_title, untouched_drafts
from digests.models import Digest, Shift, Slot, SlotState, User

# Texts that no list of slots shows.
UNSHOWN = ("digest__intro", "digest__outro")
SHIFTS = Prefetch("shifts", Shift.objects.select_related("user"))
"""The shifts of series, of which `owner` is one's user."""


@dataclass(frozen=True)
class SlotRow:
    """A slot for a user at a moment. Costs queries, unless its series' shifts are prefetched."""

    slot: Slot
    now: datetime
    by: User

    @cached_property
    def state(self) -> SlotState:
        return self.slot.state(self.now)

    @cached_property
    def owner(self) -> User | None:
        return self.slot.owner()

    @cached_property
    def due(self) -> datetime:
        """When it is due, in the series' zone."""
        return self.slot.local_due_at

    @property
    def time(self) -> str:
        """The time of day at which it is due, in the series' zone."""
        return f"{self.due:%H:%M}"

    @property
    def title(self) -> str:
        """The title of its digest, or that which its draft will have."""
        return str(self.slot.digest or slot_title(self.slot) or self.slot)

    @property
    def url(self) -> str:
        """The page to work on its digest; its own while it has none."""
        return row_url(self.slot.digest) if self.slot.digest else slot_url(self.slot)

    @property
    def own_url(self) -> str:
        return slot_url(self.slot)

    @property
    def is_coming(self) -> bool:
        """Whether its edition is still to appear in time."""
        return self.slot.is_open and self.state != SlotState.MISSED

    @property
    def danger(self) -> timedelta | None:
        """How long before its time it is marked; None if the clock will publish it."""
        return None if self.slot.is_approved and not self.hold_reason else self.slot.danger

    @property
    def published_after(self) -> timedelta:
        """How long after its time its edition appeared."""
        published_at = self.slot.digest.published_at if self.slot.digest else None
        return (published_at or self.slot.due_at) - self.slot.due_at

    @property
    def window_begins(self) -> datetime:
        """The time since which its stories appeared, in the series' zone."""
        return self.slot.series.local(self.slot.window_begins)

    @property
    def embargoed_until(self) -> datetime | None:
        """When the embargoes of its digest end, if that is too late for its time and nobody has
        approved it yet."""
        is_open = self.slot.is_open and not self.slot.is_approved
        return self.slot.embargo_ends if is_open else None

    @property
    def hold_reason(self) -> str:
        """Why its approved digest cannot be published at its time; empty if it can."""
        if self.slot.is_approved and self.slot.embargoed_story and self.slot.embargo_ends:
            return embargoed(self.slot.embargoed_story, self.slot.embargo_ends)
        return self.slot.digest.why_held if self.slot.digest else ""

    @property
    def may_take(self) -> bool:
        return self._may("take_slot") and self.slot.taken_by_id != self.by.pk

    @property
    def may_draft(self) -> bool:
        return self._may("add_digest") and self.slot.digest is None

    @property
    def may_skip(self) -> bool:
        digest = self.slot.digest
        return self._may("skip_slot") and (digest is None or digest.is_composable)

    @property
    def may_unskip(self) -> bool:
        return bool(self.slot.skip_reason) and self.by.has_perm("digests.skip_slot")

    @property
    def may_move(self) -> bool:
        return self.slot.digest is not None and slots.may_move(self.slot.digest, self.by)

    def _may(self, permission: str) -> bool:
        return self.slot.is_open and self.by.has_perm(f"digests.{permission}")


def slot_url(slot: Slot) -> str:
    return reverse("admin:digests_slot_details", args=[slot.pk])


def slot_of(digest: Digest) -> Slot | None:
    """The slot of a digest that was read together with it."""
    slot: Slot | None = getattr(digest, "slot", None)
    if slot:
        slot.series = digest.series
    return slot


def open_slots(digest: Digest, now: datetime) -> list[Slot]:
    """The slots to which a digest of this series may be moved, on whose drafts nobody has worked:
    those to come, and then those of the last day for which it would be late. Costs a query."""
    others = Slot.objects.open().filter(series=digest.series, is_outside=False)
    others = others.filter(Q(digest=None) | Q(digest__in=untouched_drafts()))
    others = others.filter(due_at__gt=now - timedelta(days=1)).exclude(digest=digest)
    found = list(others.order_by("due_at"))
    for slot in found:
        slot.series = digest.series
    return sorted(found, key=lambda slot: slot.due_at <= now)
