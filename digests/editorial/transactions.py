"""The transaction of a verb, and the locks that are no row's."""

from collections.abc import Callable
from functools import wraps

from django.db import OperationalError, connection, transaction

from digests.editorial.contention import is_contention
from digests.editorial.errors import Busy


def in_transaction[**P, R](verb: Callable[P, R]) -> Callable[P, R]:
    """Run a verb in a transaction, and once more when the database broke it off because of others;
    after the second time nothing was changed, and `Busy` says so.

    Within another transaction it is a part of that one, which is run again as a whole. So a verb
    reads its rows afresh, and changes nothing that it was given.
    """
    run = transaction.atomic(verb)

    @wraps(verb)
    def run_again(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return run(*args, **kwargs)
        try:
            return run(*args, **kwargs)
        except OperationalError as error:
            _require_contention(error)
        try:
            return run(*args, **kwargs)
        except OperationalError as error:
            _require_contention(error)
            raise Busy from error

    return run_again


def _require_contention(error: OperationalError) -> None:
    """Raise the error unless it says that other transactions were in the way."""
    if not is_contention(error.__cause__):
        raise error


def wait_for_imports() -> None:
    """Let one import run at a time, until its transaction ends: two that have stories in common
    would wait for each other. On SQLite every transaction that writes is alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The number of a table that nobody else locks so.
            cursor.execute("SELECT pg_advisory_xact_lock('digests_digest'::regclass::oid::bigint)")


def check_references() -> None:
    """Check now, and not at the end of the transaction, that the rows exist which were referred
    to: that waits for whoever is changing the keys of one, who may wait for what is locked next."""
    if connection.vendor == "postgresql":
        connection.check_constraints()
