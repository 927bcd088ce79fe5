"""When the next edition is due, as readers, monitors and programs are told; and nothing else of a
slot."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.asserts import assertContains, assertNotContains

from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle, planning, slots
from digests.models import Digest, Series, Site, Slot
from tests.factories import move, person, published, scheduled

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SITE = "http://news.example.org"
SLOTS = "/api/v1/series/global-ai/slots/"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE
    Site.objects.update(language="zh-hans")


def telling() -> Series:
    """A planned series whose readers are told, with a digest that they see."""
    made = scheduled(tells_next=True)
    published()
    planning.keep()
    made.refresh_from_db()
    return made


def past(made: Series, ago: timedelta, digest: Digest | None = None) -> Slot:
    """A slot of the past; a digest appeared for it in time."""
    due = timezone.now() - ago
    if digest:
        Digest.objects.filter(pk=digest.pk).update(published_at=due)
    return Slot.objects.create(series=made, due_at=due, window_begins=due - 4 * HOUR, digest=digest)


def status(client: Client) -> dict[str, object]:
    answer: dict[str, object] = client.get("/global-ai/status.json").json()
    return answer


@pytest.mark.parametrize("address", ["/", "/global-ai/"])
def test_readers_are_told_the_time_with_its_zone(client: Client, address: str) -> None:
    due = telling().next_edition
    assert due is not None
    page = client.get(address)
    assertContains(page, "下一期：")
    assertContains(page, f'<time datetime="{due.isoformat()}">', count=1)
    assertContains(page, f"{due.year}年{due.month}月{due.day}日 {due:%H:%M}")
    assertContains(page, '<span class="zone">UTC+08:00</span>')


def test_each_series_of_the_front_page_tells_its_own(client: Client) -> None:
    telling()
    other = scheduled("weekly", name="Weekly", tells_next=True)
    published(series=other, date=datetime(2026, 11, 19, tzinfo=UTC))
    planning.keep()
    assertContains(client.get("/"), "下一期：", count=2)


def test_readers_are_told_nothing_where_the_series_does_not_want_it(client: Client) -> None:
    scheduled()
    published()
    planning.keep()
    for address in ("/", "/global-ai/"):
        assertNotContains(client.get(address), "下一期")
    assert client.get("/global-ai/status.json").status_code == 404
    assert client.get(SLOTS).status_code == 404
    assert client.get("/status.json").json() == {"series": []}


def test_no_time_that_has_passed_is_told(client: Client) -> None:
    telling()
    Series.objects.update(next_edition_at=timezone.now() - MINUTE)
    assertNotContains(client.get("/global-ai/"), "下一期")


def test_a_skipped_slot_is_not_the_next_edition_and_the_page_is_made_again(client: Client) -> None:
    made = telling()
    first, second = made.slots.order_by("due_at")[:2]
    assertContains(client.get("/global-ai/"), first.local_due_at.isoformat())
    slots.skip(first, by=person(REVIEWER), reason="假日")
    planning.keep()
    page = client.get("/global-ai/")
    assertContains(page, second.local_due_at.isoformat())
    assertNotContains(page, "假日")


def test_the_status_tells_the_last_edition_and_the_next(client: Client) -> None:
    made = telling()
    digest = Digest.objects.published().get()
    coming = made.slots.order_by("due_at")[0]
    expected = {
        "series": "global-ai",
        "name": "Global AI",
        "last": {
            "title": digest.title,
            "url": f"{SITE}/global-ai/2026-11-20-0800/",
            "date": "2026-11-20T08:00:00+08:00",
        },
        "next_due": coming.local_due_at.isoformat(),
        "seconds_late": 0,
    }
    answer = client.get("/global-ai/status.json")
    assert answer.json() == expected
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer
    assert client.get("/status.json").json() == {"series": [expected]}
    assert client.post("/status.json").status_code == 405


def test_a_status_costs_one_query_however_many_slots_and_series(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = telling()
    for number in range(3):
        past(made, number * HOUR)
        scheduled(f"series-{number}", tells_next=True)
    planning.keep()
    with django_assert_num_queries(1):
        assert len(client.get("/status.json").json()["series"]) == 4
    with django_assert_num_queries(1):
        assert client.get("/global-ai/status.json").status_code == 200


def test_seconds_late_count_from_the_first_edition_that_is_awaited(client: Client) -> None:
    made = telling()
    slot = past(made, 3 * HOUR)
    assert status(client)["seconds_late"] in range(3 * 3600, 3 * 3600 + 60)
    past(made, HOUR)
    assert status(client)["seconds_late"] in range(3 * 3600, 3 * 3600 + 60)
    slots.skip(slot, by=person(REVIEWER), reason="假日")
    assert status(client)["seconds_late"] in range(3600, 3600 + 60)
    past(made, MINUTE, published(title="晚间"))
    assert status(client)["seconds_late"] == 0


def test_a_withdrawn_digest_is_not_the_last_edition(client: Client) -> None:
    made = telling()
    digest = Digest.objects.published().get()
    past(made, HOUR, digest)
    move(digest, lifecycle.withdraw, note="错")
    assert status(client)["last"] is None
    assert status(client)["seconds_late"] == 0


def test_programs_are_told_what_became_of_each_slot(client: Client) -> None:
    made = telling()
    in_time = past(made, 5 * HOUR, Digest.objects.published().get())
    late = past(made, 4 * HOUR, published(title="迟到"))
    Digest.objects.filter(slot=late).update(published_at=F("date") + timedelta(days=3650))
    withdrawn = past(made, 3 * HOUR, published(title="撤回"))
    move(Digest.objects.get(slot=withdrawn), lifecycle.withdraw, note="错")
    missed = past(made, 2 * HOUR)
    skipped = past(made, HOUR)
    slots.skip(skipped, by=person(REVIEWER), reason="假日")
    awaited = past(made, 10 * MINUTE)
    just_now = past(made, timedelta(seconds=5))
    answer = client.get(SLOTS, {"limit": 100})
    told = {slot["due"]: (slot["state"], slot["url"]) for slot in answer.json()["slots"]}

    def of(slot: Slot) -> tuple[str, str | None] | None:
        slot.refresh_from_db()
        return told.get(slot.local_due_at.isoformat())

    assert of(in_time) == ("published", f"{SITE}/global-ai/2026-11-20-0800/")
    state, url = of(late) or ("", None)
    assert state == "late" and url and url.startswith(f"{SITE}/global-ai/")
    assert of(withdrawn) == ("published", None)
    assert of(missed) == ("missed", None)
    assert of(skipped) is None
    assert of(awaited) == ("late", None)
    assert of(just_now) == ("to come", None)
    coming = made.slots.to_come(timezone.now())
    assert coming.exclude(digest=None).exists()
    assert {of(slot) for slot in coming} == {("to come", None)}


def test_nothing_of_the_newsroom_is_in_the_slots(client: Client) -> None:
    made = telling()
    owner = person(username="nightowl")
    slot = made.slots.order_by("due_at")[0]
    slots.take(slot, by=owner)
    Digest.objects.filter(slot=slot).update(title="机密草稿")
    for address in (SLOTS, "/status.json", "/global-ai/", "/"):
        text = client.get(address).text
        assert "机密草稿" not in text and "nightowl" not in text


def test_the_slots_go_on_page_by_page_at_one_cost(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = telling()
    past(made, HOUR, Digest.objects.published().get())
    seen: list[str] = []
    address = f"{SLOTS}?limit=20"
    while address:
        with django_assert_num_queries(3):
            answer = client.get(address.removeprefix(SITE)).json()
        seen += [slot["due"] for slot in answer["slots"]]
        address = answer["next"]
    due = made.slots.order_by("-due_at")
    assert seen == [slot.local_due_at.isoformat() for slot in due]


def test_slots_that_did_not_change_are_not_sent_again(client: Client) -> None:
    telling()
    tag = client.get(SLOTS)["ETag"]
    assert client.get(SLOTS, headers={"If-None-Match": tag}).status_code == 304
