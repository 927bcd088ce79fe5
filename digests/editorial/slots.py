"""Verbs on slots: taking one, skipping it, making one more, and moving digests between them."""

from datetime import datetime, timedelta

from django.utils.translation import gettext

from digests.editorial import triage
from digests.editorial.errors import Gone, Invalid, Stale, WrongState
from digests.editorial.guards import (
    Actor,
    allowed,
    lock_row,
    locked,
    not_possible,
    record,
    require,
    require_state,
    save_change,
    saving,
)
from digests.editorial.planning import (
    fit_next_window,
    make_draft,
    record_slot,
    slot_title,
    untouched_drafts,
    windows,
)
from digests.editorial.transactions import in_transaction
from digests.models import Digest, HistoryEntry, Series, Slot, clock
from digests.models.slot import SlotQuerySet
from digests.text.characters import in_quotes, normal_lines

Action = HistoryEntry.Action


@in_transaction
def take(slot: Slot, *, by: Actor) -> Slot:
    """Make a user the owner of a slot and its digest, whoever was before."""
    require(by, "take_slot")
    row, digest = _lock(slot)
    _require_open(row)
    row.taken_by = by
    row.save(update_fields=["taken_by"])
    if digest:
        Digest.objects.filter(pk=digest.pk).update(owner=by)
    record_slot(row, Action.TAKE, by=by)
    return row


@in_transaction
def skip(slot: Slot, *, by: Actor, reason: str) -> Slot:
    """Decide that a slot gets no edition. A draft that nobody has worked on goes; another stays,
    and may be moved to another slot."""
    require(by, "skip_slot")
    row, digest = _lock(slot)
    _require_open(row)
    if digest:
        require_state(digest, Digest.COMPOSABLE)
    row.skip_reason = " ".join(normal_lines(reason).split())
    if not row.skip_reason:
        raise Invalid(gettext("Give a reason for skipping this slot."))
    _save(row)
    if digest:
        _delete_untouched([digest.pk])
    record_slot(row, Action.SKIP, by=by, note=row.skip_reason)
    return row


@in_transaction
def unskip(slot: Slot, *, by: Actor) -> Slot:
    """Undo that a slot was skipped."""
    require(by, "skip_slot")
    row, _digest = _lock(slot)
    if not row.skip_reason:
        raise WrongState(gettext("%s is not skipped.") % row)
    row.skip_reason = ""
    row.save(update_fields=["skip_reason"])
    record_slot(row, Action.UNSKIP, by=by)
    return row


@in_transaction
def make_now(series: Series, due_at: datetime, *, by: Actor) -> Slot:
    """Make one more slot of a series, with its draft. It covers the time since the slot before."""
    require(by, "add_slot")
    if not series.title_pattern:
        raise Invalid(gettext("“%s” has no schedule.") % series)
    if due_at <= clock.now():
        raise Invalid(gettext("Choose a time in the future."))
    since, _at = next(windows(series, due_at - timedelta.resolution, [due_at]))
    slot = Slot(series=series, due_at=due_at, window_begins=since, is_extra=True)
    _save(slot)
    fit_next_window(series, due_at)
    make_draft(slot, by=by)
    slot.refresh_from_db()
    return slot


@in_transaction
def move(digest: Digest, to: Slot, *, by: Actor, version: int) -> Digest:
    """Move a draft to another slot of its series, whose date it takes, and whose title if it still
    has the title of its slot. The draft that is there goes if nobody has worked on it."""
    row = _draft(digest, by, version)
    drafts = list(locked(Digest.objects.filter(slot=to.pk).exclude(pk=row.pk).order_by()))
    slots = {each.pk: each for each in locked(_slots_of(row, to))}
    if to.pk not in slots:
        raise Gone
    target = slots.pop(to.pk)
    if target.series_id != row.series_id or target.digest_id == row.pk:
        raise Invalid(gettext("Choose another slot of the same series."))
    _require_open(target)
    if target.digest_id:
        if [each.pk for each in drafts] != [target.digest_id]:
            raise Stale(gettext("Someone changed this slot. Your change was not saved."))
        if not _delete_untouched([target.digest_id]):
            raise WrongState(
                gettext("Someone has worked on “%s”, which is the draft of that slot.") % drafts[0]
            )
    was_planned = False
    for left in slots.values():
        was_planned = row.title == slot_title(left)
        _leave(left)
    target.digest = row
    target.save(update_fields=["digest"])
    row.date = target.due_at
    if was_planned:
        row.title = slot_title(target)
    with saving(row):
        save_change(row, by)
    record(row, Action.MOVE, by=by, before=row.status, slot=target, note=str(target))
    return row


