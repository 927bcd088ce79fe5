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


# Schemathesis is a program of its own, and takes a while.
@pytest.mark.services
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_request_gets_an_answer_that_the_schema_does_not_describe(
    live_server: LiveServer, tmp_path: Path
) -> None:
    published(story(source=source()), title="早报")
    gone = published(title="撤回", date=PAST + timedelta(hours=4))
    lifecycle.withdraw(gone, by=person(REVIEWER), version=gone.version, note="错")
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    report = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", configuration),
            *("run", f"{live_server.url}/api/v1/openapi.json"),
            *("--checks", "all", "--max-examples", "10", "--seed", "20261120"),
            *("--generation-database", "none", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert report.returncode == 0, report.stdout + report.stderr
    tested = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", report.stdout)
    assert tested and len(set(tested.groups())) == 1, report.stdout
