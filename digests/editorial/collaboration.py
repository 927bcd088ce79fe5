"""Verbs for working side by side: presence, claims and unsaved text.

None of them changes what anybody wrote, so none is recorded in the history.
"""

from dataclasses import asdict
from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from digests.editorial.errors import Held
from digests.editorial.guards import lock, refuse_stale, require, require_state
from digests.editorial.transactions import in_transaction
from digests.models import Claim, Digest, Item, ItemDraft, Presence, User
from digests.text.format import Entry


def heartbeat(row: Item | Digest, *, by: User, is_unsaved: bool = False) -> list[Presence]:
    """Record that a user has the row open, perhaps with unsaved text; returns the presences of the
    other users who have. To be repeated while it is open. Raises DoesNotExist if the row was
    deleted at this moment."""
    require(by, f"view_{row._meta.model_name}")
    seen = {"seen_at": timezone.now(), "is_unsaved": is_unsaved}
    try:
        row.presences.update_or_create(user=by, defaults=seen)
    except IntegrityError as error:
        raise type(row).DoesNotExist from error
    # Each visitor deletes the expired rows of others, because nothing else would.
    row.presences.gone().delete()
    return list(row.presences.here().exclude(user=by).select_related("user").order_by("pk"))


def leave(row: Item | Digest, *, by: User) -> None:
    """Record that a user closed the row, and release an item that only its editor held; an item
    that was claimed for longer stays claimed."""
    row.presences.filter(user=by).delete()
    if isinstance(row, Item):
        soon = timezone.now() + Claim.FOR_WRITING
        Claim.objects.filter(item=row, user=by, until__lte=soon).delete()


@in_transaction
def claim(
    item: Item, *, by: User, lasts: timedelta = Claim.FOR_READING, take_over: bool = False
) -> Claim:
    """Claim an item for a while, so that others see who works on it; claiming again renews it.

    Raises `Held` while somebody else has a claim, unless `take_over` is set.
    """
    require(by, "change_item")
    # The bare item is locked, because there may be no claim to lock yet.
    row = lock(item)
    until = timezone.now() + lasts
    held = Claim.objects.current().select_related("user", "item").filter(item=row).first()
    if held and held.user_id != by.pk and not take_over:
        raise Held(held)
    if held and held.user_id == by.pk:
        until = max(until, held.until)
    return Claim.objects.update_or_create(item=row, defaults={"user": by, "until": until})[0]


@in_transaction
def release(item: Item, *, by: User) -> Item:
    """Release a user's claim on an item; another user's claim stays."""
    row = lock(item)
    Claim.objects.filter(item=row, user=by).delete()
    return row


@in_transaction
def keep_draft(item: Item, entry: Entry, *, by: User, version: int) -> ItemDraft:
    """Keep unsaved text that is based on this version of the item, one for each of its editors.

    Raises `Stale` when the writer's own step has changed the item since: text that arrives late was
    saved with that step, and would be offered as if it had not been.
    """
    require(by, "change_item")
    row = lock(item)
    last = row.history.last()
    if last and last.actor_id == by.pk:
        refuse_stale(row, version)
    # PostgreSQL text cannot hold this character.
    text = {name: value.replace("\0", "") for name, value in asdict(entry).items()}
    kept = {"text": text, "version": version}
    return ItemDraft.objects.update_or_create(item=row, user=by, defaults=kept)[0]


def drop_draft(item: Item, *, by: User) -> None:
    """Delete the user's own unsaved text for an item."""
    ItemDraft.objects.filter(item=item, user=by).delete()


def set_current_digest(digest: Digest, *, by: User) -> None:
    """Choose the draft into which this user puts stories from the inbox."""
    require(by, "change_digest")
    require_state(digest, Digest.COMPOSABLE)
    is_new = by.current_digest_id != digest.pk
    by.current_digest = digest
    if is_new:
        by.save(update_fields=["current_digest"])
