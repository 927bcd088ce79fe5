"""`manage.py demo`: a second one goes on with what the first one made."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.embedded import ROOT, EmbeddedServer
from tests.exported import files
from tests.services import wait_until

pytestmark = pytest.mark.processes


def test_a_second_demo_keeps_what_is_there_and_says_how_to_sign_in(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "demo", LOG_LEVEL="WARNING")
    made = server.manage("demo", "--fill", "--no-serve")
    assert "The file of the digest:" in made
    before = files(server.folder / "export")
    assert len(before) == 10
    assert "is kept. `make demo RESET=1`" in server.manage("demo", "--fill", "--no-serve")

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
