"""The one NinjaAPI of the project."""

from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from digests.api.digests import router as digests

api = NinjaAPI(
    title="Newsroom",
    version="1",
    description=(
        "Public digests, as the site shows them. Every error is a JSON object with a `detail`:"
        " a sentence or, in a 422, the list of what is wrong with the parameters."
    ),
    urls_namespace="api",
    docs_decorator=require_safe,
)
api.add_router("/digests", digests)
