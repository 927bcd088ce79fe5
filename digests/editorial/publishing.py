"""Making a revision public, the only way for approval, schedule and import alike."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain, count
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext

from digests import search
from digests.editorial import nudge
from digests.editorial.errors import WrongState, refuse_errors
from digests.editorial.guards import Actor, finish_step, locked
from digests.editorial.transactions import check_references
from digests.models import (
    Correction,
    Digest,
    HistoryEntry,
    Month,
    Rendering,
    Revision,
    Series,
    Site,
    Slot,
    TagAuthority,
    clock,
)
from digests.text.finding import Finding
from digests.text.format.paths import PathError, digest_slug, file_path, numbered


def go_live(row: Digest, *, by: Actor) -> Digest:
    """Publish the approved revision of a locked, approved digest."""
    revision = row.approved_revision
    now = clock.now()
    if revision is None or revision.date > now:
        raise WrongState(gettext("Its time has not come yet. Send it back to change the date."))
    if is_first := row.published_at is None:
        _allot_address(row, revision)
        row.published_at = now
        row.feed_id = uuid4().hex
        TagAuthority.objects.fix()
    else:
        _record_correction(row, revision)
    set_live(row, revision)
    row.withdrawal_note = row.correction_note = ""
    row.release()
    # For its rendering and for the index.
    models.prefetch_related_objects([revision], "entries")
    Rendering.objects.make(revision)
    slot = Slot.objects.filter(digest=row).first()
    finish_step(row, "publish", by=by, revision=revision, slot=slot)
    show(row, [revision.day] if is_first else days_shown(row))
    return row


def set_live(row: Digest, revision: Revision | None) -> None:
    """Set the revision that the public sees, or none. Once the row is saved, `show` must follow."""
    row.live_revision = revision
    row.live_date, row.live_day = (revision.dated, revision.day) if revision else (None, None)


def show(row: Digest, days: Iterable[date]) -> None:
    """Let page, feed, search, API and file change when this transaction commits, and the archive
    of the days on which readers see the digest or saw it before.

    The last thing that a verb does: it locks what all publications need, and whoever holds that
    must not wait for anything else.
    """
    check_references()
    if row.live_revision:
        search.index(row.live_revision, row.series_id)
    else:
        search.remove(row)
    Month.objects.recount(days)
    Site.objects.publish_edition()
    nudge.nudge_on_commit()


def shown_last(row: Digest) -> int | None:
    """The primary key of the revision that readers saw last, or see now. Costs a query."""
    published = row.history.filter(action=HistoryEntry.Action.PUBLISH).order_by("-pk")
    return published.values_list("revision", flat=True).first()


def days_shown(row: Digest) -> models.QuerySet[Revision, date]:
    """The days on which readers see a digest, or saw it before a correction or withdrawal."""
    shown = row.revisions.filter(history__action=HistoryEntry.Action.PUBLISH)
    return shown.order_by().values_list("day", flat=True).distinct()


def _record_correction(row: Digest, revision: Revision) -> None:
    # Publishing the same revision again is no correction.
    if shown_last(row) != revision.pk:
        Correction.objects.get_or_create(revision=revision, defaults={"note": row.correction_note})


def _allot_address(row: Digest, revision: Revision) -> None:
    """Give the digest its slug, unique in the series, and its path, unique in the folder.

    Import may have set the path already, from the file's own name.
    """
    # Held until the transaction ends, so that two publications never take one name.
    list(locked(Series.objects.all()))
    base = digest_slug(revision.date)
    slugs = row.series.digests.filter(slug__startswith=base)
    row.slug = _free(base, set(slugs.values_list("slug", flat=True)), lambda n: f"{base}-{n}")
    if row.path is None:
        try:
            path = file_path(row.series.path_pattern, revision.date, row.series.slug)
        except PathError as error:
            refuse_errors([Finding("error", "path", error.message, error.params)])
        held = Digest.objects.filter(path__startswith=path.removesuffix(".md"))
        row.path = _free(
            path, set(held.values_list("path", flat=True)), lambda n: numbered(path, n)
        )


def _free(first: str, taken: set[str | None], nth: Callable[[int], str]) -> str:
    candidates = chain([first], (nth(number) for number in count(2)))
    return next(name for name in candidates if name not in taken)
