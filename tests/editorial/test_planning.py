"""The planner: slots made ahead with their drafts, each once, and each miss noticed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import translation

from digests.accounts.roles import ADMINISTRATOR, REVIEWER
from digests.editorial import compose, items, lifecycle, planning, slots
from digests.editorial.errors import Invalid, WrongState
from digests.models import (
    Category,
    Digest,
    HistoryEntry,
    Item,
    Presence,
    Series,
    SeriesCategory,
    Shift,
    Site,
    Slot,
    SlotState,
    User,
    clock,
)
from tests.factories import (
    approve,
    in_review,
    move,
    person,
    reschedule,
    scheduled,
    series,
    shown,
    story,
)

pytestmark = pytest.mark.django_db

# 20:00 in Shanghai, the time of a slot.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """The database's clock, as a test sets it."""

    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    shown = Clock(NOON - 5 * timedelta(minutes=1))
    monkeypatch.setattr(clock, "now", lambda: shown.now)
    return shown


def due(slot: Slot) -> str:
    return f"{slot.local_due_at:%d %H:%M}"


def slot_at(made: Series, instant: datetime) -> Slot:
    return Slot.objects.with_names().get(series=made, due_at=instant)


def state(made: Series, instant: datetime) -> SlotState:
    return slot_at(made, instant).state(clock.now())


def published_in(slot: Slot) -> Digest:
    """The digest of a slot, published by the approval or later by the clock."""
    digest = slot.digest
    assert digest is not None
    by = person()
    digest = compose.place(digest, story(), by=by, version=digest.version)
    digest = lifecycle.submit(digest, by=by, version=digest.version)
    return approve(digest)


def test_slots_are_made_for_more_than_a_week_and_drafts_within_the_lead_time(at: Clock) -> None:
    made = scheduled(lead_minutes=5 * 60)
    planning.keep()
    planned = Slot.objects.filter(series=made)
    assert planned.count() == 9 * 6
    assert [due(slot) for slot in planned[:2]] == ["01 20:00", "02 00:00"]
    assert all(slot.window == 4 * HOUR for slot in planned)
    drafts = Digest.objects.order_by("date")
    assert [(each.title, each.date, each.status) for each in drafts] == [
        ("2026.12.01.20 过去4小时全球AI发生了什么？", NOON, "draft"),
        ("2026.12.02.00 过去4小时全球AI发生了什么？", NOON + 4 * HOUR, "draft"),
    ]
    assert [slot.digest for slot in planned[:3]] == [*drafts, None]


