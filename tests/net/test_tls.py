"""Encrypted connections: to whom the certificate belongs, and no slower than others."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import trustme

from digests.net.errors import Failure, FetchError
from digests.net.fetch import fetch
from digests.net.transport import Guard
from tests.net.conftest import guard_for
from tests.services import LOCALHOST
from tests.web_server import WebServer, answer, redirect, web_server

AUTHORITY = trustme.CA()


def trusting(*authorities: trustme.CA) -> Callable[[], ssl.SSLContext]:
    context = ssl.create_default_context()
    for authority in authorities:
        authority.configure_trust(context)
    return lambda: context


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server(serving(AUTHORITY.issue_cert("feeds.example", LOCALHOST))) as server:
        server.answers["/"] = answer(b"<rss/>")
        yield server


@pytest.fixture
def guard(server: WebServer) -> Guard:
    return guard_for(server, tls=trusting(AUTHORITY))


def failure(url: str, guard: Guard) -> Failure:
    with pytest.raises(FetchError) as error:
        fetch(url, guard=guard)
    return error.value.kind


def test_a_certificate_is_that_of_the_name_and_not_of_the_address(
    server: WebServer, guard: Guard
) -> None:
    asked_for = []
    assert server.tls
    server.tls.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    assert fetch(server.url(host="feeds.example"), guard=guard).body == b"<rss/>"
    assert asked_for == ["feeds.example"]


def test_an_address_may_have_a_certificate(server: WebServer, guard: Guard) -> None:
    assert fetch(server.url(), guard=guard).status == 200


def test_the_certificate_of_another_name_is_refused(server: WebServer, guard: Guard) -> None:
    assert failure(server.url(host="other.example"), guard) is Failure.TLS
    assert server.requests == []


def test_a_redirect_to_another_name_needs_its_certificate(server: WebServer, guard: Guard) -> None:
    server.answers["/"] = redirect(server.url(host="other.example"))
    assert failure(server.url(host="feeds.example"), guard) is Failure.TLS


def test_an_unknown_authority_is_refused(server: WebServer, guard: Guard) -> None:
    stranger = replace(guard, tls=trusting(trustme.CA()))
    assert failure(server.url(host="feeds.example"), stranger) is Failure.TLS


def test_the_authorities_are_those_of_the_machine_unless_others_are_given(
    server: WebServer,
) -> None:
    assert failure(server.url(host="feeds.example"), guard_for(server)) is Failure.TLS


def test_a_server_that_does_not_encrypt_is_told_apart() -> None:
    with socket.create_server((LOCALHOST, 0)) as plain:
        server = WebServer(plain)
        threading.Thread(target=lambda: plain.accept()[0].sendall(answer())).start()
        url = server.url().replace("http:", "https:")
        assert failure(url, guard_for(server)) is Failure.TLS


def test_a_silent_handshake_ends_at_the_deadline() -> None:
    """Nobody accepts the connection, which the system has made all the same."""
    with socket.create_server((LOCALHOST, 0)) as silent:
        server = WebServer(silent)
        url = server.url().replace("http:", "https:")
        assert failure(url, guard_for(server, seconds=0.3)) is Failure.TIMEOUT


@pytest.mark.parametrize(("scheme", "kept"), [("https", True), ("http", False)])
def test_a_password_is_never_sent_where_encryption_is_lost(
    scheme: str, kept: bool, server: WebServer, guard: Guard
) -> None:
    with web_server() as plain:
        both = replace(guard, allowed=[*guard.allowed, *guard_for(plain).allowed])
        target = server if scheme == "https" else plain
        target.answers["/next"] = answer()
        server.answers["/"] = redirect(target.url("/next"))
        fetch(server.url(), guard=both, headers={"Authorization": "Basic c2VjcmV0"})
        assert ("authorization" in target.requests[-1].headers) is kept
