"""How long after an approval its file is there, in embedded mode.

`manage.py up` runs as people start it, with worker and beat inside; two views are added, one that
prepares digests and one that approves the next, both through the verbs. The clock starts when the
request to approve is sent and stops when the file is in the folder with the bytes of the revision.
"""

import json
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support.addresses import APPROVE, PREPARE
from benchmarks.support.command import parser
from benchmarks.support.servers import ask, server_in
from tests.embedded import EmbeddedServer

APPROVALS, SMOKE_APPROVALS = 50, 3
PATIENCE = 30.0


def main() -> None:
    approvals = SMOKE_APPROVALS if parser(__doc__).parse_args().smoke else APPROVALS
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        data = Path(folder) / "data"
        with server_in(data) as server:
            run(server, data / "export", approvals)


def run(server: EmbeddedServer, folder: Path, approvals: int) -> None:
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
    figures = {
        name: value
        for what, seconds in (("", files), ("answer_", answers))
        for name, value in (
            (f"{what}p50_s", statistics.median(seconds)),
            (f"{what}p95_s", statistics.quantiles(seconds, n=20)[-1]),
        )
    }
    print(f"{len(files)} approvals, seconds     p50    p95")
    print(f"until the answer       {figures['answer_p50_s']:6.3f} {figures['answer_p95_s']:6.3f}")
    print(f"until the file         {figures['p50_s']:6.3f} {figures['p95_s']:6.3f}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def await_file(file: Path, expected: str) -> None:
    end = time.monotonic() + PATIENCE
    while not file.exists() or sha256(file.read_bytes()).hexdigest() != expected:
        assert time.monotonic() < end, f"{file} is not there after {PATIENCE} seconds"
        time.sleep(0.001)


if __name__ == "__main__":
    main()
