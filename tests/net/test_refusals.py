"""Requests for what may not be reached: none of them dials anything.

Each case is tried with the check left out as well. Then the recorder of the dials must see it, or
the test could not fail.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from digests.net import addresses, transport
from digests.net.errors import Failure, FetchError
from digests.net.fetch import fetch
from digests.net.transport import Guard
from tests.net.conftest import Dials
from tests.net.test_addresses import NOT_PUBLIC
from tests.web_server import WebServer, redirect

PUBLIC = "93.184.216.34"
# What the names of these tests lead to; whatever is no name here leads to this machine.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "feeds.example": [PUBLIC],
    "half.example": [PUBLIC, "127.0.0.1"],
    "first.example": ["10.0.0.1", PUBLIC],
    "six.example": ["2606:2800:220:1:248:1893:25c8:1946", "fd00::1"],
    "metadata.example": ["169.254.169.254"],
    **{f"n{number}.example": [address] for number, address in enumerate(NOT_PUBLIC)},
}
LITERAL = [
    f"http://[{address}]/" if ":" in address else f"http://{address}/"
    for address in NOT_PUBLIC
    if "%" not in address
]
BY_NAME = [
    "http://localhost/",
    "https://localhost/",
    "http://LocalHost/",
    "http://localhost./",
    "http://localhost#@feeds.example/",
    "http://localhost?@feeds.example/",
    "http://half.example/",
    "http://first.example/",
    "http://six.example/",
    "https://metadata.example/latest/meta-data/",
    *(f"http://n{number}.example/" for number in range(len(NOT_PUBLIC))),
]
ODD_FORMS = [
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0X7F000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.01/",
    "http://127.0.0.1./",
    "http://0/",
    "http://1.1/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127.0.0.1%2e/",
    "http://127.0.0.1%00.feeds.example/",
    "http://[::ffff:127.0.0.1/",
    "http://[::1%25lo]/",
]
NO_ADDRESSES = [
    "",
    "feeds.example",
    "//feeds.example/",
    "/feed.xml",
    "http://",
    "http:///feed.xml",
    "http:feeds.example",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "ftp://feeds.example/",
    "gopher://feeds.example/",
    "data:text/xml,<rss/>",
    "javascript:alert(1)",
    "ws://feeds.example/",
    "http://user@feeds.example/",
    "http://user:password@feeds.example/",
    "http://feeds.example@127.0.0.1/",
    "http://127.0.0.1\\@feeds.example/",
    "http://feeds.example:22/",
    "https://feeds.example:8443/",
    "http://feeds.example:-80/",
    "http://feeds.example:99999/",
    "http://feeds.example\r\nX-Header: 1/",
    "http://feeds.example\t/",
    "http://exa mple.example/",
    "http://feeds..example/",
]


@pytest.fixture
def lookups() -> list[str]:
    return []


@pytest.fixture
def guard(lookups: list[str]) -> Guard:
    def resolve(host: str, port: int) -> list[str]:
        lookups.append(host)
        return NAMES.get(host.removesuffix("."), ["127.0.0.1"])

    return Guard("Newsroom", resolve=resolve)


@pytest.mark.parametrize("url", [*LITERAL, *BY_NAME, *ODD_FORMS, *NO_ADDRESSES])
def test_an_address_is_refused_before_anything_is_dialled(
    url: str, guard: Guard, dials: Dials
) -> None:
    with pytest.raises(FetchError) as error:
        fetch(url, guard=guard)
    assert error.value.kind is Failure.ADDRESS
    assert dials == []


@pytest.mark.parametrize("url", [*LITERAL, *BY_NAME])
def test_without_the_check_it_would_be_dialled(
    url: str, guard: Guard, dials: Dials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: True)
    with pytest.raises(FetchError):
        fetch(url, guard=guard)
    assert dials


def test_a_port_is_refused_before_the_name_is_looked_up(guard: Guard, lookups: list[str]) -> None:
    with pytest.raises(FetchError, match="port 22"):
        fetch("http://feeds.example:22/", guard=guard)
    assert lookups == []


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://feeds.example/", (PUBLIC, 80)),
        ("https://feeds.example/", (PUBLIC, 443)),
        ("http://feeds.example:443/", (PUBLIC, 443)),
        (f"http://{PUBLIC}/", (PUBLIC, 80)),
        ("http://[64:ff9b::5db8:d822]/", ("64:ff9b::5db8:d822", 80)),
    ],
)
def test_what_is_public_is_dialled(
    url: str, address: tuple[str, int], guard: Guard, dials: Dials
) -> None:
    with pytest.raises(FetchError) as error:
        fetch(url, guard=guard)
    assert error.value.kind is Failure.CONNECT
    assert dials == [address]


def answers_in_turn(*turns: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    """A name server whose answer changes from one question to the next."""
    rest = iter(turns)
    return lambda host, port: next(rest)


def test_a_name_is_looked_up_once_and_what_was_checked_is_dialled(
    guard: Guard, dials: Dials
) -> None:
    rebinding = replace(guard, resolve=answers_in_turn([PUBLIC], ["127.0.0.1"]))
    with pytest.raises(FetchError) as error:
        fetch("http://rebinding.example/", guard=rebinding)
    assert error.value.kind is Failure.CONNECT
    assert dials == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:22/",
        "//127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://metadata.example/",
        "https://10.0.0.1/",
        "file:///etc/passwd",
        "ftp://feeds.example/",
        "http://user:password@feeds.example/",
        "http://feeds.example:25/",
        "http://[::1",
    ],
)
def test_a_redirect_is_checked_like_the_first_address(
    location: str, server: WebServer, guard: Guard, dials: Dials
) -> None:
    own = addresses.Allowed.parse(f"127.0.0.1:{server.port}")
    server.answers["/"] = redirect(location)
    with pytest.raises(FetchError) as error:
        fetch(server.url(), guard=replace(guard, allowed=[own]))
    assert error.value.kind is Failure.ADDRESS
    assert dials == [("127.0.0.1", server.port)]


def test_a_name_that_leads_inside_at_the_second_hop_is_refused(
    server: WebServer, guard: Guard, dials: Dials
) -> None:
    """A name that changed between two hops is checked at each."""
    own = addresses.Allowed.parse(f"127.0.0.1:{server.port}")
    server.answers["/"] = redirect("/again")
    rebinding = replace(guard, allowed=[own], resolve=answers_in_turn(["127.0.0.1"], ["127.0.0.2"]))
    with pytest.raises(FetchError) as error:
        fetch(server.url(host="rebinding.example"), guard=rebinding)
    assert error.value.kind is Failure.ADDRESS
    assert dials == [("127.0.0.1", server.port)]


def test_no_proxy_of_the_environment_is_asked(
    guard: Guard, dials: Dials, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    with pytest.raises(FetchError):
        fetch("http://feeds.example/", guard=guard)
    assert dials == [(PUBLIC, 80)]


def test_the_numeric_forms_are_refused_by_their_form(
    guard: Guard, dials: Dials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by what some name server makes of them, which may be anything."""
    monkeypatch.setattr(transport, "literal_address", lambda host: None)
    with pytest.raises(FetchError) as error:
        fetch("http://0x5db8d822/", guard=replace(guard, resolve=lambda host, port: [PUBLIC]))
    assert error.value.kind is Failure.CONNECT
    assert dials == [(PUBLIC, 80)]
