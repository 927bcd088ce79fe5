"""Slots on other screens: Today, Compose, a digest's details, a slot's own page, the medians."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from digests.accounts.roles import EDITOR, REVIEWER
from digests.editorial import compose, lifecycle, planning, slots
from digests.models import Digest, ExportedFile, HistoryEntry, Series, Slot, User
from tests.factories import approve, draft, live_revision, person, scheduled, story
from tests.screens import below, errors, queries, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# 20:00 in Shanghai, the time of a slot.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    shown = Clock(NOON - 30 * MINUTE)
    for name in ("django.utils.timezone.now", "digests.models.clock.now"):
        monkeypatch.setattr(name, lambda: shown.now)
    return shown


@pytest.fixture
def ann() -> User:
    user = person(EDITOR, username="ann", first_name="Ann")
    user.time_zone = "Asia/Shanghai"
    user.save()
    return user


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


@pytest.fixture
def made() -> Series:
    row = scheduled(lead_minutes=4 * 60)
    Series.objects.filter(pk=row.pk).update(planned_until=NOON - 9 * HOUR)
    planning.keep()
    return row


def slot(instant: datetime = NOON) -> Slot:
    return Slot.objects.with_names().get(due_at=instant)


def digest_of(instant: datetime = NOON) -> Digest:
    digest = slot(instant).digest
    assert digest is not None
    return digest


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def due(client: Client) -> list[str]:
    page = client.get("/admin/").text
    part = page.partition('<ul class="work due">')[2].partition("</ul>")[0]
    return [read(line) for line in re.findall(r"<li.*?</li>", part, re.DOTALL)]


def finish(digest: Digest, by: User) -> Digest:
    """The digest with a story, submitted."""
    digest = compose.place(digest, story(by=by), by=by, version=digest.version)
    return lifecycle.submit(digest, by=by, version=digest.version)


def test_today_lists_what_was_missed_and_the_slots_to_come(made: Series, ann: User) -> None:
    draft(by=ann, title="号外", date=NOON + HOUR)
    lines = due(signed_in(ann))
    assert lines[:4] == [
        "12:00 2026.12.01.12 过去4小时全球AI发生了什么？ missed"
        " Asia/Shanghai · Global AI · late by 7 h",
        "16:00 2026.12.01.16 过去4小时全球AI发生了什么？ missed"
        " Asia/Shanghai · Global AI · late by 3 h",
        "20:00 2026.12.01.20 过去4小时全球AI发生了什么？ draft"
        " Asia/Shanghai · Global AI · in 30 min",
        "21:00 号外 draft Asia/Shanghai · Global AI · Ann",
    ]
    assert lines[4].startswith("00:00 2026.12.02.00")
    assert "planned" in lines[4]
    assert len(lines) == 9


def test_a_slot_is_one_line_with_its_digest(made: Series, ann: User, rita: User) -> None:
    finish(digest_of(), ann)
    assert sum("2026.12.01.20" in line for line in due(signed_in(ann))) == 1
    approve(digest_of(), by=rita)
    (line,) = [line for line in due(signed_in(ann)) if "2026.12.01.20" in line]
    assert " approved " in line


@pytest.mark.parametrize(
    ("minutes", "level", "words"),
    [(-90, "calm", "in 1 h"), (-59, "soon", "in 59 min"), (0, "soon", "due now"),
     (3, "late", "late by 3 min")],
)  # fmt: skip
def test_composes_header_counts_down(
    minutes: int, level: str, words: str, made: Series, ann: User, at: Clock
) -> None:
    at.now = NOON + minutes * MINUTE
    page = signed_in(ann).get(below(digest_of(), "compose")).text
    head = page.partition('data-region="head"')[2]
    found = re.search(r'data-level="(\w+)">(.*?)<', head)
    assert found
    assert found.groups() == (level, words)


def test_composes_header_is_calm_once_the_digest_is_approved(
    made: Series, ann: User, rita: User, at: Clock
) -> None:
    approve(finish(digest_of(), ann), by=rita)
    page = signed_in(rita).get(below(digest_of(), "compose")).text
    assert 'data-level="calm">in 30 min' in page
    at.now = NOON + MINUTE
    lifecycle.publish(digest_of(), by=rita, version=digest_of().version)
    page = signed_in(rita).get(below(digest_of(), "compose")).text
    assert "data-level" not in page.partition('data-region="head"')[2]


def test_a_digest_without_a_slot_counts_down_to_nothing(made: Series, ann: User) -> None:
    page = signed_in(ann).get(below(draft(by=ann), "compose")).text
    assert "data-level" not in page.partition('data-region="head"')[2]


def test_the_date_of_a_slots_digest_is_shown_and_not_typed(made: Series, ann: User) -> None:
    digest, client = digest_of(), signed_in(ann)
    address = below(digest, "details")
    page = client.get(address).text
    assert page.count(" disabled") == 2
    sent = {
        "title": "改过", "date_0": "2020-01-01", "date_1": "08:00", "intro": "", "outro": "",
        "version": digest.version,
    }  # fmt: skip
    assert errors(client.post(address, sent, follow=True).text) == ""
    digest.refresh_from_db()
    assert (digest.title, digest.date) == ("改过", NOON)


def test_a_digest_is_moved_and_freed_on_its_details(made: Series, ann: User) -> None:
    digest, client = digest_of(), signed_in(ann)
    address = below(digest, "details")
    targets = re.findall(r'<option value="(\d+)">(.*?)</option>', client.get(address).text)
    assert [label for _key, label in targets][:2] == ["2026-12-02 00:00", "2026-12-02 04:00"]
    assert [label for _key, label in targets][-2:] == ["2026-12-01 12:00", "2026-12-01 16:00"]
    move = {"do": "move", "slot": slot().pk, "to": targets[0][0], "version": digest.version}
    at_slot = f"/admin/digests/slot/{slot().pk}/"
    answer = client.post(f"{at_slot}?next={address}", move, follow=True)
    assert answer.redirect_chain[-1][0] == address
    assert "is moved to Global AI 2026-12-02 00:00" in answer.text
    digest.refresh_from_db()
    later = slot(NOON + 4 * HOUR)
    assert (digest.date, later.digest) == (NOON + 4 * HOUR, digest)
    free = {"do": "free", "slot": later.pk, "version": digest.version}
    client.post(f"/admin/digests/slot/{later.pk}/", free)
    assert slot(NOON + 4 * HOUR).digest is None
    assert "disabled" not in client.get(address).text


def test_only_slots_whose_drafts_nobody_has_worked_on_are_offered(
    made: Series, ann: User, at: Clock
) -> None:
    at.now = NOON - 10 * MINUTE
    planning.keep()
    address = below(digest_of(), "details")
    assert "2026-12-01 16:00" in signed_in(ann).get(address).text
    free = planning.make_draft(slot(NOON + 4 * HOUR), by=None)
    taken = planning.make_draft(slot(NOON + 8 * HOUR), by=None)
    compose.place(taken, story(), by=ann, version=taken.version)
    offered = re.findall(r'<option value="\d+">(.*?)</option>', signed_in(ann).get(address).text)
    assert offered[:2] == ["2026-12-02 00:00", "2026-12-02 08:00"]
    assert free.slot.local_due_at.hour == 0


def test_the_check_tells_of_too_few_and_too_many_stories(made: Series, ann: User) -> None:
    Series.objects.update(least_stories=1, most_stories=1)
    digest, client = digest_of(), signed_in(ann)
    for count in range(3):
        page = read(client.get(below(digest, "findings")).text)
        assert ("0 stories: the series has at least 1." in page) == (count == 0)
        assert ("2 stories: the series has at most 1." in page) == (count == 2)
        digest = compose.place(digest, story(by=ann), by=ann, version=digest.version)


def test_a_slots_page_tells_when_its_edition_went_through_each_stage(
    made: Series, ann: User, rita: User, at: Clock
) -> None:
    digest = published_after(NOON, 2 * MINUTE, ann, rita, at)
    page = read(signed_in(ann).get(f"/admin/digests/slot/{slot().pk}/").text)
    stages = page.partition("On its way to readers")[2].partition("What happened")[0]
    assert stages.split(" Minutes ") == [
        " first change 2026-12-01 19:30 submitted 2026-12-01 19:30 approved 2026-12-01 20:02"
        " public 2026-12-01 20:02 file written 2026-12-01 20:05",
        "writing 0 review 32 waiting for its time 0 export 3 ",
    ]
    # A correction changes none of them.
    at.now += HOUR
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    digest = approve(digest, by=rita)
    ExportedFile.objects.update(revision=live_revision(digest), at=at.now)
    again = read(signed_in(ann).get(f"/admin/digests/slot/{slot().pk}/").text)
    assert stages in again


def published_after(due_at: datetime, late: timedelta, ann: User, rita: User, at: Clock) -> Digest:
    """The digest of a slot, submitted half an hour before and approved some time after it."""
    row = slot(due_at)
    at.now = due_at - 30 * MINUTE
    planning.make_draft(row, by=None)
    finish(digest_of(due_at), ann)
    at.now = due_at + late
    digest = approve(digest_of(due_at), by=rita)
    revision, written = live_revision(digest), at.now + 3 * MINUTE
    ExportedFile.objects.create(
        path=f"{digest.pk}.md", revision=revision, sha256="", state="written", at=written,
        first_revision=revision, first_at=written,
    )  # fmt: skip
    return digest


def test_history_is_dated_where_its_reader_is(made: Series, ann: User, at: Clock) -> None:
    at.now = NOON + 5 * HOUR  # past midnight in Shanghai, noon in New York
    slots.take(slot(), by=ann)
    address = f"/admin/digests/slot/{slot().pk}/"
    page = signed_in(ann).get(address)
    assert "<h3>2 December 2026</h3>" in page.text
    User.objects.update(time_zone="America/New_York")
    page = signed_in(User.objects.get(pk=ann.pk)).get(address)
    assert "<h3>2 December 2026</h3>" not in page.text


def test_the_medians_of_a_series_tell_what_was_on_time(
    made: Series, ann: User, rita: User, at: Clock
) -> None:
    Series.objects.update(planned_until=NOON + 10 * 24 * HOUR)
    for hours, late in ((0, 0), (4, 6), (8, 30)):
        published_after(NOON + hours * HOUR, late * MINUTE, ann, rita, at)
    slots.skip(slot(NOON + 12 * HOUR), by=rita, reason="假日")
    at.now = NOON + 13 * HOUR
    page = signed_in(rita).get("/admin/board/turnaround/").text
    rows = [read(row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    assert rows[1:] == [
        # Two were missed before the first.
        "7 5 20% 2 2 1 0 36 0 3",
        "30 5 20% 2 2 1 0 36 0 3",
    ]
    assert "假日 1" in read(page)


def test_the_medians_are_for_reviewers_and_cost_the_same(
    made: Series, ann: User, rita: User, at: Clock
) -> None:
    at.now = NOON + HOUR
    address = "/admin/board/turnaround/"
    assert signed_in(ann).get(address).status_code == 403
    client = signed_in(rita)
    client.get(address)
    few = queries(client, address)
    for number in range(10):
        more = scheduled(f"s{number}", name=f"S{number}")
        Series.objects.filter(pk=more.pk).update(planned_until=at.now - 48 * HOUR)
    planning.keep()
    assert queries(client, address) == few <= 12


def test_a_slots_page_costs_the_same_whatever_happened(made: Series, ann: User) -> None:
    client = signed_in(ann)
    address = f"/admin/digests/slot/{slot().pk}/"
    client.get(address)
    few = queries(client, address)
    for _number in range(5):
        slots.take(slot(), by=person(EDITOR))
    assert queries(client, address) == few <= 16
    assert HistoryEntry.objects.filter(slot=slot()).count() == 7