@in_transaction
def free(digest: Digest, *, by: Actor, version: int) -> Digest:
    """Take a draft out of its slot: its date can be chosen again."""
    row = _draft(digest, by, version)
    slot = locked(Slot.objects.filter(digest=row)).first()
    if slot is None:
        raise WrongState(gettext("“%s” has no slot.") % in_quotes(str(row)))
    save_change(row, by)
    record(row, Action.FREE, by=by, before=row.status, slot=slot, note=str(slot))
    _leave(slot)
    return row


def put_into_next(rows: triage.Rows, series: Series, *, by: Actor) -> tuple[Digest, triage.Outcome]:
    """Put stories into the next edition of a series that can still be composed.

    No transaction of its own: the draft that may have to be made first is one that the planner
    would make, too.
    """
    require(by, "change_digest")
    for slot in Slot.objects.next_of(Series.objects.filter(pk=series.pk), clock.now()):
        digest = slot.digest or make_draft(slot, by=by)
        return digest, triage.add_to_digest(digest, rows, by=by)
    raise Invalid(gettext("“%s” has no upcoming slot that can still be changed.") % series)


def _lock(slot: Slot) -> tuple[Slot, Digest | None]:
    """The slot and its digest as they are now, locked until the transaction ends."""
    held = Slot.objects.filter(pk=slot.pk).values("digest")
    digest = locked(Digest.objects.filter(pk__in=held)).first()
    row = locked(Slot.objects.filter(pk=slot.pk)).first()
    if row is None:
        raise Gone
    if row.digest_id != (digest and digest.pk):
        raise Stale(gettext("Someone changed this slot. Your change was not saved."))
    return row, digest


def _slots_of(digest: Digest, to: Slot) -> SlotQuerySet:
    held = Slot.objects.filter(digest=digest).values_list("pk", flat=True)
    return Slot.objects.filter(pk__in=[to.pk, *held])


def _draft(digest: Digest, by: Actor, version: int) -> Digest:
    """The digest, locked, if it may be moved."""
    require(by, "move_slot")
    row = lock_row(digest, version)
    if why := _why_fixed(row):
        raise WrongState(why)
    return row


def may_move(digest: Digest, by: Actor) -> bool:
    """Whether this user may move the digest to another slot, or free it."""
    return allowed(by, "move_slot") and not _why_fixed(digest)


def _why_fixed(digest: Digest) -> str:
    """Why a digest stays in its slot, as a sentence; empty for a draft that readers have never
    seen."""
    if not digest.is_composable:
        return not_possible(digest)
    if digest.published_at:
        return gettext("Readers have already seen “%s”, so it stays in its slot.") % in_quotes(
            str(digest)
        )
    return ""


def _require_open(slot: Slot) -> None:
    if slot.is_published:
        raise WrongState(gettext("%s is published.") % slot)
    if slot.skip_reason:
        raise WrongState(gettext("%s is skipped. Undo that first.") % slot)


def _leave(slot: Slot) -> None:
    """Take the digest out of a locked slot. One that the schedule does not have goes with it."""
    slot.digest = None
    if slot.is_outside and slot.due_at > clock.now():
        slot.delete()
        fit_next_window(slot.series, slot.due_at)
    else:
        slot.save(update_fields=["digest"])


def _delete_untouched(keys: list[int]) -> bool:
    # Read first: one statement cannot delete by a question about history that it would delete.
    found = list(untouched_drafts().filter(pk__in=keys).values_list("pk", flat=True))
    Digest.objects.filter(pk__in=found).delete()
    return bool(found)


def _save(slot: Slot) -> None:
    with saving(slot):
        slot.save()
