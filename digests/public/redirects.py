"""Redirects from addresses that browsers and feed readers try without having been told of them."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from digests.public.caching import public_response

FEEDS = {
    "feed/": "atom",
    "feed.xml": "atom",
    "atom.xml": "atom",
    "index.xml": "rss",
    "rss.xml": "rss",
}
"""The addresses of feeds elsewhere, and the format that is expected there."""


@require_safe
@public_response
def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponsePermanentRedirect(static("public/icon.svg"))


@require_safe
@public_response
def feed(request: HttpRequest, form: str) -> HttpResponse:
    return HttpResponsePermanentRedirect(f"{reverse('public:home')}feed.{form}")
