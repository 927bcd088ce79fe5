"""Newsroom itself, as people start it: `manage.py up` in its own process and data folder."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from tests.services import LOCALHOST, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent


def setting_names() -> list[str]:
    """The environment variables that the settings read, without reading them."""
    return re.findall(r'env\.read\(\s*"(\w+)"', (ROOT / "newsroom/settings.py").read_text())


def environment(**settings: str) -> dict[str, str]:
    """The environment of this process, with these settings alone."""
    names = setting_names()
    return {name: value for name, value in os.environ.items() if name not in names} | settings


def refusal(*arguments: str, **settings: str) -> str:
    """Run a command that must refuse to start; returns the reason it gives."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Newsroom is at" not in done.stdout
    return done.stderr


class EmbeddedServer:
    """A server to use in `with`; further settings by name: `EmbeddedServer(folder, LOG_LEVEL=…)`.

    `program` may be a script that prepares something and then runs `manage.py up` itself.
    """

    def __init__(self, folder: Path, *, program: str = "manage.py", **settings: str) -> None:
        self.folder = folder
        self.program = program
        self.port = free_port()
        self.url = f"http://{LOCALHOST}:{self.port}"
        self.settings = {"DATA_DIR": str(folder), "PORT": str(self.port)} | settings
        self.environment = environment(**self.settings) | {"PYTHONPATH": str(ROOT)}
        self.log_file = folder.with_name(folder.name + ".log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def web_pid(self) -> int:
        """The id of the process that serves, the newest child of the one that watches over it."""
        return int(re.findall(r"Booting worker with pid: (\d+)", self.log)[-1])

    def start(self) -> Self:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, self.program, "up"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self.answers, what=f"{self.url} answers; {self.log}", seconds=120)
        return self

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"`up` ended by itself: {self.log}"
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()  # noqa: S310 (ours)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and returns its exit code; Ctrl-C (SIGINT) reaches all of its processes."""
        assert self.process is not None
        if self.process.poll() is None:
            if how == signal.SIGINT:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
        return self.process.wait(90)

    def manage(self, *arguments: str) -> str:
        """Runs a command on the same data and returns what it printed."""
        return self.run("manage.py", *arguments)

    def run(self, program: str, *arguments: str) -> str:
        """Runs a program on the same data and returns what it printed."""
        done = subprocess.run(
            [sys.executable, program, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
