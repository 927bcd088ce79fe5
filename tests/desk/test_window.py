"""The window of a digest on Compose: what is filled from it, and what the slot before left over."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from digests.editorial import compose, items, planning
from digests.models import Digest, Item, Slot, User
from tests.factories import draft, person, published, scheduled, series, source, story
from tests.screens import Response, below, messages_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

HOUR = timedelta(hours=1)
FILL = "approved stories in the window"


@pytest.fixture
def slot(db: None) -> Slot:
    """The second slot to come of a series, with its draft."""
    made = scheduled(lead_minutes=24 * 60)
    planning.keep()
    return Slot.objects.filter(series=made).select_related("digest")[1]


def digest_of(slot: Slot) -> Digest:
    assert slot.digest is not None
    slot.digest.refresh_from_db()
    return slot.digest


def act(client: Client, digest: Digest, do: str) -> Response:
    digest.refresh_from_db()
    sent = {"do": do, "version": digest.version}
    return client.post(below(digest, "compose"), sent, headers={"X-Fragment": "1"})


def within(slot: Slot, hours: float) -> datetime:
    return slot.window_begins + hours * HOUR


def headlines(digest: Digest) -> list[str]:
    return [placement.item.headline for placement in digest.placements.in_order()]


def test_one_act_fills_the_draft_in_the_order_in_which_stories_appeared(
    client: Client, slot: Slot
) -> None:
    digest = digest_of(slot)
    first = story("已在")
    compose.place(digest, first, by=person(), version=digest.version)
    story("二", posted_at=within(slot, 3))
    story("一", posted_at=within(slot, 0))
    story("早", posted_at=within(slot, -0.1))
    story("晚", posted_at=slot.due_at)
    story("未批", posted_at=within(slot, 1), status=Item.Status.DRAFT)
    elsewhere = story("别处", posted_at=within(slot, 1))
    draft(elsewhere, title="另一期")
    assertContains(client.get(below(digest, "compose")), f"Add all 2 {FILL}")
    before = digest_of(slot).version
    answer = act(client, digest, "fill")
    assert messages_of(answer) == ["2 stories added."]
    assert headlines(digest) == ["已在", "一", "二"]
    assert FILL not in answer.text
    assert digest_of(slot).version == before + 1


def test_a_story_without_a_posting_time_appeared_when_it_was_added(
    client: Client, slot: Slot
) -> None:
    first = Slot.objects.filter(series=slot.series)[0]
    assert first.window_begins <= timezone.now() < first.due_at
    story("刚刚")
    act(client, digest_of(first), "fill")
    assert headlines(digest_of(first)) == ["刚刚"]
    assert not in_slot(slot)


def in_slot(slot: Slot) -> list[str]:
    return headlines(digest_of(slot))


def test_a_filled_draft_is_emptied_again_by_one_act(
    client: Client, editor: User, slot: Slot
) -> None:
    digest = digest_of(slot)
    for hour in range(3):
        story(f"第{hour}", posted_at=within(slot, hour))
    mine = story("我的")
    act(client, digest, "fill")
    compose.place(digest_of(slot), mine, by=editor, version=digest_of(slot).version)
    assertContains(client.get(below(digest, "compose")), "Remove the 3 added stories")
    answer = act(client, digest, "undo_fill")
    assert messages_of(answer) == ["3 stories removed."]
    assert headlines(digest) == ["我的"]
    assert set(Item.objects.waiting().values_list("status", flat=True)) == {"approved"}
    assert f"Add all 3 {FILL}" in answer.text
    assert messages_of(act(client, digest, "undo_fill")) == ["There is nothing to undo."]
    assert headlines(digest) == ["我的"]


def test_undoing_leaves_a_story_that_was_written_on_since(client: Client, slot: Slot) -> None:
    digest = digest_of(slot)
    kept = story("改过", posted_at=within(slot, 1))
    story("没改", posted_at=within(slot, 2))
    act(client, digest, "fill")
    kept.refresh_from_db()
    items.edit_details(kept, by=person(), version=kept.version, language="en")
    answer = act(client, digest, "undo_fill")
    assert headlines(digest) == ["改过"]
    assert len(messages_of(answer)) == 2


def test_the_window_of_a_slot_takes_the_place_of_the_series(client: Client, slot: Slot) -> None:
    slot.series.window_hours = 1
    slot.series.save()
    digest = digest_of(slot)
    old = story("旧", posted_at=within(slot, -1))
    compose.place(
        compose.place(digest, old, by=person(), version=digest.version),
        story("新", posted_at=within(slot, 0.5)),
        by=person(),
        version=digest.version + 1,
    )
    assertContains(client.get(below(digest, "compose")), "older than the window", count=1)


def test_a_digest_without_a_slot_is_filled_from_the_window_of_its_series(client: Client) -> None:
    now = timezone.now()
    digest = draft(series=series(window_hours=4), date=now)
    story("旧", posted_at=now - 5 * HOUR)
    story("新", posted_at=now - 3 * HOUR)
    story("刚到", posted_at=now + HOUR)
    page = client.get(below(digest, "compose"))
    assertContains(page, f"Add all 2 {FILL}")
    assertNotContains(page, "Left over from the last slot")
    act(client, digest, "fill")
    assert headlines(digest) == ["新", "刚到"]


def test_a_digest_without_a_window_offers_nothing_to_fill_it_with(client: Client) -> None:
    digest = draft()
    story("等着")
    assertNotContains(client.get(below(digest, "compose")), 'id="fill"')
    answer = act(client, digest, "fill")
    assert messages_of(answer) == ["No approved stories in the window are waiting."]
    assert not headlines(digest)


def test_what_the_slot_before_left_over_stands_apart(client: Client, slot: Slot) -> None:
    digest = digest_of(slot)
    before = Slot.objects.filter(series=slot.series, due_at__lt=slot.due_at).last()
    assert before is not None
    story("剩下", posted_at=before.window_begins)
    story("没批", posted_at=before.window_begins, status=Item.Status.DRAFT)
    story("更早", posted_at=before.window_begins - HOUR)
    story("这期", posted_at=within(slot, 1))
    published(story("登过", posted_at=before.window_begins))
    page = client.get(below(digest, "compose")).text
    own, apart = page.split("Left over from the last slot")
    for headline in ("没批", "更早", "这期"):
        assert headline in own and headline not in apart
    assert "剩下" in apart and "剩下" not in own
    assert "登过" not in page
    found = client.get(below(digest, "compose"), {"q": "剩下"}).text
    assert "剩下" in found and "Left over" not in found


def test_a_locked_digest_is_not_filled(client: Client, slot: Slot) -> None:
    digest = digest_of(slot)
    story("一", posted_at=within(slot, 1))
    Digest.objects.filter(pk=digest.pk).update(status=Digest.Status.REVIEW)
    assertNotContains(client.get(below(digest, "compose")), 'id="fill"')
    act(client, digest, "fill")
    assert not headlines(digest)


def test_the_page_of_a_slot_costs_the_same_whatever_waits(client: Client, slot: Slot) -> None:
    digest = digest_of(slot)
    before = Slot.objects.filter(series=slot.series, due_at__lt=slot.due_at).last()
    assert before is not None

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(below(digest, "compose")).status_code == 200
        return len(asked)

    story("一", posted_at=within(slot, 1))
    story("二", posted_at=before.window_begins)
    client.get(below(digest, "compose"))
    few = queries()
    for number in range(12):
        story(source=source(f"s{number}"), posted_at=within(slot, 1))
        story(source=source(f"t{number}"), posted_at=before.window_begins)
    assert queries() == few <= 16
