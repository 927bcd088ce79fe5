"""The schedule in the form of a series: choices instead of cron, what they mean, and what is
planned once they are saved."""

import os
import re
import signal
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER
from digests.desk.admin.series_form import SeriesForm
from digests.desk.schedule import describe
from digests.editorial import compose, planning
from digests.models import Category, Digest, Series, Shift, Slot, User, clock
from tests.factories import person, scheduled, series
from tests.screens import change, errors, queries, signed_in

pytestmark = pytest.mark.django_db

ADD = "/admin/digests/series/add/"
EXAMPLE = "/admin/digests/series/example/"
# 20:00 in Shanghai.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = NOON - timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


@pytest.fixture
def ada() -> User:
    return person(ADMINISTRATOR, username="ada")


@pytest.fixture
def client(ada: User) -> Client:
    return signed_in(ada)


def sent(**fields: object) -> dict[str, Any]:
    return {
        "name": "全球AI速览",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "path_pattern": "{date:%Y-%m-%d-%H%M}.md",
        "extra": "{}",
    } | fields


def text(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


CHOICES = [
    ({"recurrence": ""}, ""),
    ({"recurrence": "hours", "every": 240, "start": "00:00"}, "0 0,4,8,12,16,20 * * *"),
    ({"recurrence": "hours", "every": 480, "start": "06:30"}, "30 6,14,22 * * *"),
    ({"recurrence": "daily", "times": "08:00, 18:30"}, "0 8 * * *\n30 18 * * *"),
    ({"recurrence": "daily", "times": "8，18：30"}, "0 8 * * *\n30 18 * * *"),
    ({"recurrence": "weekdays", "times": "9:00"}, "0 9 * * 1,2,3,4,5"),
    ({"recurrence": "days", "times": "9:00", "days": ["6", "0"]}, "0 9 * * 0,6"),
    (
        {"recurrence": "cron", "schedule": " 30 8 1 * * \r\n\r\n0 9 15 * *"},
        "30 8 1 * *\n0 9 15 * *",
    ),
]


@pytest.mark.parametrize(("chosen", "stored"), CHOICES)
def test_a_choice_is_stored_as_lines_of_cron(
    client: Client, chosen: dict[str, object], stored: str
) -> None:
    assert not errors(client.post(ADD, sent(**chosen)).text)
    made = Series.objects.get()
    assert made.schedule == stored
    made.full_clean()


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("", {"recurrence": ""}),
        ("0 2,6,10,14,18,22 * * *", {"recurrence": "hours", "every": "240", "start": "02:00"}),
        ("0 8 * * *\n30 18 * * *", {"recurrence": "daily", "times": "08:00, 18:30"}),
        ("0 9 * * 1,2,3,4,5", {"recurrence": "weekdays", "times": "09:00"}),
        ("0 9 * * 0,6", {"recurrence": "days", "times": "09:00", "days": "60"}),
        ("0 9 1 * *", {"recurrence": "cron", "schedule": "0 9 1 * *"}),
    ],
)
def test_a_stored_schedule_opens_as_it_was_chosen_and_stays_so(
    client: Client, stored: str, shown: dict[str, str]
) -> None:
    row = scheduled(schedule=stored, title_pattern=stored and "{slot:%Y-%m-%d %H:%M}")
    page = client.get(change(row)).text
    assert fields_of(page) | shown == fields_of(page)
    client.post(change(row), sent(**as_posted(fields_of(page))))
    row.refresh_from_db()
    assert row.schedule == stored


