"""What readers get while the database does not answer: what is kept, for a while, and then a page
that says so."""

import gzip
import time
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from digests.models import Site
from digests.public import caching
from tests.factories import person, published, series, story
from tests.screens import Response, signed_in

pytestmark = pytest.mark.django_db

DIGEST = "/global-ai/2026-11-20-0800/"
LINE = '<p class="stale" role="status">'


class Database:
    """A database that can be gone."""

    is_gone = False

    def go(self) -> None:
        self.is_gone = True

    def come_back(self) -> None:
        self.is_gone = False

    def __call__(self, execute: Callable[..., object], *args: object) -> object:
        if self.is_gone:
            raise OperationalError("connection refused")
        return execute(*args)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    with connection.execute_wrapper(database):
        yield database


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that has an error answered. Nothing is kept of other tests."""
    caches["pages"].clear()
    monkeypatch.setattr(caching, "_last_seen", caching.LastSeen())
    return Client(raise_request_exception=False)


def content(answer: Response) -> str:
    is_compressed = answer.headers.get("Content-Encoding") == "gzip"
    found = gzip.decompress(answer.content) if is_compressed else answer.content
    return found.decode()


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_kept_page_is_shown_with_a_line_that_it_may_be_old(
    client: Client, database: Database, encoding: str
) -> None:
    published(story("甲"))
    headers = {"Accept-Encoding": encoding}
    fresh = client.get(DIGEST, headers=headers)
    database.go()
    stale = client.get(DIGEST, headers=headers | {"If-None-Match": fresh.headers["ETag"]})
    assert stale.status_code == 200
    assert stale.headers["Content-Length"] == str(len(stale.content))
    assert "本页内容可能不是最新" in content(stale)
    assert stale.headers["Cache-Control"] == "no-store"
    before, line, rest = content(stale).partition(LINE)
    assert line
    assert before + rest.partition("</p>\n")[2] == content(fresh)


def test_a_kept_page_without_the_line_would_be_seen(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug that the test before must find."""
    published(story("甲"))
    fresh = client.get(DIGEST)
    monkeypatch.setattr(caching, "_marked_as_stale", lambda response: response)
    database.go()
    assert content(client.get(DIGEST)) == content(fresh)


@pytest.mark.parametrize("address", ["/feed.atom", "/api/v1/digests/", "/robots.txt"])
def test_feeds_and_the_api_are_shown_as_they_were(
    client: Client, database: Database, address: str
) -> None:
    published()
    fresh = client.get(address)
    database.go()
    stale = client.get(address)
    assert (stale.status_code, stale.content) == (200, fresh.content)
    known = client.get(address, headers={"If-None-Match": fresh.headers["ETag"]})
    assert known.status_code == 304


def test_the_line_is_gone_with_the_trouble(client: Client, database: Database) -> None:
    published()
    client.get(DIGEST)
    database.go()
    assert LINE in client.get(DIGEST).text
    database.come_back()
    answer = client.get(DIGEST)
    assert LINE not in answer.text
    assert answer.headers["Cache-Control"] == "public, no-cache"


def test_a_kept_page_is_shown_as_long_as_the_setting_says(
    client: Client, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    client.get(DIGEST)
    database.go()
    seen_at = caching._last_seen.at
    for passed, status in ((0, 200), (settings.STALE_IF_ERROR - 1, 200), (60, 503)):
        monkeypatch.setattr(caching._last_seen, "at", seen_at - passed)
        assert client.get(DIGEST).status_code == status
    monkeypatch.setattr(caching._last_seen, "at", seen_at)
    settings.STALE_IF_ERROR = 0
    assert client.get(DIGEST).status_code == 503


def test_a_page_outlives_its_minute_while_the_database_is_gone(
    client: Client, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = published(title="旧")
    client.get(DIGEST)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + settings.PAGES_FRESH + 1)
    database.go()
    assert client.get(DIGEST).status_code == 200
    database.come_back()
    monkeypatch.setattr(time, "time", lambda: now() + settings.PAGES_FRESH + 1)
    # Behind the verbs' back, so that no edition tells of it.
    type(digest.series).objects.update(name="Renamed")
    assert "Renamed" in client.get(DIGEST).text


def test_what_was_withdrawn_is_not_shown_again(client: Client, database: Database) -> None:
    published()
    client.get(DIGEST)
    Site.objects.publish_edition()
    client.get("/")
    database.go()
    assert client.get(DIGEST).status_code == 503
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "address", [DIGEST, "/", "/robots.txt", "/nothing/", "/feed.atom", "/search/?q=a"]
)
def test_what_is_not_kept_is_a_503_in_the_face_of_the_site(
    client: Client, database: Database, address: str
) -> None:
    series()
    database.go()
    answer = client.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<h1>Temporarily unavailable</h1>" in answer.text
    assert 'class="masthead"' in answer.text


def test_the_api_answers_503_in_json(client: Client, database: Database) -> None:
    database.go()
    answer = client.get("/api/v1/digests/")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "Service Unavailable"}
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("address", ["/admin/", "/admin/inbox/", "/admin/nothing/"])
def test_the_desk_answers_503_in_its_own_face(database: Database, address: str) -> None:
    client = signed_in(person())
    client.raise_request_exception = False
    database.go()
    answer = client.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "<h1>Temporarily unavailable</h1>" in answer.text
    assert "desk/desk.css" in answer.text


@pytest.mark.parametrize("address", ["/", "/admin/"])
def test_a_mistake_of_ours_is_a_500_in_the_same_faces(address: str) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("password=secret")

    client = signed_in(person())
    client.raise_request_exception = False
    with connection.execute_wrapper(fail):
        answer = client.get(address)
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
    assert "<h1>Something went wrong</h1>" in answer.text
    assert "secret" not in answer.text
