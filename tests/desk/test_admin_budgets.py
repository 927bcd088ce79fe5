"""Pages of the admin ask the database as often for sixty rows as for three."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests.accounts.roles import ADMINISTRATOR
from digests.models import Digest, ExportedFile, Item, Source, User
from tests.factories import draft, in_review, person, published, series, source, story
from tests.screens import below, queries, signed_in

pytestmark = pytest.mark.django_db
# One query of each page is of the slots that alarm.
# One query of each is for the time, by which the bar tells what is late.
LIMITS = {"details": 10, "approve": 15, "frame": 12, "history": 12, "findings": 12}


@pytest.fixture
def client() -> Client:
    client = signed_in(person(ADMINISTRATOR, username="ada"))
    # What a process looks up once may have been forgotten with another test's rows.
    ContentType.objects.get_for_models(*apps.get_models())
    return client


def fill(count: int) -> None:
    """`count` more of whatever the lists show, each with rows of its own to point to."""
    for _number in range(count):
        name = f"Source {Source.objects.count()}"
        story(status=Item.Status.INBOX, source=source(name))
        owner = person(ADMINISTRATOR)
        in_review(story(source=source(name)), by=owner, series=series(f"s{Digest.objects.count()}"))
    ExportedFile.objects.all().delete()
    revision = published().live_revision
    ExportedFile.objects.bulk_create(
        ExportedFile(path=f"{number}.md", revision=revision, sha256="", state="written")
        for number in range(count)
    )


def test_lists_cost_the_same_whatever_their_length(client: Client) -> None:
    nouns = ("item", "digest", "user", "source", "series", "category", "exportedfile")
    addresses = ["/admin/", *(f"/admin/digests/{noun}/" for noun in nouns)]
    fill(3)
    few = {address: queries(client, address) for address in addresses}
    fill(17)
    assert {address: queries(client, address) for address in addresses} == few
    # Today, which is many lists, has a limit of its own.
    del few["/admin/"]
    # Seven of them belong to signing in and to permissions.
    assert max(few.values()) <= 14


def test_the_pages_of_a_digest_cost_the_same_whatever_stands_in_it(client: Client) -> None:
    small = in_review(*(story(source=source(f"s{n}")) for n in range(3)))
    large = in_review(*(story(source=source(f"t{n}")) for n in range(60)))
    few = {name: queries(client, below(small, name)) for name in LIMITS}
    assert {name: queries(client, below(large, name)) for name in LIMITS} == few
    assert {name: limit for name, limit in LIMITS.items() if few[name] > limit} == {}


def test_the_page_of_a_draft_costs_the_same_whatever_stands_in_it(client: Client) -> None:
    small = draft(*(story(source=source(f"s{n}")) for n in range(3)), categories=("a",))
    large = draft(
        *(story(source=source(f"t{n}")) for n in range(60)), categories=("a", "b", "c", "d")
    )
    # Compose comes last: opening it makes the digest current.
    for name, limit in (("details", 10), ("compose", 14)):
        assert queries(client, below(large, name)) == queries(client, below(small, name)) <= limit


def test_the_pages_of_an_item_cost_the_same_whatever_happened_to_it(client: Client) -> None:
    pages = {"write": 15, "details": 10}
    item = story()
    # One that stands nowhere is also asked for the next slots.
    draft(item)
    few = {name: queries(client, below(item, name)) for name in pages}
    for _number in range(5):
        draft(item, by=person(username=f"u{User.objects.count()}"))
    assert {name: queries(client, below(item, name)) for name in pages} == few
    assert {name: limit for name, limit in pages.items() if few[name] > limit} == {}


def test_a_list_of_items_is_not_counted_twice(client: Client) -> None:
    story(status=Item.Status.INBOX)
    Item.objects.update(created_at=timezone.now() - timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/digests/item/", {"q": "x"})
    assert sum("COUNT(" in query["sql"] and "digests_item" in query["sql"] for query in asked) == 1
