"""Fetching from a server that does what servers do."""

import time
from dataclasses import replace
from email.utils import formatdate

import httpx2
import pytest

from digests.net.addresses import Allowed
from digests.net.errors import Failure, FetchError
from digests.net.fetch import fetch, is_same_host
from digests.net.transport import Guard
from tests.net.conftest import guard_for
from tests.services import LOCALHOST
from tests.web_server import WebServer, answer, redirect, web_server

FEED = b"<rss version='2.0'/>"
SECRETS = {"Authorization": "Basic c2VjcmV0", "Cookie": "session=secret", "X-Api-Key": "secret"}


def failure(url: str, guard: Guard) -> FetchError:
    with pytest.raises(FetchError) as error:
        fetch(url, guard=guard)
    return error.value


def test_an_answer_has_everything_that_its_feed_needs(server: WebServer, guard: Guard) -> None:
    server.answers["/feed?a=1"] = answer(FEED, Content_Type="application/rss+xml", ETag='W/"1"')
    got = fetch(server.url("/feed?a=1#top"), guard=guard)
    assert (got.status, got.body, got.moved_to) == (200, FEED, None)
    assert got.url == server.url("/feed?a=1")
    assert got.headers["content-type"] == "application/rss+xml"
    assert (got.etag, got.last_modified) == ('W/"1"', "")


def test_a_request_says_who_asks_and_nothing_more(server: WebServer, guard: Guard) -> None:
    server.answers["/"] = answer(FEED)
    fetch(server.url(host="feeds.example"), guard=guard, headers={"Accept": "text/html"})
    assert dict(server.requests[0].headers) == {
        "host": f"feeds.example:{server.port}",
        "user-agent": "Newsroom/1 (+https://news.example)",
        "accept": "text/html",
        "accept-encoding": "gzip, deflate, br, zstd",
        "connection": "close",
    }


@pytest.mark.parametrize(
    ("etag", "last_modified", "header"),
    [
        ('W/"a b"', "", ("if-none-match", 'W/"a b"')),
        ("unquoted", "", ("if-none-match", "unquoted")),
        ("", "yesterday", ("if-modified-since", "yesterday")),
    ],
)
def test_what_is_known_is_not_sent_again(
    etag: str, last_modified: str, header: tuple[str, str], server: WebServer, guard: Guard
) -> None:
    server.answers["/"] = b"HTTP/1.1 304 Not Modified\r\nETag: new\r\nContent-Length: 99\r\n\r\n"
    got = fetch(server.url(), guard=guard, etag=etag, last_modified=last_modified)
    assert (got.status, got.body, got.etag) == (304, b"", "new")
    assert header in server.requests[0].headers.items()


def test_validators_reach_the_address_that_gave_them(server: WebServer, guard: Guard) -> None:
    server.answers |= {"/old": redirect("/new"), "/new": answer(b"", "304 Not Modified")}
    assert fetch(server.url("/old"), guard=guard, etag="1").status == 304
    assert [request.headers["if-none-match"] for request in server.requests] == ["1", "1"]


@pytest.mark.parametrize(
    ("statuses", "for_good"),
    [
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([302, 301], False),
        ([301, 307, 308], False),
        ([301] * 5, True),
    ],
)
def test_an_address_has_moved_if_every_redirect_is_for_good(
    statuses: list[int], for_good: bool, server: WebServer, guard: Guard
) -> None:
    for number, status in enumerate(statuses):
        server.answers[f"/{number}"] = redirect(f"{number + 1}", status)
    last = f"/{len(statuses)}"
    server.answers[last] = answer(FEED)
    got = fetch(server.url("/0"), guard=guard)
    assert (got.body, got.url) == (FEED, server.url(last))
    assert got.moved_to == (server.url(last) if for_good else None)


@pytest.mark.parametrize(
    "answers",
    [
        {"/": redirect("/")},
        {"/": redirect("/other"), "/other": redirect("/", 301)},
        {"/": redirect("/1"), **{f"/{number}": redirect(f"/{number + 1}") for number in range(9)}},
    ],
)
def test_five_redirects_are_followed_and_no_more(
    answers: dict[str, bytes], server: WebServer, guard: Guard
) -> None:
    server.answers |= answers
    assert failure(server.url(), guard).kind is Failure.REDIRECTS
    assert len(server.requests) == 6


def test_a_redirect_may_have_characters_that_urls_have_not(server: WebServer, guard: Guard) -> None:
    path = "/%E6%96%B0%E9%97%BB%20a"
    server.answers |= {"/": redirect("/新闻 a"), path: answer(FEED)}
    assert fetch(server.url(), guard=guard).url == server.url(path)


def test_a_redirect_to_nowhere_is_a_refusal(server: WebServer, guard: Guard) -> None:
    server.answers["/"] = answer(b"", "302 Found")
    error = failure(server.url(), guard)
    assert (error.kind, error.status) == (Failure.STATUS, 302)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 500, 503, 599])
def test_a_refusal_tells_its_status(status: int, server: WebServer, guard: Guard) -> None:
    server.answers["/"] = answer(b"<p>No</p>", f"{status} No")
    error = failure(server.url(), guard)
    assert (error.kind, error.status, error.retry_after) == (Failure.STATUS, status, None)


