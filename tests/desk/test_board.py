"""The board: slots with their states, and what each role may do about them."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER
from digests.editorial import compose, items, planning, slots
from digests.models import Digest, HistoryEntry, Series, Shift, Slot, User
from tests.factories import person, scheduled, series, story
from tests.screens import messages_of, queries, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BOARD = "/admin/board/"
# 20:00 in Shanghai, the time of a slot.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ACT = r'name="do" value="(\w+)"'
REGIONS = {"X-Fragment": "1"}


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Five minutes before eight in Shanghai, where the users are, too."""
    shown = Clock(NOON - 5 * MINUTE)
    for name in ("django.utils.timezone.now", "digests.models.clock.now"):
        monkeypatch.setattr(name, lambda: shown.now)
    return shown


@pytest.fixture
def ann() -> User:
    return in_shanghai(EDITOR, "Ann")


@pytest.fixture
def rita() -> User:
    return in_shanghai(REVIEWER, "Rita")


def in_shanghai(role: str, name: str, language: str = "en") -> User:
    user = person(role, first_name=name, language=language)
    user.time_zone = "Asia/Shanghai"
    user.save()
    return user


@pytest.fixture
def made() -> Series:
    """A series every four hours, planned since yesterday noon, with drafts an hour ahead."""
    row = scheduled(lead_minutes=60)
    Series.objects.filter(pk=row.pk).update(planned_until=NOON - 24 * HOUR)
    planning.keep()
    return row


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def shown(client: Client, query: str = "") -> list[str]:
    """The lines of a day, without what may be done about them."""
    page = client.get(BOARD + query)
    assert page.status_code == 200
    rows = re.findall(r'<li id="slot-.*?<div class="doing">', page.text, re.DOTALL)
    return [read(row.removesuffix('<div class="doing">')) for row in rows]


def slot(instant: datetime = NOON) -> Slot:
    return Slot.objects.with_names().get(due_at=instant)


def held_by(slot: Slot) -> Digest:
    assert slot.digest is not None
    return slot.digest


def post(client: Client, do: str, **fields: object) -> list[str]:
    """The messages that answer an act."""
    answer = client.post(BOARD, {"do": do, **fields}, headers=REGIONS)
    assert answer.status_code == 200
    return messages_of(answer)


def test_todays_board_begins_with_what_is_next(made: Series, ann: User) -> None:
    Slot.objects.filter(due_at=NOON - 8 * HOUR).update(skip_reason="假日")
    held = Digest.objects.filter(slot__due_at=NOON)
    held.update(status=Digest.Status.APPROVED, hold_reason="等待授权。")
    assert shown(signed_in(ann)) == [
        "20:00 2026.12.01.20 过去4小时全球AI发生了什么？ approved in 5 min"
        " Global AI · Asia/Shanghai · no owner Held: 等待授权。",
        *(
            f"{hour}:00 12-02 2026.12.02.{hour} 过去4小时全球AI发生了什么？ planned in {left} h"
            " Global AI · Asia/Shanghai · no owner"
            for hour, left in (("00", 4), ("04", 8))
        ),
        "16:00 2026.12.01.16 过去4小时全球AI发生了什么？ missed"
        " Global AI · Asia/Shanghai · no owner",
        "12:00 2026.12.01.12 过去4小时全球AI发生了什么？ skipped"
        " Global AI · Asia/Shanghai · no owner 假日",
        *(
            f"{hour} 2026.12.01.{hour[:2]} 过去4小时全球AI发生了什么？ missed"
            " Global AI · Asia/Shanghai · no owner"
            for hour in ("08:00", "04:00", "00:00")
        ),
    ]


def test_another_day_is_in_the_order_of_time_and_has_no_countdown_to_miss(
    made: Series, ann: User
) -> None:
    lines = shown(signed_in(ann), "?day=2026-12-02")
    assert [line.split()[0] for line in lines] == [
        *("00:00", "04:00", "08:00", "12:00", "16:00", "20:00")
    ]
    assert "planned in 4 h" in lines[0]


def test_an_editor_of_another_zone_reads_both_times_and_a_day_of_their_own(
    made: Series, ann: User
) -> None:
    ann.time_zone = "Europe/London"
    ann.save()
    lines = shown(signed_in(ann))
    # 20:00 to 08:00 in Shanghai are the rest of the day in London, which is at 11:55.
    assert [line.split()[0] for line in lines[:4]] == ["20:00", "00:00", "04:00", "16:00"]
    assert "Asia/Shanghai · 12:00 your time" in lines[0]


def test_a_user_without_a_zone_is_told_no_time_of_their_own(made: Series) -> None:
    client = signed_in(person(EDITOR))
    for query in ("", "?week=1"):
        page = client.get(BOARD + query).text
        assert "20:00" in page
        assert "your time" not in page
    # The days are those of the site's clock; in Shanghai it is the next one, and that is said.
    assert read(page).count("12-02 00:00 planned") == 1


