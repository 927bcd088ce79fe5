"""Middleware, in the order of settings.MIDDLEWARE: headers, probes, encodings, client addresses,
the public API, JSON errors, sessions, languages and limits.

Readers' pages are the same for everybody, so a cache may keep them: they set no cookie and vary by
nothing, whoever asks. Sessions and languages belong to the screens of those who work here.
"""

import re
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http import HTTPStatus
from ipaddress import ip_address

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware

from newsroom import views
from newsroom.limits import limit_of, longest_body, seconds_to_wait, turn_of


class SecurityHeaders(SecurityMiddleware):
    """Puts Django's security headers on every response, also where something below raised.

    It answers no request itself: redirecting to https asks for the host, which may be refused, and
    is left to the SecurityMiddleware below.
    """

    def process_request(self, request: HttpRequest) -> None:
        pass


PROBES = ("/healthz", "/readyz")


class Probes:
    """Lets probes in under any Host: they call an address of the container, which nobody lists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            request.META["HTTP_HOST"] = "localhost"  # always allowed
        return self.get_response(request)


REFUSED = re.compile(r";\s*q\s*=\s*0(\.0*)?\s*$", re.IGNORECASE)


class Encodings:
    """Takes what a client refuses, as in `gzip;q=0`, out of Accept-Encoding: Django and WhiteNoise
    look for the name alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
        if ";" in accepted:
            wanted = [entry for entry in accepted.split(",") if not REFUSED.search(entry)]
            request.META["HTTP_ACCEPT_ENCODING"] = ",".join(wanted)
        return self.get_response(request)


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
            # What needs a turn is counted when it gets one, by `Limits`.
            wait = seconds_to_wait(request, "API_RATE", counted=limit_of(request) is None)
            response = _too_many(wait) if wait else self._answer(request)
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


def _too_many(wait: int) -> HttpResponse:
    response = JsonResponse({"detail": f"Too many requests. Come back in {wait} s."}, status=429)
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    return response


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


TURN = "newsroom.turn"


class Limits:
    """Refuses a body that is too long before it is read, and a request beyond its limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return views.without_length(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > longest_body(request.path):
            return views.too_large(request)
        with ExitStack() as stack:
            request.META[TURN] = stack
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """Give a turn to, and count, only what CsrfViewMiddleware lets through: a page of another
        site could use up the tries of a whole office."""
        limit = limit_of(request)
        if limit is None:
            return None
        # Whoever is beyond the rate waits for no turn, and what gets none is not counted.
        if wait := seconds_to_wait(request, limit.setting, counted=False):
            return views.too_many(request, wait)
        if not request.META[TURN].enter_context(turn_of(limit)):
            return views.busy(request)
        wait = seconds_to_wait(request, limit.setting)
        return views.too_many(request, wait) if wait else None
