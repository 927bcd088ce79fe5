"""“Put into the next slot”: from the inbox and from a story's editor, for each scheduled series."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from digests.editorial import compose, planning
from digests.models import Digest, Item, Series, Slot
from tests.factories import draft, person, published, scheduled, story
from tests.screens import Response, below, is_refused, messages_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

INBOX = "/admin/inbox/"


@pytest.fixture
def made(db: None) -> Series:
    made = scheduled()
    planning.keep()
    return made


def first(series: Series) -> Slot:
    return Slot.objects.filter(series=series).select_related("digest", "series")[0]


def put(client: Client, series: Series, *items: Item) -> Response:
    sent: dict[str, object] = {"do": f"next-{series.pk}", "item": [item.pk for item in items]}
    sent |= {f"version-{item.pk}": item.version for item in items}
    return client.post(INBOX, sent, headers={"X-Fragment": "1"})


def labels(page: str) -> list[str]:
    buttons = re.findall(r'value="next-\d+" data-(?:do|next)="[^"]*">(.*?)</button>', page, re.S)
    return [" ".join(label.split()) for label in buttons]


def test_a_row_of_the_inbox_names_the_slot_and_puts_the_story_there(
    client: Client, made: Series
) -> None:
    item = story("甲", status=Item.Status.INBOX)
    slot = first(made)
    page = client.get(INBOX).text
    assert labels(page) == [f"Into Global AI {slot.local_due_at:%H:%M}"]
    assert '<summary class="step small">Next slot' not in page
    answer = put(client, made, item)
    digest = first(made).digest
    assert digest is not None
    assert messages_of(answer) == [f"Added to “{digest}”: 甲"]
    assert list(digest.items.all()) == [item]
    item.refresh_from_db()
    assert item.status == Item.Status.DRAFT


def test_it_is_undone_as_other_acts_are(client: Client, made: Series) -> None:
    item = story(status=Item.Status.INBOX)
    put(client, made, item)
    client.post(INBOX, {"do": "undo"}, headers={"X-Fragment": "1"})
    assert not item.placements.exists()
    item.refresh_from_db()
    assert item.status == Item.Status.INBOX


def test_several_series_make_a_menu(client: Client, made: Series) -> None:
    other = scheduled("weekly", name="Weekly")
    Series.objects.filter(pk=other.pk).update(name="Weekly")
    planning.keep()
    item = story(status=Item.Status.INBOX)
    page = client.get(INBOX).text
    assert '<summary class="step small">Next slot' in page
    assert len(labels(page)) == 2
    put(client, other, item)
    assert Digest.objects.get(items=item).series == other


def test_a_series_without_a_slot_to_come_is_not_offered(client: Client, made: Series) -> None:
    scheduled("weekly")
    story(status=Item.Status.INBOX)
    assert len(labels(client.get(INBOX).text)) == 1
    Slot.objects.update(skip_reason="假日")
    assert labels(client.get(INBOX).text) == []


def test_a_series_that_went_meanwhile_is_refused(client: Client, made: Series) -> None:
    item = story(status=Item.Status.INBOX)
    assert is_refused(put(client, Series(pk=12345), item))
    assert (
        client.post(INBOX, {"do": "next-x", "item": item.pk, f"version-{item.pk}": 1}).status_code
        == 400
    )
    assert not item.placements.exists()


def test_the_editor_of_a_story_puts_it_into_the_next_slot(client: Client, made: Series) -> None:
    item = story("甲")
    page = client.get(below(item, "write")).text
    assert labels(page) == [f"Into Global AI {first(made).local_due_at:%H:%M}"]
    sent = {"do": f"next-{made.pk}", "version": item.version}
    answer = client.post(below(item, "write"), sent, follow=True)
    digest = first(made).digest
    assert digest is not None and list(digest.items.all()) == [item]
    assertContains(answer, f"Added to “{digest}”: 甲")
    # It stands in one now.
    assert labels(answer.text) == []
    answer = client.post(below(item, "write"), sent, follow=True)
    assertContains(answer, "is already in this digest")


def test_what_stands_in_a_draft_or_is_rejected_is_not_offered_another(
    client: Client, made: Series
) -> None:
    placed, ran = story("甲"), story("乙")
    draft(placed)
    published(ran)
    assertNotContains(client.get(below(placed, "write")), "Into Global AI")
    assertContains(client.get(below(ran, "write")), "Into Global AI")


def test_nobody_without_the_right_is_offered_it(made: Series) -> None:
    item = story(status=Item.Status.INBOX)
    member = person(None)
    member.is_staff = True
    member.save()
    answer = put(signed_in(member), made, item)
    assert answer.status_code == 403
    assert not item.placements.exists()


def test_the_inbox_costs_the_same_for_any_number_of_series(client: Client, made: Series) -> None:
    story(status=Item.Status.INBOX)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(INBOX)
        return len(asked)

    client.get(INBOX)
    few = queries()
    for number in range(4):
        scheduled(f"series-{number}")
    planning.keep()
    assert queries() == few <= 14


def test_a_story_goes_after_those_that_stand_there(client: Client, made: Series) -> None:
    slot = first(made)
    assert slot.digest is None or slot.digest.is_composable
    one, two = story("一", status=Item.Status.INBOX), story("二", status=Item.Status.INBOX)
    put(client, made, one)
    put(client, made, two)
    digest = Digest.objects.get(items=one)
    order = [each.item.headline for each in digest.placements.in_order()]
    assert order == ["一", "二"]
    assert compose.may_compose(digest, person())
