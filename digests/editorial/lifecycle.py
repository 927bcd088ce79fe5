"""Verbs that take a digest from draft to the public and back again."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from digests.editorial.errors import (
    Embargoed,
    Forbidden,
    Invalid,
    Stale,
    WrongState,
    refuse_errors,
)
from digests.editorial.guards import Actor, allowed, record, start_step, transition
from digests.editorial.publishing import days_shown, go_live, set_live, show, shown_last
from digests.editorial.revisions import read_copy, restore_into, take_revision
from digests.editorial.transactions import in_transaction
from digests.models import (
    Digest,
    HistoryEntry,
    Item,
    Placement,
    Refusal,
    Revision,
    Slot,
    User,
    clock,
)
from digests.models.working_copy import WorkingCopy
from digests.text.characters import normal_lines
from digests.text.finding import N_, Finding

logger = logging.getLogger(__name__)

SEE_LOG = Finding("error", "log", N_("An error kept it from readers; the log says more."))
TRIED_AGAIN_AFTER = timedelta(minutes=1)
"""How long a digest waits that could not be published."""


@in_transaction
def submit(digest: Digest, *, by: Actor, version: int, note: str = "") -> Digest:
    """Submit a draft for review; the text submitted is kept as a revision.

    Errors that would keep it from being approved are refused here, where its editors can mend them.
    Stories may still be approved while it is in review.
    """
    with transition(digest, "submit", by=by, version=version, note=note) as (row, line):
        if Slot.objects.filter(digest=row).exclude(skip_reason="").exists():
            raise WrongState(
                gettext("Its slot is skipped. Undo that, or move the digest to another slot.")
            )
        copy = read_copy(row)
        _require_placements(copy)
        refuse_errors(copy.judgement.errors)
        line.revision = take_revision(row, copy, by=by, note=note)
    return row


@in_transaction
def take_back(digest: Digest, *, by: Actor, version: int) -> Digest:
    """Make a digest that this user submitted a draft again, before anybody has judged it."""
    with transition(digest, "take_back", by=by, version=version) as (row, _line):
        return row


@in_transaction
def send_back(digest: Digest, *, by: Actor, version: int, note: str) -> Digest:
    """Send a digest back to its editors, with the reason. Editors may take back their own."""
    with transition(digest, "send_back", by=by, version=version) as (row, line):
        line.note = _require_note(note, gettext("Say why you are sending it back."))
        row.approved_revision = None
    return row


@in_transaction
def approve(
    digest: Digest,
    *,
    by: Actor,
    version: int,
    sha256: str,
    note: str = "",
    correction: str = "",
    alone: str = "",
) -> Digest:
    """Approve the text whose fingerprint was shown, and publish it if its time has come.

    `note` is for the newsroom; `correction` tells readers what changed in a digest that they may
    have seen before. `alone` is the reason for which an administrator does without the second pair
    of eyes, where the series allows that. The revision taken here, with the file text checked
    against the document, is what page, feed, API and file will show.
    """
    with transition(digest, "approve", by=by, version=version, note=note) as (row, line):
        copy = read_copy(row)
        if copy.fingerprint != sha256:
            raise Stale(
                gettext(
                    "The text changed after you opened it. Read it again before you approve it."
                )
            )
        _require_placements(copy)
        for item in copy.items:
            if item.status != Item.Status.APPROVED:
                raise Invalid(gettext("“%s” is not approved yet.") % item)
            # It appears at its date, or at once if that has passed.
            if item.is_embargoed(row.date) and item.is_embargoed(clock.now()):
                raise Embargoed(item)
        reason = _reason_alone(row, by, alone) if needs_other_eyes(row, by) else ""
        refuse_errors(copy.judgement.errors)
        line.revision = revision = take_revision(row, copy, by=by, note=note)
        if reason:
            record(
                row,
                HistoryEntry.Action.OVERRIDE,
                by=by,
                before=row.status,
                revision=revision,
                note=reason,
            )
        row.approved_revision, row.correction_note = revision, normal_lines(correction)
        row.release()
        if row.correction_note and shown_last(row) == revision.pk:
            raise Invalid(
                gettext(
                    "Readers will see the text they saw before: there is no correction to tell."
                )
            )
    if revision.date <= clock.now():
        go_live(row, by=by)
    return row


@in_transaction
def publish(digest: Digest, *, by: Actor, version: int) -> Digest:
    """Show the approved revision to the public. Its date must have come: publishing earlier
    means changing the date and approving again."""
    row = start_step(digest, "publish", by=by, version=version)
    # One that was set after the approval.
    if embargoed := row.items.filter(not_before__gt=clock.now()).order_by("-not_before").first():
        raise Embargoed(embargoed)
    return go_live(row, by=by)


def publish_due(beat: Callable[[], object] = lambda: None) -> int:
    """Publish every approved digest whose time has come, each in its own transaction.

    Returns how many. One that cannot be published is tried again after a while, says why, and
    never keeps another from its readers. Before each comes a `beat`, because many take a while.
    """
    published = 0
    for digest in Digest.objects.due():
        beat()
        try:
            publish(digest, by=None, version=digest.version)
        except Refusal as refusal:
            # Another transaction was faster, unless the digest itself has errors.
            logger.info("Digest %s was not published: %s", digest.pk, refusal)
            if isinstance(refusal, Invalid) and not isinstance(refusal, Embargoed):
                _hold(digest, [*refusal.findings, Finding("error", "refused", str(refusal))][0])
        except (OperationalError, InterfaceError):
            # The database is gone, or was at that moment.
            logger.exception("Digest %s could not be published", digest.pk)
        except Exception:
            # The error's own message may hold an address or a password.
            logger.exception("Digest %s could not be published", digest.pk)
            _hold(digest, SEE_LOG)
        else:
            published += 1
    return published


def _hold(digest: Digest, error: Finding) -> None:
    """Say which error kept an approved digest from being published, unless it was changed since,
    and do not try again before a while."""
    as_it_was = Digest.objects.filter(pk=digest.pk, version=digest.version, status=digest.status)
    as_it_was.update(
        hold_reason=error.message,
        hold_params=dict(error.params),
        held_until=clock.now() + TRIED_AGAIN_AFTER,
    )


@in_transaction
def correct(digest: Digest, *, by: Actor, version: int) -> Digest:
    """Open a published digest for changes. The public keeps seeing its live revision."""
    with transition(digest, "correct", by=by, version=version) as (row, _line):
        return row


@in_transaction
def abandon(digest: Digest, *, by: Actor, version: int) -> Digest:
    """Abandon a correction: the working copy becomes the live revision again, and what was
    written meanwhile is kept as a revision."""
    with transition(digest, "abandon", by=by, version=version) as (row, line):
        line.revision = live = row.live_revision
        assert live is not None  # noqa: S101 (the transition needs it)
        restore_into(row, live, by=by, approved=True)
        row.approved_revision = live
    return row


@in_transaction
def withdraw(digest: Digest, *, by: Actor, version: int, note: str) -> Digest:
    """Withdraw a digest from the public: page, feed, API and file. Its address shows the note."""
    with transition(digest, "withdraw", by=by, version=version) as (row, line):
        line.note = row.withdrawal_note = _require_note(note, gettext("Tell readers why."))
        line.revision, row.approved_revision = row.live_revision, None
        set_live(row, None)
    show(row, days_shown(row))
    return row


@in_transaction
def reopen(digest: Digest, *, by: Actor, version: int) -> Digest:
    """Reopen a withdrawn digest for editing. Readers see the note until it is published again."""
    with transition(digest, "reopen", by=by, version=version) as (row, _line):
        return row


@in_transaction
def restore(digest: Digest, revision: Revision, *, by: Actor, version: int) -> Digest:
    """Restore the text of an earlier revision into a draft; the text it replaces is kept as a
    revision too."""
    with transition(digest, "restore", by=by, version=version) as (row, line):
        if revision.digest_id != row.pk:
            raise Invalid(gettext("This revision is another digest’s."))
        line.revision = revision
        restore_into(row, revision, by=by, approved=False)
    return row


def _require_note(note: str, sentence: str) -> str:
    note = normal_lines(note)
    if not note.strip():
        raise Invalid(sentence)
    return note.strip()


def _require_placements(copy: WorkingCopy) -> None:
    if not copy.placements:
        raise Invalid(gettext("The digest is empty: add a story first."))


def needs_other_eyes(digest: Digest, by: Actor) -> bool:
    """Whether the digest needs a second reviewer beside this user, because its series asks for
    four eyes. Costs a query."""
    return by is not None and needing_other_eyes(by).filter(pk=digest.pk).exists()


def needing_other_eyes(user: User) -> QuerySet[Digest]:
    """Digests that this user may not approve alone: in series that ask for four eyes, those that
    they submitted, or whose text, or that of one of whose items, they were the last to change.
    Superusers are bound too: this is about a second reader, not about permission."""
    submitter = HistoryEntry.objects.filter(digest=OuterRef("pk")).submitters()
    placed = Placement.objects.filter(digest=OuterRef("pk"), item__changed_by=user)
    return Digest.objects.alias(submitter=Subquery(submitter)).filter(
        Q(changed_by=user) | Q(submitter=user.pk) | Exists(placed), series__four_eyes=True
    )


def may_approve_alone(digest: Digest, by: Actor) -> bool:
    """Whether giving a reason is enough if the series asks for a second pair of eyes."""
    return digest.series.four_eyes_override and allowed(by, "override_four_eyes")


def _reason_alone(row: Digest, by: Actor, reason: str) -> str:
    if not may_approve_alone(row, by):
        raise Forbidden(
            gettext(
                "This series requires a second reviewer:"
                " whoever submitted or last changed it cannot approve it."
            )
        )
    return _require_note(
        reason,
        gettext("This series requires a second reviewer: give a reason for approving alone."),
    )
