"""Verbs of the system that keep the slots of all series: made ahead, with their drafts, and each
miss noticed. Any number of processes may run them at once, and at any time again."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import groupby, takewhile
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from digests.editorial import compose
from digests.editorial.errors import Gone, Invalid, WrongState
from digests.editorial.guards import Actor, locked, require
from digests.editorial.transactions import in_transaction
from digests.models import Digest, HistoryEntry, Presence, Refusal, Series, Site, Slot, clock
from digests.text.schedule import expression
from digests.text.schedule.titles import title_of

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=9)
"""How far ahead slots are made."""
_LEAST_AHEAD = timedelta(days=8)  # so that a week lies ahead, and planning is seldom
_LONGEST_WINDOW = timedelta(days=1)  # of a slot with none before it
_LONGEST_PAUSE = timedelta(days=366)


def keep(beat: Callable[[], object] = lambda: None) -> None:
    """Make the slots and drafts that are lacking, notice what was missed, and tell readers of the
    next editions. One that fails is logged, and keeps none of the others from being done; after
    each comes a `beat`, because a long gap takes a while."""
    for verb, row in _to_do(clock.now()):
        _attempt(verb, row)
        beat()


def _to_do(now: datetime) -> Iterator[tuple[Callable[..., object], Any]]:
    """Yield each verb that is due, with its row."""
    yield from ((replan, series) for series in Series.objects.filter(is_plan_stale=True))
    is_short = models.Q(planned_until=None) | models.Q(planned_until__lt=now + _LEAST_AHEAD)
    yield from ((plan, series) for series in Series.objects.scheduled().filter(is_short))
    yield from ((make_draft, slot) for slot in Slot.objects.waiting_for_draft(now))
    yield from ((notice_miss, slot) for slot in Slot.objects.unnoticed(now))
    yield from ((tell_next, series) for series in _told_otherwise(now))


def _attempt[Row: models.Model](verb: Callable[..., object], row: Row) -> None:
    try:
        verb(row, by=None)
    except Refusal as refusal:
        # Another process was faster, or the next time is soon.
        logger.info("%s of “%s” was refused: %s", verb.__name__, row, refusal)
    except Exception:
        logger.exception("%s of “%s” failed", verb.__name__, row)


def instants(series: Series, after: datetime) -> Iterator[datetime]:
    """The instants at which the series has slots after another, in order, without end."""
    return expression.slots(series.schedule, series.zone, after)


@in_transaction
def plan(series: Series, *, by: Actor) -> list[Slot]:
    """Make the slots of a series from where the last planning ended to some days ahead, also those
    of a time in which nobody planned; none for the time of a pause."""
    require(by, "plan_slot")
    now = clock.now()
    ahead = Slot.objects.filter(series=series.pk, due_at__gt=series.planned_until or now)
    list(locked(ahead))  # before the series, as every verb that locks both
    row = locked(Series.objects.scheduled().filter(pk=series.pk)).first()
    if row is None:
        return []
    begin = row.planned_until or now
    end = max(begin, now + AHEAD)
    kept = row.slots.filter(due_at__gt=begin).select_related("digest").order_by("due_at")
    standing = {slot.due_at: slot for slot in kept}
    to_plan = takewhile(lambda window: window[1] <= end, windows(row, begin, standing))
    planned = {at: since for since, at in to_plan}
    made = [
        Slot(series=row, due_at=at, window_begins=since)
        for at, since in planned.items()
        if at not in standing and not row.is_paused(at)
    ]
    Slot.objects.bulk_create(made)
    _fit_windows(standing.values(), planned)
    HistoryEntry.objects.bulk_create(
        HistoryEntry(slot=slot, actor=by, action=HistoryEntry.Action.PLAN) for slot in made
    )
    row.planned_until = end
    row.save(update_fields=["planned_until"])
    return made


def windows(
    series: Series, after: datetime, kept: Iterable[datetime] = ()
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when the window of each slot after an instant begins, with the slot's own instant, in
    order, without end: of those that the schedule has, and of those that are `kept`. Costs a query.
    """
    since = _first_window(series, after)
    for at, _same in groupby(merge(instants(series, after), kept)):
        yield series.window_begins(at) or since or at - _LONGEST_WINDOW, at
        since = at


