"""Security headers on every kind of answer, hosts, and what clients refuse."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from newsroom.env import Rate
from newsroom.middleware import REFUSED
from tests.cost import cpu_seconds
from tests.factories import person, published
from tests.screens import Response, signed_in

pytestmark = pytest.mark.django_db

PICTURE = "0" * 32
EVERYWHERE = {
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Strict-Transport-Security",
}


@pytest.fixture(scope="module")
def digest(module_transaction: None) -> None:
    published()


@pytest.fixture
def client(digest: None, settings: Settings, tmp_path: Path) -> Client:
    """A client that speaks https to a site that does, and gets the answer to an error."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.WHITENOISE_USE_FINDERS = True
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / f"{PICTURE}.png").write_bytes(b"png")
    caches["pages"].clear()
    return Client(raise_request_exception=False)


ADDRESSES = {
    "/": 200,
    "/feed.atom": 200,
    "/archive": 301,
    "/nothing/": 404,
    f"/media/{PICTURE}.png": 200,
    f"/media/{PICTURE}.gif": 404,
    "/static/public/site.css": 200,
    "/static/nothing.css": 404,
    "/api/v1/series/": 200,
    "/api/v1/docs": 200,
    "/api/v1/nothing/": 404,
    "/api/v1/digests/?limit=x": 422,
    "/api/nothing/": 404,
    "/admin/": 302,
    "/admin/login/": 200,
    "/healthz": 200,
    "/readyz": 503,
}


def without(answer: Response) -> set[str]:
    return EVERYWHERE - set(answer.headers)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_has_every_header(client: Client, address: str) -> None:
    answer = client.get(address, secure=True)
    assert answer.status_code == ADDRESSES[address]
    assert not without(answer)


def test_other_methods_have_every_header(client: Client) -> None:
    for answer, status in (
        (client.post("/", secure=True), 405),
        (client.head("/", secure=True), 200),
        (client.put("/api/v1/series/", secure=True), 405),
        (client.options("/api/v1/series/", secure=True), 204),
        (client.post("/api/desk/presence/item/1/", secure=True), 401),
    ):
        assert answer.status_code == status
        assert not without(answer)


def test_a_304_has_every_header(client: Client) -> None:
    known = client.get("/", secure=True).headers["ETag"]
    answer = client.get("/", secure=True, headers={"If-None-Match": known})
    assert answer.status_code == 304
    assert not without(answer)


def test_a_refused_request_has_every_header(client: Client, settings: Settings) -> None:
    settings.API_RATE = Rate(1, 3600)
    client.get("/api/v1/series/", secure=True)
    too_many = client.get("/api/v1/series/", secure=True)
    foreign = client.get("/", secure=True, headers={"Host": "evil.example"})
    strict = Client(enforce_csrf_checks=True)
    without_token = strict.post("/admin/login/", {"username": "ann"}, secure=True)
    nobody = signed_in(person(role=None)).get("/admin/inbox/", secure=True)
    refused = ((too_many, 429), (foreign, 400), (without_token, 403), (nobody, 302))
    for answer, status in refused:
        assert answer.status_code == status
        assert not without(answer)


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (OperationalError, 503)])
@pytest.mark.parametrize("address", ["/?before=", "/api/v1/digests/?limit=1", "/admin/"])
def test_an_error_of_ours_has_every_header(
    client: Client, address: str, error: type[Exception], status: int
) -> None:
    def fail(*args: object) -> None:
        raise error

    client.cookies["sessionid"] = "a" * 32  # which the desk looks for
    with connection.execute_wrapper(fail):
        answer = client.get(address, secure=True)
    assert answer.status_code == status
    assert not without(answer)


@pytest.mark.parametrize("address", ["/", "/api/v1/series/", "/admin/login/"])
def test_a_body_that_is_too_long_has_every_header_in_its_answer(
    client: Client, address: str
) -> None:
    answer = client.post(address, b"x" * 100_001, content_type="text/plain", secure=True)
    assert answer.status_code == 413
    assert not without(answer)


def test_headers_that_are_put_on_further_in_would_be_missed(
    client: Client, settings: Settings
) -> None:
    """The bug that the tests before must find."""
    first, others = settings.MIDDLEWARE[:3], settings.MIDDLEWARE[3:]
    settings.MIDDLEWARE = [*others, *first]
    assert without(client.get("/static/public/site.css", secure=True))
    assert without(client.options("/api/v1/series/", secure=True))


def test_the_redirect_to_https_has_every_header_that_plain_http_may_have(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 301
    assert without(answer) == {"Strict-Transport-Security"}


def test_a_view_keeps_the_headers_that_it_sets_itself(client: Client) -> None:
    assert "default-src 'none'" in client.get("/", secure=True).headers["Content-Security-Policy"]
    picture = client.get(f"/media/{PICTURE}.png", secure=True)
    assert picture.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


# Hosts


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "evil.example", "no host at all", ""])
def test_probes_answer_whatever_the_host(client: Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200
    assert client.get("/readyz", headers={"Host": host}).status_code == 503
    for address in ("/healthz/", "/admin/login/", "/", "/api/v1/series/"):
        assert client.get(address, secure=True, headers={"Host": host}).status_code == 400


# Encodings


@pytest.mark.parametrize("accepted", ["gzip", "gzip;q=0.5", "gzip;q=0.001, br;q=0", "br, GZIP"])
def test_what_a_client_accepts_is_compressed(client: Client, accepted: str) -> None:
    answer = client.get("/about/", secure=True, headers={"Accept-Encoding": accepted.lower()})
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("refused", ["gzip;q=0", "br, gzip; Q=0.000", "gzip ; q = 0 , br", "br"])
@pytest.mark.parametrize("address", ["/", "/feed.atom", "/api/v1/series/", "/nothing/"])
def test_what_a_client_refuses_is_not_compressed(
    client: Client, address: str, refused: str
) -> None:
    client.get(address, secure=True, headers={"Accept-Encoding": "gzip"})
    answer = client.get(address, secure=True, headers={"Accept-Encoding": refused})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("piece", [";", "; ", ";q=0", ";q=0.0", "gzip;q=0,", ";q=0" + " " * 50])
def test_a_hostile_list_of_encodings_costs_little(client: Client, piece: str) -> None:
    accepted = piece * (100_000 // len(piece)) + "x"
    assert cpu_seconds(lambda: [REFUSED.search(entry) for entry in accepted.split(",")]) < 0.5
