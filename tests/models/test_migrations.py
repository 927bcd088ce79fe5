"""What migrations do to rows that are there, back and forth on a database that is in use."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command

from digests.editorial import lifecycle
from digests.models import Digest
from tests.factories import draft, move, published

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
