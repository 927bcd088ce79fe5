"""Who has an item or a digest open. Pages ask every half minute while they are visible, with the
header `X-Heartbeat: 1`, which keeps these requests from prolonging the session."""

from typing import Literal

from django.db.models import Sum
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from digests.desk.api.auth import actor
from digests.desk.api.errors import REFUSED
from digests.editorial import collaboration
from digests.models import Digest, Item

router = Router(tags=["presence"])

type Noun = Literal["item", "digest"]
MODELS: dict[str, type[Item] | type[Digest]] = {"item": Item, "digest": Digest}


class Here(Schema):
    others: list[str] = Field(description="Who else has it open, by name.")
    state: str = Field(
        description="Of a digest: changes whenever it or an item that stands in it changes."
    )


@router.post(
    "/presence/{noun}/{number:pk}/", response={200: Here, **REFUSED}, operation_id="arrive"
)
def arrive(request: HttpRequest, noun: Noun, pk: int) -> Here:
    """Record that the page is open; returns who else has it open."""
    row = MODELS[noun].objects.get(pk=pk)
    others = collaboration.heartbeat(row, by=actor(request))
    state = state_of(row) if isinstance(row, Digest) else ""
    return Here(others=[str(user) for user in others], state=state)


@router.post(
    "/presence/{noun}/{number:pk}/leave/", response={204: None, **REFUSED}, operation_id="leave"
)
def leave(request: HttpRequest, noun: Noun, pk: int) -> Status[None]:
    """Record that the page was closed, and release the item that was edited there."""
    collaboration.leave(MODELS[noun].objects.get(pk=pk), by=actor(request))
    return Status(204, None)


def state_of(digest: Digest) -> str:
    items = digest.items.aggregate(sum=Sum("version"))["sum"]
    return digest.state(items or 0)
