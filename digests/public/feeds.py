"""Feeds with the full text of the latest digests: of the site, of a series, of a category.

An entry's id is `tag:{authority}:digest/{feed_id}`: the site's tag authority, which never changes,
and the id that the digest got when it was first published. It outlives corrections, withdrawal and
republication, another title, date, address or series, and another SITE_URL; and it is the same in
every feed and format.
"""

from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import http_date

from digests.models import Filing, LiveDigest, Site, TagAuthority
from digests.public.feed_formats import FORMATS, FullTextFeed
from digests.public.queries import known_series, newest
from digests.public.responses import for_readers, render_page
from digests.text.characters import for_xml
from digests.text.urls import absolute_links

DIGESTS_IN_FEED = 20


@for_readers
def site_feed(request: HttpRequest, form: str) -> HttpResponse:
    return _feed(form, list(newest()[:DIGESTS_IN_FEED]), "/", "digests")


@for_readers
def series_feed(request: HttpRequest, form: str, series: str) -> HttpResponse:
    row = get_object_or_404(known_series(), slug=series)
    at = reverse("public:series", args=[row.slug])
    digests = list(newest(row)[:DIGESTS_IN_FEED])
    return _feed(form, digests, at, f"series/{row.pk}", row.name, row.language)


@for_readers
def category_feed(request: HttpRequest, form: str, name: str) -> HttpResponse:
    digests = list(newest(category=name)[:DIGESTS_IN_FEED])
    if not digests:
        raise Http404
    at = reverse("public:category", args=[name])
    return _feed(form, digests, at, f"category/{quote(name, safe='')}", name)


@for_readers
def feeds_page(request: HttpRequest) -> HttpResponse:
    """How to subscribe, and the addresses of all feeds."""
    context = {
        "formats": [(form, feed.label) for form, feed in FORMATS.items()],
        "series": LiveDigest.objects.series(),
        "categories": Filing.objects.live().names(),
    }
    return render_page("feeds.html", Site.objects.language(), context)


def _feed(
    form: str, digests: list[LiveDigest], at: str, tag: str, name: str = "", language: str = ""
) -> HttpResponse:
    """A feed in one of the formats, with the latest digests of the page `at`."""
    authority, site = TagAuthority.objects.load(), Site.objects.get()
    feed = FORMATS[form](
        title=for_xml(f"{name} · {settings.SITE_NAME}" if name else settings.SITE_NAME),
        link=settings.SITE_URL + at,
        feed_url=f"{settings.SITE_URL}{at}feed.{form}",
        feed_guid=authority.tag(tag),
        description=None,
        language=language or site.language,
        author_name=for_xml(settings.SITE_NAME),
    )
    for digest in digests:
        _add(feed, digest, authority)
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    # Not the date of its newest digest, which a withdrawal would set back.
    response["Last-Modified"] = http_date(site.edition_at.timestamp())
    return response


def _add(feed: FullTextFeed, digest: LiveDigest, authority: TagAuthority) -> None:
    revision = digest.live_revision
    context = {"page": digest.page, "language": revision.language}
    with translation.override(revision.language):
        content = render_to_string("public/_body.html", context)
    link = settings.SITE_URL + digest.get_absolute_url()
    feed.add_item(
        title=for_xml(revision.title),
        link=link,
        description="",
        unique_id=authority.tag(f"digest/{digest.feed_id}"),
        unique_id_is_permalink=False,
        pubdate=revision.date,
        updateddate=digest.modified,
        categories=[for_xml(name) for name in revision.document["categories"]],
        language=revision.language,
        content=for_xml(absolute_links(content, link)),
    )
