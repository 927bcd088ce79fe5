"""How long after an approval its file is there, in embedded mode, and how long after its time a
digest that was approved before is on the home page, there and on PostgreSQL.

`manage.py up` runs as people start it, with worker and beat inside; two views are added, one that
prepares digests and one that approves the next, both through the verbs. The clock starts when the
request to approve is sent and stops when the file is in the folder with the bytes of the revision.
For what is due it starts at the second that the digest is dated, and a reader asks for the page
twenty times a second.
"""

import json
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support.addresses import APPROVE, PREPARE, SCHEDULE
from benchmarks.support.client import Reader
from benchmarks.support.command import parser
from benchmarks.support.servers import ask, report_missing, server_in, the_postgresql
from tests.embedded import EmbeddedServer
from tests.services import Unavailable

APPROVALS, SMOKE_APPROVALS = 50, 3
PATIENCE = 30.0


def main() -> None:
    approvals = SMOKE_APPROVALS if parser(__doc__).parse_args().smoke else APPROVALS
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        data = Path(folder) / "data"
        with server_in(data) as server:
            figures = approve(server, data / "export", approvals)
            figures |= await_due(server, "", approvals)
        figures |= due_on_postgresql(Path(folder) / "postgresql", approvals)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def due_on_postgresql(data: Path, digests: int) -> dict[str, float]:
    try:
        postgresql = the_postgresql()
    except Unavailable as error:
        report_missing("PostgreSQL", error)
        return {}
    with postgresql.migrated() as url, server_in(data, DATABASE_URL=url) as server:
        return await_due(server, "postgresql_", digests)


def await_due(server: EmbeddedServer, prefix: str, digests: int) -> dict[str, float]:
    """Wait for digests that become due, one a second; the seconds from its time to the page."""
    reader = Reader(server.port)
    delays = []
    for title, due in ask(server, f"{SCHEDULE}{digests}")["digests"]:
        while title.encode() not in reader.ask("/", {"Accept-Encoding": "identity"}).body:
            assert time.time() < due + PATIENCE, f"“{title}” is not on the page"
            time.sleep(0.05)
        delays.append(time.time() - due)
    reader.close()
    figures = quantiles(f"{prefix}due_to_page_", delays)
    where = "on PostgreSQL" if prefix else "on SQLite"
    print(f"due to page, {where:<13}   {figures[f'{prefix}due_to_page_p50_s']:6.3f}", end=" ")
    print(f"{figures[f'{prefix}due_to_page_p95_s']:6.3f}")
    return figures


def quantiles(name: str, seconds: list[float]) -> dict[str, float]:
    return {
        f"{name}p50_s": statistics.median(seconds),
        f"{name}p95_s": statistics.quantiles(seconds, n=20)[-1],
    }


def approve(server: EmbeddedServer, folder: Path, approvals: int) -> dict[str, float]:
    digests = ask(server, f"{PREPARE}{approvals}")["digests"]
    answers, files = [], []
    for number, digest in enumerate(digests):
        # Editors are not in step with the worker, which looks for messages ten times a second.
        time.sleep(0.013 * (number % 16))
        start = time.perf_counter()
        approved = ask(server, f"{APPROVE}{digest}")
        answers.append(time.perf_counter() - start)
        await_file(folder / approved["path"], approved["sha256"])
        files.append(time.perf_counter() - start)
    figures = quantiles("", files) | quantiles("answer_", answers)
    print(f"{len(files)} approvals, seconds     p50    p95")
    print(f"until the answer       {figures['answer_p50_s']:6.3f} {figures['answer_p95_s']:6.3f}")
    print(f"until the file         {figures['p50_s']:6.3f} {figures['p95_s']:6.3f}")
    return figures


def await_file(file: Path, expected: str) -> None:
    end = time.monotonic() + PATIENCE
    while not file.exists() or sha256(file.read_bytes()).hexdigest() != expected:
        assert time.monotonic() < end, f"{file} is not there after {PATIENCE} seconds"
        time.sleep(0.001)


if __name__ == "__main__":
    main()
