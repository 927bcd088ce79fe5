"""Who has an item or a digest open. Pages ask every half minute while they are visible, with the
header `X-Heartbeat: 1`, which keeps these requests from prolonging the session."""

from typing import Literal

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


@router.post(
    "/presence/{noun}/{number:pk}/", response={200: Here, **REFUSED}, operation_id="arrive"
)
def arrive(request: HttpRequest, noun: Noun, pk: int, unsaved: bool = False) -> Here:
    """Record that the page is open, or went into the background with unsaved text; returns who else
    has it open."""
    row = MODELS[noun].objects.get(pk=pk)
    others = collaboration.heartbeat(row, by=actor(request), is_unsaved=unsaved)
    return Here(others=[presence.label for presence in others])


@router.post(
    "/presence/{noun}/{number:pk}/leave/", response={204: None, **REFUSED}, operation_id="leave"
)
def leave(request: HttpRequest, noun: Noun, pk: int) -> Status[None]:
    """Record that the page was closed, and release the item that was edited there."""
    collaboration.leave(MODELS[noun].objects.get(pk=pk), by=actor(request))
    return Status(204, None)
