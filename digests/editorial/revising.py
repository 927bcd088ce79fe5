"""Taking revisions: the working copy frozen, with the exact text of its file."""

import hashlib
from dataclasses import asdict

from django.db.models import Q

from digests.editorial.guards import Actor
from digests.models import Digest, Entry, Filing, Item, Revision
from digests.models.working_copy import WorkingCopy
from digests.text.snapshot import to_json


def read_copy(digest: Digest, *, beside: Revision | None = None) -> WorkingCopy:
    """The working copy of a locked digest; its items, and those of the revision `beside` it, are
    locked until the transaction ends."""
    wanted = Q(pk__in=digest.placements.values("item"))
    if beside:
        wanted |= Q(pk__in=beside.entries.values("item"))
    # Evaluated for its lock, by primary key as every verb does, so that two never deadlock.
    list(Item.objects.filter(wanted).order_by("pk").select_for_update())
    return digest.working_copy()


def take_revision(digest: Digest, copy: WorkingCopy, *, by: Actor, note: str = "") -> Revision:
    """Freeze the working copy, unless the last revision holds the same; returns that then."""
    document = copy.document
    # A draft may be nothing a file could hold; the approval refuses it with the reason.
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
