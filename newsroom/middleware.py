"""Middleware, in the order of settings.MIDDLEWARE: client addresses, the public API, JSON errors,
sessions and languages.

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
    TRUSTED_PROXIES entries the first is the client's; anything before it may be made up by the
    client. If the header is shorter or holds no address, REMOTE_ADDR stays as it is.
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
    """Lets scripts of any site read the public API, treats HEAD as GET without a body, and limits
    the rate of requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "OPTIONS":
            # The preflight request that browsers send before a request with an unusual header.
            response = HttpResponse(status=204)
            del response["Content-Type"]
            response["Allow"] = METHODS
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = "If-None-Match"
            response["Access-Control-Max-Age"] = str(24 * 60 * 60)
        else:
            response = _too_many(request) or self._answer(request)
        # Never with credentials, because the answers are the same for everybody.
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
    """The 429 response to a request beyond API_RATE, which limits each address in each minute (or
    other period) of the clock; None below the limit."""
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
    """Count this request, and return the number so far. Ninja's own throttles count by reading and
    writing back, which loses some when several threads count at once."""
    cache = caches["rates"]
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:
        return 1  # expired in between


def _who(request: HttpRequest) -> str:
    """The client's address; for IPv6 the /64 network, which one client has for itself."""
    given = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(given)
    except ValueError:
        return ""  # a socket without addresses: all clients count as one
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        # Without the zone that a link-local address may have.
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address)


class JSONProblems:
    """Turns every error under /api/ into a JSON object with a `detail`, wherever it was raised."""

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
    """Prolongs the sessions of active users. Heartbeats of open pages do not count: an abandoned
    page would keep its session for ever."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        lives = session.accessed and not session.is_empty() and not is_heartbeat(request)
        # Not each time, because it costs a write.
        if lives and time.time() - session.get(PROLONGED_AT, 0) > PROLONGED_EVERY:
            session[PROLONGED_AT] = int(time.time())
        # Otherwise a page that needs no session would be refused because a session expired.
        return super().process_response(request, response) if request.session.accessed else response


class Languages(LocaleMiddleware):
    """Follows the browser's language, except in a response that is public for caches."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "public" in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)
