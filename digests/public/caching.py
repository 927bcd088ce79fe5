"""Caching of public answers, by pages, feeds and API: the same for everybody, compressed, from
memory while nothing changed, and a 304 if the client already has the answer."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page

from digests.models import Site

type View = Callable[..., HttpResponse]


def public_response(view: View) -> View:
    """Let caches keep the answer, compressed for clients that accept that.

    They must ask again each time, so that a correction or a withdrawal shows at once.
    """
    answer: View = gzip_page(cache_control(public=True, no_cache=True)(view))
    return answer


def cached_per_edition(view: View) -> View:
    """As `public_response`, but made once for each edition of the site and named by its ETag.

    What is kept for an edition never changes, so nothing has to be purged: publishing makes a new
    edition. A change made without the verbs makes none; the cache's own timeout limits how long
    it is missed. An answer to parameters is made for each request, because there is no end of
    those.
    """
    made = public_response(_tagged(view))

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.META["QUERY_STRING"]:
            return _unless_known(request, made(request, *args, **kwargs))
        # Before anything is read for the answer: what is kept may be newer than its edition says,
        # never older.
        key = _key(request, Site.objects.edition())
        response: HttpResponse | None = caches["pages"].get(key)
        if response is None:
            response = made(request, *args, **kwargs)
            if response.status_code in (200, 410):
                caches["pages"].set(key, response)
        return _unless_known(request, response)

    return answer


def cached_value[Made](name: str, make: Callable[[], Made]) -> Made:
    """A value made once for the edition that readers see; only the first request waits for it."""
    key = _hashed(name, Site.objects.edition())
    made: Made | None = caches["pages"].get(key)
    if made is None:
        made = make()
        caches["pages"].set(key, made)
    return made


def _tagged(view: View) -> View:
    """Make a good answer's ETag from its bytes, so that no two different answers share one."""

    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        if response.status_code == 200:
            response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
        return response

    return answer


def _key(request: HttpRequest, edition: str) -> str:
    # As the compressing middleware decides it; `request.headers` would be built just for this.
    accepts_gzip = bool(re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))
    return _hashed(request.path, edition, accepts_gzip)


def _hashed(*parts: object) -> str:
    parts += (settings.RELEASE, settings.SITE_URL, settings.SITE_NAME)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, or a 304 for a client that has these bytes already."""
    known = get_conditional_response(request, etag=response.get("ETag"), response=response)
    return known or response
