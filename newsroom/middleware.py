"""Middleware, in the order of settings.MIDDLEWARE: client addresses, the public API, problems of
APIs, sessions and languages.

Readers' pages are the same for everybody, so a cache may keep them: they set no cookie and vary by
nothing, whoever asks. Sessions and languages belong to the screens of those who work here.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.locale import LocaleMiddleware


class TrustedProxies:
    """Puts the client's address into REMOTE_ADDR, for everything that counts by address.

    Each trusted proxy appends the address it was called from to X-Forwarded-For, so of the last
    TRUSTED_PROXIES entries the first is the client's; whatever stands before it the client may
    have made up. Where the header is shorter or no address, REMOTE_ADDR stays as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        count = settings.TRUSTED_PROXIES
        if 0 < count <= len(entries):
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(entries[-count].strip()))
        return self.get_response(request)


PREFIX = "/api/v1/"
METHODS = "GET, HEAD, OPTIONS"


class PublicAPI:
    """Lets the scripts of any site read the public API, takes a HEAD for a GET whose body is left
    out, and refuses who asks too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "OPTIONS":
            # Browsers ask so before a request with a header that they do not let pass unasked.
            response = HttpResponse(status=204)
            del response["Content-Type"]
            response["Allow"] = METHODS
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = "If-None-Match"
            response["Access-Control-Max-Age"] = str(24 * 60 * 60)
        else:
            response = _too_many(request) or self._answer(request)
        # Never with credentials: what is here is the same for everybody.
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"  # the server leaves the body out
        response = self.get_response(request)
        if is_head:
            request.method = "HEAD"
        if "Allow" in response:
            response["Allow"] = METHODS
        return response


def _too_many(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a request beyond API_RATE, of which one address has so many in each minute
    (or other time) of the clock."""
    if settings.API_RATE is None:
        return None
    most, seconds = settings.API_RATE
    now = int(time.time())
    if _count(f"{now // seconds}:{_who(request)}", seconds) <= most:
        return None
    wait = seconds - now % seconds
    response = JsonResponse({"detail": f"Too many requests. Come back in {wait} s."}, status=429)
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    return response


def _count(key: str, seconds: int) -> int:
    """How many there were with this one. Ninja's own throttles count by reading and writing back,
    which loses some where threads ask at once."""
    cache = caches["rates"]
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:
        return 1  # forgotten in between


def _who(request: HttpRequest) -> str:
    """The client's address, or the network that one client has of IPv6."""
    given = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(given)
    except ValueError:
        return ""  # a socket without addresses: all are one
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        # Without the zone that a local address may name.
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address)


class JSONProblems:
    """Makes every error under /api/ a JSON object with a `detail`, whoever refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or not request.path.startswith("/api/"):
            return response
        if response.get("Content-Type", "").startswith("application/json"):
            return response
        if settings.DEBUG and status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return response  # the traceback
        problem = JsonResponse({"detail": HTTPStatus(status).phrase}, status=status)
        for name in ("Allow", "Retry-After"):
            if name in response:
                problem[name] = response[name]
        return problem


PROLONGED_AT = "prolonged_at"
PROLONGED_EVERY = 5 * 60  # seconds


def is_heartbeat(request: HttpRequest) -> bool:
    return request.headers.get("X-Heartbeat") == "1"


class Sessions(SessionMiddleware):
    """Prolongs the session of who does something. Pages that only say that they are still open
    do not: an abandoned one would keep its session for ever."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        lives = session.accessed and not session.is_empty() and not is_heartbeat(request)
        # Not each time, for it costs a write.
        if lives and time.time() - session.get(PROLONGED_AT, 0) > PROLONGED_EVERY:
            session[PROLONGED_AT] = int(time.time())
        # Without this a page that needs no session would be refused for a session that expired.
        return super().process_response(request, response) if request.session.accessed else response


class Languages(LocaleMiddleware):
    """Follows the browser's language, save in an answer that says it is everybody's."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "public" in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)
