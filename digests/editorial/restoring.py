"""Putting a revision's text back into the working copy."""

from digests.editorial.compose import file_under
from digests.editorial.guards import Actor, record, save_change, told_by_constraints
from digests.editorial.items import link_key
from digests.models import Category, Digest, Entry, Item, Move, Placement, Revision, Section
from digests.models.working_copy import WorkingCopy
from digests.text.document import ENTRY_FIELDS

TEXT = (*ENTRY_FIELDS, "language", "source_id")


def put_back(
    digest: Digest, revision: Revision, before: WorkingCopy, *, by: Actor, approved: bool
) -> None:
    """Make a locked digest read as the revision does; what stood there was `before`. The items of
    both are locked.

    `approved` says that the revision passed the gate, so the items it changes are approved. A
    category that was renamed or deleted meanwhile comes back. Raises ValidationError when
    another digest took the title and date.
    """
    document = revision.as_document()
    digest.title, digest.date = document.title, document.date
    digest.intro, digest.outro = document.intro, document.outro
    digest.full_clean(exclude=["owner", "changed_by", "live_revision", "approved_revision"])
    with told_by_constraints(digest):
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
    """Whether nobody's text is lost when the item gets an old one: the one it has was frozen
    with this digest a moment ago, and it stands in no other, whose editors rely on it."""
    return item.pk in frozen and not item.placements.exclude(digest=digest).exists()


def _twin(entry: Entry, digest: Digest) -> Item | None:
    """Another item that reads as the entry and may be placed, such as an earlier restoration's."""
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
    # Another item may have the link, from the beginning or since then.
    first = Item.objects.original_of(item.url_key) if item.url_key else Item.objects.none()
    item.repeat_of = first.exclude(pk=item.pk).first()
    item.status, item.reason = status, ""
    if item.pk:
        save_change(item, by)
    else:
        item.changed_by = by
        item.save()
    record(item, Move.Verb.RESTORE, by=by, before=before)
