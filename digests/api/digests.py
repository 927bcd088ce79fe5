"""Public digests: what the site shows, for programs."""

from math import ceil
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from ninja import Path, Query, Router, Status
from ninja.decorators import decorate_view

from digests.api import schemas
from digests.models import Digest, Rendering, Revision

router = Router(tags=["digests"])

# As on the pages: caches keep the answer, but ask whether it changed.
unless_unchanged = decorate_view(cache_control(public=True, no_cache=True), conditional_page)


@router.get(
    "/",
    response={200: schemas.DigestPage, 422: schemas.Invalid},
    operation_id="list_digests",
    summary="List public digests",
)
@unless_unchanged
def list_digests(request: HttpRequest, filters: Query[schemas.Filters]) -> schemas.DigestPage:
    """The newest first. A page after the last is empty."""
    given = {
        "series__slug": filters.series,
        "live_revision__filings__name": filters.category,
        "live_day__gte": filters.date_from,
        "live_day__lte": filters.date_to,
    }
    digests = Digest.objects.live().filter(
        **{lookup: value for lookup, value in given.items() if value is not None}
    )
    count = digests.count()
    start = (filters.page - 1) * filters.per_page
    shown = digests.select_related("series", "live_revision").defer("live_revision__text")
    return schemas.DigestPage(
        count=count,
        page=filters.page,
        pages=ceil(count / filters.per_page),
        digests=[
            schemas.DigestSummary(**summary(digest))
            for digest in shown[start : start + filters.per_page]
        ],
    )


@router.get(
    "/{series}/{slug}/",
    response={
        200: schemas.DigestDetail,
        404: schemas.Problem,
        410: schemas.Withdrawn,
        422: schemas.Invalid,
    },
    operation_id="get_digest",
    summary="Get a public digest",
)
@unless_unchanged
def get_digest(
    request: HttpRequest,
    series: Annotated[schemas.Slug, Path()],
    slug: Annotated[schemas.Slug, Path()],
) -> schemas.DigestDetail | Status[schemas.Withdrawn]:
    """With every entry, as Markdown and as HTML, and the exact text of the exported file."""
    digests = Digest.objects.select_related("series", "live_revision").prefetch_related(
        "live_revision__entries"
    )
    digest = get_object_or_404(digests, series__slug=series, slug=slug)
    revision = digest.live_revision
    if revision is None:
        gone = schemas.Withdrawn(detail="This digest was withdrawn.", note=digest.withdrawal_note)
        return Status(410, gone)
    return detail(digest, revision)


def summary(digest: Digest) -> dict[str, Any]:
    revision = digest.live_revision
    assert revision is not None  # noqa: S101 (it is live)
    return {
        "series": digest.series.slug,
        "slug": digest.slug,
        "url": address(digest),
        "title": revision.title,
        "date": revision.date,
        "language": revision.language,
        "categories": revision.document["categories"],
        "revision": revision.number,
        "first_published": digest.published_at,
    }


def detail(digest: Digest, revision: Revision) -> schemas.DigestDetail:
    document = revision.as_document()
    page = Rendering.objects.of(revision).page()
    rows = iter(revision.entries.all())
    assert digest.path is not None  # noqa: S101 (a constraint: what is live has a file)
    return schemas.DigestDetail(
        **summary(digest),
        intro=schemas.Text(markdown=document.intro, html=page.intro),
        sections=[
            schemas.Section(
                heading=section.heading,
                intro=schemas.Text(markdown=section.intro, html=shown.intro),
                entries=[
                    schemas.Entry(
                        item=row.item_id,
                        number=entry.number,
                        url=f"{address(digest)}#{entry.anchor}",
                        language=entry.language,
                        headline=entry.headline,
                        byline=entry.byline,
                        link=entry.url,
                        body=schemas.Text(markdown=row.body, html=entry.body),
                    )
                    for entry, row in zip(shown.entries, rows, strict=False)
                ],
            )
            for section, shown in zip(document.sections, page.sections, strict=True)
        ],
        outro=schemas.Text(markdown=document.outro, html=page.outro),
        file=schemas.File(path=digest.path, sha256=revision.text_sha256, text=revision.text),
    )


def address(digest: Digest) -> str:
    return settings.SITE_URL + digest.get_absolute_url()
