"""Schemathesis tries the API against its own description: every check, every phase."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle
from digests.search import Hits, Query, search
from tests.factories import PAST, person, published, source, story

# The stateful phase would otherwise take most of the time, for operations that keep no state.
# A story that was withdrawn is gone, however right the question.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 404, 410, "5xx"]

[phases.stateful]
max-steps = 3
generation.max-examples = 8
"""


def tried(server: LiveServer, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Schemathesis, which is a program of its own and takes a while."""
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", configuration),
            *("run", f"{server.url}/api/v1/openapi.json"),
            *("--checks", "all", "--max-examples", "10", "--seed", "20261120"),
            *("--generation-database", "none", "--no-color"),
            *options,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.services
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_request_gets_an_answer_that_the_schema_does_not_describe(
    live_server: LiveServer, tmp_path: Path
) -> None:
    published(story(source=source()), title="早报")
    gone = published(title="撤回", date=PAST + timedelta(hours=4))
    lifecycle.withdraw(gone, by=person(REVIEWER), version=gone.version, note="错")
    report = tried(live_server, tmp_path)
    assert report.returncode == 0, report.stdout + report.stderr
    tested = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", report.stdout)
    assert tested and len(set(tested.groups())) == 1, report.stdout


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_so_many_requests_find_a_planted_bug(
    live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches for text that is not Latin fail, which no example of the schema shows."""
    published(title="早报")

    def failing(query: Query) -> Hits:
        if any(ord(character) > 0xFF for character in query.text):
            raise ValueError("planted")
        return search(query)

    monkeypatch.setattr("digests.public.api.search.search", failing)
    report = tried(live_server, tmp_path, "--include-path", "/api/v1/search/")
    assert report.returncode == 1, report.stdout + report.stderr
    assert "Server error" in report.stdout
