"""The categories of public digests."""

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from digests.models import Filing
from digests.public.api import schemas
from digests.public.api.responses import ERRORS, address, cached_like_pages

router = Router(tags=["categories"])


@router.get(
    "/",
    response={200: schemas.CategoryList} | ERRORS,
    operation_id="list_categories",
    summary="List categories",
)
@cached_like_pages
def list_categories(request: HttpRequest) -> schemas.CategoryList:
    """The categories of published digests."""
    names = Filing.objects.live().names()
    return schemas.CategoryList(
        categories=[
            schemas.Category(name=name, url=address(reverse("public:category", args=[name])))
            for name in names
        ]
    )
