"""Checks and steps that verbs share: lock, permission, version, state and history."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from digests.editorial.errors import (
    Forbidden,
    Gone,
    Invalid,
    Stale,
    WrongState,
    not_allowed,
    validation_messages,
)
from digests.models import Digest, HistoryEntry, Item, Revision, Section, Slot, User
from digests.models.transitions import SYSTEM_PERMISSIONS
from digests.text.characters import in_quotes, join_sentences

# A signed-in user, or None for the system itself (commands and tasks).
type Actor = User | None

# Fields that hold no input: their rows exist.
SET_BY_VERBS = {
    *("owner", "changed_by", "live_revision", "approved_revision"),
    *("digest", "taken_by", "missed_at"),
}


def allowed(by: Actor, permission: str) -> bool:
    if by is None:
        return permission in SYSTEM_PERMISSIONS
    return by.is_active and by.has_perm(f"digests.{permission}")


def require(by: Actor, permission: str) -> None:
    if not allowed(by, permission):
        raise Forbidden


def may(row: Digest | Item, by: Actor, name: str) -> bool:
    """Whether an actor may take this step with the row, whatever its state. A step that is for the
    submitter alone costs a query."""
    step = row.TRANSITIONS[name]
    if step.submitter_only and not is_submitter(row, by):
        return False
    if allowed(by, step.permission):
        return True
    is_own = by is not None and isinstance(row, Digest) and row.owner_id == by.pk
    return is_own and bool(step.owner_permission) and allowed(by, step.owner_permission)


def is_submitter(row: Digest | Item, by: Actor) -> bool:
    """Whether this user was the last to submit the row."""
    return by is not None and by.pk in row.history.submitters()


def require_step(row: Digest | Item, by: Actor, name: str) -> None:
    if not may(row, by, name):
        raise Forbidden


def available(row: Digest | Item, by: Actor) -> list[str]:
    """The steps that state and roles allow, in the order of a row's life.

    Guards that need the text (findings, four eyes, the date) are checked when the verb is tried.
    """
    is_live = isinstance(row, Digest) and row.live_revision_id is not None
    return [
        name
        for name, step in row.TRANSITIONS.items()
        if row.status in step.sources and (is_live or not step.needs_live) and may(row, by, name)
    ]


@contextmanager
def transition[Row: (Digest, Item)](
    row: Row, name: str, *, by: Actor, version: int, note: str = ""
) -> Iterator[tuple[Row, HistoryEntry]]:
    """Take a step: yields the locked row, to be changed inside, and its history entry, which may
    still get a revision; both are saved at the end."""
    current = start_step(row, name, by=by, version=version)
    line = HistoryEntry(note=note)
    yield current, line
    finish_step(current, name, by=by, revision=line.revision, note=line.note)


def start_step[Row: (Digest, Item)](row: Row, name: str, *, by: Actor, version: int) -> Row:
    """Lock the row until the transaction ends, if this step may be taken from its state."""
    current = lock(row)
    # First, because a refusal of the version names the row and who changed it.
    require_step(current, by, name)
    refuse_stale(current, version)
    step = current.TRANSITIONS[name]
    require_state(current, step.sources)
    if step.needs_live and isinstance(current, Digest) and current.live_revision_id is None:
        raise WrongState(gettext("“%s” is not public.") % current)
    return current


def finish_step(
    row: Digest | Item,
    name: str,
    *,
    by: Actor,
    revision: Revision | None = None,
    slot: Slot | None = None,
    note: str = "",
) -> None:
    """Save a locked row in the state to which the step leads, with the step in its history."""
    before, row.status = row.status, row.TRANSITIONS[name].target
    save_step(row)
    action = HistoryEntry.Action(name)
    record(row, action, by=by, before=before, revision=revision, slot=slot, note=note)


def locked[Row: Model](rows: QuerySet[Row]) -> QuerySet[Row]:
    """The bare rows, to be evaluated: they are locked until the transaction ends, by primary key
    as every verb does, so that no two verbs deadlock.

    Not their keys, which no verb changes: whoever refers to one of them need not wait.
    """
    return rows.order_by("pk").select_for_update(no_key=True)


def lock[Row: (Digest, Item)](row: Row) -> Row:
    """The row as it is now, locked until the transaction ends."""
    current = locked(type(row).objects.filter(pk=row.pk)).first()
    if current is None:
        raise Gone
    return current


def lock_row[Row: (Digest, Item)](row: Row, version: int) -> Row:
    """Lock the row; raises `Stale` if its version changed."""
    current = lock(row)
    refuse_stale(current, version)
    return current


def refuse_stale(row: Digest | Item, version: int) -> None:
    if row.version != version:
        raise stale(row, row.history.select_related("actor").last())


def stale(row: Digest | Item, entry: HistoryEntry | None) -> Stale:
    """The refusal that names who changed the row meanwhile, and how."""
    someone = gettext("Someone changed “%(row)s”.") % {"row": in_quotes(str(row))}
    happened = entry.describe(row) if entry else someone
    # Without advice on what to do now: some screens show the new text already, others both texts
    # side by side.
    return Stale(gettext("%(happened)s Your change was not saved.") % {"happened": happened})


def require_state(row: Digest | Item, sources: Collection[str]) -> None:
    if row.status not in sources:
        raise WrongState(not_possible(row))


def not_possible(row: Digest | Item) -> str:
    """Why a step cannot be taken from the row's state, as a sentence."""
    sentence = gettext("This is not possible while “%(row)s” is %(status)s.")
    return sentence % {"row": in_quotes(str(row)), "status": row.get_status_display()}


def why_unavailable(row: Digest | Item, by: Actor, name: str) -> str:
    """Why an actor cannot take a step that is not `available`, as a sentence."""
    return not_possible(row) if may(row, by, name) else not_allowed()


def record(
    row: Digest | Item,
    action: HistoryEntry.Action,
    *,
    by: Actor,
    before: str,
    revision: Revision | None = None,
    slot: Slot | None = None,
    note: str = "",
) -> None:
    """Write the history entry for a change that has just been saved, of a slot as well if it
    concerns one."""
    HistoryEntry.objects.create(
        digest=row if isinstance(row, Digest) else None,
        item=row if isinstance(row, Item) else None,
        slot=slot,
        actor=by,
        action=action,
        before=before,
        after=row.status,
        revision=revision,
        note=note,
        version=row.version,
    )


def save_change(row: Digest | Item, by: Actor) -> None:
    """Save an edit of a locked row's text, with its author and time, as its next version."""
    row.changed_by, row.changed_at = by, timezone.now()
    save_step(row)


def save_step(row: Digest | Item) -> None:
    """Save a locked row as its next version; its text did not change."""
    row.version += 1
    row.save()


@contextmanager
def saving(row: Digest | Item | Section | Slot) -> Iterator[None]:
    """Validate a row that is saved inside. Raises `Invalid` with the reasons why it cannot be.

    Constraints are the database's to check: only when it refuses the row, each is asked for its
    reason. So what must be unique is so when another transaction was faster, too.
    """
    try:
        try:
            row.full_clean(exclude=SET_BY_VERBS, validate_constraints=False)
            with transaction.atomic():
                yield
        except IntegrityError:
            row.validate_constraints()
            raise
    except ValidationError as error:
        messages = (message for _field, message in validation_messages(row, error))
        raise Invalid(join_sentences(messages)) from error
