"""Notes shown to readers beside a digest's text: its corrections, and that it was reviewed."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from digests.models.history import Correction, HistoryEntry
from digests.models.live import LiveDigest
from digests.models.revision import Revision


@dataclass(frozen=True)
class ReaderNotes:
    corrections: list[Correction]  # newest first
    is_reviewed: bool


def reader_notes(digest: LiveDigest) -> ReaderNotes:
    """The notes for the page of a digest. Costs two queries."""
    corrections = Correction.objects.with_digests().filter(revision__digest=digest)
    is_reviewed = digest.series.shows_review and _was_reviewed(digest.live_revision)
    return ReaderNotes(list(corrections), is_reviewed)


def _was_reviewed(revision: Revision) -> bool:
    """Whether a person approved the revision, not an import; a person other than the one who
    submitted it, and not by an override of the four-eyes rule."""
    earlier = HistoryEntry.objects.filter(digest=OuterRef("digest"), pk__lt=OuterRef("pk"))
    steps = (
        HistoryEntry.objects.filter(revision=revision)
        .annotate(submitter=Subquery(earlier.submitters()))
        .values_list("action", "actor", "submitter")
    )
    if any(action == HistoryEntry.Action.OVERRIDE for action, *_who in steps):
        return False
    return any(
        action == HistoryEntry.Action.APPROVE and actor not in (None, submitter)
        for action, actor, submitter in steps
    )
