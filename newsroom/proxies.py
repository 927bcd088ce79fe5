"""Whose address a request has when proxies stand in front of the site."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


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
