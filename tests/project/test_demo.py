"""`manage.py demo`: a second one goes on with what the first one made."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.embedded import ROOT, EmbeddedServer, environment
from tests.exported import files
from tests.services import wait_until

pytestmark = pytest.mark.processes

SLOTS = """
from django.utils import timezone
from digests.models import Slot
for slot in Slot.objects.with_names():
    print(slot.state(timezone.now()))
"""
MEDIANS = """
from django.utils import timezone
from digests.desk.turnaround import _records
for series, records in _records(timezone.now()):
    print(*(minutes for _label, minutes in records[0].medians))
"""


def test_a_second_demo_keeps_what_is_there_and_says_how_to_sign_in(data_folder: Path) -> None:
    server = EmbeddedServer(data_folder, LOG_LEVEL="WARNING")
    made = server.manage("demo", "--fill", "--no-serve")
    assert "The file of the digest:" in made
    before = files(server.folder / "export")
    assert len(before) == 10
    slots = server.manage("shell", "-v", "0", "-c", SLOTS)
    assert slots.split() == [
        *("published", "published", "skipped", "published", "missed", "published", "late"),
        "draft",
        *["planned"] * (slots.split().count("planned")),
    ]
    assert slots.split().count("planned") > 6  # today and tomorrow
    # As in a newsroom at work; the file follows in the same minute.
    assert server.manage("shell", "-v", "0", "-c", MEDIANS).split() == ["69", "15", "22", "0"]
    database = dump(data_folder)
    assert "is kept. `make demo RESET=1`" in server.manage("demo", "--fill", "--no-serve")
    assert dump(data_folder) == database

    with server.log_file.open("wb") as log:
        server.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--fill"],
            cwd=ROOT,
            env=server.environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(server.answers, what="the demo serves", seconds=120)
        assert re.search(
            rf"set another here, once:\n{re.escape(server.url)}/admin/\S+\n", server.log
        )
        assert "first administrator" not in server.log
    finally:
        server.stop()
    assert files(server.folder / "export") == before


def dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "newsroom.sqlite3")) as database:
        return list(database.iterdump())


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve", *options],
        cwd=ROOT,
        env=environment(DATA_DIR=str(folder), LOG_LEVEL="WARNING"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_demo_in_a_folder_of_ones_own_may_be_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert f"The file of the digest: {folder}/export/" in demo(folder).stdout
    assert f"What is in {folder} is kept." in demo(folder).stdout
    (folder / "export" / "note.txt").write_text("mine")
    assert "The file of the digest:" in demo(folder, "--reset").stdout
    assert not (folder / "export" / "note.txt").exists()


def test_a_newsroom_that_is_no_demo_is_left_alone_even_by_a_reset(data_folder: Path) -> None:
    before = {path.name for path in data_folder.iterdir()}
    for options in ([], ["--reset"]):
        refused = demo(data_folder, *options)
        assert refused.returncode == 1
        assert "holds something else than a demo, and is left as it is." in refused.stderr
    assert {path.name for path in data_folder.iterdir()} == before
