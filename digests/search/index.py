"""Writing the search index, in the transaction that changes what is live."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import F

from digests.models import Digest, LiveDigest, Revision, Site
from digests.text.index.rows import IndexedEntry, indexed_rows, keys_of
from digests.text.index.tokens import VERSION

logger = logging.getLogger(__name__)


# Whoever meets an error here gives up the whole transaction, so none needs a savepoint.
_in_transaction = transaction.atomic(savepoint=False)


@_in_transaction
def index(revision: Revision, series: int) -> None:
    """Index a live revision, in place of whatever the index held of its digest.

    `series` is the primary key of the digest's series.
    """
    with connection.cursor() as cursor:
        _wait_for_others()
        _remove(revision.digest_id)
        first, end = keys_of(revision.dated)
        cursor.execute(
            "SELECT max(key) FROM digests_search WHERE key >= %s AND key < %s", [first, end]
        )
        highest = cursor.fetchone()[0]
        rows = list(_rows(revision, series))
        # Above the keys that this second has already: of two digests with one date, readers see the
        # one with the later revision first. Within a digest the first row has the highest key.
        end = (first if highest is None else highest + 1) + len(rows)
        cursor.executemany(
            "INSERT INTO digests_search"
            " (key, digest_id, revision_id, entry_id, day, marks, head, body)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [(end - number, *row) for number, row in enumerate(rows, start=1)],
        )


@_in_transaction
def remove(digest: Digest) -> None:
    """Remove a digest that is no longer live from the index."""
    _wait_for_others()
    _remove(digest.pk)


@transaction.atomic
def renew(digest: int) -> None:
    """Index the digest with this primary key again, if it is live.

    Safe beside publications: a transaction that changes what is live waits here for the others, or
    has the lock until it ends, and what is live is read after the lock was taken. So either this
    sees what a publication did, or the publication comes later and indexes all of it again.
    """
    _wait_for_others()
    live = (
        Revision.objects.filter(live_digest=digest)
        .annotate(series=F("live_digest__series"))
        .defer("text")
        .first()
    )
    if live is None:
        _remove(digest)
    else:
        index(live, live.series)


@transaction.atomic
def remove_others() -> None:
    """Remove all digests that are not live from the index."""
    _wait_for_others()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM digests_search WHERE NOT EXISTS (SELECT 1 FROM digests_digest"
            " WHERE id = digest_id AND live_revision_id = revision_id)"
        )


def rebuild(progress: Callable[[list[int]], Iterable[int]] = iter) -> int:
    """Index all live digests again, one by one, and return their number.

    Readers find everything meanwhile, and what is published or withdrawn stays so. `progress` gives
    the digests on, and may show how far it is.
    """
    # Anything published from now on is indexed when it is published.
    digests = live_digests()
    for digest in progress(digests):
        # Each has a transaction of its own, because editors wait meanwhile.
        renew(digest)
    remove_others()
    Site.objects.update(index_version=VERSION)
    return len(digests)


def rebuild_if_stale(*, using: str, apps: Apps = global_apps, **_: Any) -> None:
    """Rebuild an index whose texts have another form than this code gives them: a post_migrate
    handler, so that no upgrade leaves it stale."""
    # An earlier state of the database, to which somebody migrates back, has no such field.
    knows = hasattr(apps.get_model("digests", "Site"), "index_version")
    if using != DEFAULT_DB_ALIAS or not knows:
        return
    if not Site.objects.exclude(index_version=VERSION).exists():
        return
    if LiveDigest.objects.exists():
        logger.info("The form of the search index has changed: it is made again.")
    rebuild()


def live_digests() -> list[int]:
    """The primary keys of all live digests, oldest first: the order of their keys in the index."""
    in_order = LiveDigest.objects.order_by("live_revision__dated", "live_revision_id")
    return list(in_order.values_list("pk", flat=True))


def _wait_for_others() -> None:
    """Let only one transaction at a time write the index, because two could take the same key.

    On SQLite every transaction that writes is alone from its beginning (see newsroom/database.py).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The table's own number. A lock of the table itself would wait for a vacuum.
            cursor.execute("SELECT pg_advisory_xact_lock('digests_search'::regclass::oid::bigint)")


def _remove(digest: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM digests_search WHERE digest_id = %s", [digest])


def _rows(revision: Revision, series: int) -> Iterable[tuple[int | str | None, ...]]:
    """(digest, revision, entry, day, marks, head, body) of each row. Costs a query."""
    entries = [
        IndexedEntry(entry.pk, entry.source_id, entry.headline, entry.byline, entry.body)
        for entry in revision.entries.all()
    ]
    for row in indexed_rows(revision.as_document(), series, entries):
        own = (revision.digest_id, revision.pk, row.entry, revision.day.isoformat())
        yield (*own, row.marks, row.head, row.body)
