"""Putting a revision's text back into the working copy."""

from digests.editorial.compose import file_under
from digests.editorial.guards import Actor, record, save_change
from digests.editorial.items import link_key
from digests.models import Category, Digest, Entry, Item, Move, Placement, Revision, Section


def put_back(digest: Digest, revision: Revision, *, by: Actor, approved: bool) -> None:
    """Make the working copy read as the revision does; the caller saves the digest's own row.

    `approved` says that the revision passed the gate, so the items it changes are approved.
    """
    document = revision.as_document()
    digest.title, digest.date = document.title, document.date
    digest.intro, digest.outro = document.intro, document.outro
    file_under(
        digest, [Category.objects.get_or_create(name=name)[0] for name in document.categories]
    )
    digest.placements.all().delete()
    digest.sections.all().delete()
    entries = iter(revision.entries.select_related("item").order_by("position"))
    position = 0
    places = 0
    for part in document.sections:
        section = None
        if part.heading:
            places += 1
            section = Section.objects.create(
                digest=digest, position=places, heading=part.heading, intro=part.intro
            )
        for _text, entry in zip(part.entries, entries, strict=False):
            position += 1
            item = _item_reading(entry, digest, by=by, approved=approved)
            Placement.objects.create(digest=digest, item=item, section=section, position=position)


def _item_reading(entry: Entry, digest: Digest, *, by: Actor, approved: bool) -> Item:
    """The entry's item with the entry's text: itself, or a repeat of it where its text is
    shared with another digest, which must not change under that digest's editors."""
    item = Item.objects.select_for_update().get(pk=entry.item_id)
    status = Item.Status.APPROVED if approved else Item.Status.DRAFT
    texts = ("headline", "byline", "url", "body", "language", "source_id")
    if all(getattr(item, name) == getattr(entry, name) for name in texts):
        if item.status in Item.PLACEABLE and (item.status == status or not approved):
            return item
    elif item.placements.exclude(digest=digest).exists():
        item = Item(repeat_of=item.repeat_of or item, captured=item.captured, changed_by=by)
    before = item.status if item.pk else ""
    for name in texts:
        setattr(item, name, getattr(entry, name))
    item.url_key = link_key(item.url)
    item.status, item.reason = status, ""
    if item.pk:
        save_change(item, by, *texts, "url_key", "status", "reason")
    else:
        item.save()
    record(item, Move.Verb.RESTORE, by=by, before=before)
    return item
