"""Caching of public answers, by pages, feeds and API: the same for everybody, compressed, from
memory while nothing changed, and a 304 if the client already has the answer. What is kept is shown
for a while, too, when the database does not answer."""

import gzip
import hashlib
import logging
import math
import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe, quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page

from digests.models import Site
from digests.public.params import has_any

logger = logging.getLogger(__name__)

MAIN = b'<main id="main">'

type View = Callable[..., HttpResponse]


def public_response(view: View) -> View:
    """Let caches keep the answer, compressed for clients that accept that.

    They must ask again each time, so that a correction or a withdrawal shows at once.
    """
    answer: View = gzip_page(cache_control(public=True, no_cache=True)(view))
    return answer


def tagged_response(view: View) -> View:
    """As `public_response`, named by its ETag: for what changes with the time as well."""
    made = public_response(_tagged(view))

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _unless_known(request, made(request, *args, **kwargs))

    return answer


def cached_per_edition(view: View, *, params: Collection[str] = ()) -> View:
    """As `public_response`, but made once for each edition of the site and named by its ETag.

    What is kept for an edition never changes, so nothing has to be purged: publishing makes a new
    edition. A change made without the verbs makes none; it is missed for `PAGES_FRESH` seconds.

    `params` are the parameters that the answer depends on. One that depends on any is made for each
    request, because there is no end of those; all others, such as where a link was found, change
    nothing.

    While the database does not answer, what is kept of the last edition is shown for the
    `STALE_IF_ERROR` seconds after this process saw that.
    """
    made = public_response(_tagged(view))
    made_each_time = tagged_response(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_any(request, params):
            return made_each_time(request, *args, **kwargs)
        # Before anything is read for the answer: what is kept may be newer than its edition says,
        # never older.
        try:
            edition = _last_seen.ask()
        except (OperationalError, InterfaceError) as error:
            return _stale_or_raise(request, error)
        key = _key(request, edition)
        response = _kept(key, settings.PAGES_FRESH)
        if response is None:
            response = made(request, *args, **kwargs)
            if response.status_code in (200, 410):
                caches["pages"].set(key, (time.time(), response))
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


class LastSeen:
    """The last edition that this process saw, and when."""

    def __init__(self) -> None:
        self.edition = ""
        self.at = -math.inf

    def ask(self) -> str:
        """Ask the database for the edition that readers see now."""
        edition = Site.objects.edition()
        self.edition, self.at = edition, time.monotonic()
        return edition

    def is_recent(self) -> bool:
        return time.monotonic() - self.at < settings.STALE_IF_ERROR


_last_seen = LastSeen()


def _kept(key: str, seconds: float) -> HttpResponse | None:
    """What is kept under a key, unless it was made longer ago. Times are of the clock, because
    several processes share what is kept; what lies ahead was made before a clock stepped back."""
    made_at, response = caches["pages"].get(key, (0, None))
    return response if 0 <= time.time() - made_at < seconds else None


def _stale_or_raise(request: HttpRequest, error: Exception) -> HttpResponse:
    """What is kept of the last edition that this process saw, if it saw that a moment ago."""
    key = _key(request, _last_seen.edition)
    response = _kept(key, math.inf) if _last_seen.is_recent() else None
    if response is None:
        raise error
    logger.warning("Readers are shown what was kept: %s", error)
    if not response["Content-Type"].startswith("text/html"):
        return _unless_known(request, response)
    return _marked_as_stale(response)


def _marked_as_stale(response: HttpResponse) -> HttpResponse:
    """A kept page with a line that it may be old. No cache keeps it, and it has no ETag: a client
    that knows the page would not see the line."""
    with translation.override(response["Content-Language"]):
        line = render_to_string("public/_stale.html").encode()
    is_compressed = response.get("Content-Encoding") == "gzip"
    content = gzip.decompress(response.content) if is_compressed else response.content
    content = content.replace(MAIN, MAIN + line, 1)
    response.content = gzip.compress(content) if is_compressed else content
    response["Content-Length"] = str(len(response.content))
    response["Cache-Control"] = "no-store"
    del response["ETag"]
    return response


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
    changed = parse_http_date_safe(response.get("Last-Modified", ""))
    # A restored backup sets the time back: a client that has a later one has other bytes.
    if parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE", "")) not in (None, changed):
        changed = None
    known = get_conditional_response(request, response.get("ETag"), changed, response)
    return known or response
