"""What all addresses of the public API have in common, whatever stands there."""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, JsonResponse

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
