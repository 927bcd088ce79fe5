"""The series that are public."""

from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Path, Router

from digests.models import LiveDigest, Series
from digests.public.api import schemas
from digests.public.api.params import Slug
from digests.public.api.responses import ERRORS, PARAM_ERRORS, address, cached_like_pages
from digests.public.queries import known_series

router = Router(tags=["series"])


@router.get(
    "/",
    response={200: schemas.SeriesList} | ERRORS,
    operation_id="list_series",
    summary="List series",
)
@cached_like_pages
def list_series(request: HttpRequest) -> schemas.SeriesList:
    """All series with a published digest."""
    return schemas.SeriesList(series=[_schema(row) for row in LiveDigest.objects.series()])


@router.get(
    "/{series}/",
    response={200: schemas.Series, 404: schemas.Problem} | PARAM_ERRORS,
    operation_id="get_series",
    summary="Get a series",
)
@cached_like_pages
def get_series(request: HttpRequest, series: Annotated[Slug, Path()]) -> schemas.Series:
    """One series."""
    return _schema(get_object_or_404(known_series(), slug=series))


def _schema(row: Series) -> schemas.Series:
    return schemas.Series(
        slug=row.slug,
        name=row.name,
        url=address(reverse("public:series", args=[row.slug])),
        feed=address(reverse("public:series_feed", args=[row.slug])),
        language=row.language,
        time_zone=row.time_zone,
    )
