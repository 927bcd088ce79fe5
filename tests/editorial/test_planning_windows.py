"""The windows of slots: they cover all time, each moment once, also when a schedule changes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from digests.accounts.roles import ADMINISTRATOR, REVIEWER
from digests.editorial import planning, slots
from digests.models import Digest, Series, Slot, clock
from tests.factories import person, reschedule, scheduled

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# 20:00 in Shanghai.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SCHEDULES = [
    "0 0,4,8,12,16,20 * * *",
    "0 */2 * * *",
    "0 9 * * *",
    "30 8 * * 1-5\n15 17 * * 1-5",
    "0 6 * * 3",
    "*/30 * * * *",
]
ZONES = ["Asia/Shanghai", "Europe/Riga", "America/New_York"]


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    shown = Clock(NOON - 5 * MINUTE)
    monkeypatch.setattr(clock, "now", lambda: shown.now)
    return shown


def first_window(made: Series) -> tuple[datetime, datetime]:
    """The window of the first slot to come."""
    slot = made.slots.to_come(clock.now())[0]
    return slot.window_begins, slot.due_at


def assert_windows_meet(series: Series) -> None:
    for one, other in pairwise(series.slots.order_by("due_at")):
        assert other.window_begins == one.due_at


@pytest.mark.parametrize("seed", range(12))
def test_windows_neither_overlap_nor_leave_a_gap_however_often_a_schedule_changes(
    at: Clock, seed: int
) -> None:
    chance = Random(seed)
    by = person(REVIEWER)
    # Clocks are set in America on the first of November, in Europe a week before.
    at.now = datetime(2026, 10, 20, tzinfo=UTC)
    made = scheduled(schedule=chance.choice(SCHEDULES))
    planning.plan(made, by=None)
    for _change in range(6):
        at.now += chance.randrange(3 * 24 * 60) * MINUTE
        planning.plan(made, by=None)
        # Slots that stay, whatever the schedule.
        open_slots = list(made.slots.to_come(at.now).filter(skip_reason=""))
        for slot in chance.sample(open_slots, min(2, len(open_slots))):
            if chance.random() < 0.5:
                slots.take(slot, by=by)
            else:
                slots.skip(slot, by=by, reason="假日")
        extra = at.now + chance.randrange(1, 3 * 24 * 60) * MINUTE + timedelta(seconds=13)
        slots.make_now(made, extra, by=by)
        assert_windows_meet(made)
        reschedule(made, schedule=chance.choice(SCHEDULES), time_zone=chance.choice(ZONES))
        assert_windows_meet(made)
    assert made.slots.filter(is_outside=True).exists()


def test_a_rarer_slot_covers_what_the_slots_before_left(at: Clock) -> None:
    made = scheduled()
    planning.plan(made, by=None)
    at.now = NOON + 5 * MINUTE
    reschedule(made, schedule="0 9 * * *")
    assert first_window(made) == (NOON, NOON + 13 * HOUR)


def test_a_more_frequent_slot_covers_the_time_since_the_last(at: Clock) -> None:
    made = scheduled(schedule="0 9 * * *")
    planning.plan(made, by=None)
    reschedule(made)
    at.now = NOON + 24 * HOUR
    # 9:00 in Shanghai was at 1:00.
    reschedule(made, schedule="0 */2 * * *")
    assert first_window(made) == (NOON + 13 * HOUR, NOON + 26 * HOUR)


def test_without_a_slot_before_the_schedule_says_where_a_window_begins(at: Clock) -> None:
    made = scheduled()
    planning.plan(made, by=None)
    assert first_window(made) == (NOON - 4 * HOUR, NOON)


@pytest.mark.parametrize("pausing", ["pause", "no schedule"])
def test_a_time_in_which_no_slots_were_made_is_in_no_window(at: Clock, pausing: str) -> None:
    made, by = scheduled(), person(ADMINISTRATOR)
    planning.plan(made, by=None)
    at.now = NOON + 5 * MINUTE
    if pausing == "pause":
        planning.pause(made, by=by)
    else:
        reschedule(made, schedule="")
    at.now = NOON + 30 * 24 * HOUR + 5 * MINUTE
    if pausing == "pause":
        planning.resume(made, by=by)
    else:
        reschedule(made, schedule="0 0,4,8,12,16,20 * * *")
    last = NOON + 30 * 24 * HOUR
    assert first_window(made) == (last, last + 4 * HOUR)


def test_a_pause_that_ends_by_itself_is_in_no_window_whenever_that_is_planned(at: Clock) -> None:
    made = scheduled()
    planning.plan(made, by=None)
    planning.pause(made, by=person(ADMINISTRATOR), resumes_on=(NOON + 20 * 24 * HOUR).date())
    for day in range(15):
        at.now = NOON + day * 24 * HOUR
        planning.plan(made, by=None)
    since, due = first_window(made)
    assert (since, due) == (due - 4 * HOUR, NOON + 19 * 24 * HOUR + 4 * HOUR)


def test_the_window_of_an_approved_edition_stays_as_it_was_composed(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    Digest.objects.update(status=Digest.Status.APPROVED)
    reschedule(made, schedule="0 */2 * * *")
    approved = Slot.objects.get(digest__status="approved")
    assert approved.window == 4 * HOUR


def test_the_form_shows_the_window_that_is_planned(at: Clock) -> None:
    from digests.desk.schedule import upcoming

    made = scheduled()
    planning.plan(made, by=None)
    at.now = NOON + 5 * MINUTE
    made.refresh_from_db()
    made.schedule = "0 9 * * *"
    shown = next(upcoming(made, at.now))
    reschedule(made, schedule="0 9 * * *")
    assert (shown.since, shown.due) == first_window(made)
    assert shown.hours == "13"
