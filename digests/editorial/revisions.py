"""Taking and restoring revisions: the working copy frozen, with the exact text of its file."""

import hashlib
from dataclasses import asdict

from django.db.models import Q

from digests.editorial.compose import file_under
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
)
from digests.models.working_copy import WorkingCopy
from digests.text.format import ENTRY_FIELDS
from digests.text.format.snapshot import to_json


def read_copy(digest: Digest, *, beside: Revision | None = None) -> WorkingCopy:
    """Read the working copy of a locked digest. Its items, and those of the revision `beside` it,
    are locked until the transaction ends."""
    wanted = Q(pk__in=digest.placements.values("item"))
    if beside:
        wanted |= Q(pk__in=beside.entries.values("item"))
    # Evaluated for its lock, by primary key as every verb does, so that two never deadlock.
    list(locked(Item.objects.filter(wanted)))
    return digest.working_copy()


def take_revision(digest: Digest, copy: WorkingCopy, *, by: Actor, note: str = "") -> Revision:
    """Freeze the working copy as a revision, or return the last one if it holds the same."""
    document = copy.document
    # A draft may have text that a file cannot hold; the approval refuses it with the reason.
    text = copy.judgement.text
    text_sha256 = hashlib.sha256(text.encode()).hexdigest() if text else ""
    last = digest.revisions.last()
    if last and (last.document_sha256, last.text_sha256) == (copy.fingerprint, text_sha256):
        return last
    revision = Revision.objects.create(
        digest=digest,
        number=last.number + 1 if last else 1,
        document=to_json(document, digest.series.language),
        dated=document.date,
        day=document.date.date(),
        language=digest.series.language,
        document_sha256=copy.fingerprint,
        text=text,
        text_sha256=text_sha256,
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
            **asdict(placement.item.entry()),
        )
        for position, placement in enumerate(copy.placements, start=1)
    )
    return revision


TEXT = (*ENTRY_FIELDS, "language", "source_id")


def restore_into(
    digest: Digest, revision: Revision, before: WorkingCopy, *, by: Actor, approved: bool
) -> None:
    """Restore a revision into a locked digest, which until now read as `before`. The items of both
    must be locked.

    `approved` means that the revision passed approval, so the items it changes are approved. A
    category that was renamed or deleted meanwhile comes back. Raises `Invalid` if another
    digest took the title and date.
    """
    document = revision.as_document()
    digest.title, digest.date = document.title, document.date
    digest.intro, digest.outro = document.intro, document.outro
    with saving(digest):
        save_change(digest, by)
    file_under(
        digest, [Category.objects.get_or_create(name=name)[0] for name in document.categories]
    )
    digest.placements.all().delete()
    digest.sections.all().delete()
    entries = list(revision.entries.order_by("position"))
    items = Item.objects.in_bulk([entry.item_id for entry in entries])
    frozen = {placement.item_id for placement in before.placements}
    unread = iter(entries)
    position = places = 0
    for part in document.sections:
        section = None
        if part.heading:
            places += 1
            section = Section.objects.create(
                digest=digest, position=places, heading=part.heading, intro=part.intro
            )
        for _text, entry in zip(part.entries, unread, strict=False):
            item = items[entry.item_id]
            if not _reads_as(item, entry) and not _is_only_ours(item, digest, frozen):
                item = _twin(entry, digest) or Item(captured=item.captured)
            _rewrite(item, entry, by=by, approved=approved)
            position += 1
            Placement.objects.create(digest=digest, item=item, section=section, position=position)


def _reads_as(item: Item, entry: Entry) -> bool:
    return all(getattr(item, name) == getattr(entry, name) for name in TEXT)


def _is_only_ours(item: Item, digest: Digest, frozen: set[int]) -> bool:
    """Whether nobody's text is lost when the item gets an old one: its present text was frozen
    with this digest a moment ago, and it stands in no other, whose editors rely on it."""
    return item.pk in frozen and not item.placements.exclude(digest=digest).exists()


def _twin(entry: Entry, digest: Digest) -> Item | None:
    """Another item with the entry's text that may be placed, such as one restored earlier."""
    alike = Item.objects.placeable().filter(**{name: getattr(entry, name) for name in TEXT})
    return alike.exclude(placements__digest=digest).order_by("pk").first()


def _rewrite(item: Item, entry: Entry, *, by: Actor, approved: bool) -> None:
    """Give the item the entry's text and a state in which it may be placed."""
    status = Item.Status.APPROVED if approved else Item.Status.DRAFT
    stays = item.status == status or (item.status == Item.Status.APPROVED and not approved)
    if item.pk and _reads_as(item, entry) and stays:
        return
    before = item.status if item.pk else ""
    item.write(entry.entry(), link_key(entry.url))
    item.language, item.source_id = entry.language, entry.source_id
    # Another item may have the link, since then or from the beginning.
    first = Item.objects.original_of(item.url_key) if item.url_key else Item.objects.none()
    item.repeat_of = first.exclude(pk=item.pk).first()
    item.status, item.reason = status, ""
    if item.pk:
        save_change(item, by)
    else:
        item.changed_by = by
        item.save()
    record(item, HistoryEntry.Action.RESTORE, by=by, before=before)
