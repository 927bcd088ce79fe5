"""`make dev`: what a contributor changes shows, and nothing is left when it ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded import ROOT, environment, refusal
from tests.services import LOCALHOST, free_port, wait_until

pytestmark = pytest.mark.processes

SOURCES = ["digests", "manage.py", "newsroom", "pyproject.toml", "templates", "tests"]
PUBLISH = """
from tests.factories import published
print(published().path)
"""


class DevelopmentServer:
    """A copy of the sources to be changed, and the server that `make dev` starts on it.

    It sweeps once an hour, so that a file is there only after this was changed.
    """

    def __init__(self, folder: Path) -> None:
        self.sources, self.data = folder / "sources", folder / "data"
        self.sources.mkdir()
        for name in SOURCES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self.sources / name)
        self.replace("newsroom/settings.py", "seconds=15)", "seconds=3600)")
        port = free_port()
        self.url = f"http://{LOCALHOST}:{port}"
        settings = {"DEBUG": "true", "DATA_DIR": str(self.data), "PORT": str(port)}
        self.environment = environment(**settings) | {"PYTHONUNBUFFERED": "1"}
        self.client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.log_file = folder / "log"
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "runserver"],
                cwd=self.sources,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Whoever runs the tests in the background ignores Ctrl-C, and so would the server.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def get(self, path: str) -> str:
        """The body of the answer, or "" while nothing answers."""
        assert self.process.poll() is None, f"The server ended by itself: {self.log}"
        try:
            with self.client.open(self.url + path, timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:  # It starts, or starts again.
            return ""

    def replace(self, path: str, old: str, new: str) -> Path:
        file = self.sources / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        return file

    def change(self, path: str, old: str, new: str, *, shows: Callable[[], bool]) -> None:
        """Change a source, and save it again until it shows: who watches may not have begun."""
        file = self.replace(path, old, new)

        def shows_when_saved() -> bool:
            file.touch()
            return shows()

        wait_until(shows_when_saved, what=f"{path} is seen; {self.log}", every=0.5)

    def change_code(self, path: str, old: str, new: str) -> None:
        """Change a module, which starts the server again."""
        line = f"{path} changed, reloading"
        before = self.log.count(line)
        self.change(path, old, new, shows=lambda: self.log.count(line) > before)

    def wait_for(self, path: str, text: str) -> None:
        wait_until(lambda: text in self.get(path), what=f"{path} has {text}", every=0.2)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.sources,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def end(self, how: signal.Signals) -> int:
        """Ctrl-C (SIGINT) reaches every process of the group."""
        os.killpg(self.process.pid, how)
        return self.process.wait(90)

    def is_gone(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False


@pytest.fixture
def development(tmp_path: Path) -> Iterator[DevelopmentServer]:
    server = DevelopmentServer(tmp_path)
    yield server
    if not server.is_gone():
        server.end(signal.SIGKILL)


def test_what_is_changed_shows_and_ctrl_c_ends_it_all(development: DevelopmentServer) -> None:
    development.wait_for("/", "</html>")
    assert f"Newsroom is at {development.url}/ until you press Ctrl-C." in development.log
    link = re.search(r"first administrator here, once:\n(\S+)\n", development.log)
    assert link and "</form>" in development.get(link[1].removeprefix(development.url))

    development.change(
        "templates/public/base.html",
        "</body>",
        "<p>a changed template</p></body>",
        shows=lambda: "a changed template" in development.get("/"),
    )

    styles = development.sources / "digests/static/public/site.css"
    styles.write_text(".changed {}")
    assert development.get("/static/public/site.css") == ".changed {}"

    # The tasks are those of the changed source as well: a sweep each second, and not in an hour.
    path = development.manage("shell", "--verbosity", "0", "--command", PUBLISH)
    file = development.data / "export" / path
    assert not file.exists()
    development.change_code("newsroom/settings.py", "seconds=3600)", "seconds=1)")
    wait_until(file.exists, what="the sweep wrote the digest's file")

    assert development.log.count("first administrator here, once:") == 1
    assert development.end(signal.SIGINT) == 0
    wait_until(development.is_gone, what="no process is left")
    # Ctrl-C may come while Python calls back about an object that has gone: it tells, and goes on.
    ignored = re.compile(r"^Exception ignored in:? .*?^KeyboardInterrupt: *$", re.DOTALL | re.M)
    assert "Traceback" not in ignored.sub("", development.log)


def test_a_mistake_in_the_source_is_shown_and_waited_for(development: DevelopmentServer) -> None:
    development.wait_for("/", "</html>")
    right = "def healthz("
    development.change_code("newsroom/health.py", right, "def def healthz(")
    wait_until(lambda: "SyntaxError: invalid syntax" in development.log, what="it is shown")
    assert development.get("/") == ""
    development.change_code("newsroom/health.py", "def def healthz(", right)
    development.wait_for("/", "</html>")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"DEBUG": "false"}, "for development and wants DEBUG=true"),
        ({"DEBUG": "true", "HOST": "0.0.0.0"}, "DEBUG is on and HOST is 0.0.0.0"),  # noqa: S104
    ],
    ids=["without DEBUG", "for other machines"],
)
def test_it_serves_nobody_but_developers(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    own = {"DATA_DIR": str(tmp_path), "PORT": str(free_port())}
    assert reason in refusal("manage.py", "runserver", **own | settings)
