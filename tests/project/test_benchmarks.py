"""Every benchmark runs at its tiny size, from its first line to its figures."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import prepared
from tests.embedded import ROOT

# The label of a row in the table for people, and the names of the figures behind it.
EXPECTED = {
    "clock": (
        "slots planned",
        {"plan_480_slots_s", "board_20_ms", "due20_to_page_p95_s", "due20_to_file_p95_s"},
    ),
    "delay": (
        "until the file",
        {
            *("p50_s", "p95_s", "answer_p50_s", "answer_p95_s"),
            *("due_to_page_p50_s", "due_to_page_p95_s"),
            *("postgresql_due_to_page_p50_s", "postgresql_due_to_page_p95_s"),
        },
    ),
    "desk": (
        "page loads",
        {
            *("interactions", "moves", "page_loads", "server_s", "move_p95_ms", "bare_p95_ms"),
            *("plain_interactions", "plain_page_loads", "plain_server_s"),
            *("poll_inbox_cpu_ms", "poll_compose_cpu_ms"),
        },
    ),
    "document": ("findings", {"documents_per_s"}),
    "hostile": (
        "embedded, 100 searches a second",
        {"worst_home_median_ratio", "worst_approval_s"},
    ),
    "export": ("sweep with nothing to do", {"plain_s", "full_s", "full_vs_plain", "idle_s"}),
    "importing": ("sqlite", {"files_per_s_sqlite", "files_per_s_postgresql"}),
    "site": (
        "digest page",
        {
            *("digest_vs_bare", "not_modified_vs_bare", "first_page_kb", "first_page_requests"),
            *("worst_large_vs_small", "worst_large_vs_small_postgresql"),
            *("search_p50_ms_sqlite", "search_p50_ms_postgresql"),
            *("search_best_p50_ms_sqlite", "search_best_p50_ms_postgresql"),
        },
    ),
}
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))
# What a shell may hold of somebody's newsroom is left out, and so are the tests' own settings.
KEPT = ("CI", "HOME", "LANG", "PATH", "TMPDIR", prepared.VARIABLE)
MISSING = re.compile(r"^(\w+) IS MISSING: .*", re.MULTILINE)


@pytest.mark.processes
@pytest.mark.parametrize("program", BENCHMARKS, ids=lambda program: program.stem)
def test_a_benchmark_shows_its_table_and_ends_with_its_figures(program: Path) -> None:
    label, names = EXPECTED[program.stem]
    done = subprocess.run(
        [sys.executable, program, "--smoke"],
        cwd=ROOT,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    missing = {found[1]: found[0] for found in MISSING.finditer(done.stdout)}
    if "CHROMIUM" in missing:
        pytest.skip(missing["CHROMIUM"])
    if "POSTGRESQL" in missing:
        names = {name for name in names if not name.endswith("postgresql")}
    table, _, last = done.stdout.rstrip("\n").rpartition("\n")
    assert re.search(rf"^{label} +[\d.]+", table, re.MULTILINE), table
    figures = json.loads(last)
    assert figures.keys() == names
    assert {type(value) for value in figures.values()} <= {int, float}
    if missing:
        pytest.skip(" ".join(missing.values()))


def test_no_benchmark_is_expected_that_is_not_there() -> None:
    assert {program.stem for program in BENCHMARKS} == EXPECTED.keys()
