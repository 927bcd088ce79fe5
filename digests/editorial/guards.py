"""What every verb does before it acts: lock, permission, version, state."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digests.editorial.errors import Forbidden, Stale, WrongState
from digests.models import Digest, Item, Move, Revision, User
from digests.text.characters import in_quotes

# Somebody signed in, or None: the system itself (commands and tasks).
type Actor = User | None

# What the system may do by itself.
_SYSTEM = {"import_digest", "publish_digest"}


def allowed(by: Actor, permission: str) -> bool:
    if by is None:
        return permission in _SYSTEM
    return by.is_active and by.has_perm(f"digests.{permission}")


def require(by: Actor, permission: str) -> None:
    if not allowed(by, permission):
        raise Forbidden(_("You may not do this."))


def lock_digest(digest: Digest, version: int) -> Digest:
    """The digest's row, locked until the transaction ends; `Stale` when it moved on."""
    row = Digest.objects.select_for_update().get(pk=digest.pk)
    refuse_stale(row, version)
    return row


def lock_item(item: Item, version: int) -> Item:
    row = Item.objects.select_for_update().get(pk=item.pk)
    refuse_stale(row, version)
    return row


def refuse_stale(row: Digest | Item, version: int) -> None:
    if row.version == version:
        return
    last = row.moves.select_related("actor").last()
    happened = (
        last.told(row) if last else _("Somebody changed “%(row)s”.") % {"row": in_quotes(str(row))}
    )
    # Not what to do now: some screens show it already, others the two texts side by side.
    raise Stale(_("%(happened)s Your change was not made.") % {"happened": happened})


def require_state(row: Digest | Item, sources: Collection[str]) -> None:
    if row.status not in sources:
        raise WrongState(
            _("“%(row)s” is %(status)s, so this is not possible.")
            % {"row": in_quotes(str(row)), "status": row.get_status_display()}
        )


def record(
    row: Digest | Item,
    verb: Move.Verb,
    *,
    by: Actor,
    before: str,
    revision: Revision | None = None,
    note: str = "",
) -> None:
    """Write the line of history for a change that has just been saved."""
    Move.objects.create(
        digest=row if isinstance(row, Digest) else None,
        item=row if isinstance(row, Item) else None,
        actor=by,
        verb=verb,
        before=before,
        after=row.status,
        revision=revision,
        note=note,
    )


def save_change(row: Digest | Item, by: Actor, *fields: str) -> None:
    """Save an edit of the row's text: these fields, who and when, and the next version."""
    row.changed_by, row.changed_at = by, timezone.now()
    save_step(row, "changed_by", "changed_at", *fields)


def save_step(row: Digest | Item, *fields: str) -> None:
    """Save a step of the row's way, which changes no text: these fields and the next version."""
    row.version += 1
    row.save(update_fields=["version", *fields])


@contextmanager
def told_by_constraints(row: Digest | Item) -> Iterator[None]:
    """Save inside: when another transaction was faster, the constraint's own sentence is raised
    (a ValidationError) instead of the database's error."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        row.validate_constraints()
        raise