def test_keeping_again_makes_nothing_again(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    before = (list(Slot.objects.values()), list(Digest.objects.values()), edition())
    entries = HistoryEntry.objects.count()
    planning.keep()
    assert (list(Slot.objects.values()), list(Digest.objects.values()), edition()) == before
    assert HistoryEntry.objects.count() == entries
    assert not planning.plan(made, by=None)


def edition() -> str:
    return Site.objects.edition()


def test_a_draft_is_filed_and_owned_by_whoever_is_on_duty(at: Clock) -> None:
    made = scheduled(lead_minutes=24 * 60)
    day, night = person(), person()
    Shift.objects.create(series=made, user=day, begins=8, ends=23)
    Shift.objects.create(series=made, user=night, begins=23, ends=8, days="2")
    for position, name in enumerate(("AI 发展", "AI 安全"), start=1):
        category = Category.objects.create(name=name)
        SeriesCategory.objects.create(series=made, category=category, position=position)
    planning.keep()
    # The first of December 2026 is a Tuesday.
    owners = {due(slot): slot.owner() for slot in Slot.objects.exclude(digest=None)}
    assert owners == {
        "01 20:00": day,
        "02 00:00": night,
        "02 04:00": night,
        "02 08:00": day,
        "02 12:00": day,
        "02 16:00": day,
    }
    digest = Digest.objects.first()
    assert digest and [each.category.name for each in digest.filed_under.all()] == [
        "AI 发展",
        "AI 安全",
    ]


def test_a_user_who_left_owns_nothing(at: Clock) -> None:
    made = scheduled()
    gone = person(is_active=False)
    Shift.objects.create(series=made, user=gone)
    planning.keep()
    assert slot_at(made, NOON).owner() is None


def test_a_digest_that_somebody_made_for_the_slot_is_its_digest(at: Clock) -> None:
    made = scheduled()
    title = "2026.12.01.20 过去4小时全球AI发生了什么？"
    own = compose.new(made, title, by=person(), date=NOON)
    planning.keep()
    assert slot_at(made, NOON).digest == own


def test_every_slot_of_a_gap_exists_without_a_draft_and_its_miss_is_noticed(at: Clock) -> None:
    scheduled()
    planning.keep()
    Slot.objects.filter(due_at__gt=NOON).delete()
    Series.objects.update(planned_until=NOON)
    at.now = NOON + timedelta(days=10, minutes=1)
    planning.keep()
    gap = Slot.objects.filter(due_at__gt=NOON, due_at__lte=at.now)
    assert gap.count() == 60
    assert set(gap.values_list("digest", flat=True)) == {None}
    # That of this minute may still appear.
    assert gap.filter(missed_at=None).count() == 1
    assert HistoryEntry.objects.filter(action="miss").count() == 60
    assert HistoryEntry.objects.filter(action="plan").count() == 1 + 60 + 54


def test_a_planner_beats_after_each_step_of_a_long_gap(at: Clock) -> None:
    scheduled(planned_until=NOON)
    at.now = NOON + timedelta(days=10, minutes=1)
    noticed: list[int] = []
    planning.keep(lambda: noticed.append(HistoryEntry.objects.filter(action="miss").count()))
    assert noticed[-1] == 59
    assert all(later - earlier <= 1 for earlier, later in pairwise([0, *noticed]))


def test_the_clock_beats_before_each_digest_that_it_publishes(at: Clock) -> None:
    for number in range(3):
        approve(in_review(title=f"第{number}期", date=NOON))
    at.now = NOON
    published: list[int] = []
    lifecycle.publish_due(lambda: published.append(Digest.objects.published().count()))
    assert published == [0, 1, 2]


def test_a_day_of_downtime_is_caught_up_in_one_planning_as_it_was(at: Clock) -> None:
    made = scheduled(lead_minutes=12 * 60)
    planning.keep()
    published_in(slot_at(made, NOON + 4 * HOUR))
    slots.skip(slot_at(made, NOON + 8 * HOUR), by=person(REVIEWER), reason="假日")
    at.now = NOON + timedelta(days=1)
    assert lifecycle.publish_due() == 1
    planning.keep()
    outcomes = [state(made, NOON + number * 4 * HOUR).value for number in range(7)]
    assert outcomes == ["missed", "late", "skipped", "missed", "missed", "missed", "planned"]
    missed = HistoryEntry.objects.filter(action="miss").values_list("slot__due_at", flat=True)
    assert sorted(missed) == [NOON + hours * HOUR for hours in (0, 12, 16, 20)]
    before = list(Slot.objects.values())
    planning.keep()
    assert list(Slot.objects.values()) == before


def test_a_miss_is_noticed_once_after_the_late_limit_and_heals(at: Clock) -> None:
    made = scheduled(late_minutes=10)
    planning.keep()
    at.now = NOON + timedelta(minutes=10)
    planning.keep()
    assert state(made, NOON) == SlotState.DRAFT
    assert slot_at(made, NOON).minutes_late(at.now) == 10
    at.now += timedelta(seconds=1)
    for _ in range(2):
        planning.keep()
    assert state(made, NOON) == SlotState.MISSED
    missed = HistoryEntry.objects.get(action="miss")
    assert missed.slot == slot_at(made, NOON)
    at.now += timedelta(minutes=2)
    published_in(slot_at(made, NOON))
    assert state(made, NOON) == SlotState.LATE
    assert slot_at(made, NOON).minutes_late(at.now + HOUR) == 12
    assert slot_at(made, NOON).missed_at is not None


def test_what_is_published_at_its_time_belongs_to_its_slot(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = published_in(slot_at(made, NOON))
    assert digest.date == NOON
    assert state(made, NOON) == SlotState.APPROVED
    at.now = NOON + timedelta(seconds=1)
    assert lifecycle.publish_due() == 1
    assert state(made, NOON) == SlotState.PUBLISHED
    entry = HistoryEntry.objects.get(action="publish")
    assert (entry.digest, entry.slot) == (digest, slot_at(made, NOON))
    at.now = NOON + HOUR
    planning.keep()
    assert not HistoryEntry.objects.filter(action="miss").exists()


# A changed schedule


def test_slots_nobody_touched_follow_a_changed_schedule_at_once(at: Clock) -> None:
    made = scheduled(lead_minutes=12 * 60)
    planning.keep()
    assert Digest.objects.count() == 3
    reschedule(made, schedule="30 9,21 * * *", title_pattern="{slot:%m-%d %H:%M}")
    planning.keep()
    assert [due(slot) for slot in Slot.objects.all()[:2]] == ["01 21:30", "02 09:30"]
    assert [each.title for each in Digest.objects.all()] == ["12-01 21:30"]
    assert Slot.objects.all()[0].window == 12 * HOUR


@pytest.mark.parametrize("touch", ["story", "edit", "open", "taken", "skipped", "review"])
def test_what_somebody_worked_on_stays_and_is_marked(at: Clock, touch: str) -> None:
    made = scheduled()
    planning.keep()
    slot, by = slot_at(made, NOON), person("Reviewer")
    digest = slot.digest
    assert digest is not None
    match touch:
        case "story":
            compose.place(digest, story(), by=by, version=digest.version)
        case "edit":
            compose.edit(
                digest, by=by, version=digest.version, title="改过", date=digest.date,
                categories=[], intro="", outro="",
            )  # fmt: skip
        case "open":
            Presence.objects.create(user=by, digest=digest)
        case "taken":
            slots.take(slot, by=by)
        case "skipped":
            compose.place(digest, story(), by=by, version=digest.version)
            slots.skip(slot, by=by, reason="假日")
        case "review":
            digest = compose.place(digest, story(), by=by, version=digest.version)
            lifecycle.submit(digest, by=by, version=digest.version)
    reschedule(made, schedule="0 9 * * *")
    kept = slot_at(made, NOON)
    assert kept.is_outside and kept.digest == digest
    assert not slot_at(made, datetime(2026, 12, 2, 1, tzinfo=UTC)).is_outside
    # And none are made for what stays outside.
    assert Slot.objects.filter(is_outside=True).count() == 1


def test_a_changed_pattern_never_touches_what_is_approved(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = published_in(slot_at(made, NOON))
    assert digest.status == Digest.Status.APPROVED
    before = Digest.objects.filter(pk=digest.pk).values().get()
    reschedule(made, title_pattern="{slot:%H}", time_zone="Europe/Riga")
    assert Digest.objects.filter(pk=digest.pk).values().get() == before


def test_a_series_that_is_replanned_already_is_left_alone(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    reschedule(made, schedule="30 9,21 * * *")
    before = list(Slot.objects.values())
    planning.replan(made, by=None)
    assert list(Slot.objects.values()) == before


def test_a_series_without_a_schedule_any_more_has_no_slots_to_come(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    reschedule(made, schedule="", title_pattern="")
    planning.keep()
    assert not Slot.objects.exists()
    assert not Digest.objects.exists()


# A pause


def test_a_pause_stops_new_slots_and_not_what_is_approved(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    published_in(slot_at(made, NOON))
    planning.pause(made, by=person(ADMINISTRATOR))
    planning.keep()
    assert list(Slot.objects.values_list("due_at", flat=True)) == [NOON]
    at.now = NOON + timedelta(seconds=1)
    assert lifecycle.publish_due() == 1
    at.now = NOON + timedelta(days=3)
    planning.resume(made, by=person(ADMINISTRATOR))
    planning.keep()
    # None of the time of the pause.
    assert [due(slot) for slot in Slot.objects.all()[:2]] == ["01 20:00", "05 00:00"]
    assert not HistoryEntry.objects.filter(action="miss").exists()


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2028, 12, 1)])
def test_a_pause_ends_after_today_and_within_a_year(at: Clock, day: date) -> None:
    made = scheduled()
    with pytest.raises(Invalid, match="Choose a day"):
        planning.pause(made, by=person(ADMINISTRATOR), resumes_on=day)
    assert not Series.objects.exclude(paused_at=None).exists()


def test_a_pause_ends_on_its_day_by_itself(at: Clock) -> None:
    made = scheduled()
    planning.pause(made, by=person(ADMINISTRATOR), resumes_on=date(2026, 12, 4))
    assert due(Slot.objects.all()[0]) == "04 00:00"


# Readers


def test_readers_are_told_of_the_next_edition_in_an_edition_of_the_site(at: Clock) -> None:
    made = scheduled(tells_next=True)
    planning.keep()
    made.refresh_from_db()
    assert made.next_edition_at == NOON
    before = edition()
    slots.skip(slot_at(made, NOON), by=person("Reviewer"), reason="假日")
    planning.keep()
    made.refresh_from_db()
    assert made.next_edition_at == NOON + 4 * HOUR
    assert edition() != before


def test_a_series_that_tells_nothing_draws_no_edition(at: Clock) -> None:
    scheduled()
    before = edition()
    planning.keep()
    assert edition() == before


# Embargoes


def embargoed(item: Item) -> Item:
    return items.set_embargo(item, by=person(), version=item.version, not_before=NOON + HOUR)


def test_a_digest_that_would_break_an_embargo_is_refused_with_story_and_time(at: Clock) -> None:
    item = embargoed(story("模型发布"))
    digest = in_review(item, date=NOON)
    with pytest.raises(Invalid, match=r"“模型发布” may not be published before"):
        approve(digest)
    assert Digest.objects.get().status == Digest.Status.REVIEW


def test_an_embargo_set_later_holds_a_digest_until_it_ends(at: Clock) -> None:
    item = story("模型发布")
    digest = approve(in_review(item, date=NOON))
    item.refresh_from_db()
    embargoed(item)
    at.now = NOON + timedelta(seconds=1)
    assert lifecycle.publish_due() == 0
    # It is not asked for again every second, and nobody is alarmed.
    assert not Digest.objects.due().exists()
    at.now = NOON + timedelta(minutes=5)
    assert not Digest.objects.overdue().exists()
    at.now = NOON + HOUR
    assert lifecycle.publish_due() == 1
    digest.refresh_from_db()
    assert digest.published_at == NOON + HOUR


def test_an_embargo_that_is_lifted_holds_nothing(at: Clock) -> None:
    item = story()
    approve(in_review(item, date=NOON))
    item.refresh_from_db()
    item = embargoed(item)
    at.now = NOON + timedelta(seconds=1)
    assert lifecycle.publish_due() == 0
    items.set_embargo(item, by=person(), version=item.version, not_before=None)
    assert lifecycle.publish_due() == 1


def test_an_error_holds_a_digest_for_a_minute_and_says_so(
    at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = approve(in_review(date=NOON))
    at.now = NOON + timedelta(seconds=1)
    tried = []

    def breaks(*args: object, **kwargs: object) -> None:
        tried.append(at.now)
        raise ValueError("broken")

    monkeypatch.setattr(lifecycle, "go_live", breaks)
    for _ in range(3):
        lifecycle.publish_due()
    assert len(tried) == 1
    digest.refresh_from_db()
    assert digest.why_held == lifecycle.SEE_LOG.message
    at.now += lifecycle.TRIED_AGAIN_AFTER
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: at.now)
    assert lifecycle.publish_due() == 1
    assert Digest.objects.filter(hold_reason="", hold_params={}, held_until=None).exists()


def test_why_a_digest_is_held_is_said_in_the_language_of_whoever_reads_it(at: Clock) -> None:
    digest = approve(in_review(date=NOON))
    Series.objects.update(path_pattern="../{date:%d}.md")
    at.now = NOON + timedelta(seconds=1)
    with translation.override("zh-hans"):
        assert lifecycle.publish_due() == 0
    digest.refresh_from_db()
    assert digest.held_until == at.now + lifecycle.TRIED_AGAIN_AFTER
    in_english = digest.why_held
    assert "“..” in “../01.md” may hold only" in in_english
    with translation.override("zh-hans"):
        assert digest.why_held != in_english


@pytest.fixture(autouse=True)
def nothing_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What fails in `keep` is only logged."""
    yield
    failed = [each.getMessage() for each in caplog.records if each.name.endswith("planning")]
    assert not failed


# Verbs on slots


def test_a_slot_that_is_taken_gives_its_digest_to_whoever_took_it(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    by = person()
    slots.take(slot_at(made, NOON), by=by)
    slot = slot_at(made, NOON)
    assert (slot.owner(), slot.digest and slot.digest.owner) == (by, by)
    slots.take(slot_at(made, NOON + 8 * HOUR), by=by)
    at.now = NOON + 5 * HOUR
    planning.keep()
    later = slot_at(made, NOON + 8 * HOUR)
    assert later.digest and later.digest.owner == by


def test_a_skipped_slot_loses_an_untouched_draft_and_gets_another_when_that_is_undone(
    at: Clock,
) -> None:
    made = scheduled()
    planning.keep()
    by = person("Reviewer")
    with pytest.raises(Invalid, match="Give a reason"):
        slots.skip(slot_at(made, NOON), by=by, reason=" ")
    slots.skip(slot_at(made, NOON), by=by, reason="假日")
    planning.keep()
    assert state(made, NOON) == SlotState.SKIPPED
    assert slot_at(made, NOON).digest is None
    slots.unskip(slot_at(made, NOON), by=by)
    planning.keep()
    assert slot_at(made, NOON).digest is not None
    assert [each.action for each in slot_at(made, NOON).history.all()] == [
        "plan",
        "skip",
        "unskip",
        "add",
    ]


def test_a_digest_in_review_is_not_skipped(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    digest = compose.place(digest, story(), by=person(), version=digest.version)
    lifecycle.submit(digest, by=person(), version=digest.version)
    with pytest.raises(WrongState):
        slots.skip(slot_at(made, NOON), by=person("Reviewer"), reason="假日")


def test_a_moved_digest_takes_date_and_title_of_its_new_slot(at: Clock) -> None:
    made = scheduled(lead_minutes=5 * 60)
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    digest = compose.place(digest, story(), by=person(), version=digest.version)
    digest = move(digest, slots.move, to=slot_at(made, NOON + 4 * HOUR))
    assert digest.title == "2026.12.02.00 过去4小时全球AI发生了什么？"
    assert digest.date == NOON + 4 * HOUR
    assert slot_at(made, NOON + 4 * HOUR).digest == digest
    # The slot it left is promised still.
    planning.keep()
    again = slot_at(made, NOON).digest
    assert again not in (None, digest)


def test_a_digest_is_not_moved_over_the_work_of_others(at: Clock) -> None:
    made = scheduled(lead_minutes=5 * 60)
    planning.keep()
    one, other = slot_at(made, NOON).digest, slot_at(made, NOON + 4 * HOUR).digest
    assert one and other
    compose.place(other, story(), by=person(), version=other.version)
    with pytest.raises(WrongState, match="Someone has worked on"):
        move(one, slots.move, to=slot_at(made, NOON + 4 * HOUR))
    assert slot_at(made, NOON).digest == one


def test_a_slot_outside_the_schedule_goes_when_its_digest_is_moved(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    compose.place(digest, story(), by=person(), version=digest.version)
    reschedule(made, schedule="0 9 * * *")
    digest = move(digest, slots.move, to=slot_at(made, datetime(2026, 12, 2, 1, tzinfo=UTC)))
    assert not Slot.objects.filter(due_at=NOON).exists()
    # The line of its making was the digest's as well.
    assert [line.action for line in digest.history.all()] == ["add", "place", "move"]


def test_the_date_of_a_slots_digest_stays_until_it_is_freed(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    by = person()
    with pytest.raises(Invalid, match="The date is that of its slot"):
        compose.edit(
            digest, by=by, version=digest.version, title="甲", date=NOON + HOUR, categories=[],
            intro="", outro="",
        )  # fmt: skip
    digest = slots.free(digest, by=by, version=digest.version)
    compose.edit(
        digest, by=by, version=digest.version, title="甲", date=NOON + HOUR, categories=[],
        intro="", outro="",
    )  # fmt: skip
    planning.keep()
    assert slot_at(made, NOON).digest not in (None, digest)


def test_a_digest_is_freed_of_a_slot_outside_the_schedule(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    digest = compose.place(digest, story(), by=person(), version=digest.version)
    reschedule(made, schedule="0 9 * * *")
    digest = slots.free(digest, by=person(), version=digest.version)
    assert not Slot.objects.filter(due_at=NOON).exists()
    assert [line.action for line in digest.history.all()] == ["add", "place", "free"]


def test_one_more_slot_has_its_draft_at_once(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    slot = slots.make_now(made, NOON + HOUR, by=person())
    assert slot.digest and slot.digest.title.startswith("2026.12.01.21 过去1小时")
    with pytest.raises(Invalid, match="has a slot at this time already"):
        slots.make_now(made, NOON + HOUR, by=person())
    # It belongs to no schedule, and a changed one leaves it alone.
    reschedule(made)
    assert not slot_at(made, NOON + HOUR).is_outside


def test_a_story_goes_into_the_next_edition_that_can_be_composed(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    published_in(slot_at(made, NOON))
    item = story()
    digest, outcome = slots.put_into_next([(item, item.version)], made, by=person())
    assert slot_at(made, NOON + 4 * HOUR).digest == digest
    assert item in digest.items.all() and outcome.done == [item]
    _digest, outcome = slots.put_into_next([(item, item.version)], made, by=person())
    assert "already in this digest" in outcome.refused[0][1]


def test_a_story_goes_into_no_slot_that_is_skipped_or_no_longer_composed(at: Clock) -> None:
    made = scheduled(lead_minutes=24 * 60)
    planning.keep()
    slots.skip(slot_at(made, NOON), by=person(REVIEWER), reason="假日")
    Digest.objects.filter(slot=slot_at(made, NOON + 4 * HOUR)).update(status="review")
    item = story()
    digest, _outcome = slots.put_into_next([(item, item.version)], made, by=person())
    assert digest == slot_at(made, NOON + 8 * HOUR).digest
    Slot.objects.update(skip_reason="假日")
    with pytest.raises(Invalid, match="no upcoming slot"):
        slots.put_into_next([(item, item.version)], made, by=person())


def test_the_draft_of_a_slot_is_skipped_and_not_deleted(at: Clock) -> None:
    from digests.editorial.deleting import delete_digest

    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    with pytest.raises(WrongState, match="skip the slot instead"):
        delete_digest(digest, by=person(), version=digest.version)


def test_digests_without_a_slot_work_as_ever(at: Clock) -> None:
    series()
    planning.keep()
    assert not Slot.objects.exists()
    digest = in_review(date=NOON - HOUR)
    assert approve(digest).status == Digest.Status.PUBLISHED
    assert shown(digest)


def test_a_freed_digest_stays_free_and_its_slot_waits_for_another_date(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    slots.free(digest, by=person(), version=digest.version)
    planning.keep()
    assert slot_at(made, NOON).digest is None


def test_the_time_without_a_schedule_is_not_caught_up(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    reschedule(made, schedule="")
    at.now += timedelta(days=60)
    reschedule(made, schedule="0 8 * * *")
    planning.keep()
    assert not Slot.objects.filter(due_at__lt=at.now).exists()
    assert not HistoryEntry.objects.filter(action="miss").exists()


def test_a_digest_of_a_skipped_slot_is_not_submitted(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    digest = compose.place(digest, story(), by=person(), version=digest.version)
    slots.skip(slot_at(made, NOON), by=person("Reviewer"), reason="假日")
    with pytest.raises(WrongState, match="Its slot is skipped"):
        lifecycle.submit(digest, by=person(), version=digest.version)


def test_a_restored_text_leaves_the_digest_in_its_slot(at: Clock) -> None:
    made = scheduled(lead_minutes=5 * 60)
    planning.keep()
    digest = slot_at(made, NOON).digest
    assert digest is not None
    by = person()
    digest = compose.place(digest, story(), by=by, version=digest.version)
    digest = lifecycle.submit(digest, by=by, version=digest.version)
    digest = lifecycle.take_back(digest, by=by, version=digest.version)
    digest = move(digest, slots.move, to=slot_at(made, NOON + 4 * HOUR))
    title = digest.title
    digest = move(digest, lifecycle.restore, revision=digest.revisions.get(number=1))
    assert (digest.date, digest.title) == (NOON + 4 * HOUR, title)


def test_who_left_owns_no_slot(at: Clock) -> None:
    made = scheduled()
    planning.keep()
    by = person()
    slots.take(slot_at(made, NOON + 4 * HOUR), by=by)
    User.objects.filter(pk=by.pk).update(is_active=False)
    assert slot_at(made, NOON + 4 * HOUR).owner() is None


def test_an_empty_slot_outside_the_schedule_is_promised_to_nobody(at: Clock) -> None:
    made = scheduled(tells_next=True, lead_minutes=5)
    planning.keep()
    slots.take(slot_at(made, NOON + 8 * HOUR), by=person())
    planning.pause(made, by=person(ADMINISTRATOR))
    planning.keep()
    made.refresh_from_db()
    assert made.next_edition_at is None
    at.now = NOON + 24 * HOUR
    planning.keep()
    assert not HistoryEntry.objects.filter(action="miss", slot__due_at=NOON + 8 * HOUR).exists()
