"""Newsroom in production while its parts are killed at random: what must hold, and whether it does.

PostgreSQL, a Redis that keeps nothing, two web servers, two workers, two beats and two people at
work run, and each is killed with -9 and started again. In the end every digest that was due has
been published by the system once and not early, none later than two seconds after its time (and
what was needed for it was there), and one sweep later the folder is exactly what is live. A series
has a slot every three seconds: none is missing or doubled, and each miss has been noticed.

    python tests/chaos.py --seconds 600

prints a table and, as its last line, JSON; it ends with 1 if something did not hold.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg

from tests import prepared
from tests.embedded import ROOT
from tests.production import Process, Production, kill
from tests.services import LOCALHOST, Redis, free_port, wait_until

IN_TIME = 2.0  # seconds
HERE = socket.gethostname()
SAMPLE = 0.1  # seconds between two looks at what is there
# What people at work may meet while PostgreSQL is killed under them.
CUT_OFF = ("OperationalError", "InterfaceError")

DUE = "SELECT count(*) FROM digests_digest WHERE status = 'approved'"
LIVE = """
    SELECT path, text FROM digests_digest
    JOIN digests_revision ON digests_revision.id = live_revision_id
"""
# Each publication by the system since a moment, but for what was imported with a date of long ago:
# its digest and revision, its time and the one it was due.
PUBLICATIONS = """
    SELECT entry.digest_id, revision_id, extract(epoch FROM at), extract(epoch FROM dated)
    FROM digests_historyentry AS entry JOIN digests_revision ON digests_revision.id = revision_id
    WHERE action = 'publish' AND actor_id IS NULL AND dated > %s
"""
SWEPT = "SELECT count(*) FROM digests_sweepreport WHERE started_at > %s AND error = ''"
# The slots until a while ago: when each was due, and whether it has an outcome.
SLOTS = """
    SELECT extract(epoch FROM due_at), published_at IS NOT NULL, missed_at IS NOT NULL
    FROM digests_slot LEFT JOIN digests_digest ON digests_digest.id = digest_id
    WHERE due_at < clock_timestamp() - interval '5 s' ORDER BY due_at
