"""Upgrading: the filled databases of released versions work with the code of today."""

import gzip
import re
import sqlite3
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.embedded import EmbeddedServer
from tests.exported import files
from tests.services import Postgresql, wait_until
from tests.store_databases import DATABASES

pytestmark = pytest.mark.processes

# What editors made: no upgrade may lose a row of it.
MADE = ("user", "item", "digest", "placement", "historyentry", "revision", "entry", "correction")
# Every id that feeds gave out in 0.1.0 is the number of its digest.
FEED_IDS = "SELECT id FROM digests_digest WHERE live_revision_id IS NOT NULL"
LIVE = """
    SELECT digest.path, revision.text FROM digests_digest AS digest
    JOIN digests_revision AS revision ON revision.id = digest.live_revision_id
"""
WITHDRAWN = "SELECT slug FROM digests_digest WHERE status = 'withdrawn'"

# Gives the rows that a statement finds.
type Ask = Callable[[str], list[tuple[Any, ...]]]


def stored(pattern: str) -> pytest.MarkDecorator:
    """Runs a test with each of the databases that are stored."""
    paths = sorted(DATABASES.glob(pattern))
    return pytest.mark.parametrize("stored", paths, ids=[path.name for path in paths])


@stored("*.sqlite3.gz")
def test_a_database_of_an_earlier_release_is_upgraded_whole_on_sqlite(
    stored: Path, data_folder: Path
) -> None:
    for file in data_folder.glob("newsroom.sqlite3*"):
        file.unlink()
    database = data_folder / "newsroom.sqlite3"
    database.write_bytes(gzip.decompress(stored.read_bytes()))

    def ask(statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute(statement).fetchall()

    is_upgraded_whole(EmbeddedServer(data_folder), ask)


@stored("*.sql.gz")
def test_a_database_of_an_earlier_release_is_upgraded_whole_on_postgresql(
    stored: Path, data_folder: Path, postgresql: Postgresql
) -> None:
    with postgresql.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute(gzip.decompress(stored.read_bytes()))

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with psycopg.connect(url) as connection:
                return connection.execute(statement.encode()).fetchall()

        is_upgraded_whole(EmbeddedServer(data_folder, DATABASE_URL=url), ask)


def is_upgraded_whole(server: EmbeddedServer, ask: Ask) -> None:
    rows, live = counted(ask), {path: text.encode() for path, text in ask(LIVE)}
    assert all(rows.values())
    assert len(live) > 2

    with server:
        assert counted(ask) == rows
        # No series gets a schedule by itself.
        assert set(ask("SELECT schedule, title_pattern FROM digests_series")) == {("", "")}
        assert ask("SELECT count(*) FROM digests_slot") == [(0,)]
        folder = server.folder / "export"
        wait_until(lambda: files(folder).keys() >= live.keys(), what="the sweep writes the files")
        assert files(folder) == live
        sitemap = read(f"{server.url}/sitemap.xml")
        pages = re.findall(r"<loc>([^<]+)</loc>", sitemap)
        for page in [f"{server.url}/admin/login/", *pages]:
            assert read(page)
        known = set(re.findall(r":digest/([0-9a-f]+)", read(f"{server.url}/feed.atom")))
        assert known <= {str(number) for (number,) in ask(FEED_IDS)}
        (slug,) = ask(WITHDRAWN)[0]
        assert slug not in sitemap
    assert "Traceback" not in server.log


def counted(ask: Ask) -> dict[str, int]:
    return {name: ask(f"SELECT count(*) FROM digests_{name}")[0][0] for name in MADE}  # noqa: S608 (ours)


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 (ours)
        return str(answer.read().decode())
