"""Untouched items and digests can be deleted; all others stay."""

import pytest

from digests.editorial import collaboration, deleting, items
from digests.editorial.errors import Stale, WrongState
from digests.models import Digest, Item, Refusal, User
from tests.factories import draft, person, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def ann() -> User:
    return person(username="ann")


def test_an_untouched_item_goes_and_one_with_a_history_stays(ann: User) -> None:
    fresh, touched = story(status=Item.Status.INBOX), story()
    assert deleting.may_delete(fresh, ann)
    assert not deleting.may_delete(touched, ann)
    deleting.delete_item(fresh, by=ann, version=fresh.version)
    with pytest.raises(Refusal, match="has a history"):
        deleting.delete_item(touched, by=ann, version=touched.version)
    assert list(Item.objects.all()) == [touched]


def test_an_untouched_digest_goes_and_one_with_a_history_stays(ann: User) -> None:
    fresh, touched = draft(), draft(story())
    collaboration.set_current_digest(fresh, by=ann)
    assert deleting.may_delete(fresh, ann)
    assert not deleting.may_delete(touched, ann)
    deleting.delete_digest(fresh, by=ann, version=fresh.version)
    with pytest.raises(Refusal, match="has a history"):
        deleting.delete_digest(touched, by=ann, version=touched.version)
    assert list(Digest.objects.all()) == [touched]
    ann.refresh_from_db()
    assert ann.current_digest is None


def test_an_item_that_another_repeats_stays(ann: User) -> None:
    first = story("甲", url="https://example.org/a", status=Item.Status.INBOX)
    items.add(
        first.entry().__class__("乙", "", first.url, ""),
        by=ann,
        language="zh-hans",
        repeat_of=first,
    )
    with pytest.raises(WrongState, match="“乙” repeats “甲”"):
        deleting.delete_item(first, by=ann, version=first.version)


def test_what_somebody_changed_meanwhile_stays_and_they_are_named(ann: User) -> None:
    item = story(status=Item.Status.INBOX)
    seen = item.version
    items.shortlist(item, by=person(first_name="Noor"), version=seen)
    with pytest.raises(Stale, match="Noor"):
        deleting.delete_item(item, by=ann, version=seen)
