"""The cache of readers' pages: shared where there is Redis, and never missed when it is not."""

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from digests.editorial import lifecycle
from newsroom.cache import SpareRedisCache
from tests.factories import person, published, story
from tests.services import LOCALHOST, Redis, free_port, silent_server

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DIGEST = "/global-ai/2026-11-20-0800/"


@pytest.fixture(autouse=True)
def not_missing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpareRedisCache, "_missing_until", 0.0)


def use(settings: Settings, port: int) -> None:
    redis = {
        "BACKEND": "newsroom.cache.SpareRedisCache",
        "LOCATION": f"redis://{LOCALHOST}:{port}/0",
        "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        "KEY_PREFIX": "pages",
        "TIMEOUT": 60,
    }
    settings.CACHES = settings.CACHES | {"pages": redis}


def test_a_page_that_one_process_made_is_kept_for_all(
    client: Client,
    settings: Settings,
    redis: Redis,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    use(settings, redis.port)
    published()
    first = client.get(DIGEST)
    caches["pages"].close()
    with django_assert_num_queries(1):
        again = client.get(DIGEST)
    assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))


def test_a_withdrawal_shows_at_once_though_pages_are_kept(
    client: Client, settings: Settings, redis: Redis
) -> None:
    use(settings, redis.port)
    digest = published()
    assert client.get(DIGEST).status_code == client.get(DIGEST).status_code == 200
    digest.refresh_from_db()
    lifecycle.withdraw(digest, by=person("Reviewer"), version=digest.version, note="错")
    assert client.get(DIGEST).status_code == 410
    assert DIGEST not in client.get("/").text


def test_pages_do_without_a_cache_that_is_gone(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    use(settings, free_port())
    published(story("甲"))
    for _ in range(3):
        assert "甲" in client.get(DIGEST).text
    assert len([line for line in caplog.messages if "does not answer" in line]) == 1


def test_a_cache_that_is_silent_is_asked_once_and_not_again_for_a_while(
    client: Client, settings: Settings
) -> None:
    published(story("甲"))
    with silent_server() as (port, callers):
        use(settings, port)
        for _ in range(3):
            assert "甲" in client.get(DIGEST).text
        assert len(callers) == 1