def test_a_board_on_which_nothing_is_next_says_so(at: Clock, made: Series, ann: User) -> None:
    at.now = NOON + 16 * MINUTE
    assert "Up next 3" in read(signed_in(ann).get(BOARD).text)
    Slot.objects.filter(due_at__gt=at.now).delete()
    assert "Up next 0 No slots in the next 12 hours." in read(signed_in(ann).get(BOARD).text)


def test_an_embargo_that_ends_too_late_is_seen_before_the_time_has_come(
    made: Series, ann: User
) -> None:
    item = story()
    compose.place(held_by(slot()), item, by=ann, version=held_by(slot()).version)
    item.refresh_from_db()
    items.set_embargo(item, by=ann, version=item.version, not_before=NOON + HOUR)
    client, said = signed_in(ann), "Embargo: not before 2026-12-01 21:00."
    assert shown(client)[0].endswith(said)
    assert said in client.get(f"/admin/digests/slot/{slot().pk}/").text
    assert client.get(BOARD).text.count("Embargo:") == 1


def test_the_owner_is_whoever_took_it_or_is_on_duty(made: Series, ann: User) -> None:
    Shift.objects.create(series=made, user=ann, begins=0, ends=6)
    client = signed_in(ann)
    owners = [line.split(" · ")[2] for line in shown(client, "?day=2026-12-02")]
    assert owners == ["Ann", "Ann", "no owner", "no owner", "no owner", "no owner"]
    assert post(client, "take", slot=slot(NOON + 12 * HOUR).pk) == [
        "Global AI 2026-12-02 08:00 is now yours."
    ]
    assert slot(NOON + 12 * HOUR).taken_by == ann


def test_a_week_has_each_slot_by_series_and_day_and_says_where_none_is(
    made: Series, ann: User
) -> None:
    weekly = series("weekly", name="Weekly")
    Series.objects.filter(pk=weekly.pk).update(schedule="0 9 * * 3", title_pattern="{slot:%d}")
    planning.keep()
    page = signed_in(ann).get(BOARD, {"week": 1}).text
    lines = [
        read(line)
        for line in re.findall(r'<section class="week-line.*?</section>', page, re.DOTALL)
    ]
    assert len(lines) == 2
    assert lines[0].count("planned") == 6 * 6
    assert "20:00 draft" in lines[0]
    assert lines[1].startswith("Weekly Asia/Shanghai Tue")
    assert lines[1].count("no slots") == 6
    assert "09:00 planned" in lines[1]


def test_one_series_is_shown_alone(made: Series, ann: User) -> None:
    other = scheduled("other", name="Other", title_pattern="{slot:%H}", lead_minutes=60)
    planning.keep()
    client = signed_in(ann)
    lines = shown(client, f"?day=2026-12-02&series={other.pk}")
    assert len(lines) == 6
    assert all("Other" in line for line in lines)
    assert len(shown(client, "?day=2026-12-02")) == 12


@pytest.mark.parametrize(
    "query", ["?day=x", "?day=0001-01-01", "?day=9999-12-31", "?series=x", "?series=" + "9" * 30]
)
def test_what_names_nothing_shows_today(query: str, made: Series, ann: User) -> None:
    assert shown(signed_in(ann), query)[0].startswith("20:00")


def test_without_a_schedule_the_board_says_how_to_get_one(ann: User) -> None:
    series()
    page = signed_in(ann).get(BOARD).text
    assert "No series has a schedule yet." in page
    assert "An administrator can give a series one." in page
    chief = signed_in(person(ADMINISTRATOR)).get(BOARD).text
    assert 'href="/admin/digests/series/"' in chief.partition("No series has")[2]


def test_a_slot_is_skipped_with_a_reason_and_that_is_undone(made: Series, rita: User) -> None:
    client, key = signed_in(rita), slot().pk
    assert post(client, "skip", slot=key, reason=" ") == ["Give a reason for skipping this slot."]
    assert post(client, "skip", slot=key, reason="假日") == [
        "Global AI 2026-12-01 20:00 is skipped."
    ]
    assert "skipped Global AI" in next(line for line in shown(client) if line.startswith("20:00"))
    assert post(client, "unskip", slot=key) == ["Global AI 2026-12-01 20:00 is no longer skipped."]
    assert slot().skip_reason == ""


def test_an_editor_is_not_offered_to_skip(made: Series, ann: User, rita: User) -> None:
    offers = {
        user.first_name: set(
            re.findall(r'name="do" value="(\w+)"', signed_in(user).get(BOARD).text)
        )
        for user in (ann, rita)
    }
    assert offers == {"Ann": {"take", "draft", "make"}, "Rita": {"take", "draft", "make", "skip"}}
    assert post(signed_in(ann), "skip", slot=slot().pk, reason="假日") == [
        "You don’t have permission to do this."
    ]
    assert slot().skip_reason == ""


