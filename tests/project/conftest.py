"""Newsroom in several processes, for the tests of what runs in the background."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import unavailable
from tests.production import Production
from tests.services import Postgresql, Redis, Unavailable, WallClock


@pytest.fixture
def site(tmp_path: Path, postgresql: Postgresql, redis: Redis) -> Iterator[Production]:
    """PostgreSQL and Redis of the test's own, on which it starts workers and beats."""
    with postgresql.migrated() as url:
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