def fields_of(page: str) -> dict[str, str]:
    """What the fields of the schedule show."""
    shown = {}
    for name in ("recurrence", "every"):
        found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert found
        chosen = re.search(r'value="([^"]*)"[^>]* selected', found[0])
        shown[name] = chosen[1] if chosen else ""
    for name in ("start", "times", "title_pattern"):
        (field,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
        value = re.search(r'value="([^"]*)"', field)
        shown[name] = unescape(value[1]) if value else ""
    shown["days"] = "".join(re.findall(r'name="days" value="(\d)"[^>]* checked', page))
    (written,) = re.findall(r'<textarea name="schedule"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    shown["schedule"] = unescape(written).strip()
    return shown


def as_posted(shown: dict[str, str]) -> dict[str, object]:
    return {**shown, "days": list(shown["days"])}


@pytest.mark.parametrize(
    ("chosen", "field", "why"),
    [
        ({"recurrence": "daily"}, "times", "Enter at least one time."),
        ({"recurrence": "daily", "times": "25:00"}, "times", "“25:00” is not a time"),
        ({"recurrence": "daily", "times": "8:00 noon"}, "times", "“noon” is not a time"),
        ({"recurrence": "daily", "times": "8:00 8:10"}, "times", "less than 15 minutes apart"),
        ({"recurrence": "daily", "times": "1 2 3 4 5 6 7 8 9"}, "times", "at most 8 times"),
        ({"recurrence": "days", "times": "8:00"}, "days", "Choose at least one day."),
        ({"recurrence": "days", "times": "8:00", "days": "9"}, "days", "Select a valid choice"),
        ({"recurrence": "hours", "every": "7"}, "every", "Select a valid choice"),
        ({"recurrence": "hours", "start": "x"}, "start", "Enter a valid time"),
        ({"recurrence": "cron"}, "schedule", "needs at least one line"),
        ({"recurrence": "cron", "schedule": "0 8 * *"}, "schedule", "does not have five fields"),
        ({"recurrence": "cron", "schedule": "*/5 * * * *"}, "schedule", "15 minutes apart"),
        ({"recurrence": "yearly"}, "recurrence", "Select a valid choice"),
        (
            {"recurrence": "daily", "times": "8", "title_pattern": "News"},
            "title_pattern",
            "needs a {slot:…}",
        ),
        (
            {"recurrence": "daily", "times": "8", "least_stories": 9, "most_stories": 8},
            "least_stories",
            "cannot be above the maximum",
        ),
    ],
)
def test_what_is_wrong_is_said_once_and_where_it_was_typed(
    client: Client, chosen: dict[str, object], field: str, why: str
) -> None:
    page = client.post(ADD, sent(**chosen)).text
    rows = re.split(r'<div class="form-row field-', page)
    row = next(row for row in rows if row.startswith(field))
    assert why in unescape(errors(row))
    assert len(re.findall(r'<ul class="errorlist', page)) == 1
    assert not Series.objects.exists()


def test_what_was_typed_for_another_choice_is_in_nobodys_way(client: Client) -> None:
    leftover = {"times": "noon", "start": "x", "schedule": "0 8", "title_pattern": ""}
    assert not errors(client.post(ADD, sent(recurrence="", **leftover)).text)
    made = Series.objects.get()
    assert (made.schedule, made.title_pattern) == ("", "")
    leftover |= {"times": "8:00"}
    assert not errors(client.post(change(made), sent(recurrence="daily", **leftover)).text)
    made.refresh_from_db()
    assert made.schedule == "0 8 * * *"


@pytest.mark.parametrize(
    ("language", "pattern"),
    [
        ("zh-hans", "{slot:%Y.%m.%d.%H} 过去{hours}小时：{series}"),
        ("en", "{series}, {slot:%Y-%m-%d %H:%M}"),
    ],
)
def test_titles_left_empty_get_a_pattern_in_the_language_of_the_series(
    client: Client, language: str, pattern: str
) -> None:
    client.post(ADD, sent(language=language, recurrence="hours"))
    assert Series.objects.get().title_pattern == pattern


def test_lengths_are_words_and_an_odd_one_stays(client: Client) -> None:
    row = scheduled(lead_minutes=100, late_minutes=15)
    page = client.get(change(row)).text
    assert re.search(r'<option value="100" selected>\s*100 minutes', page)
    assert re.search(r'<option value="15" selected>\s*15 minutes', page)
    assert re.search(r'<option value="60">\s*1 hour', page)
    client.post(change(row), sent(recurrence="hours", lead_minutes=100, late_minutes=30))
    row.refresh_from_db()
    assert (row.lead_minutes, row.late_minutes) == (100, 30)


def test_categories_are_kept_in_their_order(client: Client) -> None:
    keys = [Category.objects.create(name=name).pk for name in ("一", "二", "三")]
    client.post(ADD, sent(recurrence="hours", categories=[keys[2], "", keys[0]]))
    made = Series.objects.get()
    client.post(change(made), sent(recurrence="hours", categories=[keys[0], keys[2], keys[1]]))
    assert [each.category_id for each in made.filed_under.all()] == [keys[0], keys[2], keys[1]]
    client.post(change(made), sent(recurrence="hours"))
    assert not made.filed_under.exists()


# Shifts


def shift(number: int, **fields: object) -> dict[str, object]:
    given = {"user": "", "days": list("1234560"), "begins": 0, "ends": 24} | fields
    return {f"shifts-{number}-{name}": value for name, value in given.items()}


def rows_of_shifts(total: int, initial: int = 0) -> dict[str, object]:
    return {"shifts-TOTAL_FORMS": total, "shifts-INITIAL_FORMS": initial}


def test_shifts_are_rows_and_empty_ones_are_none(client: Client, ada: User) -> None:
    ann = person(EDITOR, username="ann")
    rows = shift(0, user=ann.pk, days=["1", "2"], begins=20, ends=8) | shift(1, user=ada.pk)
    client.post(ADD, sent(recurrence="hours", **rows, **shift(2), **rows_of_shifts(3)))
    made = Series.objects.get()
    stored = [(each.user, each.days, each.begins, each.ends) for each in made.shifts.all()]
    assert stored == [(ann, "12", 20, 8), (ada, "1234560", 0, 24)]
    keys = list(made.shifts.values_list("pk", flat=True))
    rows = shift(0, id=keys[0], user=ann.pk, DELETE="on") | shift(1, id=keys[1], user=ann.pk)
    client.post(change(made), sent(recurrence="hours", **rows, **rows_of_shifts(2, 2)))
    assert [each.user for each in made.shifts.all()] == [ann]
    # A form that was sent without them leaves them as they are.
    client.post(change(made), sent(recurrence="hours"))
    assert made.shifts.count() == 1


def test_two_rows_are_to_spare_without_scripts(client: Client) -> None:
    row = scheduled()
    Shift.objects.create(series=row, user=person())
    page = client.get(change(row)).text
    shown = page.partition("<template>")[0]
    assert len(re.findall(r'name="shifts-\d-user"', shown)) == 3


def test_a_shift_without_a_day_is_refused_in_its_row(client: Client) -> None:
    rows = shift(0, user=person().pk, days=[]) | rows_of_shifts(1)
    page = client.post(ADD, sent(recurrence="hours", **rows)).text
    assert "Choose at least one day." in errors(page)
    assert "Nothing was saved yet." in page
    assert not Series.objects.exists()


def test_shifts_are_left_alone_without_a_schedule(client: Client) -> None:
    row = scheduled()
    Shift.objects.create(series=row, user=person())
    rows = shift(0, user=person().pk, days=[]) | rows_of_shifts(1)
    assert not errors(client.post(change(row), sent(recurrence="", **rows)).text)
    assert row.shifts.count() == 1


def test_who_left_stays_in_a_shift_and_is_offered_to_no_other(client: Client) -> None:
    row = scheduled()
    gone = person(username="gone", is_active=False)
    other = person(username="other-gone", is_active=False)
    Shift.objects.create(series=row, user=gone)
    page = client.get(change(row)).text
    assert ">gone<" in page
    assert f">{other}<" not in page


def test_no_query_is_asked_for_each_shift(client: Client) -> None:
    row = scheduled()
    few = queries(client, change(row))
    for number in range(6):
        Shift.objects.create(series=row, user=person(username=f"user{number}"))
    assert queries(client, change(row)) == few


# What it means


@pytest.mark.parametrize(
    ("schedule", "english", "chinese"),
    [
        (
            "0 2,6,10,14,18,22 * * *",
            "Every 4 hours, at 02:00, 06:00, 10:00, 14:00, 18:00, 22:00.",
            "每 4 小时一期：02:00、06:00、10:00、14:00、18:00、22:00。",
        ),
        ("0 8 * * *\n30 18 * * *", "Daily at 08:00, 18:30.", "每天 08:00、18:30。"),
        ("0 8 * * 1,2,3,4,5", "On weekdays at 08:00.", "工作日 08:00。"),
        ("0 8 * * 0,3", "On Wednesday, Sunday at 08:00.", "每逢星期三、星期日 08:00。"),
        ("0 8 * * 7", "At 08:00, only on Sunday.", "在 08:00，仅在星期日。"),
        ("0 8 * * 1-5", "At 08:00, Monday through Friday.", "在 08:00，星期一到星期五。"),
        ("0 8 * * fri", "At 08:00, only on Friday.", "在 08:00，仅在星期五。"),
        ("0 8 1 1,6 *", None, "在 08:00，每月的 1 号，仅在一月和六月。"),
        ("0 8 1 * *\n0 9 15 * *", None, "在 08:00，每月的 1 号。在 09:00，每月的 15 号。"),
        ("0 8 */3058 5 0/207,*", "0 8 */3058 5 0/207,*.", "0 8 */3058 5 0/207,*。"),
        ("", "", ""),
    ],
)
def test_a_schedule_is_a_sentence_in_both_languages(
    schedule: str, english: str | None, chinese: str
) -> None:
    with translation.override("zh-hans"):
        assert describe(schedule) == chinese
    if english is not None:
        with translation.override("en"):
            assert describe(schedule) == english


def test_the_example_is_a_sentence_and_the_next_ten_editions(client: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Europe/Riga")
    asked = sent(recurrence="hours", every=240, start="00:00")
    page = text(client.get(EXAMPLE, asked).text)
    assert "Every 4 hours, at 00:00, 04:00, 08:00, 12:00, 16:00, 20:00." in page
    titles = re.findall(r"2026\.12\.\d\d\.\d\d 过去4小时：全球AI速览", page)
    assert titles[1:3] == [
        "2026.12.01.20 过去4小时：全球AI速览",
        "2026.12.02.00 过去4小时：全球AI速览",
    ]
    assert len(titles) == 1 + 10  # the example, and the list
    # In the zone of the series and in the editor's; the window begins with the edition before.
    assert "Tue 2026-12-01 20:00 · 14:00 your time 4 h, since 2026-12-01 16:00" in page


def test_a_window_of_its_own_shows_in_titles(client: Client) -> None:
    asked = sent(recurrence="daily", times="8:00", window_hours=36)
    assert "过去36小时：全球AI速览" in client.get(EXAMPLE, asked).text


@pytest.mark.parametrize(
    ("pattern", "remarked"), [("{slot:%d}", True), ("{slot:%Q}", True), ("{slot:%d %H}", False)]
)
def test_titles_that_would_be_the_same_are_remarked_on(
    client: Client, pattern: str, remarked: bool
) -> None:
    asked = sent(recurrence="hours", every=240, start="00:00", title_pattern=pattern)
    page = text(client.get(EXAMPLE, asked).text)
    remark = "Some of these editions have the same title. Add the day or the hour to the pattern,"
    assert (f"{remark} as in {{slot:%Y-%m-%d %H:%M}}." in page) is remarked


def test_the_window_of_a_night_when_clocks_are_set_is_longer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = datetime(2026, 10, 24, 19, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: evening)
    asked = sent(recurrence="hours", every=180, start="00:00", time_zone="Europe/Riga")
    hours = re.findall(r"过去([\d.]+)小时", client.get(EXAMPLE, asked).text)
    assert hours[1:5] == ["3", "3", "4", "3"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"recurrence": "cron", "schedule": "x"}, "does not have five fields"),
        ({"recurrence": "cron", "schedule": "0 8 30 2 *"}, "its months do not have it"),
        ({"recurrence": "cron", "schedule": "0 8 * * 5#5L"}, "The weekday of"),
        ({"recurrence": "cron", "schedule": "9" * 5000}, "at most 400 characters"),
        ({"recurrence": "daily", "times": "noon"}, "“noon” is not a time"),
        ({"recurrence": "x"}, "Select a valid choice"),
        ({"recurrence": "hours", "every": "-1"}, "Select a valid choice"),
        ({"recurrence": "hours", "time_zone": "Mars/Olympus"}, "not a time zone"),
        ({"recurrence": "hours", "window_hours": "99999999999"}, "less than or equal to"),
        ({"recurrence": "hours", "title_pattern": "{slot:%Y}{series:>999999999}"}, "as they are"),
        ({"recurrence": "hours", "title_pattern": "{slot:{hours:>999999999}}"}, "as they are"),
        ({"recurrence": "hours", "title_pattern": "{slot:%999999999Y}"}, "as they are"),
        ({"recurrence": "hours", "title_pattern": "{slot.__class__:%H}"}, "is not known"),
        ({"recurrence": "hours", "title_pattern": "{slot:%H"}, "check its braces"),
    ],
)
def test_bad_input_shows_its_sentence(client: Client, typed: dict[str, object], why: str) -> None:
    answer = client.get(EXAMPLE, sent(**typed))
    assert answer.status_code == 200
    shown = answer.text.partition('data-region="upcoming"')[2]
    assert why in unescape(shown)
    assert "<ol>" not in shown


