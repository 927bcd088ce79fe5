"""Getting what is at a web address."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx2

from digests.net.errors import Failure, FetchError
from digests.net.transport import Deadline, Guard, Transport

MAX_RETRY_AFTER = 24 * 60 * 60
"""Nobody is waited for longer than a day."""

_PERMANENT = {301, 308}
_REDIRECTS = _PERMANENT | {302, 303, 307}
_HTML = {"text/html", "application/xhtml+xml"}
# What a server may be told whoever it is; all other headers are for the host that was asked.
_FOR_EVERYBODY = {"accept", "accept-language"}


@dataclass(frozen=True)
class Answer:
    """What a server answered, with a status of 200 to 299, or 304 with no body."""

    status: int
    url: str
    """The address that answered, after all redirects."""
    moved_to: str | None
    """The same, if there were redirects and each of them is for good."""
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")


def fetch(
    url: str,
    *,
    guard: Guard,
    headers: Mapping[str, str] | None = None,
    etag: str = "",
    last_modified: str = "",
) -> Answer:
    """Get what is at the address, if it is another than `etag` and `last_modified` tell of.

    Follows redirects. `headers` may hold a password or a cookie: another host never sees them.
    Raises `FetchError` for every other outcome.
    """
    transport = Transport(guard, Deadline(guard.seconds))
    validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    own = {name: value for name, value in validators.items() if value}
    given = {name.lower(): value for name, value in (headers or {}).items()}
    asked, for_good = _address(url), True
    at = asked
    for hop in range(guard.max_redirects + 1):
        request = httpx2.Request("GET", at, headers=_common(guard) | given | own)
        with _exchange(transport, request) as response:
            location = response.headers.get("location")
            if response.status_code not in _REDIRECTS or location is None:
                moved_to = str(at) if hop and for_good else None
                return _answer(response, guard, at, moved_to)
        for_good = for_good and response.status_code in _PERMANENT
        following = _address(location, at)
        if not is_same_host(at, following):
            given = {name: given[name] for name in given.keys() & _FOR_EVERYBODY}
        at = following
    raise FetchError(Failure.REDIRECTS, str(at))


def _common(guard: Guard) -> dict[str, str]:
    return {
        "user-agent": guard.user_agent,
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br, zstd",
        "connection": "close",
    }


def _address(url: str, base: httpx2.URL | None = None) -> httpx2.URL:
    """The address, which a redirect may write relative to its own, if it is one to be asked."""
    try:
        address = base.join(url) if base else httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise FetchError(Failure.ADDRESS, str(error)) from error
    if address.scheme not in ("http", "https") or not address.host or address.userinfo:
        raise FetchError(Failure.ADDRESS, url)
    return address.copy_with(fragment=None)


def is_same_host(one: httpx2.URL, other: httpx2.URL) -> bool:
    """Whether a password for one address may be sent to the other: the host is the same, and no
    encryption is lost."""
    if one.host != other.host:
        return False
    if (one.scheme, one.port) == (other.scheme, other.port):
        return True
    return (one.scheme, other.scheme, one.port, other.port) == ("http", "https", None, None)


@contextlib.contextmanager
def _exchange(transport: Transport, request: httpx2.Request) -> Iterator[httpx2.Response]:
    response = transport.handle_request(request)
    try:
        yield response
    except httpx2.DecodingError as error:
        raise FetchError(Failure.BROKEN, str(error)) from error
    finally:
        response.close()


def _answer(
    response: httpx2.Response, guard: Guard, url: httpx2.URL, moved_to: str | None
) -> Answer:
    status, unchanged = response.status_code, response.status_code == 304
    if not (response.is_success or unchanged):
        raise FetchError(Failure.STATUS, str(url), status=status, retry_after=_delay(response))
    body = b"" if unchanged else _body(response, guard)
    return Answer(status, str(url), moved_to, dict(response.headers), body)


def _body(response: httpx2.Response, guard: Guard) -> bytes:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = guard.max_html_bytes if kind in _HTML else guard.max_bytes
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > limit:
            raise FetchError(Failure.TOO_BIG, str(limit))
    return bytes(body)


def _delay(response: httpx2.Response) -> float | None:
    """The seconds for which a server asks not to be asked again, at most a day.

    A date is read by the server's own clock, if it tells that.
    """
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER)
    then, now = _timestamp(text), _timestamp(response.headers.get("date", ""))
    if then is None:
        return None
    return min(max(then - (time.time() if now is None else now), 0.0), MAX_RETRY_AFTER)


def _timestamp(text: str) -> float | None:
    """The moment of an HTTP date, which is in UTC if it does not say."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
