"""Readers' pages: the latest digests, one digest, and what is no longer or never was there."""

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from digests.models import Entry, Rendering, Series
from digests.public.answers import for_everybody, for_readers, page, unless_unchanged
from digests.public.shelf import DIGESTS, common_language, newest, state

LATEST = 20
# Under each title, to tell digests of like titles apart.
HEADLINES = 3


@for_readers
def latest(request: HttpRequest, series: str | None = None) -> HttpResponse:
    """The newest digests of a series or, at the root of the site, of all."""
    shelf = get_object_or_404(Series, slug=series) if series else None
    revisions = list(newest(shelf)[:LATEST])
    language = shelf.language if shelf else common_language(revisions)

    def answer() -> HttpResponse:
        headlines = Entry.objects.filter(position__lte=HEADLINES)
        prefetch_related_objects(revisions, Prefetch("entries", headlines))
        return page("home.html", language, {"series": shelf, "revisions": revisions})

    shown = [shelf and shelf.name, language, *map(state, revisions)]
    return unless_unchanged(request, shown, answer)


@for_readers
def digest_page(request: HttpRequest, series: str, slug: str) -> HttpResponse:
    digest = get_object_or_404(DIGESTS, series__slug=series, slug=slug)
    revision = digest.live_revision
    if revision is None:
        # Its working copy may hold anything by now: only the note is for the public.
        return page("gone.html", digest.series.language, {"digest": digest}, status=410)

    def answer() -> HttpResponse:
        rendering = Rendering.objects.of_number(revision.pk)
        context = {"digest": digest, "page": rendering.page()}
        return page("digest.html", rendering.revision.language, context)

    beside = [digest.newer, digest.older]  # type: ignore[attr-defined]  # annotated
    shown = [revision.pk, revision.document_sha256, digest.series.name, *beside]
    return unless_unchanged(request, shown, answer)


@for_everybody
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page("404.html", settings.LANGUAGE_CODE, {}, status=404)
