"""Several stories taken into a digest, and back out again."""

import pytest
from django.core.exceptions import PermissionDenied

from digests.editorial import items, triage, writing
from digests.editorial.errors import Invalid, Stale
from digests.models import Item
from tests.factories import draft, person, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def pairs(*items: Item) -> list[tuple[Item, int]]:
    return [(item, Item.objects.get(pk=item.pk).version) for item in items]


def test_what_stands_in_the_digest_already_is_refused_and_stays_where_it_is() -> None:
    first, second, new = story("一"), story("二"), story("三")
    digest, editor = draft(first, second), person()
    outcome = triage.add_to_digest(digest, pairs(new, first), by=editor)
    assert outcome.done == [new]
    assert [(item, "stands in this digest" in said) for item, said in outcome.refused] == [
        (first, True)
    ]
    assert [p.item for p in digest.placements.in_order()] == [first, second, new]


def test_taking_out_returns_to_the_inbox_only_what_taking_in_shortlisted() -> None:
    fresh, listed = story(status="inbox"), story(status="inbox")
    digest, editor = draft(), person()
    items.shortlist(listed, by=editor, version=listed.version)
    triage.add_to_digest(digest, pairs(fresh, listed), by=editor)
    triage.undo_add(digest, pairs(fresh, listed), by=editor)
    assert not digest.placements.exists()
    statuses = [Item.objects.get(pk=item.pk).status for item in (fresh, listed)]
    assert statuses == ["inbox", "draft"]


def test_a_story_that_cannot_be_approved_is_not_shortlisted_on_the_way() -> None:
    item = story(status="inbox", body="[a]: https://example.org/")
    with pytest.raises(Invalid):
        writing.approve_ready(item, by=person(), version=item.version)
    item.refresh_from_db()
    assert (item.status, item.version) == ("inbox", 1)


def test_an_approved_story_stays_so_when_one_goes_on() -> None:
    item = story()
    assert writing.approve_ready(item, by=person(), version=item.version).version == item.version
    with pytest.raises(Stale):
        writing.approve_ready(item, by=person(), version=item.version - 1)


def test_who_may_not_approve_reads_so_and_sees_no_error_page() -> None:
    with pytest.raises(PermissionDenied):
        triage.each(items.approve, pairs(story(status="draft")), by=person(None))
