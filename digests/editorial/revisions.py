"""Taking and restoring revisions: the working copy frozen, with the exact text of its file."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter

from digests.editorial.filing import file_under
from digests.editorial.guards import Actor, locked, record, save_change, saving
from digests.editorial.items import link_key
from digests.models import (
    Category,
    Digest,
    Entry,
    Filing,
    HistoryEntry,
    Item,
    Placement,
    Revision,
    Section,
    Slot,
)
from digests.models.transitions import ItemStatus
from digests.models.working_copy import WorkingCopy
from digests.text.format import ENTRY_FIELDS
from digests.text.format.snapshot import to_json
from digests.text.index.headline_key import headline_key


def read_copy(digest: Digest) -> WorkingCopy:
    """Read the working copy of a locked digest, and lock its items until the transaction ends."""
    # Evaluated for its lock.
    list(locked(Item.objects.filter(pk__in=digest.placements.values("item"))))
    return digest.working_copy()


def take_revision(digest: Digest, copy: WorkingCopy, *, by: Actor, note: str = "") -> Revision:
    """Freeze the working copy as a revision, or return the last one if it holds the same."""
    last = digest.revisions.last()
    same = (copy.fingerprint, _sha256(copy.judgement.text))
    if last and (last.document_sha256, last.text_sha256) == same:
        return last
    return freeze(digest, copy, number=last.number + 1 if last else 1, by=by, note=note)


def freeze(digest: Digest, copy: WorkingCopy, *, number: int, by: Actor, note: str) -> Revision:
    """Freeze the working copy as the revision with this number."""
    document = copy.document
    # A draft may have text that a file cannot hold; the approval refuses it with the reason.
    text = copy.judgement.text
    revision = Revision.objects.create(
        digest=digest,
        number=number,
        document=to_json(document, digest.series.language),
        dated=document.date,
        day=document.date.date(),
        language=digest.series.language,
        document_sha256=copy.fingerprint,
        text=text,
        text_sha256=_sha256(text),
        created_by=by,
        note=note,
    )
    Filing.objects.bulk_create(
        Filing(revision=revision, position=position, name=name)
        for position, name in enumerate(document.categories, start=1)
    )
    Entry.objects.bulk_create(
        Entry(
            revision=revision,
            position=position,
            item=placement.item,
            story=placement.item.repeat_of_id or placement.item_id,
            source=placement.item.source,
            language=placement.item.language,
            **asdict(entry),
        )
        for position, (placement, entry) in enumerate(
            zip(copy.placements, document.entries, strict=True), start=1
        )
    )
    return revision


def _sha256(text: str) -> str:
    """The hash of a file's text; empty if there is none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def restore_into(digest: Digest, revision: Revision, *, by: Actor, approved: bool) -> None:
    """Restore a revision into a locked digest, after freezing what stands there.

    `approved` means that the revision passed approval, so the items it changes are approved. A
    category that was renamed or deleted meanwhile comes back. Raises `Invalid` if another
    digest took the title and date.
    """
    entries = list(revision.entries.order_by("position"))
    document = revision.as_document()
    # Before the items are locked, as an import does.
    known = Category.objects.by_folded_name()
    categories = [
        known.get(name.casefold()) or Category.objects.get_or_create(name=name)[0]
        for name in document.categories
    ]
    status = Item.Status.APPROVED if approved else Item.Status.DRAFT
    stock = _lock_stock(digest, entries)
    take_revision(digest, digest.working_copy(), by=by)
    slot = Slot.objects.filter(digest=digest).first()
    if slot is None or slot.due_at == document.date:
        # Else it was moved to another slot since, whose date and title it keeps.
        digest.title, digest.date = document.title, document.date
    digest.intro, digest.outro = document.intro, document.outro
    with saving(digest):
        save_change(digest, by)
    file_under(digest, categories)
    digest.placements.all().delete()
    digest.sections.all().delete()
    unread = iter(entries)
    position = places = 0
    for part in document.sections:
        section = None
        if part.heading:
            places += 1
            section = Section.objects.create(
                digest=digest, position=places, heading=part.heading, intro=part.intro
            )
        for _part, entry in zip(part.entries, unread, strict=False):
            item = stock.take(entry, status)
            if not _stands_as(item, entry, status):
                _rewrite(item, entry, status, by=by)
            position += 1
            Placement.objects.create(digest=digest, item=item, section=section, position=position)


_text = attrgetter(*ENTRY_FIELDS, "language", "source_id")


def _stands_as(item: Item, entry: Entry, status: ItemStatus) -> bool:
    """Whether the item may be placed for the entry as it is."""
    return _text(item) == _text(entry) and item.status in {status, Item.Status.APPROVED}


@dataclass
class _Stock:
    """The locked items that may be placed for the entries of a revision."""

    # The items of the entries, by primary key.
    own: dict[int, Item]
    # The others: those that stand in the digest now, and those that read like an entry.
    others: list[Item]
    # The primary keys of those that may be changed: their present text was frozen with this digest
    # a moment ago, and they stand in no other, whose editors rely on it.
    ours: set[int]

    def take(self, entry: Entry, status: ItemStatus) -> Item:
        """The entry's own item, or another with its text, if it stands as the entry or may be
        changed; else a new one."""
        item = self.own[entry.item_id]
        if _stands_as(item, entry, status) or self._may_change(item, entry):
            return item
        for other in self.others:
            if _text(other) == _text(entry) and (
                _stands_as(other, entry, status) or other.pk in self.ours
            ):
                self.others.remove(other)
                return other
        # The story is as old as it was, though its item is new.
        return Item(captured=item.captured, posted_at=item.appeared_at, not_before=item.not_before)

    def _may_change(self, item: Item, entry: Entry) -> bool:
        # Items that repeat this one have its link.
        keeps_link = item.url_key == link_key(entry.url) or not item.repeats.exists()
        return item.pk in self.ours and keeps_link


def _lock_stock(digest: Digest, entries: Sequence[Entry]) -> _Stock:
    placed = set(digest.placements.values_list("item", flat=True))
    own = {entry.item_id for entry in entries}
    texts = {_text(entry) for entry in entries}
    headlines = {entry.headline for entry in entries}
    # By the key, which has an index, and then by the whole text.
    known = Item.objects.filter(headline_key__in=set(map(headline_key, headlines)))
    alike = {item.pk for item in known.filter(headline__in=headlines) if _text(item) in texts}
    items = list(locked(Item.objects.filter(pk__in=placed | own | alike)))
    # Read only now, because an item is placed under its lock.
    elsewhere = Placement.objects.filter(item__in=placed).exclude(digest=digest)
    return _Stock(
        own={item.pk: item for item in items if item.pk in own},
        others=[item for item in items if item.pk not in own],
        ours=placed - set(elsewhere.values_list("item", flat=True)),
    )


def _rewrite(item: Item, entry: Entry, status: ItemStatus, *, by: Actor) -> None:
    """Give the item the entry's text and a state in which it may be placed."""
    before = item.status if item.pk else ""
    item.write(entry.entry(), link_key(entry.url))
    item.language, item.source_id = entry.language, entry.source_id
    # Another item may have the link, since then or from the beginning.
    first = Item.objects.original_of(item.url_key) if item.url_key else Item.objects.none()
    item.repeat_of = first.exclude(pk=item.pk).first()
    item.status, item.reason = status, ""
    with saving(item):
        if item.pk:
            save_change(item, by)
        else:
            item.changed_by = by
            item.save()
    record(item, HistoryEntry.Action.RESTORE, by=by, before=before)
