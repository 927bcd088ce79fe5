"""Newsroom in production while its parts are killed at random: tests/chaos.py, at a short size."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import Chaos, holds
from tests.embedded import ROOT

pytestmark = pytest.mark.processes

# What no planted bug needs to be found.
WITHOUT = ("web 1", "web 2", "beat 2")


def test_whatever_is_killed_each_digest_is_published_once_and_the_folder_is_exact() -> None:
    """How late it is depends on the machine, too: that is left to the long run."""
    done = subprocess.run(
        [sys.executable, "tests/chaos.py", "--seconds", "0", "--kills", "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode == 0) == found["holds"]
    assert found["kills"] > 5
    assert found["due"] > 5
    assert found["errors"] == []
    assert (found["twice"], found["early"], found["wrong_files"]) == (0, 0, [])
    assert found["slots"] > 5
    assert found["slots_published"] > 0
    of_slots = ("slots_missing", "slots_doubled", "slots_unnoticed")
    assert [found[name] for name in of_slots] == [0, 0, 0]


@pytest.mark.parametrize(
    "planted",
    [
        {"the clock is fast": "early", "a file is forgotten": "wrong_files"},
        {"the clock is slow": "late", "nothing is locked": "twice"},
    ],
    ids=", ".join,
)
def test_bugs_that_the_run_must_find_are_found(planted: dict[str, str], tmp_path: Path) -> None:
    chaos = Chaos(tmp_path, 1, {"PLANTED": ", ".join(planted)}, without=WITHOUT)
    try:
        # Whom it hits is a matter of chance, and so is who is just killed.
        for _ in range(8):
            found = chaos.run(kills=1)
            if all(map(found.get, planted.values())):
                break
    finally:
        chaos.stop()
    assert all(map(found.get, planted.values())), found
    assert not holds(found)
