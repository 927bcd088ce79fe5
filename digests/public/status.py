"""Whether editions come in time, as JSON for other people's monitors: of the series that tell their
readers when an edition is due."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from digests.models import LiveDigest, Series, Slot
from digests.public.caching import View
from digests.public.responses import POLICY


def for_monitors(view: View) -> View:
    """Make a view an answer that is true at its moment, and that nobody keeps."""
    answer: View = cache_control(no_store=True)(view)
    return require_safe(csp_override(POLICY)(answer))


@for_monitors
def of_site(request: HttpRequest) -> HttpResponse:
    return _json({"series": [_status(row) for row in _with_status()]})


@for_monitors
def of_series(request: HttpRequest, series: str) -> HttpResponse:
    return _json(_status(get_object_or_404(_with_status(), slug=series)))


def _json(status: dict[str, Any]) -> HttpResponse:
    return JsonResponse(status, json_dumps_params={"ensure_ascii": False})


def _with_status() -> QuerySet[Series]:
    """The series that tell their readers, each with the time, its last edition, the time of the
    next, and that since which one is awaited: one query."""
    now = Now()  # of the database, as for all that is due
    last = LiveDigest.objects.filter(series=OuterRef("pk"))
    of_series = Slot.objects.filter(series=OuterRef("pk"))
    coming = of_series.to_come(now).promised()
    return Series.objects.telling().annotate(
        now=now,
        last_title=Subquery(last.values("live_revision__document__title")[:1]),
        last_slug=Subquery(last.values("slug")[:1]),
        last_date=Subquery(last.values("live_date")[:1]),
        next_due=Subquery(coming.values("due_at")[:1]),
        awaited_since=Subquery(of_series.awaited(now).values("due_at")[:1]),
    )


def _status(row: Any) -> dict[str, Any]:
    """The status of a series from `_with_status`."""
    awaited = row.awaited_since
    return {
        "series": row.slug,
        "name": row.name,
        "last": _edition(row) if row.last_slug else None,
        "next_due": _written(row, row.next_due),
        "seconds_late": int((row.now - awaited).total_seconds()) if awaited else 0,
    }


def _edition(row: Any) -> dict[str, Any]:
    address = reverse("public:digest", args=[row.slug, row.last_slug])
    return {
        "title": row.last_title,
        "url": settings.SITE_URL + address,
        "date": _written(row, row.last_date),
    }


def _written(series: Series, at: datetime | None) -> str | None:
    return series.local(at).isoformat() if at else None
