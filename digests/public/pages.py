"""Readers' pages of what is new: the site's front, a series, one digest."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from digests.models import Digest, Rendering, Series
from digests.models.digest import DigestQuerySet
from digests.models.live import DIGESTS
from digests.models.notice import notice_of
from digests.public.answers import for_readers, instead_of_a_page, page
from digests.public.metadata import description, of_digests, of_stories
from digests.public.shelf import (
    AT_ADDRESSES,
    a_page,
    common_language,
    modified,
    newest,
    site_language,
)
from digests.text.page import Page, PageEntry

# Digests of each series on the front; those of a list; and headlines of each, to tell digests of
# like titles apart.
LATEST, A_LIST, HEADLINES = 6, 20, 3


@dataclass(frozen=True)
class Teaser:
    """A digest in a list."""

    digest: Digest
    page: Page

    @property
    def language(self) -> str:
        assert self.digest.live_revision is not None  # noqa: S101 (it is live)
        return self.digest.live_revision.language

    @property
    def first_entries(self) -> list[PageEntry]:
        return self.page.entries[:HEADLINES]


def teasers(digests: Iterable[Digest]) -> list[Teaser]:
    return [Teaser(digest, Rendering.objects.page_of(digest)) for digest in digests]


@for_readers
def home(request: HttpRequest) -> HttpResponse:
    """The latest digest in full, and the last few of each series."""
    shown = teasers(_latest_of_each_series())
    groups: dict[Series, list[Teaser]] = {}
    for teaser in shown[1:]:
        group = groups.setdefault(teaser.digest.series, [])
        if len(group) < LATEST:
            group.append(teaser)
    language = common_language(teaser.language for teaser in shown)
    listed = shown[:1] + [teaser for group in groups.values() for teaser in group]
    context = {"latest": shown[0] if shown else None, "groups": groups.items()}
    return page("home.html", language, context | _told(listed))


def _told(teasers: list[Teaser]) -> dict[str, object]:
    """What a list of digests tells machines, by `_head.html` and `_list_data.html`."""
    return {
        "description": description(teasers[0].page) if teasers else "",
        "listed": of_digests((teaser.digest, teaser.page) for teaser in teasers),
    }


def _latest_of_each_series() -> DigestQuerySet:
    """Newest first; one more than is listed, for one stands above the lists. Costs two queries,
    however many series there are."""
    dates = Digest.objects.live().filter(series=OuterRef("pk")).values("live_date")
    wanted = [
        # None where the series has no more than these.
        Q(series=series, live_date__gte=series.oldest) if series.oldest else Q(series=series)
        for series in Series.objects.annotate(oldest=Subquery(dates[LATEST : LATEST + 1]))
    ]
    # Of these alone: another alternative, if only an empty one, would keep SQLite from its index.
    return newest().filter(reduce(or_, wanted)) if wanted else newest().none()


@for_readers
def series_page(request: HttpRequest, series: str) -> HttpResponse:
    row = get_object_or_404(Digest.objects.published().in_series(), slug=series)
    return listed("series.html", row.language, request, newest(row), {"series": row})


def listed(
    template: str,
    language: str,
    request: HttpRequest,
    digests: DigestQuerySet,
    context: dict[str, object],
) -> HttpResponse:
    """A list of digests from the place that the address names, and the way on from its end."""
    rows, way_on = a_page(request, digests, DIGESTS, A_LIST)
    shown = teasers(rows)
    context |= {"teasers": shown} | way_on | _told(shown)
    return page(template, language or common_language(t.language for t in shown), context)


@for_readers
def digest_page(request: HttpRequest, series: str, slug: str) -> HttpResponse:
    digest = get_object_or_404(AT_ADDRESSES, series__slug=series, slug=slug)
    if digest.live_revision is None:
        return _gone(digest)
    shown = Rendering.objects.page_of(digest)
    context = {
        "digest": digest,
        "page": shown,
        "modified": modified(digest),
        "description": description(shown),
        "listed": of_stories(shown.entries),
        "notice": notice_of(digest),
    }
    return page("digest.html", digest.live_revision.language, context)


def _gone(digest: Digest) -> HttpResponse:
    # Its working copy may hold anything by now: only the note is for the public.
    return page("gone.html", digest.series.language, {"digest": digest}, status=410)


@for_readers
def markdown(request: HttpRequest, series: str, slug: str) -> HttpResponse:
    """The exact text of the exported file."""
    digests = Digest.objects.select_related("series", "live_revision")
    digest = get_object_or_404(digests, series__slug=series, slug=slug)
    if digest.live_revision is None:
        return _gone(digest)
    return HttpResponse(digest.live_revision.text, content_type="text/markdown; charset=utf-8")


@instead_of_a_page
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page("404.html", site_language(), {}, status=404)
