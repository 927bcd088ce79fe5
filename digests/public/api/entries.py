"""Public entries, whatever digest they stand in, and one story with all its runs."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router, Status

from digests.models import Entry, Rendering
from digests.models.revision import ENTRIES
from digests.public.api import schemas
from digests.public.api.digests import reference
from digests.public.api.params import EntryParams, Number
from digests.public.api.responses import (
    PARAM_ERRORS,
    address,
    cached_like_pages,
    cached_without,
    page_of,
)
from digests.public.queries import story_runs_or_404

router = Router(tags=["entries"])


@router.get(
    "/",
    response={200: schemas.EntryPage} | PARAM_ERRORS,
    operation_id="list_entries",
    summary="List entries",
)
@cached_without(EntryParams)
def list_entries(request: HttpRequest, params: Query[EntryParams]) -> schemas.EntryPage:
    """The entries of all published digests, those of the newest digest first. A story that ran
    again is there again."""
    given = {
        "revision__live_digest__series__slug": params.series,
        "revision__filings__name": params.category,
        "revision__live_digest__live_day__gte": params.date_from,
        "revision__live_digest__live_day__lte": params.date_to,
        "source": params.source,
    }
    entries = Entry.objects.live().filter(
        **{lookup: value for lookup, value in given.items() if value is not None}
    )
    shown, following = page_of(entries.with_digests(), ENTRIES, request, params)
    bodies = Rendering.objects.bodies(shown)
    return schemas.EntryPage(
        entries=[
            schemas.Run(
                **story(entry, bodies[entry.pk]),
                url=address(entry.get_absolute_url()),
                digest=schemas.DigestReference(**digest_of(entry)),
            )
            for entry in shown
        ],
        next=following,
    )


@router.get(
    "/{item}/",
    response={200: schemas.StoryDetail, 404: schemas.Problem, 410: schemas.Problem} | PARAM_ERRORS,
    operation_id="get_entry",
    summary="Get a story",
)
@cached_like_pages
def get_entry(
    request: HttpRequest, item: Annotated[Number, Path()]
) -> schemas.StoryDetail | Status[schemas.Problem]:
    """A story as it last ran, and all digests it ran in, repeats included."""
    runs = story_runs_or_404(item)
    if runs is None:
        return Status(410, schemas.Problem(detail="This story was withdrawn."))
    return schemas.StoryDetail(
        **story(runs.last, runs.body) | {"item": item},
        url=address(reverse("public:item", args=[item])),
        runs=[
            schemas.Appearance(
                item=entry.item_id,
                url=address(entry.get_absolute_url()),
                digest=schemas.DigestReference(**digest_of(entry)),
            )
            for entry in runs.entries
        ],
    )


def story(entry: Entry, html: str) -> dict[str, Any]:
    return {
        "item": entry.item_id,
        "language": entry.language,
        "headline": entry.headline,
        "byline": entry.byline,
        "link": entry.url,
        "source": entry.source_id,
        "body": schemas.Text(markdown=entry.body, html=html),
    }


def digest_of(entry: Entry) -> dict[str, Any]:
    return reference(entry.digest, entry.revision.title, entry.revision.date)
