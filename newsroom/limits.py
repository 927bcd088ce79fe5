"""Limits on what strangers may ask for: how long a body may be, how often one address may ask, and
how many requests of a costly kind run at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from digests.public.params import SEARCH_PARAMS, has_any
from newsroom.env import Rate

SIGN_IN = "/admin/login/"
RESET = "/admin/password_reset/"
UPLOAD = "/admin/editor/upload/"
SEARCH = "/search/"
API_SEARCH = "/api/v1/search/"

# Bytes that a body may have at addresses that begin so; the first line that fits counts.
BODIES = (
    (SIGN_IN, 100_000),
    (RESET, 100_000),
    ("/admin/password/", 100_000),
    # A picture and the form around it.
    (UPLOAD, 5_500_000),
    # A form sends nine bytes for each Chinese character, and a paste may have 100,000.
    ("/admin/", 2_000_000),
    ("/api/desk/", 2_000_000),
    ("/", 100_000),
)


def longest_body(path: str) -> int:
    return next((size for begin, size in BODIES if path.startswith(begin)), 0)


class Turns:
    """At most `running` at once, and `waiting` more for so many seconds; others are refused.

    A server has few threads, and whoever waits holds one.
    """

    def __init__(self, running: int, *, waiting: int = 0, patience: float = 0) -> None:
        self.places = threading.BoundedSemaphore(running + waiting)
        self.turns = threading.BoundedSemaphore(running)
        self.patience = patience

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Whether it is the caller's turn, which lasts as long as the context."""
        if not self.places.acquire(blocking=False):
            yield False
            return
        try:
            if not self.turns.acquire(timeout=self.patience):
                yield False
                return
            try:
                yield True
            finally:
                self.turns.release()
        finally:
            self.places.release()


@dataclass(frozen=True)
class Limit:
    """A kind of requests, the setting that holds its rate for one address, and its turns."""

    fits: Callable[[HttpRequest], bool]
    setting: str
    turns: Turns


def posts_to(path: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.method == "POST" and request.path == path


def searches(request: HttpRequest) -> bool:
    # Without a query the page is kept, and costs nothing.
    return request.path == SEARCH and has_any(request, SEARCH_PARAMS)


# Of the threads that a process serves with, two always remain for everything else.
THREADS = 4
COSTLY = Turns(THREADS - 2)
SEARCH_TURNS = Turns(1, waiting=1, patience=1)
LIMITS = (
    Limit(searches, "SEARCH_RATE", SEARCH_TURNS),
    Limit(lambda request: request.path == API_SEARCH, "API_RATE", SEARCH_TURNS),
    # A try takes a third of a second of a processor, with a name that does not exist as well.
    Limit(posts_to(SIGN_IN), "SIGN_IN_RATE", Turns(1, waiting=1, patience=2)),
    Limit(posts_to(RESET), "RESET_RATE", Turns(2)),
)
# How often the browsers of one address load a busy page again by themselves: fewer times than one
# page that stays busy would in a minute.
RELOADS = Rate(10, 60)


def limit_of(request: HttpRequest) -> Limit | None:
    return next((limit for limit in LIMITS if limit.fits(request)), None)


@contextmanager
def turn_of(limit: Limit) -> Iterator[bool]:
    """Whether it is the caller's turn, among those of its kind and of all costly kinds."""
    with COSTLY.taken() as has_thread:
        if not has_thread:
            yield False
            return
        with limit.turns.taken() as is_its_turn:
            yield is_its_turn


def seconds_to_wait(request: HttpRequest, setting: str, *, counted: bool = True) -> int:
    """Count a request of an address in this minute (or other period) of the clock, unless it is not
    to be `counted`: 0, or, beyond the rate, the seconds until it may ask again."""
    rate: Rate | None = getattr(settings, setting)
    return _seconds_to_wait(request, setting, rate, counted=counted) if rate else 0


def may_reload(request: HttpRequest) -> bool:
    """Whether a browser of this address may load a page again by itself, which counts: a page that
    somebody forgot ends doing so."""
    return not _seconds_to_wait(request, "reload", RELOADS)


def _seconds_to_wait(request: HttpRequest, name: str, rate: Rate, *, counted: bool = True) -> int:
    now = int(time.time())
    key = f"{name}:{now // rate.seconds}:{network(request.META.get('REMOTE_ADDR', ''))}"
    number = _count(key, rate.seconds) if counted else caches["rates"].get(key, 0) + 1
    return 0 if number <= rate.most else rate.seconds - now % rate.seconds


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


def network(given: str) -> str:
    """A client's address; for IPv6 the /64 network, which one client has for itself."""
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
