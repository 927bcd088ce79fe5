"""What continuous integration runs, with programs that only note how they were called."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.embedded import ROOT

# Making and erasing work, so that whatever comes after them is reached; all else fails.
FAILING = """#!/bin/sh
echo "$(basename "$0") $*" >> called
case "$*" in "-c "* | "-m coverage erase") exit 0 ;; esac
exit 1
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The Makefile and `.ci/` beside an environment in which every program fails."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "templates").mkdir()
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "deno", "djade"):
        (programs / name).write_text(FAILING)
        (programs / name).chmod(0o755)
    for name in ("requirements-dev.txt", ".python-version", ".venv/.development"):
        (tmp_path / name).touch()
    return tmp_path


def test_one_run_reports_every_failure(project: Path) -> None:
    # As from a shell: this run's own Make would pass its options on.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        [project / ".ci/run"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    called = (project / "called").read_text().splitlines()
    for program in (
        "python -m ruff check",
        "python -m ruff format --check",
        "python -m mypy",
        "python manage.py makemigrations --check",
        "python manage.py check --deploy",
        "djade --target-version 6.1 --check",
        "deno lint",
        "deno fmt --check",
        "deno check",
        "deno test",
    ):
        assert any(line.startswith(program) for line in called), program
    tests = [line for line in called if " -m pytest " in line]
    assert [(" -m processes" in line, "--postgresql" in line) for line in tests] == [
        *((True, False), (True, True), (False, True), (False, False))
    ]
