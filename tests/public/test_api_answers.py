"""The answers of all public API operations: for caches, for scripts of other sites, and to clients
that ask too often."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings
from redis.exceptions import ConnectionError as Unreachable

from digests.models import Rendering
from newsroom.cache import RatesCache, SpareRedisCache
from newsroom.env import Rate
from tests.factories import PAST, person, published, source, story
from tests.screens import MADE_AGAIN, queries_of_a_first_answer

pytestmark = pytest.mark.django_db

DIGEST = "/api/v1/digests/global-ai/2026-11-20-0800/"
# Every operation, with and without parameters.
OPERATIONS = [
    "/api/v1/series/",
    "/api/v1/series/global-ai/",
    "/api/v1/digests/",
    "/api/v1/digests/?limit=2&series=global-ai&category=AI 发展&date_from=2026-11-01",
    DIGEST,
    "/api/v1/entries/",
    "/api/v1/entries/?limit=100&category=AI 发展&series=global-ai",
    "/api/v1/entries/{item}/",
    "/api/v1/categories/",
    "/api/v1/sources/",
    "/api/v1/search/",
    "/api/v1/search/?q=新闻&category=AI 发展",
    "/api/v1/search/?q=新闻&series=global-ai&order=relevance",
]
OTHERS = ["/api/v1/nothing/", "/api/v1/digests/?limit=0", "/api/v1/entries/1000000/"]


@pytest.fixture(scope="module")
def published_item(module_transaction: None) -> int:
    # Asked of the database once, and not by the query that is counted.
    assert connection.features.supports_json_field
    item = story(source=source())
    published(item)
    return item.pk


@pytest.fixture
def item(published_item: int) -> int:
    """The number of a story in a digest, of which nothing is kept."""
    caches["pages"].clear()
    return published_item


def test_an_operation_costs_the_same_however_much_there_is(client: Client, item: int) -> None:
    def costs() -> dict[str, int]:
        return {
            address: queries_of_a_first_answer(client, address.format(item=item))
            for address in OPERATIONS
        }

    few = costs()
    assert max(few.values()) <= MADE_AGAIN
    for hour in range(1, 8):
        published(
            *(story(source=source(f"S{n}")) for n in range(4)), date=PAST + timedelta(hours=hour)
        )
    assert costs() == few


@pytest.mark.parametrize("address", OPERATIONS)
def test_what_was_just_answered_costs_one_query_or_none(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, item: int, address: str
) -> None:
    address = address.format(item=item)
    first = client.get(address)
    if "?" not in address:
        with django_assert_max_num_queries(1):
            again = client.get(address)
        assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))


@pytest.mark.parametrize("address", OPERATIONS)
def test_unchanged_answers_are_not_sent_again(client: Client, item: int, address: str) -> None:
    address = address.format(item=item)
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_a_list_that_changed_is_sent_again(client: Client, item: int) -> None:
    etag = client.get("/api/v1/digests/").headers["ETag"]
    published(date=PAST + timedelta(hours=1))
    again = client.get("/api/v1/digests/", headers={"if-none-match": etag})
    assert again.status_code == 200


@pytest.mark.parametrize("address", OPERATIONS)
def test_answers_are_the_same_for_everybody(client: Client, item: int, address: str) -> None:
    address = address.format(item=item)
    public = client.get(address)
    caches["pages"].clear()
    client.force_login(person())
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, headers={"accept-language": "zh-hans"})
    assert answer.content == public.content
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert not answer.cookies
    assert not any("session" in query["sql"] or "user" in query["sql"] for query in queries)


@pytest.mark.parametrize("address", [DIGEST, "/api/v1/entries/", "/api/v1/search/?q=新闻"])
def test_answers_are_compressed_for_who_can_read_that(
    client: Client, item: int, address: str
) -> None:
    plain = client.get(address)
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content)


@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_the_documentation_is_for_everybody_too(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    client.force_login(person())
    with django_assert_num_queries(0):
        packed = client.get(address, headers={"accept-encoding": "gzip"})
        etag = packed.headers["ETag"]
        again = client.get(address, headers={"accept-encoding": "gzip", "if-none-match": etag})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding" and not packed.cookies
    assert again.status_code == 304


def test_entries_whose_rendering_was_thrown_away_make_it_again(client: Client, item: int) -> None:
    before = client.get("/api/v1/entries/?limit=5").content
    Rendering.objects.all().delete()
    assert client.get("/api/v1/entries/?limit=5").content == before
    assert Rendering.objects.count() == 1


@pytest.mark.parametrize("address", [*OPERATIONS, *OTHERS])
def test_scripts_of_any_site_may_read_what_is_public(
    client: Client, item: int, address: str
) -> None:
    answer = client.get(address.format(item=item), headers={"origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag, Retry-After"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("address", [DIGEST, *OTHERS])
def test_a_browser_may_ask_first(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    with django_assert_num_queries(0):
        answer = client.options(
            address,
            headers={
                "origin": "https://elsewhere.example",
                "access-control-request-method": "GET",
                "access-control-request-headers": "if-none-match",
            },
        )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"


@pytest.mark.parametrize(
    "address", ["/api/desk/openapi.json", "/api/desk/nothing", "/", "/admin/", "/feed.atom"]
)
def test_nothing_else_is_for_scripts_of_other_sites(client: Client, address: str) -> None:
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
    for answer in (client.get(address, headers=headers), client.options(address, headers=headers)):
        assert not any(name.startswith("Access-Control") for name in answer.headers)


@pytest.mark.parametrize("address", OPERATIONS)
def test_a_head_is_a_get_without_its_body(client: Client, item: int, address: str) -> None:
    address = address.format(item=item)
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", OPERATIONS)
def test_the_api_is_for_reading(client: Client, item: int, method: str, address: str) -> None:
    answer = getattr(client, method)(address.format(item=item))
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.fixture
def two_a_minute(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_RATE = Rate(2, 60)
    caches["rates"].clear()
    # Ten seconds before a minute of the clock is over.
    monkeypatch.setattr("time.time", lambda: 1_800_000_050.0)


def statuses(
    client: Client, times: int = 3, address: str = "/api/v1/series/", **given: Any
) -> list[int]:
    return [client.get(address, **given).status_code for _ in range(times)]


def test_who_asks_too_often_is_told_when_to_come_back(
    client: Client, two_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statuses(client, 2) == [200, 200]
    refusal = client.get("/api/v1/series/")
    assert refusal.status_code == 429
    assert refusal.json() == {"detail": "Too many requests. Come back in 10 s."}
    assert refusal.headers["Retry-After"] == "10"
    assert refusal.headers["Cache-Control"] == "no-store"
    assert refusal.headers["Access-Control-Allow-Origin"] == "*"
    monkeypatch.setattr("time.time", lambda: 1_800_000_060.0)
    assert statuses(client) == [200, 200, 429]


def test_whatever_is_asked_counts_be_it_kept_or_not_there(
    client: Client, two_a_minute: None
) -> None:
    assert statuses(client, 1) == [200]
    assert statuses(client, 2, "/api/v1/nothing") == [404, 429]


def test_pages_and_the_desk_have_no_such_limit(client: Client, two_a_minute: None) -> None:
    for address, status in (("/", 200), ("/feed.atom", 200), ("/api/desk/openapi.json", 302)):
        assert statuses(client, address=address) == [status] * 3
    assert statuses(client) == [200, 200, 429]


def test_each_address_has_its_own_limit(client: Client, two_a_minute: None) -> None:
    assert statuses(client) == [200, 200, 429]
    assert statuses(client, REMOTE_ADDR="192.0.2.7") == [200, 200, 429]


def test_a_network_of_ipv6_is_one_client(client: Client, two_a_minute: None) -> None:
    assert statuses(client, 2, REMOTE_ADDR="2001:db8:1:2::1") == [200, 200]
    assert statuses(client, 1, REMOTE_ADDR="2001:db8:1:2:ffff::9") == [429]
    assert statuses(client, 1, REMOTE_ADDR="2001:db8:1:3::1") == [200]
    assert statuses(client, 2, REMOTE_ADDR="::ffff:192.0.2.8") == [200, 200]
    assert statuses(client, 1, REMOTE_ADDR="192.0.2.8") == [429]


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_address_does_not_help(
    client: Client, settings: Settings, two_a_minute: None, proxies: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    # The last entry is what the proxy saw, and with no proxy all of it is the client's own word.
    answers = [
        client.get(
            "/api/v1/series/",
            headers={
                "x-forwarded-for": f"198.51.100.{n}, 192.0.2.9",
                "forwarded": f"for=198.51.100.{n}",
                "x-real-ip": f"198.51.100.{n}",
            },
        )
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_behind_a_proxy_clients_do_not_count_for_each_other(
    client: Client, settings: Settings, two_a_minute: None
) -> None:
    settings.TRUSTED_PROXIES = 1
    for n in range(3):
        headers = {"x-forwarded-for": f"192.0.2.{n}"}
        assert statuses(client, headers=headers) == [200, 200, 429]


def test_without_redis_each_process_counts_by_itself(
    client: Client, two_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: object, **kwargs: object) -> None:
        raise Unreachable

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.add", unreachable)
    for kind, expected in (
        (RatesCache, [200, 200, 429, 429]),
        # What counts nowhere then would be seen.
        (SpareRedisCache, [200, 200, 200, 200]),
    ):
        monkeypatch.setattr(SpareRedisCache, "_missing_until", 0.0)
        cache = kind("redis://127.0.0.1:1/0", {})
        monkeypatch.setattr("newsroom.limits.caches", {"rates": cache})
        assert statuses(client, 4) == expected


def test_a_limit_can_be_switched_off(
    client: Client, two_a_minute: None, settings: Settings
) -> None:
    settings.API_RATE = None
    assert statuses(client, 5) == [200] * 5
