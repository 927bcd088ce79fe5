"""Servers that send too much, too slowly or nonsense. What ends them is an event and no clock: each
gives up at last and answers well, and a fetch that waits for that has failed its test."""

import contextlib
import gzip
import socket
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import brotli
import pytest

from digests.net.errors import Failure, FetchError
from digests.net.fetch import fetch
from digests.net.transport import Guard
from tests.net.conftest import loopback
from tests.web_server import Request, WebServer, answer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
LENGTH = b"Content-Length: 1000\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = 2**20

type Send = Callable[[Request, socket.socket], None]


def failure(url: str, guard: Guard) -> Failure:
    with pytest.raises(FetchError) as error:
        fetch(url, guard=guard)
    return error.value.kind


def drip(first: bytes, drop: bytes, last: bytes = b"") -> Send:
    """Send something drop by drop, twenty seconds long."""

    def send(request: Request, connection: socket.socket) -> None:
        connection.sendall(first)
        pause = threading.Event()
        for _ in range(1000):
            connection.sendall(drop)
            pause.wait(0.02)
        connection.sendall(last)

    return send


DRIPS = {
    "the first line": drip(b"HTTP/1.1 200 ", b"O", b"\r\nContent-Length: 0\r\n\r\n"),
    "a header": drip(HEAD + b"X-Slow: ", b"x", b"\r\n\r\n"),
    "headers": drip(HEAD, b"X: y\r\n", b"\r\n"),
    "heads before the head": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", answer()),
    "a body": drip(HEAD + LENGTH, b"x"),
    "chunks": drip(HEAD + CHUNKED, b"1\r\nx\r\n", b"0\r\n\r\n"),
    "the size of a chunk": drip(HEAD + CHUNKED + b"1;", b"x", b"\r\nx\r\n0\r\n\r\n"),
    "trailers": drip(HEAD + CHUNKED + b"0\r\n", b"X: y\r\n", b"\r\n"),
    "a body that ends with the connection": drip(HEAD + b"\r\n", b"x"),
    "the body of a redirect": drip(
        b"HTTP/1.1 302 Found\r\nLocation: /slow\r\nContent-Length: 1000\r\n\r\n", b"x"
    ),
}


@pytest.mark.parametrize("part", DRIPS)
def test_a_drip_ends_at_the_deadline(part: str, server: WebServer, guard: Guard) -> None:
    server.answers |= {"/": DRIPS[part], "/slow": DRIPS["a body"]}
    assert failure(server.url(), replace(guard, seconds=0.3)) is Failure.TIMEOUT


def test_redirects_share_one_deadline(server: WebServer, guard: Guard) -> None:
    """A hundred hops, each within the time that one of them has."""
    arrived = threading.Event()

    def hop(request: Request, connection: socket.socket) -> None:
        arrived.wait(0.02)
        number = int(request.path[1:])
        server.answers[f"/{number + 1}"] = hop
        connection.sendall(answer(b"", "302 Found", location=f"/{number + 1}"))

    server.answers["/0"] = hop
    limited = replace(guard, seconds=0.5, max_redirects=1000)
    assert failure(server.url("/0"), limited) is Failure.TIMEOUT


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """What a silent partner waits for, at most twenty seconds."""
    released = threading.Event()
    yield released
    released.set()


def test_a_silent_server_ends_at_the_deadline(
    server: WebServer, guard: Guard, released: threading.Event
) -> None:
    def send(request: Request, connection: socket.socket) -> None:
        released.wait(20)
        connection.sendall(answer())

    server.answers["/"] = send
    assert failure(server.url(), replace(guard, seconds=0.3)) is Failure.TIMEOUT


def test_a_silent_name_server_ends_at_the_deadline(
    server: WebServer, guard: Guard, released: threading.Event
) -> None:
    spoke = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        released.wait(20)
        spoke.set()
        return loopback(host, port)

    server.answers["/"] = answer()
    silent = replace(guard, seconds=0.3, resolve=resolve)
    assert failure(server.url(host="feeds.example"), silent) is Failure.TIMEOUT
    assert not spoke.is_set()


