"""What migrations do to rows that are there, back and forth on a database that is in use."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.models.signals import post_migrate

from digests import search
from digests.editorial import lifecycle
from digests.models import Category, Digest, DigestCategory, Month, Site, User
from tests.conftest import empty_search_index
from tests.factories import PAST, draft, live_revision, move, person, published, series, story

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


def test_a_site_goes_on_in_the_language_of_its_series_unless_somebody_chose_one() -> None:
    published()
    with as_of("0008"):
        pass
    assert Site.objects.get().language == "zh-hans"
    published(series=series("tech-week", language="en"))
    Site.objects.update(about="About us", language="zh-hans")
    with as_of("0008"):
        pass
    assert Site.objects.get().language == "zh-hans"
    Site.objects.update(about="")
    with as_of("0008"):
        pass
    assert Site.objects.get().language == "en"


@pytest.mark.parametrize("is_published", [False, True])
def test_a_newsroom_that_has_published_is_past_its_first_steps(is_published: bool) -> None:
    user = person()
    if is_published:
        published()
    with as_of("0008"):
        pass
    assert User.objects.get(pk=user.pk).sees_first_steps != is_published


def test_months_are_counted_and_the_index_is_made_again() -> None:
    published(story("C++ 标准"))
    published(date=PAST - timedelta(days=40))
    gone = move(published(date=PAST - timedelta(days=80)), lifecycle.withdraw, note="错")
    counted = list(Month.objects.with_digests().values_list("first", "digests"))
    assert len(counted) == 2 and gone.live_day is None
    # It empties the index at each migration.
    post_migrate.disconnect(empty_search_index)
    try:
        with as_of("0008"), connection.cursor() as cursor:
            # What earlier code indexed has another form.
            cursor.execute("DELETE FROM digests_search")
    finally:
        post_migrate.connect(empty_search_index)
    assert list(Month.objects.with_digests().values_list("first", "digests")) == counted
    assert search.search(search.Query("C++")).count == 1
    assert search.search(search.Query("新闻")).count == 1


def add_line(digest: Digest, name: str, *, position: int) -> None:
    category = Category.objects.get(name=name)
    DigestCategory.objects.create(digest=digest, category=category, position=position)


def held(digest: Digest) -> list[str]:
    return list(digest.filed_under.values_list("category__name", flat=True))
