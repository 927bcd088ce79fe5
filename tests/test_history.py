"""What happened stays: revisions, entries and moves are never rewritten, nor their owners lost."""

import pytest
from django.db import IntegrityError, transaction

from digests import editorial
from digests.models import Digest, Entry, Item, Move, Refusal, Revision
from tests.factories import draft, person, published, series, story
from tests.scenes import an_archived_digest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Revision, Entry, Move])
def test_history_is_neither_saved_again_nor_updated_nor_deleted(model):
    published()
    row = model.objects.first()
    for act in (
        row.save,
        row.delete,
        lambda: model.objects.update(pk=row.pk),
        lambda: model.objects.all().delete(),
        lambda: model.objects.filter(pk=row.pk).bulk_update([row], ["id"]),
    ):
        with pytest.raises(Refusal):
            act()
    assert model.objects.filter(pk=row.pk).exists()


def test_an_untouched_item_or_digest_may_be_deleted():
    item, digest = story(status="inbox"), draft()
    item.delete()
    digest.delete()
    assert not Item.objects.exists()
    assert not Digest.objects.exists()
    assert not Move.objects.exists()


def test_what_something_happened_to_cannot_be_deleted():
    item = story(status="draft")
    digest = draft(item)
    for row in (item, digest):
        with pytest.raises(Refusal, match="has a history"):
            row.delete()
        with pytest.raises(Refusal, match="has a history"):
            type(row).objects.all().delete()
        assert type(row).objects.filter(pk=row.pk).exists()


def test_an_edit_is_history_too():
    item = story(status="inbox")
    editorial.edit_item(item, item.entry(), by=person(), version=item.version)
    with pytest.raises(Refusal):
        item.delete()


def test_the_database_itself_refuses_a_published_digest_without_a_live_revision():
    digest = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.filter(pk=digest.pk).update(live_revision=None)


def test_the_database_itself_refuses_a_second_item_with_a_link():
    item = story(url="https://example.org/a")
    other = story()
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=other.pk).update(url_key=item.url_key)


def test_an_imported_draft_and_its_items_are_history_from_the_start():
    digest = editorial.import_digest(an_archived_digest(), series(), by=None, draft=True).digest
    for row in (digest, digest.items.get()):
        with pytest.raises(Refusal, match="has a history"):
            row.delete()