def test_an_example_costs_the_same_whatever_is_typed(client: Client) -> None:
    asked = sent(recurrence="hours", slug="news")
    client.get(EXAMPLE, asked)
    with CaptureQueriesContext(connection) as found:
        client.get(EXAMPLE, asked)
    assert len(found) <= 7


# Once it is saved


committing = pytest.mark.django_db(transaction=True)


@committing
def test_saving_plans_the_slots_and_says_when_the_first_is_due(client: Client) -> None:
    client.post(ADD, sent(recurrence="hours", every=240, start="00:00"))
    assert Slot.objects.count() == 54
    page = text(client.get("/admin/digests/series/").text)
    assert "54 slots are planned." in page
    assert "The first is due on 1 December 2026 at 20:00 (Asia/Shanghai)." in page
    assert "Every 4 hours, at 00:00" in page


@committing
def test_a_change_of_what_slots_depend_on_moves_those_to_come(client: Client) -> None:
    row = scheduled(lead_minutes=24 * 60)
    planning.keep()
    client.post(change(row), sent(recurrence="daily", times="09:00"))
    due = [f"{slot.local_due_at:%H:%M}" for slot in row.slots.select_related("series")]
    assert set(due) == {"09:00"}


def is_killed_before_replanning(client: Client, row: Series, **fields: object) -> bool:
    """Whether a process of its own, which saves the series, is killed once that is committed."""
    connection.close()
    child = os.fork()
    if not child:
        killed = partial(os.kill, os.getpid(), signal.SIGKILL)
        with patch.object(planning, "replan", lambda *_args, **_kwargs: killed()):
            client.post(change(row), sent(**fields))
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


