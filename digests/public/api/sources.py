"""The sources of public stories."""

from django.http import HttpRequest
from ninja import Router

from digests.models import Entry
from digests.public.api import schemas
from digests.public.api.responses import ERRORS, cached_like_pages

router = Router(tags=["sources"])


@router.get(
    "/",
    response={200: schemas.SourceList} | ERRORS,
    operation_id="list_sources",
    summary="List sources",
)
@cached_like_pages
def list_sources(request: HttpRequest) -> schemas.SourceList:
    """The sources of published entries."""
    return schemas.SourceList(
        sources=[
            schemas.Source(
                source=row.pk, name=row.name, kind=row.kind, link=row.link, language=row.language
            )
            for row in Entry.objects.live().sources()
        ]
    )
