"""Newsroom in production: two web processes, some workers and a beat, on PostgreSQL and Redis."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.support.servers import the_postgresql
from tests import prepared
from tests.embedded import ROOT, EmbeddedServer
from tests.services import Redis, wait_until

GUNICORN = ("gunicorn", "--config", "deploy/gunicorn.conf.py", "--workers", "2")
COMMANDS = (
    (*GUNICORN, "benchmarks.support.wsgi:application"),
    ("celery", "--app", "newsroom", "beat", "--loglevel", "WARNING"),
)
WORKER = ("celery", "--app", "newsroom", "worker", "--loglevel", "WARNING", "--hostname")


class ProductionServer(EmbeddedServer):
    """Starts the processes of production where an embedded server would start one."""

    workers = 1

    def start(self) -> "ProductionServer":
        workers = [(*WORKER, f"worker{number}@%h") for number in range(self.workers)]
        with self.log_file.open("ab") as log:
            self.processes = [
                subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                )
                for command in (*COMMANDS, *workers)
            ]
        self.process = self.processes[0]
        wait_until(self.answers, what=f"{self.url} answers; {self.log}")
        return self

    def stop(self, *_: object) -> int:
        for process in self.processes:
            process.terminate()
        return max(process.wait(90) for process in self.processes)


@contextmanager
def production(folder: Path, workers: int = 1, /, **settings: str) -> Iterator[ProductionServer]:
    redis = Redis().start()
    try:
        with the_postgresql().migrated() as url:
            server = ProductionServer(
                prepared.data_folder(folder),
                DATABASE_URL=url,
                REDIS_URL=redis.url,
                LOG_LEVEL="WARNING",
                **settings,
            )
            server.workers = workers
            with server:
                yield server
    finally:
        redis.stop()
