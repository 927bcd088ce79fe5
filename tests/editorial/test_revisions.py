"""Restoring a revision: the items it may take, those it may change, and nobody else's text."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from digests.accounts.roles import REVIEWER
from digests.editorial import compose, items, lifecycle, revisions
from digests.editorial.errors import Busy
from digests.models import Digest, Item, Refusal, Revision, User
from digests.models.item import ItemQuerySet
from digests.text.format import Entry, parse
from tests.factories import draft, live_revision, person, published, shown, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def reviewer() -> User:
    return person(REVIEWER)


def rewritten(item: Item, body: str, by: User, *, status: str = "approved") -> Item:
    """The item with another body, approved again unless it is to stay a draft."""
    item.refresh_from_db()
    entry = Entry(item.headline, item.byline, item.url, body)
    item = items.edit(item, entry, by=by, version=item.version)
    return items.approve(item, by=by, version=item.version) if status == "approved" else item


def corrected(digest: Digest, by: User) -> Digest:
    digest.refresh_from_db()
    return lifecycle.correct(digest, by=by, version=digest.version)


def abandoned(digest: Digest, by: User) -> Digest:
    digest.refresh_from_db()
    return lifecycle.abandon(digest, by=by, version=digest.version)


def reads_as_live(digest: Digest) -> bool:
    return digest.working_copy().document == live_revision(digest).as_document()


def test_a_draft_of_another_digest_that_reads_like_the_entry_is_not_approved(
    reviewer: User,
) -> None:
    item = story(body="原文。")
    digest = corrected(published(item), reviewer)
    rewritten(item, "新的说法。", reviewer)
    # An edit there and back: the text is the published one, and somebody else still works on it.
    draft(item)
    item = rewritten(item, "原文。", reviewer, status="draft")
    digest = abandoned(digest, reviewer)
    item.refresh_from_db()
    assert item.status == "draft"
    assert reads_as_live(digest)
    copy = digest.items.get()
    assert (copy.repeat_of, copy.status) == (item, "approved")


def test_a_rejected_item_that_reads_like_the_entry_stays_rejected(reviewer: User) -> None:
    item = story(body="原文。")
    digest = corrected(published(item, story()), reviewer)
    digest = compose.remove(digest, item, by=reviewer)
    rewritten(item, "新的说法。", reviewer)
    item = rewritten(item, "原文。", reviewer, status="draft")
    item = items.reject(item, by=reviewer, version=item.version, reason="old")
    digest = abandoned(digest, reviewer)
    item.refresh_from_db()
    assert (item.status, item.reason) == ("rejected", "old")
    assert reads_as_live(digest)


def with_twin(item: Item, by: User) -> tuple[Digest, Item]:
    """A digest in correction, and the approved repeat that an earlier restoring made of its item,
    which stands in no digest any more."""
    digest = corrected(published(item, story()), by)
    rewritten(item, "新的说法。", by)
    draft(item)
    digest = abandoned(digest, by)
    twin = Item.objects.get(repeat_of=item)
    digest = corrected(digest, by)
    return compose.remove(digest, twin, by=by), twin


def test_a_repeat_that_somebody_made_a_draft_again_is_not_approved(reviewer: User) -> None:
    digest, twin = with_twin(story(body="原文。"), reviewer)
    rewritten(twin, "别的。", reviewer)
    twin = rewritten(twin, "原文。", reviewer, status="draft")
    digest = abandoned(digest, reviewer)
    twin.refresh_from_db()
    assert twin.status == "draft"
    assert reads_as_live(digest)


def test_two_stories_that_read_alike_are_both_restored(reviewer: User) -> None:
    item = story(url="https://example.org/a", headline="同题", body="原文。")
    again = story(url="https://example.org/a", headline="同题", body="原文。", repeat_of=item)
    digest = corrected(published(item, again), reviewer)
    rewritten(item, "新的说法。", reviewer)
    draft(item)
    digest = abandoned(digest, reviewer)
    assert reads_as_live(digest)
    assert again in digest.items.all()
    assert item not in digest.items.all()


def test_a_restored_story_is_as_old_as_it_was(reviewer: User) -> None:
    posted = datetime(2026, 11, 1, tzinfo=UTC)
    old, undated = story(body="原文。", posted_at=posted), story(body="原文。")
    digest = corrected(published(old, undated), reviewer)
    for item in (old, undated):
        rewritten(item, "新的说法。", reviewer)
        draft(item)
    digest = abandoned(digest, reviewer)
    copies = [placement.item for placement in digest.placements.order_by("position")]
    assert [copy.repeat_of for copy in copies] == [old, undated]
    assert [copy.appeared_at for copy in copies] == [posted, undated.created_at]


def test_an_item_that_others_repeat_under_its_new_link_keeps_that_link(reviewer: User) -> None:
    item = story(url="https://example.org/a")
    digest = corrected(published(item), reviewer)
    entry = Entry(item.headline, item.byline, "https://example.org/b", item.body)
    item = items.edit(item, entry, by=reviewer, version=item.version)
    repeat = story(url="https://example.org/b", repeat_of=item)
    digest = abandoned(digest, reviewer)
    item.refresh_from_db()
    assert item.url_key == repeat.url_key
    assert reads_as_live(digest)


def test_a_link_that_is_taken_at_this_moment_is_a_refusal(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = story(url="https://example.org/a")
    digest = corrected(published(item), reviewer)
    entry = Entry(item.headline, item.byline, "https://example.org/b", item.body)
    items.edit(item, entry, by=reviewer, version=item.version)
    story(url="https://example.org/a")
    # As it looks to a transaction that began before the other one was committed.
    monkeypatch.setattr(ItemQuerySet, "original_of", lambda rows, _key: rows.none())
    with pytest.raises(Refusal, match="already has this link"):
        abandoned(digest, reviewer)
    digest.refresh_from_db()
    assert digest.status == "draft"


@pytest.mark.django_db(transaction=True)
def test_nobody_changes_an_item_while_it_is_taken_for_an_entry(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    digest, twin = with_twin(story(body="原文。"), reviewer)
    outcomes: list[object] = []

    def edit() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            outcomes.append(rewritten(twin, "同时写的。", reviewer))
        except Busy as error:
            outcomes.append(error)
        finally:
            connection.close()

    def edit_beside(*given: Any, **named: Any) -> Revision:
        thread = threading.Thread(target=edit)
        thread.start()
        thread.join()
        return take(*given, **named)

    take: Callable[..., Revision] = revisions.take_revision
    monkeypatch.setattr(revisions, "take_revision", edit_beside)
    digest = abandoned(digest, reviewer)
    assert [type(outcome) for outcome in outcomes] == [Busy]
    assert twin in digest.items.all()
    assert reads_as_live(digest)


def test_what_is_frozen_is_the_normal_form_that_the_file_holds(reviewer: User) -> None:
    item = story(body="原文。")
    digest = draft(item)
    # As a text that was saved before the normal form had this rule.
    Item.objects.filter(pk=item.pk).update(headline="标题\u200b", body="一\r\n二  \n\n")
    Digest.objects.filter(pk=digest.pk).update(intro="引\u200b言")
    digest = lifecycle.submit(digest, by=reviewer, version=digest.version)
    revision = digest.revisions.get()
    document = revision.as_document()
    assert parse(revision.text, bylines=(item.byline,)) == document
    assert document.intro == "引言"
    assert [entry.entry() for entry in revision.entries.all()] == document.entries
    assert revision.document_sha256 == shown(digest)
    # Saving the same text in its normal form changes nothing that anybody would see.
    Digest.objects.filter(pk=digest.pk).update(intro="引言")
    digest.refresh_from_db()
    assert digest.working_copy().fingerprint == revision.document_sha256
