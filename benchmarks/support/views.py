"""The site with the views that benchmarks add to it."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth import login
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csp import csp_override

from benchmarks.support import addresses, desk_rows, filling
from benchmarks.support.archive import Size
from digests.accounts.roles import ADMINISTRATOR
from digests.editorial import planning
from digests.models import Digest, Entry, Series, Site, clock
from newsroom.postgresql import base as postgresql
from tests import factories

# What the view of a page itself says of its answer, and not a middleware or the server.
OWN_HEADERS = {
    *("Cache-Control", "Content-Encoding", "Content-Language", "Content-Type", "Etag", "Vary"),
}


def bare(request: HttpRequest) -> HttpResponse:
    """Does nothing."""
    return HttpResponse(b"{}", content_type="application/json")


@csp_override(settings.READERS_CSP)
def bare_page(request: HttpRequest) -> HttpResponse:
    """A page of readers as it was answered once, with the headers that its view gave it."""
    body, headers = saved_page()
    return HttpResponse(body, headers=headers)


@cache
def saved_page() -> tuple[bytes, dict[str, str]]:
    data: Path = settings.DATA_DIR
    headers = json.loads((data / "page.json").read_text())
    own = {name: value for name, value in headers.items() if name in OWN_HEADERS}
    return (data / "page").read_bytes(), own


def new_edition(request: HttpRequest) -> HttpResponse:
    Site.objects.publish_edition()
    return HttpResponse()


def import_samples(request: HttpRequest) -> JsonResponse:
    call_command(
        "import_digests",
        "samples/digests/global-ai",
        series="global-ai",
        time_zone="Asia/Shanghai",
        language="zh-hans",
        verbosity=0,
    )
    return JsonResponse({"digests": Digest.objects.count()})


def fill(request: HttpRequest) -> JsonResponse:
    # What a request may ask of PostgreSQL has an end after seconds; tens of thousands of rows take
    # longer, and so does their index.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close()
    if isinstance(connection, postgresql.DatabaseWrapper):
        connection.serves_requests = False
    filling.fill(Size(**json.loads(request.GET["size"])))
    return JsonResponse({"digests": Digest.objects.count()})


def user(request: HttpRequest) -> JsonResponse:
    """Makes a user with an address, to which a link for a new password may be sent."""
    return JsonResponse({"id": factories.person(email=request.GET["email"]).pk})


def count(request: HttpRequest) -> JsonResponse:
    """How many entries a search should find, counted without its index."""
    entries = Entry.objects.all()
    for word in request.GET["q"].split():
        entries = entries.filter(body__contains=word)
    if "series" in request.GET:
        entries = entries.filter(
            revision__digest__series__slug=request.GET["series"],
            revision__day__gte=request.GET["from"],
            revision__day__lte=request.GET["to"],
        )
    return JsonResponse({"entries": entries.count()})


def prepare(request: HttpRequest, digests: int) -> JsonResponse:
    """Makes so many digests that wait for approval."""
    return JsonResponse({"digests": [factories.in_review().pk for _ in range(digests)]})


def approve(request: HttpRequest, number: int) -> JsonResponse:
    """Approves a digest; tells which file it becomes."""
    digest = factories.approve(Digest.objects.get(pk=number))
    revision = digest.live_revision
    return JsonResponse({"path": digest.path, "sha256": revision and revision.text_sha256})


def schedule(request: HttpRequest, digests: int) -> JsonResponse:
    """Approves so many digests, due one second after the other; tells the title and time of each.
    Half a second is enough to make and approve one."""
    first = clock.now().replace(microsecond=0) + timedelta(seconds=3 + digests // 2)
    due = [first + timedelta(seconds=number) for number in range(digests)]
    rows = [factories.approve(factories.in_review(date=date)) for date in due]
    return JsonResponse({"digests": [[row.title, row.date.timestamp()] for row in rows]})


def at_once(request: HttpRequest, digests: int) -> JsonResponse:
    """Approves so many digests of as many series, which are due in one second; tells that and their
    titles. Three times as long as the second takes is enough for each."""
    factories.approve(factories.in_review())
    begun = time.monotonic()
    factories.approve(factories.in_review())
    needed = 5 + 3 * digests * (time.monotonic() - begun)
    due = clock.now().replace(microsecond=0) + timedelta(seconds=int(needed))
    rows = [
        factories.approve(
            factories.in_review(
                title=f"同时发布的第{number:03}期",
                date=due,
                series=factories.series(f"at-once-{number}", name=f"系列{number:03}"),
            )
        )
        for number in range(digests)
    ]
    return JsonResponse({"due": due.timestamp(), "titles": [row.title for row in rows]})


def plan(request: HttpRequest, series: int) -> JsonResponse:
    """Plans a day for so many series with a slot every hour, and then makes their drafts; tells the
    number of rows and the seconds that each took."""
    rows = [factories.scheduled(f"hourly-{n}", schedule="0 * * * *") for n in range(series)]
    yesterday = clock.now() + planning.AHEAD - timedelta(days=1)
    Series.objects.update(planned_until=yesterday)
    begun = time.monotonic()
    planned = [slot for row in rows for slot in planning.plan(row, by=None)]
    planned_after = time.monotonic()
    drafts = [planning.make_draft(slot, by=None) for slot in planned]
    ended = time.monotonic()
    return JsonResponse(
        {
            "slots": len(planned),
            "plan_s": planned_after - begun,
            "drafts": len(drafts),
            "drafts_s": ended - planned_after,
        }
    )


def week(request: HttpRequest, series: int) -> JsonResponse:
    """Fills the weeks around for so many series of six slots a day, and signs a user in; tells the
    user's session, and how many slots the board shows in a week."""
    rows = [factories.scheduled(f"daily-{n}", name=f"Series {n}") for n in range(series)]
    now = clock.now()
    Series.objects.update(planned_until=now - timedelta(days=8))
    for row in rows:
        planning.plan(row, by=None)
    login(request, factories.person(ADMINISTRATOR), settings.AUTHENTICATION_BACKENDS[-1])
    request.session.save()
    return JsonResponse({"slots": 7 * 6 * series, "session": request.session.session_key})


