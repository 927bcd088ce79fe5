"""The clock: how long planning takes, how quick the board is, and how soon digests that are due in
one second are on the page and in their files.

A day of slots is planned for many series, an hour apart, and then their drafts are made. The board
shows a week of as many series with six slots a day. Digests of
as many series, approved before, are due in one second: in embedded mode, and on PostgreSQL with one
worker and with two. A reader asks for the home page again and again meanwhile; times count from the
second that is promised.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support.addresses import AT_ONCE, PLAN, WEEK
from benchmarks.support.client import Reader
from benchmarks.support.command import parser
from benchmarks.support.production import production
from benchmarks.support.servers import ask, report_missing, server_in, the_postgresql
from tests.embedded import EmbeddedServer
from tests.services import Unavailable

PATIENCE = 60.0  # seconds
PAUSE = 0.02  # seconds between two looks


@dataclass(frozen=True)
class Scale:
    series: int
    digests: int
    workers: tuple[int, ...]  # of each production


FULL = Scale(series=20, digests=20, workers=(1, 2))
SMOKE = Scale(series=2, digests=3, workers=(2,))
HOURS = 24  # slots a day of each series
BOARD = "/admin/board/?week=1"
VISITS = 20


def main() -> None:
    scale = SMOKE if parser(__doc__).parse_args().smoke else FULL
    pages: list[float] = []
    files: list[float] = []
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        with server_in(Path(folder) / "planning") as server:
            planned = plan(server, scale.series)
        with server_in(Path(folder) / "board") as server:
            board = show_board(server, scale.series)
        for name, server in servers(Path(folder), scale.workers):
            page, file = publish_at_once(server, name, scale.digests)
            pages.append(page)
            files.append(file)
    figures = {
        "plan_480_slots_s": planned,
        "board_20_ms": board,
        "due20_to_page_p95_s": max(pages),
        "due20_to_file_p95_s": max(files),
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def plan(server: EmbeddedServer, series: int) -> float:
    """The seconds in which a day is planned for so many series."""
    took = ask(server, f"{PLAN}{series}", PATIENCE * 10)
    assert took["slots"] == took["drafts"] == series * HOURS, took
    print(f"slots planned          {took['slots']:6} {took['plan_s']:7.3f} s")
    print(f"with their drafts      {took['drafts']:6} {took['plan_s'] + took['drafts_s']:7.3f} s")
    return float(took["plan_s"])


def show_board(server: EmbeddedServer, series: int) -> float:
    """The median milliseconds in which the board shows a week of so many series."""
    made = ask(server, f"{WEEK}{series}", PATIENCE)
    reader = Reader(server.port)
    headers = {"Cookie": f"sessionid={made['session']}", "Accept-Encoding": "identity"}
    answers = [reader.ask(BOARD, headers) for _visit in range(VISITS)]
    reader.close()
    assert all(each.status == 200 and b"Series 0" in each.body for each in answers), answers[0]
    took = 1000 * statistics.median(each.seconds for each in answers)
    print(f"slots on the board     {made['slots']:6} {took:7.0f} ms")
    return took


def servers(folder: Path, productions: tuple[int, ...]) -> Iterator[tuple[str, EmbeddedServer]]:
    """The newsrooms to try, one after the other, each with what it is called."""
    with server_in(folder / "embedded") as server:
        yield "embedded", server
    try:
        the_postgresql()
    except Unavailable as error:
        report_missing("PostgreSQL", error)
        return
    for workers in productions:
        with production(folder / f"workers-{workers}", workers) as server:
            yield f"PostgreSQL, {workers} worker{'s' if workers > 1 else ''}", server


def publish_at_once(server: EmbeddedServer, name: str, digests: int) -> tuple[float, float]:
    """Wait for digests that are due in one second. The seconds from then until 95 % of them were on
    the home page, and until they were in their files."""
    made = ask(server, f"{AT_ONCE}{digests}", PATIENCE * 10)
    due, titles = made["due"], set(made["titles"])
    assert len(titles) == digests and due > time.time(), "approved too late"
    reader = Reader(server.port)
    on_page: dict[str, float] = {}
    in_file: dict[str, float] = {}
    while len(on_page) < digests or len(in_file) < digests:
        assert time.time() < due + PATIENCE, f"{name}: {titles - on_page.keys()} did not appear"
        body = reader.ask("/", {"Accept-Encoding": "identity"}).body.decode()
        late = time.time() - due
        on_page |= {title: late for title in titles - on_page.keys() if title in body}
        texts = "".join(file.read_text() for file in (server.folder / "export").glob("*.md"))
        late = time.time() - due
        in_file |= {title: late for title in titles - in_file.keys() if title in texts}
        time.sleep(PAUSE)
    reader.close()
    page, file = p95(on_page), p95(in_file)
    print(f"{digests} at once, {name:<22}  to page {page:6.3f} s, to file {file:6.3f} s")
    return page, file


def p95(times: dict[str, float]) -> float:
    return statistics.quantiles(times.values(), n=20, method="inclusive")[-1]


if __name__ == "__main__":
    main()
