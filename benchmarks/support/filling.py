"""Filling a database with an archive: all that publications leave, but inserted in bulk."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import batched, islice
from uuid import uuid4

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from benchmarks.support import archive
from benchmarks.support.archive import Size, date_of, series_of
from digests import search
from digests.models import (
    Correction,
    Digest,
    Entry,
    Filing,
    HistoryEntry,
    Item,
    LiveDigest,
    Month,
    Rendering,
    Revision,
    Series,
    Site,
    Source,
    TagAuthority,
    User,
)
from digests.text import format as file
from digests.text.format.snapshot import fingerprint, to_json
from digests.text.index.headline_key import headline_key
from digests.text.page import RENDERER, rendered

AT_ONCE = 1_000  # digests in one transaction
INDEXED_AT_ONCE = 250
LANGUAGE = "zh-hans"


def fill(size: Size) -> None:
    """Make the archive in an empty database."""
    chance = random.Random(size.digests)  # noqa: S311
    bodies = archive.texts(chance, size.sentences)
    approver = make_related_rows()
    for numbers in batched(range(size.digests), AT_ONCE):
        with transaction.atomic():
            insert(numbers, size, bodies, approver)
    days = LiveDigest.objects.order_by("live_day").values_list("live_day", flat=True)
    Month.objects.recount(days.distinct())
    if size.is_searched:
        index()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As the server does by itself, if later.
            cursor.execute("VACUUM ANALYZE")
            # Rows that come later go on from the numbers given here.
            models = list(apps.get_app_config("digests").get_models())
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
    Site.objects.publish_edition()


def index() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Rows wait for the VACUUM that follows, which merges them into the index all at once.
            # By itself PostgreSQL does so every 4 MB, each time more slowly.
            cursor.execute("SET gin_pending_list_limit = '1GB'")
    for digests in batched(search.live_digests(), INDEXED_AT_ONCE):
        with transaction.atomic():
            for digest in digests:
                search.renew(digest)


def make_related_rows() -> User:
    TagAuthority.objects.fix()
    for number in range(archive.SERIES):
        Series.objects.create(
            pk=number + 1,
            slug=series_of(number),
            name=f"第 {number + 1} 系列",
            time_zone=str(archive.ZONE),
            language=LANGUAGE,
            shows_review=True,
        )
    for number in range(archive.SOURCES):
        Source.objects.create(
            pk=number + 1, name=f"来源 {number + 1}", kind=Source.Kind.SITE, language=LANGUAGE
        )
    return User.objects.create(username="approver")


def insert(numbers: Sequence[int], size: Size, bodies: Iterator[str], approver: User) -> None:
    """Digest and revision of a number have its successor as their key, and point to each other."""
    documents = {n: document(n, size, list(islice(bodies, size.entries))) for n in numbers}
    stories = [
        (n, place, pk, entry)
        for n, shown in documents.items()
        for place, (pk, entry) in enumerate(
            zip(items_of(n, size), shown.sections[0].entries, strict=True), start=1
        )
    ]
    Digest.objects.bulk_create(digest(n, shown) for n, shown in documents.items())
    Revision.objects.bulk_create(
        revision(n, size, shown, approver) for n, shown in documents.items()
    )
    Filing.objects.bulk_create(
        Filing(revision_id=n + 1, position=position, name=name)
        for n, shown in documents.items()
        for position, name in enumerate(shown.categories, start=1)
    )
    Item.objects.bulk_create(
        Item(
            pk=pk,
            source_id=source(pk),
            url=entry.url,
            url_key=entry.url.removeprefix("https://"),
            headline=entry.headline,
            headline_key=headline_key(entry.headline),
            language=LANGUAGE,
            body=entry.body,
            status=Item.Status.APPROVED,
        )
        for _, _, pk, entry in stories
    )
    Entry.objects.bulk_create(
        Entry(
            revision_id=n + 1,
            position=place,
            item_id=pk,
            story=pk,
            source_id=source(pk),
            language=LANGUAGE,
            headline=entry.headline,
            byline=entry.byline,
            url=entry.url,
            body=entry.body,
        )
        for n, place, pk, entry in stories
    )
    HistoryEntry.objects.bulk_create(
        HistoryEntry(digest_id=n + 1, revision_id=n + 1, action=verb, after=after, actor=actor)
        for n in numbers
        for verb, after, actor in (
            (HistoryEntry.Action.APPROVE, Digest.Status.APPROVED, approver),
            (HistoryEntry.Action.PUBLISH, Digest.Status.PUBLISHED, None),
        )
    )
    Correction.objects.bulk_create(
        Correction(revision_id=n + 1, note="一处数字有误，已更正。") for n in numbers if n % 50 == 7
    )
    if size.has_pages:
        Rendering.objects.bulk_create(
            Rendering(revision_id=n + 1, renderer=RENDERER, html=html(n, size, shown))
            for n, shown in documents.items()
        )


def document(number: int, size: Size, bodies: list[str]) -> file.DigestDocument:
    entries = (
        file.Entry(
            headline=f"{body[8:22]} {pk}",
            byline=f"作者 {pk % 50}",
            url=f"https://example.org/archive/{pk}",
            body=body,
        )
        for pk, body in zip(items_of(number, size), bodies, strict=True)
    )
    names = sorted({number % archive.CATEGORIES, number // 7 % archive.CATEGORIES})
    return file.DigestDocument(
        title=f"第 {number + 1} 期",
        date=date_of(number, size.digests),
        categories=tuple(f"分类 {name + 1}" for name in names),
        intro="",
        sections=(file.Section("", "", tuple(entries)),),
        outro="",
        extra=(),
    )


def digest(number: int, shown: file.DigestDocument) -> Digest:
    slug = f"{shown.date:%Y-%m-%d-%H%M}"
    return Digest(
        pk=number + 1,
        series_id=number % archive.SERIES + 1,
        title=shown.title,
        date=shown.date,
        status=Digest.Status.PUBLISHED,
        slug=slug,
        path=f"{slug}.md",
        live_revision_id=number + 1,
        approved_revision_id=number + 1,
        published_at=shown.date + timedelta(minutes=5),
        feed_id=uuid4().hex,
        live_date=shown.date,
        live_day=shown.date.date(),
    )


def revision(number: int, size: Size, shown: file.DigestDocument, approver: User) -> Revision:
    text = file.dump(shown)
    items = [(pk, LANGUAGE, source(pk)) for pk in items_of(number, size)]
    return Revision(
        pk=number + 1,
        digest_id=number + 1,
        number=1,
        document=to_json(shown, LANGUAGE),
        dated=shown.date,
        day=shown.date.date(),
        language=LANGUAGE,
        document_sha256=fingerprint(shown, LANGUAGE, items),
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        created_by=approver,
    )


def items_of(number: int, size: Size) -> range:
    """The keys of the items of a digest, in order."""
    first = number * size.entries + 1
    return range(first, first + size.entries)


def source(item: int) -> int:
    return item % archive.SOURCES + 1


def html(number: int, size: Size, shown: file.DigestDocument) -> dict[str, object]:
    return rendered(shown, ((item, LANGUAGE) for item in items_of(number, size)))
