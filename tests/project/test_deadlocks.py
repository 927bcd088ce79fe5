"""Several processes that commit side by side on PostgreSQL never deadlock."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests.embedded import ROOT
from tests.production import Process, Production, kill
from tests.services import wait_until

pytestmark = pytest.mark.processes

ACTS = 240
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def start(site: Production, processes: int, acts: int, **variables: str) -> list[Process]:
    """Let processes do acts at the same time."""
    # So that there is something to correct, and the hands exist.
    site.run("tests/acts.py", "publish", "6")
    command = [sys.executable, "tests/acts.py", "work", str(acts // processes)]
    return [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=site.environment | variables,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        for _ in range(processes)
    ]


def test_processes_that_act_side_by_side_never_deadlock(site: Production) -> None:
    reports = [json.loads(process.communicate()[0]) for process in start(site, 4, ACTS)]
    outcomes = sum((Counter(report["outcomes"]) for report in reports), Counter[str]())
    assert [error for report in reports for error in report["errors"]] == []
    assert outcomes["refused: Busy"] == 0
    assert site.count(DEADLOCKS) == 0
    # Most acts were done, of each kind some.
    done = {name for name, number in outcomes.items() if name.startswith("done") and number}
    assert len(done) >= 5, outcomes
    assert outcomes.total() == ACTS


def test_with_the_keys_locked_they_would(site: Production) -> None:
    """The bug that the test before must find."""
    # Chance has a part in it: 120 acts once met none.
    running = start(site, 4, 4 * ACTS, PLANTED="keys are locked")
    try:
        wait_until(lambda: site.count(DEADLOCKS) > 0, what="a deadlock", seconds=300, every=0.5)
    finally:
        for process in running:
            kill(process)
