"""The index of the API: where its lists are."""

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from digests.public.api import schemas
from digests.public.api.responses import ERRORS, address, cached_like_pages

router = Router(tags=["index"])


@router.get(
    "/", response={200: schemas.Index} | ERRORS, operation_id="get_index", summary="Get the index"
)
@cached_like_pages
def get_index(request: HttpRequest) -> schemas.Index:
    """The addresses of all lists, of the search and of the documentation."""
    lists = ("series", "digests", "entries", "categories", "sources")
    return schemas.Index(
        **{name: address(reverse(f"api:list_{name}")) for name in lists},
        search=address(reverse("api:search_entries")),
        documentation=address(reverse("api:openapi-view")),
        openapi=address(reverse("api:openapi-json")),
    )
