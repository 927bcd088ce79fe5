"""The series that are public."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Path, Query, Router

from digests.models import LiveDigest, Series, Slot, clock
from digests.models.slot import SLOTS
from digests.public.api import schemas
from digests.public.api.params import SlotParams, Slug
from digests.public.api.responses import (
    ERRORS,
    PARAM_ERRORS,
    address,
    cached_like_pages,
    made_each_time,
    page_of,
)
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


@router.get(
    "/{series}/slots/",
    response={200: schemas.SlotPage, 404: schemas.Problem} | PARAM_ERRORS,
    operation_id="list_slots",
    summary="List slots",
)
@made_each_time  # because a slot is late, and then missed, although nothing changes
def list_slots(
    request: HttpRequest, series: Annotated[Slug, Path()], params: Query[SlotParams]
) -> schemas.SlotPage:
    """The times at which editions were or are due, of a series that tells its readers so. Those
    that were skipped are left out."""
    row = get_object_or_404(Series.objects.telling(), slug=series)
    slots = row.slots.promised().select_related("series", "digest__series")
    shown, following = page_of(slots, SLOTS, request, params)
    now = clock.now()
    return schemas.SlotPage(slots=[_slot(slot, now) for slot in shown], next=following)


def _slot(slot: Slot, now: datetime) -> schemas.Slot:
    digest = slot.digest
    return schemas.Slot(
        due=slot.local_due_at,
        state=_state(slot, now),
        url=address(digest.get_absolute_url()) if digest and digest.live_revision_id else None,
    )


def _state(slot: Slot, now: datetime) -> Literal["to come", "published", "late", "missed"]:
    if slot.is_missed(now):
        return "missed"
    if slot.minutes_late(now):
        return "late"
    return "published" if slot.is_published else "to come"


def _schema(row: Series) -> schemas.Series:
    return schemas.Series(
        slug=row.slug,
        name=row.name,
        url=address(reverse("public:series", args=[row.slug])),
        feed=address(reverse("public:series_feed", args=[row.slug])),
        language=row.language,
        time_zone=row.time_zone,
    )
