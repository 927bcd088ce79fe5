"""The search index is kept whole, whoever publishes, withdraws and rebuilds at once."""

from collections import Counter
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection

from digests import search
from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle
from digests.models import Digest, LiveDigest, Revision
from tests.conftest import empty_search_index
from tests.editorial.test_concurrency import at_once
from tests.factories import in_review, live_revision, person, published, shown, story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def indexed() -> Counter[tuple[int, int]]:
    """(digest, revision) of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest_id, revision_id FROM digests_search")
        return Counter(cursor.fetchall())


def live() -> Counter[tuple[int, int]]:
    """The same of what is live: a row for each digest and one for each entry."""
    return Counter(
        {
            (revision.digest_id, revision.pk): 1 + revision.entries.count()
            for revision in map(live_revision, LiveDigest.objects.all())
        }
    )


def test_a_rebuild_neither_loses_nor_doubles_what_is_published_meanwhile() -> None:
    by = person(REVIEWER)
    gone = [published(story()) for _ in range(4)]
    new = [in_review(story(), story()) for _ in range(6)]
    seen = {digest.pk: shown(digest) for digest in new}

    def publish() -> None:
        for digest in new:
            lifecycle.approve(digest, by=by, version=digest.version, sha256=seen[digest.pk])

    def withdraw() -> None:
        for digest in gone[::2]:
            lifecycle.withdraw(digest, by=by, version=digest.version, note="错了")

    def rebuild() -> None:
        for _ in range(3):
            call_command("rebuild_search")

    assert at_once(publish, withdraw, rebuild) == [None] * 3
    assert indexed() == live()
    assert len(live()) == 8


def test_a_digest_changed_after_a_rebuild_began_is_indexed_as_it_is_then() -> None:
    stays, goes = published(story("留下的消息")), published(story("撤下的消息"))
    numbers = search.live_digests()
    lifecycle.withdraw(goes, by=person(REVIEWER), version=goes.version, note="错了")
    later = published(story("后来的消息"))
    for number in numbers:
        search.renew(number)
    search.remove_others()
    assert indexed() == live()
    assert {digest for digest, _ in indexed()} == {stays.pk, later.pk}


def test_a_rebuild_lets_others_in_after_each_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = published(story()), published(story())
    empty_search_index()
    module = import_module("digests.search.index")
    index = module.index

    def fail_with_the_second(revision: Revision, series: int) -> None:
        if revision.digest_id == second.pk:
            raise RuntimeError
        index(revision, series)

    monkeypatch.setattr(module, "index", fail_with_the_second)
    with pytest.raises(RuntimeError):
        call_command("rebuild_search")
    # What is committed holds no lock.
    assert {digest for digest, _ in indexed()} == {first.pk}


def test_many_publications_of_one_date_at_once_all_get_in() -> None:
    by = person(REVIEWER)
    digests = [in_review(story()) for _ in range(6)]
    seen = [shown(digest) for digest in digests]
    acts = [
        lambda d=digest, s=sha256: lifecycle.approve(d, by=by, version=d.version, sha256=s)
        for digest, sha256 in zip(digests, seen, strict=True)
    ]
    assert all(isinstance(result, Digest) for result in at_once(*acts))
    assert indexed() == live()
    assert len(live()) == 6
