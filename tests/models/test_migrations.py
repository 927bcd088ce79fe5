"""What migrations do to rows that are there, back and forth on a database that is in use."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from digests.editorial import lifecycle
from digests.models import Category, Digest, DigestCategory
from tests.factories import draft, live_revision, move, published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@contextmanager
def as_of(migration: str) -> Iterator[None]:
    """The database as this migration left it; whatever happens there is migrated afterwards."""
    call_command("migrate", "digests", migration, verbosity=0)
    try:
        yield
    finally:
        call_command("migrate", verbosity=0)


def test_digests_published_before_feed_ids_keep_their_numbers_as_ids() -> None:
    withdrawn = move(published(), lifecycle.withdraw, note="错")
    kept = [published(), withdrawn]
    unpublished = draft()
    with as_of("0003"):
        pass
    ids = dict(Digest.objects.values_list("pk", "feed_id"))
    assert ids == {unpublished.pk: None} | {digest.pk: str(digest.pk) for digest in kept}


def test_categories_that_differ_in_case_become_one_and_what_is_frozen_stays() -> None:
    # As they were called when two names of one category were possible; the last is beyond ASCII.
    names = {"one": "été b", "two": "Été B", "three": "ÉTÉ B", "other": "other"}
    Category.objects.bulk_create(Category(name=name) for name in names)
    one, both = published(categories=("one",)), draft(categories=("other", "two"))
    two = draft(categories=("one",))
    add_line(both, "one", position=3)
    frozen = live_revision(one).text
    with as_of("0005"), connection.cursor() as cursor:
        for now, then in names.items():
            cursor.execute("UPDATE digests_category SET name = %s WHERE name = %s", [then, now])
    assert set(Category.objects.values_list("name", "folded")) == {
        ("été b", "été b"),
        ("other", "other"),
    }
    assert [held(digest) for digest in (one, two, both)] == [
        ["été b"],
        ["été b"],
        ["other", "été b"],
    ]
    assert live_revision(Digest.objects.get(pk=one.pk)).text == frozen
    with pytest.raises(IntegrityError):
        Category.objects.create(name="ÉTÉ b")


def add_line(digest: Digest, name: str, *, position: int) -> None:
    category = Category.objects.get(name=name)
    DigestCategory.objects.create(digest=digest, category=category, position=position)


def held(digest: Digest) -> list[str]:
    return list(digest.filed_under.values_list("category__name", flat=True))