def test_the_draft_of_a_missed_slot_is_made_so_that_it_can_appear_after_all(
    made: Series, ann: User
) -> None:
    missed = slot(NOON - 4 * HOUR)
    assert post(signed_in(ann), "draft", slot=missed.pk) == [
        "The draft “2026.12.01.16 过去4小时全球AI发生了什么？” is ready."
    ]
    assert slot(NOON - 4 * HOUR).digest is not None


def test_one_more_edition_is_made_in_so_many_minutes(made: Series, ann: User) -> None:
    said = post(signed_in(ann), "make", series=made.pk, minutes=30)
    assert said == ["Global AI 2026-12-01 20:26 is added, and its draft is ready."]
    extra = slot(NOON + 26 * MINUTE)
    assert extra.is_extra
    assert extra.digest is not None
    assert "extra" in shown(signed_in(ann))[1]
    (refused,) = post(signed_in(ann), "make", series=made.pk, minutes=0)
    assert refused.startswith("Due in (minutes): ")


def test_a_digest_is_moved_to_another_slot_and_out_of_it(made: Series, ann: User) -> None:
    before, later = slot(), slot(NOON + 4 * HOUR)
    digest = before.digest
    assert digest is not None
    client = signed_in(ann)
    sent = {"slot": before.pk, "version": digest.version}
    assert post(client, "move", to=later.pk, **sent) == [
        "“2026.12.02.00 过去4小时全球AI发生了什么？” is moved to Global AI 2026-12-02 00:00."
    ]
    assert slot(NOON + 4 * HOUR).digest == digest
    digest.refresh_from_db()
    assert post(client, "free", slot=later.pk, version=digest.version - 1) != []
    assert slot(NOON + 4 * HOUR).digest == digest
    assert post(client, "free", slot=later.pk, version=digest.version) == [
        "“2026.12.02.00 过去4小时全球AI发生了什么？” is no longer in Global AI 2026-12-02 00:00."
    ]
    assert slot(NOON + 4 * HOUR).digest is None


@pytest.mark.parametrize("fields", [{"slot": "x"}, {}, {"slot": 9**30}])
def test_an_act_on_no_slot_is_not_understood(fields: dict[str, object], ann: User) -> None:
    assert signed_in(ann).post(BOARD, {"do": "take", **fields}).status_code == 400
    assert signed_in(ann).post(BOARD, {"do": "nothing", "slot": 1}).status_code == 400


def test_a_slot_that_is_gone_is_said_to_be(ann: User) -> None:
    assert post(signed_in(ann), "take", slot=4711) == ["This is no longer here. Reload the page."]


def test_without_a_script_the_same_page_answers_with_the_message(made: Series, ann: User) -> None:
    client = signed_in(ann)
    address = f"{BOARD}?day=2026-12-02&week=1"
    answer = client.post(address, {"do": "take", "slot": slot().pk}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Global AI 2026-12-01 20:00 is now yours." in answer.text


def test_the_board_costs_the_same_for_twenty_series_as_for_two(made: Series, ann: User) -> None:
    def fill(count: int) -> None:
        for _number in range(count):
            name = f"s{Series.objects.count()}"
            more = scheduled(name, name=name, lead_minutes=600)
            Shift.objects.create(series=more, user=person(EDITOR, username=f"u{name}"))
        planning.keep()

    def costs() -> list[int]:
        return [queries(client, BOARD + query) for query in ("", "?week=1", "?day=2026-12-02")]

    client = signed_in(ann)
    fill(1)
    costs()
    few = costs()
    fill(18)
    Slot.objects.filter(due_at__gt=NOON + 4 * HOUR).update(taken_by=ann)
    assert costs() == few
    assert max(few) <= 12


def test_a_page_of_a_slot_tells_what_happened_to_it(made: Series, ann: User, rita: User) -> None:
    key = slot().pk
    slots.take(slot(), by=ann)
    client = signed_in(rita)
    page = client.get(f"/admin/digests/slot/{key}/").text
    history = read(page.partition("What happened")[2])
    assert "Ann took the slot" in history
    assert "the system planned" in history
    assert "the system added" in history  # of its digest
    digest = slot().digest
    assert digest is not None
    of_digest = read(client.get(f"/admin/digests/digest/{digest.pk}/history/").text)
    assert "Ann took the slot" in of_digest
    assert HistoryEntry.objects.filter(slot=key).count() == 3


def test_the_board_is_in_chinese(made: Series) -> None:
    chief = in_shanghai(REVIEWER, "丽", language="zh-hans")
    with translation.override("zh-hans"):
        line = shown(signed_in(chief))[0]
    assert "草稿 5 分钟后" in line
    assert "无负责人" in line
