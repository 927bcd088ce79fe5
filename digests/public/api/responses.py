"""What the answers of all operations of the public API share."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Schema
from ninja.decorators import decorate_view

from digests.models.cursor import Keyset
from digests.public.api.params import DigestParams, EntryParams, Filters, SlotParams
from digests.public.api.schemas import Invalid, Problem
from digests.public.caching import cached_per_edition, tagged_response

cached_like_pages = decorate_view(cached_per_edition)
made_each_time = decorate_view(tagged_response)


def cached_without(params: type[Filters]) -> Callable[..., Any]:
    """`cached_like_pages` for an operation with these parameters, while none of them is given."""
    return decorate_view(partial(cached_per_edition, params=params.model_fields))


# The errors of any operation, and those of one that takes parameters.
ERRORS: dict[int, Any] = {429: Problem}
PARAM_ERRORS: dict[int, Any] = {422: Invalid} | ERRORS


def address(path: str) -> str:
    return settings.SITE_URL + path


def page_of[Row: Model](
    rows: QuerySet[Row],
    order: Keyset,
    request: HttpRequest,
    params: DigestParams | EntryParams | SlotParams,
) -> tuple[list[Row], str | None]:
    """The requested page of a list, and the address of the next one, if there is one."""
    shown, cursor = order.page(rows, params.limit, params.cursor)
    return shown, next_address(request, params, cursor)


def next_address(request: HttpRequest, params: Schema, cursor: object | None) -> str | None:
    """The address of the next page, if there is one: the same query from its cursor on."""
    if cursor is None:
        return None
    given = params.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return address(f"{request.path}?{urlencode(given | {'cursor': cursor})}")