def _first_window(series: Series, after: datetime) -> datetime | None:
    """When the window of the first slot after an instant begins: with the last slot that stands. If
    none were made for a while, not before the time at which the schedule would have had one."""
    slots = Slot.objects.filter(series=series.pk, due_at__lte=after)
    last: datetime | None = slots.aggregate(last=models.Max("due_at"))["last"]
    if last and series.planned_until and not series.is_paused(after):
        return last
    first = next(instants(series, after))
    before = expression.slot_before(series.schedule, series.zone, first)
    return max(filter(None, [last, before]), default=None)


def fit_next_window(series: Series, at: datetime) -> None:
    """Let the window of the first slot after an instant begin where it does now that another slot
    stands there, or no longer does."""
    following = series.slots.filter(due_at__gt=at).order_by("due_at").values_list("pk", flat=True)
    for slot in locked(Slot.objects.filter(pk__in=list(following[:1]))):
        since, _at = next(windows(series, slot.due_at - timedelta.resolution, [slot.due_at]))
        _fit_windows([slot], {slot.due_at: since})


def _fit_windows(slots: Iterable[Slot], planned: dict[datetime, datetime]) -> None:
    """Let the windows of slots that stood before begin where they do now, unless their digest is on
    its way to readers."""
    changed = []
    for slot in slots:
        since = planned.get(slot.due_at, slot.window_begins)
        is_fixed = slot.digest is not None and not slot.digest.is_composable
        if since != slot.window_begins and not is_fixed:
            slot.window_begins = since
            changed.append(slot)
    Slot.objects.bulk_update(changed, ["window_begins"])


@in_transaction
def make_draft(slot: Slot, *, by: Actor) -> Digest:
    """Make the draft of a slot, unless it has one: titled, dated, filed and owned. A digest that
    somebody made for this time, with this title, is taken for it."""
    require(by, "add_digest")
    row = locked(Slot.objects.filter(pk=slot.pk)).first()
    if row is None:
        raise Gone
    if row.digest:
        return row.digest
    if row.skip_reason:
        raise WrongState(gettext("%s is skipped. Undo that first.") % row)
    title = slot_title(row)
    alike = Digest.objects.filter(series=row.series, date=row.due_at, title=title, slot=None)
    made = alike.first()
    if made and made.history.filter(action=HistoryEntry.Action.FREE, slot=row).exists():
        raise WrongState(gettext("“%s” left this slot and still has its date.") % made)
    row.digest = made or compose.new(
        row.series,
        title,
        by=by,
        date=row.due_at,
        categories=[each.category for each in row.series.filed_under.select_related("category")],
        slot=row,
    )
    row.save(update_fields=["digest"])
    return row.digest


def slot_title(slot: Slot) -> str:
    """The title that the pattern of its series gives a slot."""
    return title_of(slot.series.title_pattern, slot.local_due_at, slot.window, slot.series.name)


@in_transaction
def notice_miss(slot: Slot, *, by: Actor) -> None:
    """Notice, once, that the edition of a slot did not appear in time."""
    require(by, "plan_slot")
    missed = Slot.objects.open().filter(pk=slot.pk, missed_at=None)
    if missed.update(missed_at=clock.now()):
        record_slot(slot, HistoryEntry.Action.MISS, by=by)


def _told_otherwise(now: datetime) -> list[Series]:
    """The series whose readers are told of another next edition than the one that comes."""
    coming = Slot.objects.to_come(now).promised().filter(series=OuterRef("pk"))
    both = Series.objects.telling().annotate(next_due=Subquery(coming.values("due_at")[:1]))
    pairs = both.values_list("pk", "next_edition_at", "next_due")
    changed = [key for key, told, due in pairs if told != due]
    return list(Series.objects.filter(pk__in=changed)) if changed else []


