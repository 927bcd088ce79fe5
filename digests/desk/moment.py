"""The time that a page of the desk is about: one for all that it says of what is due."""

from datetime import datetime

from django.http import HttpRequest

from digests.models import clock


def moment_of(request: HttpRequest) -> datetime:
    """The time of a request, by the clock that tells what is due. Costs a query, once."""
    known: datetime | None = getattr(request, "moment", None)
    if known is None:
        known = clock.now()
        request.moment = known  # type: ignore[attr-defined]  # ours
    return known
