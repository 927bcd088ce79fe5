"""Readers' pages: the latest digests, one digest, and what is no longer or never was there."""

from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from digests.models import Digest, Entry, Rendering, Series
from digests.public.answers import for_everybody, for_readers, page, unless_unchanged
from digests.public.shelf import NEWER, OLDER, common_language, newest

LATEST = 20
# Under each title, to tell digests of like titles apart.
HEADLINES = 3


@for_readers
def latest(request: HttpRequest, series: str | None = None) -> HttpResponse:
    """The newest digests of a series or, at the root of the site, of all."""
    shelf = get_object_or_404(Series, slug=series) if series else None
    headlines = Entry.objects.filter(position__lte=HEADLINES)
    revisions = list(newest(shelf).prefetch_related(Prefetch("entries", headlines))[:LATEST])
    language = shelf.language if shelf else common_language(revisions)
    return unless_unchanged(
        request,
        (shelf and shelf.name, language),
        [
            (row.pk, row.live_digest.get_absolute_url(), str(row.live_digest.series))
            for row in revisions
        ],
        answer=lambda: page("home.html", language, {"series": shelf, "revisions": revisions}),
    )


@for_readers
def digest_page(request: HttpRequest, series: str, slug: str) -> HttpResponse:
    digests = (
        Digest.objects.select_related("series", "live_revision")
        .defer("live_revision__text")
        .annotate(newer=NEWER, older=OLDER)
    )
    digest = digests.filter(series__slug=series, slug=slug).first()
    if digest is None:
        raise Http404
    revision = digest.live_revision
    if revision is None:
        # Its working copy may hold anything by now: only the note is for the public.
        return page("gone.html", digest.series.language, {"digest": digest}, status=410)

    def answer() -> HttpResponse:
        context = {"digest": digest, "page": Rendering.objects.of(revision).page()}
        return page("digest.html", revision.language, context)

    beside = (digest.newer, digest.older)  # type: ignore[attr-defined]  # annotated above
    return unless_unchanged(request, (revision.pk, digest.series.name), beside, answer=answer)


@for_everybody
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page("404.html", settings.LANGUAGE_CODE, {}, status=404)