def zeros(encoding: str, size: int) -> bytes:
    """So many bytes of nothing, small enough to be sent at once."""
    piece = bytes(MEGABYTE)
    count = size // MEGABYTE
    if encoding == "gzip":
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        return b"".join([*(packer.compress(piece) for _ in range(count)), packer.flush()])
    if encoding == "deflate":
        packer = zlib.compressobj()
        return b"".join([*(packer.compress(piece) for _ in range(count)), packer.flush()])
    if encoding == "br":
        squeezer = brotli.Compressor(quality=3)
        return b"".join([*(squeezer.process(piece) for _ in range(count)), squeezer.finish()])
    if encoding == "zstd":
        return zstd.compress(bytes(size))
    return gzip.compress(zeros("gzip", size))  # one in the other


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_does_not_go_off(encoding: str, server: WebServer, guard: Guard) -> None:
    bomb = zeros(encoding, 200 * MEGABYTE)
    assert len(bomb) < MEGABYTE
    server.answers["/"] = answer(bomb, content_encoding=encoding)
    tracemalloc.start()
    try:
        kind = failure(server.url(), guard)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert kind is Failure.TOO_BIG
    assert peak < 40 * MEGABYTE


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", ""])
def test_a_body_may_have_the_largest_size(encoding: str, server: WebServer, guard: Guard) -> None:
    body = zeros(encoding, MEGABYTE) if encoding else bytes(MEGABYTE)
    server.answers["/"] = answer(body, content_encoding=encoding or "identity")
    assert fetch(server.url(), guard=replace(guard, max_bytes=MEGABYTE)).body == bytes(MEGABYTE)
    smaller = replace(guard, max_bytes=MEGABYTE - 1)
    assert failure(server.url(), smaller) is Failure.TOO_BIG


@pytest.mark.parametrize(
    ("content_type", "fits"),
    [
        ("text/html", False),
        ("TEXT/HTML; charset=utf-8", False),
        ("application/xhtml+xml", False),
        ("application/rss+xml", True),
        ("text/xml", True),
        ("", True),
    ],
)
def test_a_page_may_be_smaller_than_a_feed(
    content_type: str, fits: bool, server: WebServer, guard: Guard
) -> None:
    server.answers["/"] = answer(bytes(1001), content_type=content_type)
    limited = replace(guard, max_html_bytes=1000)
    if fits:
        assert len(fetch(server.url(), guard=limited).body) == 1001
    else:
        assert failure(server.url(), limited) is Failure.TOO_BIG


def endless(first: bytes, piece: bytes) -> tuple[Send, threading.Event]:
    """Sends until the other side hangs up, which sets the event."""
    hung_up = threading.Event()

    def send(request: Request, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(first)
            for _ in range(10_000):
                connection.sendall(piece)
            return
        hung_up.set()

    return send, hung_up


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (HEAD + b"\r\n", bytes(65536)),
        (HEAD + CHUNKED, b"10000\r\n" + bytes(65536) + b"\r\n"),
        (HEAD + b"Content-Length: 99999999999\r\n\r\n", bytes(65536)),
        # What follows the end of a packed body is never unpacked, and all the same endless.
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<rss/>"), bytes(65536)),
        (HEAD + b"Content-Encoding: br\r\n\r\n" + brotli.compress(b"<rss/>"), bytes(65536)),
    ],
    ids=["until the end of the connection", "chunks", "a length", "after gzip", "after br"],
)
def test_an_endless_body_is_hung_up_on(
    first: bytes, piece: bytes, server: WebServer, guard: Guard
) -> None:
    server.answers["/"], hung_up = endless(first, piece)
    kind = failure(server.url(), replace(guard, max_bytes=MEGABYTE))
    assert kind in (Failure.TOO_BIG, Failure.BROKEN)
    assert hung_up.wait(20)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"<html>no head</html>",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        HEAD,
        HEAD + LENGTH + b"half of it",
        HEAD + CHUNKED + b"5\r\nha",
        HEAD + CHUNKED + b"5\r\nwhole\r\n",
        HEAD + CHUNKED + b"nonsense\r\n",
        HEAD + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
        HEAD + b"X: y\r\n" * 40_000 + b"\r\n",
        answer(b"no gzip", content_encoding="gzip"),
        answer(b"no brotli at all", content_encoding="br"),
        answer(b"no zstd", content_encoding="zstd"),
        answer(zstd.compress(b"cut" * 99)[:-3], content_encoding="zstd"),
        answer(b"", content_encoding="gzip, gzip, gzip, gzip, gzip, gzip, gzip"),
    ],
    ids=lambda sent: repr(sent[:50]),
)
def test_nonsense_is_told_apart(sent: bytes, server: WebServer, guard: Guard) -> None:
    server.answers["/"] = sent
    assert failure(server.url(), guard) is Failure.BROKEN


def test_a_length_that_is_too_small_cuts_the_body(server: WebServer, guard: Guard) -> None:
    server.answers["/"] = answer(b"<rss/>and more", content_length="6")
    assert fetch(server.url(), guard=guard).body == b"<rss/>"


def test_a_connection_that_breaks_is_told_apart(server: WebServer, guard: Guard) -> None:
    def reset(request: Request, connection: socket.socket) -> None:
        connection.sendall(HEAD + LENGTH + b"half")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    server.answers["/"] = reset
    assert failure(server.url(), guard) is Failure.BROKEN