@in_transaction
def tell_next(series: Series, *, by: Actor) -> None:
    """Tell readers when the next edition of a series is due."""
    require(by, "plan_slot")
    row = locked(Series.objects.filter(pk=series.pk)).first()
    if row is None:
        return
    coming = row.slots.to_come(clock.now()).promised()
    row.next_edition_at = coming.values_list("due_at", flat=True).first()
    row.save(update_fields=["next_edition_at"])
    Site.objects.publish_edition()


@in_transaction
def replan(series: Series, *, by: Actor) -> None:
    """Let the slots to come follow what they are made from, if that was changed.

    Those on which nobody has worked are made again; the others stay, marked if the schedule does
    not have them. What is approved is never touched.
    """
    require(by, "plan_slot")
    if Series.objects.filter(pk=series.pk, is_plan_stale=True).exists():
        _replan(series)


def _replan(series: Series, **changes: object) -> None:
    """Plan a series again, after these changes of its row."""
    now = clock.now()
    to_come = Slot.objects.to_come(now).filter(series=series)
    # In the order of all verbs: digests, slots, series.
    list(locked(Digest.objects.filter(pk__in=list(to_come.values_list("digest", flat=True)))))
    slots = list(locked(to_come))
    row = locked(Series.objects.filter(pk=series.pk)).first()
    if row is None:
        return
    # The time without a schedule is not to be caught up.
    until = row.planned_until and min(row.planned_until, now)
    changes = {"planned_until": until if row.schedule else None} | changes
    changes["is_plan_stale"] = False
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    drafts = set(untouched_drafts().filter(slot__in=slots).values_list("pk", flat=True))
    again = [
        each
        for each in slots
        if not (each.is_extra or each.taken_by_id or each.skip_reason)
        and (each.digest_id is None or each.digest_id in drafts)
    ]
    Digest.objects.filter(pk__in=[each.digest_id for each in again if each.digest_id]).delete()
    Slot.objects.filter(pk__in=[each.pk for each in again]).delete()
    plan(row, by=None)
    _mark_outside(row, now)


def untouched_drafts() -> models.QuerySet[Digest]:
    """Drafts of slots that nobody but the planner has touched, or has open now."""
    drafts = Digest.objects.filter(
        status=Digest.Status.DRAFT, changed_by=None, slot__isnull=False, placements=None
    )
    is_open = Presence.objects.here().filter(digest=OuterRef("pk"))
    return drafts.exclude(pk__in=Digest.objects.with_history().values("pk")).exclude(
        models.Exists(is_open)
    )


def _mark_outside(series: Series, now: datetime) -> None:
    """Mark the slots to come that the schedule of their series does not have."""
    slots = list(series.slots.to_come(now).filter(is_extra=False))
    if not slots:
        return
    planned: set[datetime] = set()
    if series.schedule:
        last = slots[-1].due_at
        planned = set(takewhile(lambda at: at <= last, instants(series, now)))
    for slot in slots:
        slot.is_outside = slot.due_at not in planned or series.is_paused(slot.due_at)
    Slot.objects.bulk_update(slots, ["is_outside"])


@in_transaction
def pause(series: Series, *, by: Actor, resumes_on: date | None = None) -> None:
    """Make no more slots for a series until a day, in its zone, or until it is resumed. Raises
    `Invalid` if the day has come already, or is more than a year away."""
    require(by, "change_series")
    now = clock.now()
    today = now.astimezone(series.zone).date()
    if resumes_on and resumes_on <= today:
        raise Invalid(gettext("Choose a day after today."))
    if resumes_on and resumes_on - today > _LONGEST_PAUSE:
        raise Invalid(gettext("Choose a day within a year."))
    _replan(series, paused_at=now, resumes_on=resumes_on)


@in_transaction
def resume(series: Series, *, by: Actor) -> None:
    """Make slots for a series again, from now on."""
    require(by, "change_series")
    _replan(series, paused_at=None, resumes_on=None, planned_until=None)


def record_slot(slot: Slot, action: HistoryEntry.Action, *, by: Actor, note: str = "") -> None:
    """Write the history entry for what happened to a slot alone."""
    HistoryEntry.objects.create(slot=slot, actor=by, action=action, note=note)
