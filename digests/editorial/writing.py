"""Verbs of the editor of one item: its text saved, and approved from whatever state it is in."""

from digests.editorial import items
from digests.editorial.collaboration import drop_draft
from digests.editorial.guards import Actor, allowed, available, lock_row, require
from digests.editorial.transactions import in_transaction
from digests.models import Item, User
from digests.text.format import Entry
from digests.text.format.normal import normal_entry


def may_approve_ready(item: Item, by: Actor) -> bool:
    """Whether this user may approve the item; the text is checked by `approve_ready`."""
    on_the_way = {"shortlist", "approve"}.intersection(available(item, by))
    is_ready = item.status == Item.Status.APPROVED or bool(on_the_way)
    return allowed(by, "approve_item") and is_ready


@in_transaction
def save_text(item: Item, entry: Entry, *, by: User, version: int, undecided: bool = False) -> Item:
    """Save the text from the item's editor, and drop this user's unsaved text for the item, unless
    they have not decided about it yet. A text that changes nothing leaves no history entry."""
    require(by, "change_item")
    row = lock_row(item, version)
    if normal_entry(entry) != row.entry():
        row = items.edit(row, entry, by=by, version=version)
    if not undecided:
        drop_draft(row, by=by)
    return row


@in_transaction
def approve_ready(item: Item, *, by: Actor, version: int) -> Item:
    """Approve an item; one that is still in the inbox is shortlisted on the way, and one that is
    approved already stays so."""
    require(by, "approve_item")
    row = lock_row(item, version)
    if row.status == Item.Status.APPROVED:
        return row
    if row.status == Item.Status.INBOX:
        row = items.shortlist(row, by=by, version=version)
    return items.approve(row, by=by, version=row.version)
