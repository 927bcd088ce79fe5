"""Whether an open page is outdated. Pages ask every few seconds while they are visible, with the
header `X-Heartbeat: 1`, which keeps these requests from prolonging the session."""

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from digests.desk.api.auth import actor
from digests.desk.api.schemas import ANSWERS
from digests.desk.live import Seen

router = Router(tags=["changes"])


class Changes(Schema):
    changed: bool


@router.get("/changes/", response={200: Changes, **ANSWERS}, operation_id="changes")
def changes(request: HttpRequest, seen: str) -> Changes:
    """Whether anything has changed that a page shows; `seen` stands in the page. Asks for no
    permission, because that would cost as much as the answer, which tells nothing else."""
    try:
        page = Seen.parse(seen)
    except ValueError as error:
        raise HttpError(422, str(error)) from None
    return Changes(changed=page.is_outdated(actor(request)))
