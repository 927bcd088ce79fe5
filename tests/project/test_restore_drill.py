"""The drill: a newsroom is backed up while it runs, goes on, and is restored."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.embedded import ROOT, EmbeddedServer, refusal
from tests.exported import files
from tests.services import Postgresql, wait_until

pytestmark = pytest.mark.processes

GLOBAL_AI = ("--series", "global-ai", "--time-zone", "Asia/Shanghai", "--language", "zh-hans")
TECH_WEEK = ("--series", "tech-week", "--time-zone", "Europe/London", "--language", "en")
SAMPLES = ROOT / "samples" / "digests"


def test_a_newsroom_on_sqlite_is_restored(data_folder: Path, tmp_path: Path) -> None:
    server = EmbeddedServer(data_folder)
    copy = EmbeddedServer(tmp_path / "copy", EXPORT_ROOT=str(data_folder / "export"))
    drill(server, copy, tmp_path / "news.tar.gz")


def test_a_newsroom_on_postgresql_is_restored(
    data_folder: Path, tmp_path: Path, postgresql: Postgresql
) -> None:
    export = str(data_folder / "export")
    with postgresql.migrated() as url, postgresql.database() as other:
        server = EmbeddedServer(data_folder, DATABASE_URL=url)
        copy = EmbeddedServer(tmp_path / "copy", DATABASE_URL=other, EXPORT_ROOT=export)
        drill(server, copy, tmp_path / "news.tar.gz")


def drill(server: EmbeddedServer, copy: EmbeddedServer, file: Path) -> None:
    folder = server.folder / "export"
    server.manage("import_digests", str(SAMPLES / "global-ai"), *GLOBAL_AI)
    with server:
        wait_until(lambda: len(files(folder)) == 6, what="the sweep writes the files")
        server.manage("backup", str(file))
        assert "is working in DATA_DIR" in refused(server, "restore", str(file), "--force")
        older = files(folder)
        server.manage("import_digests", str(SAMPLES / "tech-week"), *TECH_WEEK)
        wait_until(lambda: len(files(folder)) == 9, what="the sweep writes the others")
    newer = files(folder)
    assert newer.keys() > older.keys()

    assert "use --force" in refused(server, "restore", str(file))
    server.manage("restore", str(file), "--force")
    with server:
        wait_until(lambda: "newer than" in sweep(server), what="readyz says why", every=0.5)
        assert files(folder) == newer
        lost = [str(folder / path) for path in newer.keys() - older.keys()]
        server.manage("import_digests", *lost, *TECH_WEEK)
        server.manage("export_digests", "--check")
        wait_until(lambda: sweep(server) == "ok", what="the sweep goes on", every=0.5)
    assert files(folder) == newer

    # Another database, pointed at the folder of the first.
    copy.manage("restore", str(file))
    assert "newer than its database" in refused(copy, "export_digests")
    assert files(folder) == newer
    copy.manage("export_digests", "--to", str(copy.folder / "own"))
    assert files(copy.folder / "own") == older
    server.manage("export_digests", "--check")


def refused(server: EmbeddedServer, *arguments: str) -> str:
    return refusal("manage.py", *arguments, **server.settings)


def sweep(server: EmbeddedServer) -> str:
    """What readyz says of the last sweep."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=30) as answer:  # noqa: S310 (ours)
            report = json.load(answer)
    except urllib.error.HTTPError as error:
        report = json.load(error)
    return str(report["checks"]["sweep"])
