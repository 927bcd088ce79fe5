"""The sitemap and robots.txt: the addresses for search engines, and those to leave alone."""

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from digests.models import Filing, LiveDigest
from digests.public.responses import for_readers

# How many digests a part of the sitemap spans, by their numbers: each stays in its part for good,
# so that a part changes only with its own digests, and none is found by counting.
SPAN = 10_000
MAX_ADDRESSES = 50_000  # in a part, as sitemaps.org allows

type Address = tuple[str, datetime | None]


@for_readers
def index(request: HttpRequest) -> HttpResponse:
    """The list of the sitemap's parts. None says when it changed, because a withdrawal changes a
    part and leaves no date in it."""
    spans = LiveDigest.objects.order_by().values_list(F("pk") / SPAN, flat=True).distinct()
    parts = [reverse("public:sitemap_of_pages")]
    parts += [reverse("public:sitemap_of_digests", args=[span]) for span in sorted(spans)]
    return _xml("sitemapindex", "sitemap", ((part, None) for part in parts))


@for_readers
def digests(request: HttpRequest, span: int) -> HttpResponse:
    rows = LiveDigest.objects.filter(pk__gte=span * SPAN, pk__lt=(span + 1) * SPAN)
    found = rows.order_by("pk").values_list(
        "series__slug", "slug", "live_date", "live_revision__correction__at"
    )
    addresses: list[Address] = [
        # As `Digest.get_absolute_url` and `LiveDigest.modified` give them, for thousands of
        # digests.
        (f"/{series}/{slug}/", corrected or date)
        for series, slug, date, corrected in found
    ]
    if not addresses:
        raise Http404
    return _xml("urlset", "url", addresses)


@for_readers
def pages(request: HttpRequest) -> HttpResponse:
    """The part with all pages except those of digests and of single stories."""
    found = [reverse(f"public:{name}") for name in ("home", "archive", "about", "corrections")]
    found += [reverse(f"public:{name}") for name in ("categories", "sources")]
    for slug in LiveDigest.objects.series().values_list("slug", flat=True):
        found.append(reverse("public:series", args=[slug]))
    for name in Filing.objects.live().names():
        found.append(reverse("public:category", args=[name]))
    found += _archive()
    return _xml("urlset", "url", ((address, None) for address in found[:MAX_ADDRESSES]))


def _archive() -> list[str]:
    """The addresses of years, months and days with digests, newest first."""
    days = LiveDigest.objects.order_by("-live_day").values_list("live_day", flat=True)
    found: dict[str, None] = {}
    for day in days.distinct():
        # Calling `reverse` for thousands of addresses would take a second.
        parts = str(day).split("-")
        for length in (1, 2, 3):
            found[f"/{'/'.join(parts[:length])}/"] = None
    return list(found)


def _xml(root: str, child: str, addresses: Iterable[Address]) -> HttpResponse:
    tree = Element(root, xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for address, changed in addresses:
        element = SubElement(tree, child)
        SubElement(element, "loc").text = settings.SITE_URL + address
        if changed:
            SubElement(element, "lastmod").text = changed.isoformat(timespec="seconds")
    content = tostring(tree, encoding="UTF-8", xml_declaration=True)
    return HttpResponse(content, content_type="application/xml")


@for_readers
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /api/desk/",
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('public:sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
