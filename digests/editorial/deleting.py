"""Verbs that delete an item or a digest to which nothing happened; all others have a history and
stay."""

from django.utils.translation import gettext

from digests.editorial.errors import WrongState, not_allowed
from digests.editorial.guards import Actor, allowed, lock_row, require
from digests.editorial.transactions import in_transaction
from digests.models import Digest, Item, Slot
from digests.text.characters import in_quotes


def may_delete(row: Item | Digest, by: Actor) -> bool:
    """Whether this user may delete the row. Costs a query if the role allows it."""
    return not why_not(row, by)


def why_not(row: Item | Digest, by: Actor) -> str:
    """Why this user may not delete the row, as a sentence; empty if they may. Costs a query if the
    role allows it."""
    if not allowed(by, f"delete_{row._meta.model_name}"):
        return not_allowed()
    return row.why_kept() if row.has_history() else ""


@in_transaction
def delete_item(item: Item, *, by: Actor, version: int) -> None:
    require(by, "delete_item")
    row = lock_row(item, version)
    if repeat := row.repeats.first():
        raise WrongState(
            gettext("“%(repeat)s” repeats “%(item)s”, which therefore stays.")
            % {"repeat": in_quotes(str(repeat)), "item": in_quotes(str(row))}
        )
    row.delete()


@in_transaction
def delete_digest(digest: Digest, *, by: Actor, version: int) -> None:
    require(by, "delete_digest")
    row = lock_row(digest, version)
    if Slot.objects.filter(digest=row).exists():
        raise WrongState(
            gettext("“%s” is the draft of a slot, which would get another: skip the slot instead.")
            % in_quotes(str(row))
        )
    row.delete()
