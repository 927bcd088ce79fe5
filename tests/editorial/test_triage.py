"""Several stories taken into a digest, and back out again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.editorial import compose, items, triage, writing
from digests.editorial.errors import Forbidden, Invalid, Stale
from digests.models import Digest, Item, User
from tests.factories import PAST, draft, person, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def pairs(*items: Item) -> list[tuple[Item, int]]:
    return [(item, Item.objects.get(pk=item.pk).version) for item in items]


def undone(digest: Digest, outcome: triage.Outcome, by: User) -> None:
    """Undo what put these stories into the digest."""
    again = triage.undo_add(digest, pairs(*outcome.done), shortlisted=outcome.shortlisted, by=by)
    assert again.done == outcome.done


def statuses(*items: Item) -> list[str]:
    return [Item.objects.get(pk=item.pk).status for item in items]


def order(digest: Digest) -> list[tuple[int, str]]:
    return [(p.position, p.item.headline) for p in digest.placements.in_order()]


def test_what_stands_in_the_digest_already_is_refused_and_stays_where_it_is() -> None:
    first, second, new = story("一"), story("二"), story("三")
    digest, editor = draft(first, second), person()
    outcome = triage.add_to_digest(digest, pairs(new, first), by=editor)
    assert outcome.done == [new]
    assert [(item, "is already in this digest" in said) for item, said in outcome.refused] == [
        (first, True)
    ]
    assert [p.item for p in digest.placements.in_order()] == [first, second, new]


def test_taking_out_returns_to_the_inbox_only_what_taking_in_shortlisted() -> None:
    fresh, listed = story(status="inbox"), story(status="inbox")
    digest, editor = draft(), person()
    items.shortlist(listed, by=editor, version=listed.version)
    undone(digest, triage.add_to_digest(digest, pairs(fresh, listed), by=editor), editor)
    assert not digest.placements.exists()
    assert statuses(fresh, listed) == ["inbox", "draft"]


def test_a_digest_of_the_same_title_returns_nothing_that_another_shortlisted() -> None:
    item, editor = story(status="inbox"), person()
    first, second = draft(title="周报"), draft(title="周报", date=PAST + timedelta(days=1))
    triage.add_to_digest(first, pairs(item), by=editor)
    compose.remove(first, item, by=editor)
    undone(second, triage.add_to_digest(second, pairs(item), by=editor), editor)
    assert statuses(item) == ["draft"]


def test_a_digest_renamed_meanwhile_returns_what_it_shortlisted() -> None:
    item, editor, digest = story(status="inbox"), person(), draft(title="周报")
    outcome = triage.add_to_digest(digest, pairs(item), by=editor)
    Digest.objects.filter(pk=digest.pk).update(title="月报")
    undone(digest, outcome, editor)
    assert statuses(item) == ["inbox"]


def test_several_are_placed_before_the_first_section_and_taken_out_without_gaps() -> None:
    old, sectioned, editor = story("旧"), story("节"), person()
    digest = compose.add_section(draft(old, sectioned), "研究", by=editor, version=1 + 2)
    digest = compose.place(
        digest, sectioned, by=editor, version=digest.version, section=digest.sections.get()
    )
    new = [story(headline, status="inbox") for headline in ("一", "二")]
    outcome = triage.add_to_digest(digest, pairs(*new), by=editor)
    assert order(digest) == [(1, "旧"), (2, "一"), (3, "二"), (4, "节")]
    placed = digest.history.order_by("pk").values_list("action", "note")
    assert list(placed)[-2:] == [("place", "一 (2)"), ("place", "二 (3)")]
    assert Digest.objects.get(pk=digest.pk).version == digest.version + 1
    undone(digest, outcome, editor)
    assert order(digest) == [(1, "旧"), (2, "节")]
    assert [entry.note for entry in digest.history.order_by("pk")][-2:] == ["一", "二"]


def test_no_more_are_placed_than_a_digest_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "MAX_DIGEST_ITEMS", 2)
    digest, new, more = draft(story()), story(), story(status="inbox")
    outcome = triage.add_to_digest(digest, pairs(new, more), by=person())
    assert outcome.done == [new]
    assert [sentence for _item, sentence in outcome.refused] == [
        "A digest holds at most 2 stories."
    ]
    assert statuses(more) == ["inbox"]


def test_several_are_numbered_once_however_many_they_are_and_however_long_the_digest_is() -> None:
    editor = person()

    def costs(standing: int, added: int) -> tuple[int, int]:
        """How many statements it takes, and how many of them number the digest's stories."""
        digest = draft(*(story() for _number in range(standing)))
        new = pairs(*(story(status="inbox") for _number in range(added)))
        with CaptureQueriesContext(connection) as asked:
            outcome = triage.add_to_digest(digest, new, by=editor)
            undone(digest, outcome, editor)
        assert len(outcome.done) == added
        return len(asked), sum('UPDATE "digests_placement"' in query["sql"] for query in asked)

    few, more, longer = costs(2, 2), costs(2, 12), costs(42, 12)
    assert longer == more
    # Twice, because no two may collide; to put them in and to take them out.
    assert few[1] == more[1] == 4


@pytest.mark.parametrize("permissions", [[], ["change_item"]])
def test_placing_from_the_inbox_asks_for_what_shortlisting_does(permissions: list[str]) -> None:
    by, fresh, listed = person(None), story(status="inbox"), story(status="draft")
    allowed = ["change_digest", *permissions]
    by.user_permissions.add(*Permission.objects.filter(codename__in=allowed))
    digest = compose.place(draft(), listed, by=by, version=1)
    assert compose.may_be_placed(fresh, by) == bool(permissions)
    acts: list[Callable[[], object]] = [
        lambda: compose.place(digest, fresh, by=by, version=digest.version),
        lambda: triage.add_to_digest(digest, pairs(fresh), by=by),
    ]
    for act in acts:
        if not permissions:
            with pytest.raises(Forbidden):
                act()
    if permissions:
        acts[0]()
    assert statuses(fresh) == ["draft" if permissions else "inbox"]
    assert digest.placements.count() == 1 + len(permissions)


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