@committing
@pytest.mark.postgresql
def test_slots_follow_a_change_whose_process_was_killed_before_they_did(client: Client) -> None:
    row = scheduled(lead_minutes=24 * 60)
    planning.keep()
    changes = {"recurrence": "daily", "times": "09:00", "lead_minutes": 24 * 60}
    assert is_killed_before_replanning(client, row, **changes)
    assert row.slots.count() == 54
    planning.keep()
    due = [f"{slot.local_due_at:%H:%M}" for slot in row.slots.select_related("series")]
    assert due == ["09:00"] * 9
    assert {digest.date.hour for digest in Digest.objects.all()} == {1}


@committing
def test_a_change_that_leaves_no_mark_would_be_forgotten(client: Client) -> None:
    """The bug that the test before must find."""
    row = scheduled()
    planning.keep()
    assert is_killed_before_replanning(client, row, recurrence="daily", times="09:00")
    Series.objects.update(is_plan_stale=False)
    planning.keep()
    assert row.slots.count() == 54


@committing
def test_a_pause_that_comes_while_the_form_is_saved_stays(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = scheduled()
    planning.keep()
    clean = SeriesForm.clean

    def pause_meanwhile(form: SeriesForm) -> dict[str, Any]:
        Series.objects.update(paused_at=clock.now())
        return clean(form)

    monkeypatch.setattr(SeriesForm, "clean", pause_meanwhile)
    given = sent(name="新名", recurrence="hours", every=240, start="00:00")
    assert client.post(change(row), given).status_code == 302
    row.refresh_from_db()
    assert row.name == "新名"
    assert row.paused_at


@committing
def test_a_change_of_anything_else_leaves_slots_and_drafts_alone(client: Client) -> None:
    row = scheduled(title_pattern="{slot:%H} {series}", lead_minutes=24 * 60)
    planning.keep()
    before = list(row.slots.values_list("pk", "digest"))
    client.post(
        change(row),
        sent(
            name=row.name, recurrence="hours", every=240, start="00:00", body_max=500,
            title_pattern="{slot:%H} {series}", lead_minutes=24 * 60,
        ),
    )  # fmt: skip
    assert list(row.slots.values_list("pk", "digest")) == before


@committing
def test_a_shift_that_changes_gives_drafts_to_its_user(client: Client) -> None:
    row = scheduled(lead_minutes=24 * 60)
    planning.keep()
    ann = person(EDITOR, username="ann")
    rows = shift(0, user=ann.pk) | rows_of_shifts(1)
    client.post(change(row), sent(recurrence="hours", lead_minutes=24 * 60, **rows))
    planning.keep()
    assert set(Digest.objects.values_list("owner", flat=True)) == {ann.pk}


@committing
def test_a_series_without_a_schedule_is_saved_as_before(client: Client) -> None:
    client.post(ADD, sent())
    assert not Slot.objects.exists()
    page = text(client.get("/admin/digests/series/").text)
    assert "“全球AI速览” saved." in page
    assert "slot" not in page


@committing
def test_a_schedule_that_is_taken_away_leaves_what_somebody_worked_on(client: Client) -> None:
    row = scheduled(lead_minutes=60)
    planning.keep()
    digest = Digest.objects.get()
    by = person()
    compose.edit(
        digest, by=by, version=digest.version, title="改过", date=digest.date, categories=[],
        intro="", outro="",
    )  # fmt: skip
    client.post(change(row), sent(recurrence=""))
    (slot,) = row.slots.all()
    assert slot.is_outside
    assert "No slots are planned." in client.get("/admin/digests/series/").text


# Pausing


def pause(client: Client, row: Series, day: str = "") -> str:
    answer = client.post(f"/admin/digests/series/{row.pk}/pause/", {"resumes_on": day}, follow=True)
    return text(answer.text)


def test_a_series_is_paused_and_resumed_on_its_page(client: Client) -> None:
    row = scheduled()
    planning.keep()
    said = pause(client, row)
    assert "“Global AI” is paused. Approved digests are still published." in said
    assert not row.slots.exists()
    assert "paused" in text(client.get("/admin/digests/series/").text)
    assert "Resume" in client.get(change(row)).text
    answer = client.post(f"/admin/digests/series/{row.pk}/resume/", follow=True)
    assert "54 slots are planned" in answer.text
    assert "paused" not in text(client.get("/admin/digests/series/").text)


def test_a_pause_may_have_an_end(client: Client) -> None:
    row = scheduled()
    said = pause(client, row, "2026-12-03")
    assert "is paused until 3 December 2026. Approved digests are still published." in said
    assert "Paused until 3 December 2026." in text(client.get(change(row)).text)
    row.refresh_from_db()
    assert row.resumes_on == date(2026, 12, 3)
    for language, said in (
        ("en", "paused until 3 December 2026"),
        ("zh-hans", "暂停至 2026年12月3日"),
    ):
        User.objects.update(language=language)
        assert said in text(client.get("/admin/digests/series/").text)


def test_the_next_editions_of_a_paused_series_come_after_its_pause(client: Client) -> None:
    row = scheduled()
    pause(client, row, "2026-12-03")
    asked = sent(recurrence="hours", every=240, start="00:00", saved=row.pk)
    for page in (client.get(change(row)), client.get(EXAMPLE, asked)):
        assert re.findall(r"\b[TWF]\w\w (2026-12-\d\d 00:00)", text(page.text))[0] == (
            "2026-12-03 00:00"
        )
    pause(client, row)
    for page in (client.get(change(row)), client.get(EXAMPLE, asked)):
        assert "No editions are planned while the series is paused." in text(page.text)
        assert "For example, a digest of this hour:" in text(page.text)


@pytest.mark.parametrize("day", ["2026-12-01", "2026-11-01", "2028-01-01", "9999-12-31", "soon"])
def test_a_pause_ends_on_a_day_of_the_next_year(client: Client, day: str) -> None:
    row = scheduled()
    assert "Resume on:" in pause(client, row, day)
    row.refresh_from_db()
    assert row.paused_at is None


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_pause_is_for_administrators_and_by_post(client: Client, verb: str) -> None:
    row = scheduled()
    address = f"/admin/digests/series/{row.pk}/{verb}/"
    assert signed_in(person(REVIEWER)).post(address).status_code == 403
    assert client.get(address).status_code == 405
    assert client.post("/admin/digests/series/999/pause/").status_code == 404


def test_the_list_of_series_asks_no_query_for_each(client: Client) -> None:
    scheduled()
    few = queries(client, "/admin/digests/series/")
    for number in range(5):
        scheduled(f"series-{number}", paused_at=NOON)
    assert queries(client, "/admin/digests/series/") == few


def test_a_series_without_a_schedule_cannot_be_paused(client: Client) -> None:
    assert "/pause/" not in client.get(change(series())).text


def test_those_who_may_only_look_see_the_schedule_as_a_sentence() -> None:
    row = scheduled()
    page = signed_in(person(EDITOR)).get(change(row)).text
    assert "Every 4 hours, at 00:00" in page
    assert "过去4小时" in page
    assert 'name="recurrence"' not in page
    assert "/pause/" not in page
    assert "series.js" not in page
