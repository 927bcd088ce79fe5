"""The inbox: all items that the filter in its address selects, on every page."""

from django.http import HttpRequest
from ninja import Query, Router, Schema

from digests.desk.api.auth import actor
from digests.desk.api.errors import REFUSED
from digests.desk.candidates import Candidates

router = Router(tags=["inbox"])


class Row(Schema):
    id: int
    version: int


class Asked(Schema):
    """The filter, as in the address of the inbox; unknown values are ignored."""

    state: str = ""
    source: str = ""
    language: str = ""
    hours: str = ""
    mine: str = ""
    q: str = ""


class Found(Schema):
    rows: list[Row]


@router.get("/items/", response={200: Found, **REFUSED}, operation_id="find_items")
def find(request: HttpRequest, asked: Query[Asked]) -> Found:
    """All items that the filter selects, on every page."""
    items = Candidates(asked.dict(), actor(request, "view_item")).items()
    pairs = items.values_list("pk", "version")
    return Found(rows=[Row(id=pk, version=version) for pk, version in pairs])
