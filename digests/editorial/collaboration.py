"""Verbs of working side by side: who is here, who works on what, and what is not saved yet.

None of them changes what anybody wrote, so none is kept in the history.
"""

from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from digests.editorial.errors import Held
from digests.editorial.guards import refuse_stale, require, require_state
from digests.models import Claim, Digest, Item, ItemDraft, User
from digests.text.format import Entry


def heartbeat(row: Item | Digest, *, by: User) -> list[User]:
    """Tell that somebody has the row open; returns who else has. To be repeated while it is."""
    require(by, f"view_{row._meta.model_name}")
    row.presences.update_or_create(user=by, defaults={"seen_at": timezone.now()})
    # Whoever comes takes away what others left lying: nothing else would.
    row.presences.gone().delete()
    others = row.presences.here().exclude(user=by).select_related("user")
    return [presence.user for presence in others.order_by("pk")]


def leave(row: Item | Digest, *, by: User) -> None:
    """Tell that somebody closed the row, and let go of an item that was held by its editor alone;
    what was claimed for longer stays claimed."""
    row.presences.filter(user=by).delete()
    if isinstance(row, Item):
        soon = timezone.now() + Claim.FOR_WRITING
        Claim.objects.filter(item=row, user=by, until__lte=soon).delete()


@transaction.atomic
def claim(
    item: Item, *, by: User, lasts: timedelta = Claim.FOR_READING, take_over: bool = False
) -> Claim:
    """Tell the others that one works on an item, for a while; claiming again renews it.

    Raises `Held` while somebody else does, unless one takes over from them.
    """
    require(by, "change_item")
    # The bare item is locked, for there may be no claim to lock yet.
    row = Item.objects.select_for_update().get(pk=item.pk)
    until = timezone.now() + lasts
    held = Claim.objects.current().select_related("user", "item").filter(item=row).first()
    if held and held.user_id != by.pk and not take_over:
        raise Held(held)
    if held and held.user_id == by.pk:
        until = max(until, held.until)
    return Claim.objects.update_or_create(item=row, defaults={"user": by, "until": until})[0]


def release(item: Item, *, by: User) -> None:
    """Let go of an item; what somebody else holds stays theirs."""
    Claim.objects.filter(item=item, user=by).delete()


@transaction.atomic
def keep_draft(item: Item, entry: Entry, *, by: User, version: int) -> ItemDraft:
    """Keep what was typed over this version of the item, one text for each of its editors.

    `Stale` when the latest step is the writer's own: what comes late was saved with it, and would
    be offered as if it had not been.
    """
    require(by, "change_item")
    row = Item.objects.select_for_update().get(pk=item.pk)
    last = row.history.last()
    if last and last.actor_id == by.pk:
        refuse_stale(row, version)
    # PostgreSQL knows no such character.
    text = {name: value.replace("\0", "") for name, value in asdict(entry).items()}
    kept = {"text": text, "version": version}
    return ItemDraft.objects.update_or_create(item=row, user=by, defaults=kept)[0]


def drop_draft(item: Item, *, by: User) -> None:
    """Throw one's own unsaved text away."""
    ItemDraft.objects.filter(item=item, user=by).delete()


def set_current_digest(digest: Digest, *, by: User) -> None:
    """Make a draft the one that this user's stories are put into from the inbox."""
    require(by, "change_digest")
    require_state(digest, Digest.COMPOSABLE)
    is_new = by.current_digest_id != digest.pk
    by.current_digest = digest
    if is_new:
        by.save(update_fields=["current_digest"])