def candidates(request: HttpRequest, candidates: int, picked: int) -> JsonResponse:
    return JsonResponse(desk_rows.make_candidates(candidates, picked))


def outcome(request: HttpRequest) -> JsonResponse:
    return JsonResponse(desk_rows.outcome())


def long_digest(request: HttpRequest, stories: int) -> JsonResponse:
    return JsonResponse(desk_rows.make_long_digest(stories))


def added(address: str, view: Callable[..., HttpResponse]) -> URLPattern:
    return path(address.removeprefix("/").removesuffix("?"), view)


urlpatterns: list[URLPattern | URLResolver] = [
    # As readers' pages do, the bare page stands behind all other addresses.
    path("", include("newsroom.urls")),
    added(addresses.BARE, bare),
    added(addresses.BARE_PAGE, bare_page),
    added(addresses.NEW_EDITION, new_edition),
    added(addresses.OUTCOME, outcome),
    added(addresses.IMPORT_SAMPLES, import_samples),
    added(addresses.FILL, fill),
    added(addresses.COUNT, count),
    added(addresses.USER, user),
    added(f"{addresses.PREPARE}<int:digests>", prepare),
    added(f"{addresses.APPROVE}<int:number>", approve),
    added(f"{addresses.SCHEDULE}<int:digests>", schedule),
    added(f"{addresses.AT_ONCE}<int:digests>", at_once),
    added(f"{addresses.PLAN}<int:series>", plan),
    added(f"{addresses.WEEK}<int:series>", week),
    added(f"{addresses.CANDIDATES}<int:candidates>/<int:picked>", candidates),
    added(f"{addresses.LONG_DIGEST}<int:stories>", long_digest),
]
