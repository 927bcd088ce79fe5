"""What strangers can do to readers and editors: home and an approval, quiet and under loads.

Loads: fifty clients that drip heads and bodies, fifty that say nothing, four tries a second to sign
in from sixteen addresses, twelve requests for a new password at once while the mail server is
silent, and a hundred searches a second over sixteen connections. In embedded mode, and in
production on PostgreSQL and Redis. Home is asked for by one client, each time over a connection of
its own; quiet is measured before each load.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support import attacks, up
from benchmarks.support.addresses import APPROVE, FILL, PREPARE, USER
from benchmarks.support.archive import Size
from benchmarks.support.attacks import Attack, under
from benchmarks.support.client import Reader, Speed, speed
from benchmarks.support.command import parser
from benchmarks.support.production import production
from benchmarks.support.servers import ask, report_missing, server_in
from tests.embedded import EmbeddedServer
from tests.services import LOCALHOST, Unavailable, silent_server

LOADS: dict[str, Attack] = {
    "50 drip": attacks.drips,
    "50 are silent": attacks.silence,
    "4 sign-ins a second": attacks.sign_ins,
    "12 resets at once": attacks.resets,
    "100 searches a second": attacks.searches,
}


@dataclass(frozen=True)
class Scale:
    archive: Size
    warm_up: float  # seconds under a load before it is measured
    seconds: float
    approvals: int


FULL = Scale(Size(5_000, 2, 2, has_pages=True, is_searched=True), 3, seconds=10, approvals=5)
SMOKE = Scale(Size(20, 2, 1, has_pages=True, is_searched=True), 0.5, seconds=0.5, approvals=1)


@dataclass(frozen=True)
class Service:
    """What a reader and an editor got."""

    home: Speed
    approval: float  # seconds, of the slowest


def measure(
    server: EmbeddedServer, waiting: Iterator[int], approvals_due: int, seconds: float
) -> Service:
    times: list[float] = []
    approvals: list[float] = []
    end = time.perf_counter() + seconds
    every = seconds / approvals_due
    due = time.perf_counter()
    while time.perf_counter() < end or not times:
        if time.perf_counter() >= due:
            start = time.perf_counter()
            ask(server, f"{APPROVE}{next(waiting)}")
            approvals.append(time.perf_counter() - start)
            due += every
        reader = Reader(server.port)
        answer = reader.ask("/")
        reader.close()
        assert answer.status == 200, answer.head
        times.append(answer.seconds)
        time.sleep(0.02)
    return Service(speed(times), max(approvals))


def measured(server: EmbeddedServer, scale: Scale) -> Iterator[tuple[str, Service, Service]]:
    size = urlencode({"size": json.dumps(asdict(scale.archive))})
    ask(server, f"{FILL}{size}", patience=600)
    ask(server, f"{USER}{urlencode({'email': attacks.KNOWN})}")
    # Each spell approves what is due in it, and may begin one more.
    prepared = 2 * len(LOADS) * (scale.approvals + 1)
    waiting = iter(ask(server, f"{PREPARE}{prepared}", patience=600)["digests"])
    for name, attack in LOADS.items():
        quiet = measure(server, waiting, scale.approvals, scale.seconds)
        with under(attack, server.port):
            time.sleep(scale.warm_up)
            yield name, quiet, measure(server, waiting, scale.approvals, scale.seconds)


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, EmbeddedServer]]:
    with ExitStack() as stack:
        silent_mail, _ = stack.enter_context(silent_server())
        settings = {
            # As it is unless somebody sets it.
            "SEARCH_RATE": "30/min",
            "EMAIL_URL": f"smtp://{LOCALHOST}:{silent_mail}",
            "TRUSTED_PROXIES": "1",
            up.REAL_PASSWORDS: "yes",
        }
        found = {"embedded": stack.enter_context(server_in(folder / "embedded", **settings))}
        try:
            found["production"] = stack.enter_context(production(folder / "production", **settings))
        except Unavailable as error:
            report_missing("production", error)
        yield found


def main() -> None:
    scale = SMOKE if parser(__doc__).parse_args().smoke else FULL
    ratios, approvals = [], []
    print(f"{'home in milliseconds, approval in seconds':46}quiet    p50    p99   ratio  approval")
    with (
        tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder,
        servers(Path(folder)) as found,
    ):
        for mode, server in found.items():
            for name, quiet, loaded in measured(server, scale):
                ratio = loaded.home.p50 / quiet.home.p50
                print(
                    f"{mode + ', ' + name:44}{quiet.home.p50:6.1f} {loaded.home.p50:6.1f}"
                    f" {loaded.home.p99:6.0f} {ratio:7.1f} {loaded.approval:9.2f}",
                    flush=True,
                )
                ratios.append(ratio)
                approvals.append(loaded.approval)
    figures = {
        "worst_home_median_ratio": round(max(ratios), 1),
        "worst_approval_s": round(max(approvals), 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
