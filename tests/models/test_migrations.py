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

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.processes,
]


@contextmanager
def as_of(migration: str) -> Iterator[None]:
    """The database as this migration left it; whatever happens there is migrated afterwards."""
    call_command("migrate", "digests", migration, verbosity=0)
    try:
        yield
    finally:
        call_command("migrate", verbosity=0)


def test_an_early_newsroom_keeps_its_ids_in_feeds_and_what_was_frozen() -> None:
    # As they were called when two names of one category were possible; the last is beyond ASCII.
    names = {"one": "été b", "two": "Été B", "three": "ÉTÉ B", "other": "other"}
    Category.objects.bulk_create(Category(name=name) for name in names)
    one, both = published(categories=("one",)), draft(categories=("other", "two"))
    two = draft(categories=("one",))
    withdrawn = move(published(), lifecycle.withdraw, note="错")
    add_line(both, "one", position=3)
    frozen = live_revision(one).text
    with as_of("0003"), connection.cursor() as cursor:
        for now, then in names.items():
            cursor.execute("UPDATE digests_category SET name = %s WHERE name = %s", [then, now])
    # Digests published before there were ids for feeds have their numbers as ids.
    ids = dict(Digest.objects.exclude(feed_id=None).values_list("pk", "feed_id"))
    assert ids == {digest.pk: str(digest.pk) for digest in (one, withdrawn)}
    # Categories that differ in case have become one.
    assert set(Category.objects.values_list("name", "folded")) == {
        ("été b", "été b"),
        ("other", "other"),
        ("AI 发展", "ai 发展"),
    }
    assert [held(digest) for digest in (one, two, both)] == [
        ["été b"],
        ["été b"],
        ["other", "été b"],
    ]
    assert live_revision(Digest.objects.get(pk=one.pk)).text == frozen
    with pytest.raises(IntegrityError):
        Category.objects.create(name="ÉTÉ b")


def test_a_newsroom_that_has_published_goes_on_as_it_was() -> None:
    user = person()
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
    assert not User.objects.get(pk=user.pk).sees_first_steps
    # Its pages speak the language of its series, as before.
    assert Site.objects.get().language == "zh-hans"


def test_a_newsroom_that_has_published_nothing_has_its_first_steps_before_it() -> None:
    user = person()
    with as_of("0008"):
        pass
    assert User.objects.get(pk=user.pk).sees_first_steps


@pytest.mark.parametrize(("about", "language"), [("About us", "zh-hans"), ("", "en")])
def test_a_site_speaks_the_language_that_somebody_chose_or_else_of_its_series(
    about: str, language: str
) -> None:
    published()
    published(series=series("tech-week", language="en"))
    Site.objects.update(about=about, language="zh-hans")
    with as_of("0008"):
        pass
    assert Site.objects.get().language == language


def add_line(digest: Digest, name: str, *, position: int) -> None:
    category = Category.objects.get(name=name)
    DigestCategory.objects.create(digest=digest, category=category, position=position)


def held(digest: Digest) -> list[str]:
    return list(digest.filed_under.values_list("category__name", flat=True))
