"""Newsroom in several processes, for the tests of what runs in the background."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import unavailable
from tests.production import Production
from tests.services import Postgresql, Redis, Unavailable, WallClock


@pytest.fixture(scope="session")
def migrated(postgresql: Postgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a migrated database, to be copied."""
    with postgresql.database() as url:
        prepared = Production(tmp_path_factory.mktemp("migrated"), url, "redis://127.0.0.1:1/0")
        prepared.run("manage.py", "migrate", "-v", "0")
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def site(
    tmp_path: Path, postgresql: Postgresql, migrated: str, redis: Redis
) -> Iterator[Production]:
    """PostgreSQL and Redis of the test's own, on which it starts workers and beats."""
    with postgresql.database(migrated) as url:
        running = Production(tmp_path / "data", url, redis.url, "tests.background")
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def wall_clock(tmp_path: Path) -> WallClock:
    try:
        return WallClock(tmp_path / "clock")
    except Unavailable as error:
        unavailable(error)
