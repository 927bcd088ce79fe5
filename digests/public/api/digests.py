"""Public digests, as the site shows them, for programs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Status

from digests.models import Digest, LiveDigest
from digests.models.live import DIGESTS
from digests.models.reader_notes import reader_notes
from digests.public.api import schemas
from digests.public.api.params import DigestParams, Slug
from digests.public.api.responses import (
    PARAM_ERRORS,
    address,
    cached_like_pages,
    cached_without,
    page_of,
)
from digests.text.format import DigestDocument

router = Router(tags=["digests"])


@router.get(
    "/",
    response={200: schemas.DigestPage} | PARAM_ERRORS,
    operation_id="list_digests",
    summary="List digests",
)
@cached_without(DigestParams)
def list_digests(request: HttpRequest, params: Query[DigestParams]) -> schemas.DigestPage:
    """Published digests, newest first."""
    digests = LiveDigest.objects.all()
    if params.series:
        digests = digests.filter(series__slug=params.series)
    if params.category:
        digests = digests.filed_as(params.category)
    if params.date_from:
        digests = digests.filter(live_day__gte=params.date_from)
    if params.date_to:
        digests = digests.filter(live_day__lte=params.date_to)
    rows = digests.select_related("series", "live_revision").defer("live_revision__text")
    shown, following = page_of(rows, DIGESTS, request, params)
    return schemas.DigestPage(
        digests=[schemas.DigestSummary(**summary(digest)) for digest in shown],
        next=following,
    )


@router.get(
    "/{series}/{slug}/",
    response={200: schemas.DigestDetail, 404: schemas.Problem, 410: schemas.Withdrawn}
    | PARAM_ERRORS,
    operation_id="get_digest",
    summary="Get a digest",
)
@cached_like_pages
def get_digest(
    request: HttpRequest, series: Annotated[Slug, Path()], slug: Annotated[Slug, Path()]
) -> schemas.DigestDetail | Status[schemas.Withdrawn]:
    """With every entry, as Markdown and as HTML, its corrections, and the exact text of the
    exported file."""
    # With the exported text, which a readers' page does not need.
    digests = LiveDigest.objects.with_pages().defer(None)
    digest = digests.filter(series__slug=series, slug=slug).first()
    if digest is None:
        gone = get_object_or_404(Digest, series__slug=series, slug=slug)
        note = gone.withdrawal_note
        return Status(410, schemas.Withdrawn(detail="This digest was withdrawn.", note=note))
    return detail(digest)


def reference(digest: Digest, title: str, date: datetime) -> dict[str, Any]:
    """A reference to a digest from elsewhere; title and date are those of its live revision."""
    return {
        "series": digest.series.slug,
        "slug": digest.slug,
        "url": address(digest.get_absolute_url()),
        "title": title,
        "date": date,
    }


def summary(digest: LiveDigest) -> dict[str, Any]:
    revision = digest.live_revision
    return reference(digest, revision.title, revision.date) | {
        "language": revision.language,
        "categories": revision.document["categories"],
        "revision": revision.number,
        "first_published": digest.published_at,
    }


def detail(digest: LiveDigest) -> schemas.DigestDetail:
    revision, page = digest.live_revision, digest.page
    document = revision.as_document()
    notes = reader_notes(digest)
    return schemas.DigestDetail(
        **summary(digest),
        intro=schemas.Text(markdown=document.intro, html=page.intro),
        sections=list(_sections(digest, document)),
        outro=schemas.Text(markdown=document.outro, html=page.outro),
        corrections=[
            schemas.Correction(at=correction.local_at, note=correction.note)
            for correction in notes.corrections
        ],
        reviewed=notes.is_reviewed,
        file=schemas.File(path=digest.path, sha256=revision.text_sha256, text=revision.text),
    )


def _sections(digest: LiveDigest, document: DigestDocument) -> Iterator[schemas.Section]:
    rows = iter(digest.live_revision.entries.order_by("position"))
    for section, shown in zip(document.sections, digest.page.sections, strict=True):
        yield schemas.Section(
            heading=section.heading,
            intro=schemas.Text(markdown=section.intro, html=shown.intro),
            entries=[
                schemas.Entry(
                    item=row.item_id,
                    number=entry.number,
                    url=address(f"{digest.get_absolute_url()}#{entry.anchor}"),
                    language=entry.language,
                    headline=entry.headline,
                    byline=entry.byline,
                    link=entry.url,
                    source=row.source_id,
                    body=schemas.Text(markdown=row.body, html=entry.body),
                )
                for entry, row in zip(shown.entries, rows, strict=False)
            ],
        )
