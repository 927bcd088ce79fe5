"""`manage.py import_digests` into a pipe, while its database goes away."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from benchmarks.support.files import digest
from tests.embedded import ROOT, environment
from tests.services import Postgresql

pytestmark = pytest.mark.processes


def test_lines_come_at_once_and_a_lost_database_is_a_sentence(
    tmp_path: Path, postgresql: Postgresql
) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(400):
        text = digest(number).replace("2026-03-02T08:00:41", f"2026-03-02T08:{number % 60:02}:41")
        (archive / f"{number:03}.md").write_text(text)
    with postgresql.migrated() as url:
        settings = environment(DATA_DIR=str(tmp_path / "data"), DATABASE_URL=url)
        options = ("--series", "a", "--time-zone", "Asia/Shanghai", "--language", "zh-hans")
        with subprocess.Popen(
            [sys.executable, "manage.py", "import_digests", str(archive), *options],
            cwd=ROOT,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as importing:
            assert importing.stdout is not None
            assert importing.stdout.readline().endswith(": imported\n")
            assert importing.poll() is None
            with psycopg.connect(url) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            _, said = importing.communicate(timeout=120)
    assert importing.returncode == 1
    assert "The database failed (" in said
    assert " Until then: " in said
    assert "Traceback" not in said