"""
SLOTS_EVERY = 3  # seconds
CLOCKS = "SELECT process FROM digests_heartbeat WHERE part = 'clock'"


class Part:
    """Something that runs, is killed and started again."""

    def __init__(self, start: Callable[[], Process]) -> None:
        self._start = start
        self.kills = 0
        self.process = start()

    def kill(self) -> None:
        kill(self.process)
        self.kills += 1

    def start(self) -> None:
        self.process = self._start()

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None


class Chaos:
    """A production whose parts run from now on, but for those it is to be without, until `stop`."""

    def __init__(
        self, folder: Path, seed: int, variables: dict[str, str], *, without: tuple[str, ...] = ()
    ) -> None:
        self.random = random.Random(seed)
        self.postgresql, self.redis = prepared.postgresql(durable=True), Redis()
        self.redis.start()
        self.site = Production(
            prepared.data_folder(folder / "data"),
            self.postgresql.address_of(self.postgresql.template),
            self.redis.url,
            "tests.background",
        )
        self.site.run("tests/acts.py", "begin", "6")
        self.variables = variables | {"SLOTS_EVERY": str(SLOTS_EVERY)}
        self.ports = [free_port(), free_port()]
        self.reports = [folder / "report-1", folder / "report-2"]
        self.ending = threading.Event()
        (self.began,) = self.site.query("SELECT clock_timestamp()")[0]
        # The moments at which nobody could have published anything.
        self.outages: list[float] = []
        self.answers: Counter[str] = Counter()
        # When something was killed or started again, and what.
        self.strikes: list[tuple[float, str]] = []
        self.late: dict[str, str] = {}
        starts: dict[str, Callable[[], Process]] = {
            "postgresql": self.start_postgresql,
            "redis": self.start_redis,
            "web 1": partial(self.start_web, self.ports[0]),
            "web 2": partial(self.start_web, self.ports[1]),
            "worker 1": partial(self.start_worker, "one"),
            "worker 2": partial(self.start_worker, "two"),
            "beat 1": self.start_beat,
            "beat 2": self.start_beat,
            "hands 1": partial(self.start_hands, self.reports[0]),
            "hands 2": partial(self.start_hands, self.reports[1]),
        }
        self.parts = {name: Part(starts[name]) for name in starts if name not in without}
        self.watchers = [threading.Thread(target=watch) for watch in (self.watch, self.read)]
        for watcher in self.watchers:
            watcher.start()

    # Starting

    def start_postgresql(self) -> Process:
        if self.postgresql.process is None or self.postgresql.process.poll() is not None:
            self.postgresql.start()
        assert self.postgresql.process is not None
        return self.postgresql.process

    def start_redis(self) -> Process:
        if self.redis.process is None or self.redis.process.poll() is not None:
            self.redis.start()
        assert self.redis.process is not None
        return self.redis.process

    def start_web(self, port: int) -> Process:
        options = ("--config", "deploy/gunicorn.conf.py", "--workers", "1")
        return self.site.start("gunicorn", *options, PORT=str(port), **self.variables)

    def start_worker(self, name: str) -> Process:
        return self.site.worker(name, **self.variables)

    def start_beat(self) -> Process:
        return self.site.beat(**self.variables)

    def start_hands(self, report: Path) -> Process:
        with report.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "tests/acts.py", "work", "30"],
                cwd=ROOT,
                env=self.site.environment,
                stdout=file,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    # Running

    def run(self, seconds: float = 0, *, kills: int = 0) -> dict[str, Any]:
        """Kill parts for so long, and at least so many; what is found then, since the beginning."""
        end, enough = time.monotonic() + seconds, self.kills + kills
        while time.monotonic() < end or self.kills < enough:
            self.strike()
            for name, part in self.parts.items():
                if name.startswith("hands") and not part.is_running:
                    part.start()
        self.settle()
        return self.judge()

    @property
    def kills(self) -> int:
        return sum(part.kills for part in self.parts.values())

    def strike(self) -> None:
        """Kill one to three parts, and start them again after a while."""
        struck = self.random.sample(list(self.parts), self.random.choice([1, 1, 2, 3]))
        for name in struck:
            self.parts[name].kill()
            self.strikes.append((time.time(), f"{name} killed"))
        time.sleep(self.random.uniform(0, 1.5))
        # PostgreSQL first, because the others are of no use without it.
        for name in sorted(struck, key=lambda name: name != "postgresql"):
            self.parts[name].start()
            self.strikes.append((time.time(), f"{name} started"))
        time.sleep(self.random.uniform(0.5, 3))

    def settle(self) -> None:
        """Let everything run until nothing is left to do, and the folder has been swept."""
        for name, part in self.parts.items():
            if name.startswith("hands"):
                part.process.wait()
            elif not part.is_running:
                part.start()
        settled = partial(wait_until, every=0.2)
        settled(lambda: self.site.count(DUE) == 0, what="all that is due is published")
        (now,) = self.site.query("SELECT clock_timestamp()")[0]
        settled(lambda: self.site.count(SWEPT, now) == 1, what="a sweep ended")
        settled(lambda: not self.unnoticed(), what="each miss is noticed")

    def unnoticed(self) -> int:
        """How many slots have no outcome, long after their time."""
        return sum(not (is_seen or is_missed) for _due, is_seen, is_missed in self.slots())

    def slots(self) -> list[tuple[Any, ...]]:
        return self.site.query(SLOTS)

    def stop(self) -> None:
        self.ending.set()
        for watcher in self.watchers:
            watcher.join()
        for part in self.parts.values():
            kill(part.process)

    def watch(self) -> None:
        """Note when nobody could publish: no database, or no worker whose clock has begun."""
        connection: psycopg.Connection[Any] | None = None
        while not self.ending.wait(SAMPLE):
            try:
                connection = connection or psycopg.connect(self.site.database, autocommit=True)
                begun = {process for (process,) in connection.execute(CLOCKS)}
            except psycopg.Error:
                connection, begun = None, set()
            workers = [part for name, part in self.parts.items() if name.startswith("worker")]
            living = [f"{HERE}:{each.process.pid}" for each in workers if each.is_running]
            if not begun.intersection(living):
                self.outages.append(time.time())

    def read(self) -> None:
        """Ask the web servers, as readers and probes do."""
        while not self.ending.wait(0.5):
            for port in self.ports:
                for path in ("/", "/readyz"):
                    self.answers[f"{path} {status(f'http://{LOCALHOST}:{port}{path}')}"] += 1

    # Judging

    def describe(self, due: float, at: float, seconds: float) -> str:
        """What happened before a publication that was late, in seconds from its time."""
        before = [f"{when - due:+.1f} {what}" for when, what in self.strikes if due - 6 < when < at]
        return f"{at - due:+.1f}, {seconds:.1f} without outages; {', '.join(before)}"

    def outage(self, start: float, end: float) -> float:
        return SAMPLE * sum(start <= moment + SAMPLE and moment <= end for moment in self.outages)

    def judge(self) -> dict[str, Any]:
        rows = self.site.query(PUBLICATIONS, self.began)
        slots = self.slots()
        steps = [later - earlier for (earlier, *_), (later, *_) in pairwise(slots)]
        times = Counter((digest, revision) for digest, revision, _at, _due in rows)
        late = [float(at - due) - self.outage(float(due), float(at)) for *_, at, due in rows]
        for seconds, (digest, _revision, at, due) in zip(late, rows, strict=True):
            if seconds > IN_TIME:
                self.late[f"late: digest {digest}"] = self.describe(float(due), float(at), seconds)
        live = {path: text.encode() for path, text in self.site.query(LIVE)}
        export = self.site.folder / "export"
        files = {str(file.relative_to(export)): file.read_bytes() for file in export.rglob("*.md")}
        reports = [json.loads(line) for file in self.reports for line in lines(file)]
        acts = sum((Counter(report["outcomes"]) for report in reports), Counter[str]())
        errors = [error for report in reports for error in report["errors"]]
        return {
            "kills": self.kills,
            "acts": acts.total(),
            "errors": [error for error in errors if not any(name in error for name in CUT_OFF)],
            "cut_off": sum(any(name in error for name in CUT_OFF) for error in errors),
            "due": len(times),
            "twice": sum(number > 1 for number in times.values()),
            "early": sum(at < due for *_, at, due in rows),
            "late": sum(seconds > IN_TIME for seconds in late),
            "latest_s": round(max(late, default=0), 2),
            "outage_s": round(SAMPLE * len(self.outages), 1),
            "slots": len(slots),
            "slots_published": sum(is_seen for _due, is_seen, _is_missed in slots),
            "slots_missing": sum(step > SLOTS_EVERY for step in steps),
            "slots_doubled": sum(step < SLOTS_EVERY for step in steps),
            "slots_unnoticed": self.unnoticed(),
            "live": len(live),
            "wrong_files": sorted(
                path for path in live.keys() | files.keys() if live.get(path) != files.get(path)
            ),
        }


def status(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (ours)
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError:
        return "none"


def lines(file: Path) -> list[str]:
    """The reports in a file; one of people who were killed may be missing."""
    return [line for line in file.read_text().splitlines() if line.endswith("}")]


def holds(found: dict[str, Any]) -> bool:
    """Whether what must hold in every run does."""
    of_slots = ("slots_missing", "slots_doubled", "slots_unnoticed")
    wrong = [found[name] for name in ("errors", "twice", "early", "late", "wrong_files", *of_slots)]
    return bool(found["due"] and found["live"] and found["slots"]) and not any(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kills", type=int, default=0, help="at least so many")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    planted = {name: value for name, value in os.environ.items() if name == "PLANTED"}
    with tempfile.TemporaryDirectory(prefix="newsroom-chaos-") as folder:
        chaos = Chaos(Path(folder), options.seed, planted)
        try:
            found = chaos.run(options.seconds, kills=options.kills)
        finally:
            chaos.stop()
    table: dict[str, object] = {f"killed: {name}": part.kills for name, part in chaos.parts.items()}
    for name, value in (table | dict(sorted(chaos.answers.items())) | chaos.late | found).items():
        sys.stdout.write(f"{name:<24} {value}\n")
    sys.stdout.write(json.dumps(found | {"seed": options.seed, "holds": holds(found)}) + "\n")
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
