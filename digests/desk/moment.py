"""The current time of a request: one for all that a page says of what is due."""

from datetime import datetime

from django.http import HttpRequest

from digests.models import clock


def moment_of(request: HttpRequest) -> datetime:
    """The time of a request, read once from the database's clock. Costs a query."""
    known: datetime | None = getattr(request, "moment", None)
    if known is None:
        known = clock.now()
        request.moment = known  # type: ignore[attr-defined]  # ours
    return known