DATE = {"date": "Mon, 30 Nov 2026 21:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": " 0 "}, 0),
        ({"retry_after": "999999999"}, 86400),
        ({"retry_after": "Mon, 30 Nov 2026 21:02:00 GMT", **DATE}, 120),
        ({"retry_after": "Mon, 30 Nov 2026 21:02:00 -0000", **DATE}, 120),
        ({"retry_after": "Monday, 30-Nov-26 21:02:00 GMT", **DATE}, 120),
        ({"retry_after": "Mon Nov 30 21:02:00 2026", **DATE}, 120),
        ({"retry_after": "Mon, 30 Nov 2026 20:00:00 GMT", **DATE}, 0),
        ({"retry_after": "Mon, 30 Nov 2099 20:00:00 GMT", **DATE}, 86400),
        ({"retry_after": "-1", **DATE}, None),
        ({"retry_after": "1.5", **DATE}, None),
        ({"retry_after": "soon", **DATE}, None),
        ({"retry_after": "", **DATE}, None),
        ({"retry_after": "Mon, 30 Nov 99999999999 20:00:00 GMT", **DATE}, None),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_server_says_when_to_come_again(
    status: str, headers: dict[str, str], seconds: float | None, server: WebServer, guard: Guard
) -> None:
    server.answers["/"] = answer(b"", status, **headers)
    assert failure(server.url(), guard).retry_after == seconds


def test_without_a_clock_of_its_own_a_server_means_ours(server: WebServer, guard: Guard) -> None:
    in_an_hour = formatdate(time.time() + 3600, usegmt=True)
    server.answers["/"] = answer(b"", "503 No", retry_after=in_an_hour)
    seconds = failure(server.url(), guard).retry_after
    assert seconds is not None
    assert 3000 < seconds <= 3600


def test_secrets_stay_with_the_host_that_they_are_for(server: WebServer, guard: Guard) -> None:
    with web_server() as other:
        both = [*guard.allowed, Allowed.parse(f"{LOCALHOST}:{other.port}")]
        server.answers |= {
            "/": redirect("/same"),
            "/same": redirect(other.url()),
            "/back": answer(FEED),
        }
        other.answers["/"] = redirect(server.url("/back"))
        headers = {**SECRETS, "Accept": "text/xml"}
        fetch(server.url(), guard=replace(guard, allowed=both), headers=headers)
        assert server.paths == ["/", "/same", "/back"]
        seen = [
            {name for name in SECRETS if name.lower() in request.headers}
            for request in (*server.requests, *other.requests)
        ]
        # What comes back from another host is that host's wish, and not the source's.
        assert seen == [set(SECRETS), set(SECRETS), set(), set()]
        assert other.requests[0].headers["accept"] == "text/xml"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_another_name_of_one_machine_is_another_host(
    host: str, server: WebServer, guard: Guard
) -> None:
    server.answers |= {"/": redirect(server.url("/other", host=host)), "/other": answer(FEED)}
    fetch(server.url(host="feeds.example"), guard=guard, headers=SECRETS)
    assert not SECRETS.keys() & {name.title() for name in server.requests[1].headers}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.example/", "https://a.example/feed", True),
        ("http://a.example:80/", "https://a.example:443/", True),
        ("https://a.example/", "http://a.example/", False),
        ("http://a.example:8080/", "https://a.example/", False),
        ("http://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://b.example/", False),
        ("https://a.example/", "https://b.a.example/", False),
    ],
)
def test_a_host_that_begins_to_encrypt_is_the_same(one: str, other: str, same: bool) -> None:
    assert is_same_host(httpx2.URL(one), httpx2.URL(other)) is same


def test_a_cookie_that_is_set_is_not_kept(server: WebServer, guard: Guard) -> None:
    server.answers |= {
        "/": answer(b"", "302 Found", location="/next", set_cookie="id=1; Path=/"),
        "/next": answer(FEED, set_cookie="id=2; Path=/"),
    }
    for _ in range(2):
        fetch(server.url(), guard=guard)
    assert [request.headers.get("cookie") for request in server.requests] == [None] * 4


def test_a_server_that_is_gone_is_told_apart() -> None:
    with web_server() as gone:
        url, guard = gone.url(), guard_for(gone)
    assert failure(url, guard).kind is Failure.CONNECT


def test_a_second_address_is_tried_when_the_first_is_dead(server: WebServer, guard: Guard) -> None:
    server.answers["/"] = answer(FEED)
    half_dead = replace(
        guard,
        allowed=[*guard.allowed, Allowed.parse(f"[::1]:{server.port}")],
        resolve=lambda host, port: ["::1", LOCALHOST],
    )
    assert fetch(server.url(host="feeds.example"), guard=half_dead).body == FEED


@pytest.mark.parametrize(
    "error", [OSError("no such name"), UnicodeError("label too long"), ValueError("no address")]
)
def test_a_name_that_nobody_knows_is_told_apart(
    error: Exception, server: WebServer, guard: Guard
) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise error

    for unknown in (resolve, lambda host, port: [], lambda host, port: ["nonsense"]):
        found = failure(server.url(host="feeds.example"), replace(guard, resolve=unknown))
        assert found.kind is Failure.DNS
