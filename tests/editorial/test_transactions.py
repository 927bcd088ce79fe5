"""A verb that the database breaks off because of others runs once more, and then says so."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, transaction
from psycopg.errors import (
    DeadlockDetected,
    LockNotAvailable,
    QueryCanceled,
    SerializationFailure,
    UndefinedTable,
)

from digests.editorial import items
from digests.editorial.errors import Busy
from digests.editorial.transactions import in_transaction
from digests.models import Item
from digests.text.format import Entry
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)


class Locked(Exception):
    """As sqlite3 says that it waited in vain."""

    sqlite_errorname = "SQLITE_BUSY"


def verb_that_fails(*causes: Exception) -> tuple[Callable[[], Item], list[int]]:
    """A verb that writes and then fails with these causes, one each time, before it is done; and
    the number of items that it found each time."""
    left, found = list(causes), []

    @in_transaction
    def verb() -> Item:
        found.append(Item.objects.count())
        entry = Entry("标题", "", "https://example.org/1", "正文。")
        item = items.add(entry, by=person(), language="zh-hans")
        if left:
            raise OperationalError from left.pop(0)
        return item

    return verb, found


@pytest.mark.parametrize(
    "cause",
    [
        DeadlockDetected(),
        SerializationFailure(),
        LockNotAvailable(),
        QueryCanceled(),
        Locked(),
    ],
)
def test_it_runs_once_more_from_the_beginning(cause: Exception) -> None:
    verb, found = verb_that_fails(cause)
    assert verb() == Item.objects.get()
    assert found == [0, 0]
    assert Item.objects.count() == 1


def test_the_second_time_it_is_refused_and_nothing_was_changed() -> None:
    verb, found = verb_that_fails(DeadlockDetected(), DeadlockDetected())
    with pytest.raises(Busy, match="nothing was changed"):
        verb()
    assert found == [0, 0]
    assert Item.objects.count() == 0


def test_another_error_of_the_database_is_no_reason_to_try_again() -> None:
    verb, found = verb_that_fails(UndefinedTable())
    with pytest.raises(OperationalError):
        verb()
    assert found == [0]


def test_within_another_verb_the_outer_one_runs_again() -> None:
    inner, found = verb_that_fails(DeadlockDetected())
    outer: list[int] = []

    @in_transaction
    def verb() -> Item:
        outer.append(len(found))
        return inner()

    verb()
    assert (outer, found) == ([0, 1], [0, 0])


def test_within_a_transaction_of_somebody_else_nothing_runs_again() -> None:
    verb, found = verb_that_fails(DeadlockDetected())
    with pytest.raises(OperationalError), transaction.atomic():
        verb()
    assert found == [0]


def test_what_was_to_happen_on_commit_happens_once() -> None:
    happened: list[str] = []
    left = [DeadlockDetected()]

    @in_transaction
    def verb() -> None:
        transaction.on_commit(lambda: happened.append("committed"))
        if left:
            raise OperationalError from left.pop()

    verb()
    assert happened == ["committed"]
