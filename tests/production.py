"""Newsroom with PostgreSQL, Redis and several processes, each started as README says."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from tests.embedded import ROOT, environment
from tests.services import wait_until

Process = subprocess.Popen[bytes]


class Production:
    """The processes, on one data folder; they end with `stop`. `app` may be a module that changes
    something before Celery starts."""

    def __init__(self, folder: Path, database: str, redis: str, app: str = "newsroom") -> None:
        self.folder, self.database, self.app = folder, database, app
        own = {"DATA_DIR": str(folder), "DATABASE_URL": database, "REDIS_URL": redis}
        self.environment = environment(**own) | {"PYTHONPATH": str(ROOT)}
        self.log_file = folder.with_name(folder.name + ".log")
        self.processes: list[Process] = []
        folder.mkdir(exist_ok=True)

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def start(self, *arguments: str, **variables: str) -> Process:
        """Start a module of Python in a process group of its own."""
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=self.environment | variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def worker(self, name: str = "one", **variables: str) -> Process:
        options = ("--concurrency", "2", "--hostname", f"{name}@%h")
        return self.start("celery", "--app", self.app, "worker", *options, **variables)

    def beat(self, *options: str, **variables: str) -> Process:
        return self.start("celery", "--app", self.app, "beat", *options, **variables)

    def run(self, *arguments: str) -> str:
        """Run a program to its end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(sql, values).fetchall()

    def count(self, sql: str, *values: object) -> int:
        return int(self.query(sql, *values)[0][0])

    def is_alive(self, part: str) -> bool:
        """Whether a process of this part has reported in the last heartbeats."""
        fresh = "part = %s AND at > clock_timestamp() - interval '5 s'"
        return bool(self.count(f"SELECT count(*) FROM digests_heartbeat WHERE {fresh}", part))  # noqa: S608 (ours)

    def wait_for(self, part: str) -> None:
        wait_until(lambda: self.is_alive(part), what=f"a {part} lives; {self.log}")

    def stop(self) -> None:
        """Kill every process with its children."""
        for process in self.processes:
            kill(process)


def kill(process: Process) -> None:
    """Kill the process and its children, as a machine that loses its power would."""
    with contextlib.suppress(ProcessLookupError):
        # The group outlives its leader, whose children may still be there.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
