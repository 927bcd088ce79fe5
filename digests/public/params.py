"""The parameters that a readers' page depends on. Servers import this before there are models."""

from collections.abc import Collection

from django.http import HttpRequest

SEARCH_FILTERS = ("series", "category", "source", "from", "to", "order")
SEARCH_PARAMS = ("q", *SEARCH_FILTERS, "after")


def has_any(request: HttpRequest, params: Collection[str]) -> bool:
    """Whether the address of a request has any of these parameters, so that its answer is not
    kept."""
    return bool(request.META["QUERY_STRING"]) and any(name in request.GET for name in params)
