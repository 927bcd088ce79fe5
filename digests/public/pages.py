"""Readers' pages: the front page, a series, one digest and its exported text."""

from functools import reduce
from http import HTTPStatus
from operator import or_

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csp import csp_override
from django_stubs_ext import StrPromise

from digests.models import Digest, LiveDigest, Revision, Series, Site
from digests.models.live import DIGESTS, LiveDigestQuerySet
from digests.models.reader_notes import reader_notes
from digests.public.metadata import article, description, list_of_digests, list_of_stories
from digests.public.queries import known_series, newest, paginate
from digests.public.responses import POLICY, error_page, for_readers, for_readers_with, render_page

# Digests of each series on the front page, and digests on a page of a list.
LATEST_OF_SERIES, DIGESTS_PER_PAGE = 6, 20


@for_readers
def home(request: HttpRequest) -> HttpResponse:
    """The latest digest in full, and the last few of each series."""
    shown = list(_latest_of_each_series())
    groups: dict[Series, list[LiveDigest]] = {}
    for digest in shown[1:]:
        group = groups.setdefault(digest.series, [])
        if len(group) < LATEST_OF_SERIES:
            group.append(digest)
    digests = shown[:1] + [digest for group in groups.values() for digest in group]
    context = {"latest": shown[0] if shown else None, "groups": groups.items()}
    return render_page("home.html", Site.objects.language(), context | _list_metadata(digests))


def _list_metadata(digests: list[LiveDigest]) -> dict[str, object]:
    """The metadata of a list of digests, which `_head.html` puts into the page."""
    return {
        "description": description(digests[0].page) if digests else "",
        "data": list_of_digests(digests),
    }


def _latest_of_each_series() -> LiveDigestQuerySet:
    """The latest digests of each series, newest first; one more than is listed, because one stands
    above the lists. Costs three queries, however many series there are."""
    dates = LiveDigest.objects.filter(series=OuterRef("pk")).values("live_date")
    oldest = Series.objects.values_list(
        "pk", Subquery(dates[LATEST_OF_SERIES : LATEST_OF_SERIES + 1])
    )
    wanted = [
        # The date is None where the series has no more digests than are wanted.
        Q(series=series, live_date__gte=date) if date else Q(series=series)
        for series, date in oldest
    ]
    # These alternatives alone: one more, even an empty one, would keep SQLite from its index.
    return newest().filter(reduce(or_, wanted)) if wanted else newest().none()


@for_readers_with("before")
def series_page(request: HttpRequest, series: str) -> HttpResponse:
    row = get_object_or_404(known_series(), slug=series)
    return digest_list("series.html", row.language, request, newest(row), {"series": row})


def digest_list(
    template: str,
    language: str,
    request: HttpRequest,
    digests: LiveDigestQuerySet,
    context: dict[str, object],
) -> HttpResponse:
    """A page of a list of digests, from the place in the address on, with a link to the next
    page."""
    shown, paging = paginate(request, digests, DIGESTS, DIGESTS_PER_PAGE)
    context |= {"digests": shown} | paging | _list_metadata(shown)
    return render_page(template, language, context)


@for_readers
def digest_page(request: HttpRequest, series: str, slug: str) -> HttpResponse:
    """The page of one digest. Costs eight queries at most."""
    digest = LiveDigest.objects.with_pages().filter(series__slug=series, slug=slug).first()
    if digest is None:
        return _gone(series, slug)
    context = {
        "digest": digest,
        "page": digest.page,
        "modified": digest.modified,
        "description": description(digest.page),
        "data": [article(digest), *list_of_stories(digest.page.entries)],
        "reader_notes": reader_notes(digest),
        "older": digest.older,
        "newer": digest.newer,
    }
    return render_page("digest.html", digest.live_revision.language, context)


def _gone(series: str, slug: str) -> HttpResponse:
    """The page in place of a withdrawn digest; 404 where there never was one."""
    digests = Digest.objects.select_related("series")
    digest = get_object_or_404(digests, series__slug=series, slug=slug)
    # Its working copy may hold anything by now: only the note is meant for the public.
    return render_page("gone.html", digest.series.language, {"digest": digest}, status=410)


@for_readers
def markdown(request: HttpRequest, series: str, slug: str) -> HttpResponse:
    """The exact text of the exported file."""
    revision = Revision.objects.filter(
        live_digest__series__slug=series, live_digest__slug=slug
    ).first()
    if revision is None:
        return _gone(series, slug)
    return HttpResponse(revision.text, content_type="text/markdown; charset=utf-8")


@error_page
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_page("404.html", Site.objects.language(), {}, status=404)


@error_page
def refused(
    request: HttpRequest, status: int, title: StrPromise, sentence: StrPromise
) -> HttpResponse:
    """The page in the place of one that was not made, because of what the request holds or how
    many there are."""
    context = {"title": title, "sentence": sentence}
    return render_page("refused.html", Site.objects.language(), context, status=status)


@csp_override(POLICY)
def broken(request: HttpRequest, status: int) -> HttpResponse:
    """The page for what could not be made. It asks the database for nothing."""
    is_away = status == HTTPStatus.SERVICE_UNAVAILABLE
    return render_page("broken.html", settings.LANGUAGE_CODE, {"is_away": is_away}, status)
