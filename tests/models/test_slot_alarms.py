"""Slots that alarm: in danger of being missed, late, or missed within a day."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.editorial import planning
from digests.models import Digest, Item, Slot, clock
from tests.factories import scheduled, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# 20:00 in Shanghai, the time of a slot.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def alarming(now: datetime) -> list[datetime]:
    return [slot.due_at for slot in Slot.objects.alarming(now)]


@pytest.mark.parametrize(("lead", "danger"), [(30, 15), (60, 15), (240, 60), (7 * 24 * 60, 60)])
def test_a_slot_is_in_danger_in_the_last_quarter_of_its_lead_time(
    lead: int, danger: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = NOON - timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: begin)
    scheduled(lead_minutes=lead, schedule="0 20 1 12 *")
    planning.keep()
    slot = Slot.objects.get(due_at=NOON)
    assert slot.danger == danger * MINUTE
    assert alarming(NOON - danger * MINUTE - timedelta(seconds=1)) == []
    assert alarming(NOON - danger * MINUTE) == [NOON]
    assert alarming(NOON + timedelta(hours=23)) == [NOON]
    assert alarming(NOON + timedelta(hours=25)) == []


def test_one_that_is_approved_alarms_only_when_the_clock_does_not_publish_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON - timedelta(hours=1))
    scheduled(lead_minutes=60)
    planning.keep()
    assert alarming(NOON - MINUTE) == [NOON]
    Digest.objects.update(status=Digest.Status.APPROVED)
    assert alarming(NOON - MINUTE) == alarming(NOON + timedelta(seconds=5)) == []
    assert alarming(NOON + MINUTE) == [NOON]


def embargoed(until: datetime) -> Item:
    """A story of the one approved digest, under an embargo since then."""
    digest = Digest.objects.get()
    digest.placements.create(item=(item := story("秘密")), position=1)
    Item.objects.filter(pk=item.pk).update(not_before=until)
    Digest.objects.update(status=Digest.Status.APPROVED)
    return item


def test_an_embargo_that_an_approved_digest_would_break_alarms_as_soon_as_it_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = NOON - timedelta(hours=20)
    monkeypatch.setattr(clock, "now", lambda: begin)
    scheduled(lead_minutes=24 * 60, schedule="0 20 * * *")
    planning.keep()
    item = embargoed(NOON)
    assert alarming(begin) == []  # it ends when the digest is due
    until = NOON + MINUTE
    Item.objects.update(not_before=until)
    assert alarming(begin) == alarming(NOON + timedelta(seconds=30)) == [NOON]
    (slot,) = Slot.objects.alarming(begin).with_embargo(begin)
    assert (slot.embargoed_story, slot.embargo_ends) == (item.headline, until)
    Digest.objects.update(status=Digest.Status.REVIEW)
    assert alarming(begin) == []  # nobody approves it, and that alarms in time


def test_what_is_urgent_comes_before_an_embargo_of_tomorrow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = NOON - timedelta(minutes=20)
    monkeypatch.setattr(clock, "now", lambda: begin)
    scheduled(schedule="0 20 * * *", lead_minutes=80)
    tomorrow = NOON + timedelta(hours=4)
    scheduled("late", schedule="0 0 * * *", lead_minutes=5 * 60)
    planning.keep()
    Digest.objects.filter(date=NOON).delete()
    embargoed(tomorrow + MINUTE)
    assert alarming(begin) == [NOON, tomorrow]


def test_what_was_skipped_or_published_alarms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON - timedelta(hours=1))
    scheduled(lead_minutes=60)
    planning.keep()
    Slot.objects.filter(due_at=NOON).update(skip_reason="假日")
    assert alarming(NOON + MINUTE) == []
    Slot.objects.filter(due_at=NOON).update(skip_reason="")
    Digest.objects.update(published_at=NOON)
    assert alarming(NOON + MINUTE) == []
