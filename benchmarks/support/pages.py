"""Readers' pages of the samples, and what stands beside them: a bare view that answers with the
digest page's own bytes in the same process, behind the same middleware and addresses; a reader who
has the page already; nginx. Also what a browser fetches for a first page.
"""

import gzip
import json
import statistics
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from benchmarks.support import nginx
from benchmarks.support.addresses import BARE_PAGE, IMPORT_SAMPLES
from benchmarks.support.client import Answer, Reader, Speed, median, together
from benchmarks.support.servers import ask, server_in

PAGE = "/global-ai/2026-11-20-0800/"
READERS = 4  # as many as the server has threads


@dataclass(frozen=True)
class Scale:
    rounds: int
    seconds: float  # of each address in each round


FULL, SMOKE = Scale(rounds=9, seconds=0.6), Scale(rounds=1, seconds=0.05)

type Asked = tuple[int, str, dict[str, str]]  # port, address, headers


def measure(folder: Path, scale: Scale) -> dict[str, float]:
    with server_in(folder / "data") as server:
        assert ask(server, IMPORT_SAMPLES)["digests"]
        page = Reader(server.port).ask(PAGE)
        (folder / "data/page").write_bytes(page.body)
        (folder / "data/page.json").write_text(json.dumps(page.headers))
        check_same_answer(page, Reader(server.port).ask(BARE_PAGE))
        with nginx.serving(folder / "nginx", page.body) as files:
            of_nginx: dict[str, Asked] = {"nginx": (files, f"/{nginx.FILE}", {})} if files else {}
            asked = of_nginx | {
                "bare view": (server.port, BARE_PAGE, {}),
                "digest page": (server.port, PAGE, {}),
                "digest, unchanged": (server.port, PAGE, {"If-None-Match": page.headers["Etag"]}),
                "home": (server.port, "/", {}),
                "feed": (server.port, "/feed.atom", {}),
                "archive": (server.port, "/archive/", {}),
            }
            rounds = in_turn(asked, scale)
        size, requests = first_page(server.port)
    print(f"A digest page of {len(gzip.decompress(page.body)):,} bytes, {len(page.body):,} of them")
    print(f"compressed, to {READERS} readers            per s   p50 ms   p99 ms")
    for name, speed in ((name, median(speeds)) for name, speeds in rounds.items()):
        print(f"{name:32}{speed.per_s:9.0f}{speed.p50:9.2f}{speed.p99:9.2f}")
    print(f"A first page takes {size / 1000:.1f} kB in {requests} requests.\n")
    return {
        "digest_vs_bare": beside_bare(rounds, "digest page"),
        "not_modified_vs_bare": beside_bare(rounds, "digest, unchanged"),
        "first_page_kb": round(size / 1000, 1),
        "first_page_requests": requests,
    }


def check_same_answer(page: Answer, bare: Answer) -> None:
    assert page.status == bare.status == 200
    assert page.body == bare.body
    unlike = dict(page.headers.items() ^ bare.headers.items())
    assert unlike.keys() <= {"Date"}, unlike


def beside_bare(rounds: dict[str, list[Speed]], name: str) -> float:
    """The median of each round's own ratio: within a minute the machine's other work changes."""
    pairs = zip(rounds[name], rounds["bare view"], strict=True)
    return round(statistics.median(own.per_s / bare.per_s for own, bare in pairs), 3)


def in_turn(asked: dict[str, Asked], scale: Scale) -> dict[str, list[Speed]]:
    rounds: dict[str, list[Speed]] = {name: [] for name in asked}
    for number in range(scale.rounds + 1):
        for name, (port, address, headers) in asked.items():
            speed = together(READERS, scale.seconds, port, address, headers)
            if number:  # The first round is for warming up.
                rounds[name].append(speed)
    return rounds


class Needs(HTMLParser):
    """What a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_style = tag == "link" and given.get("rel") in ("stylesheet", "modulepreload", "preload")
        found = given.get("href") if is_style else given.get("src")
        if found:
            self.addresses.add(found)


def first_page(port: int) -> tuple[int, int]:
    """Bytes and requests of the front page and all it needs, in an empty browser."""
    home = Reader(port).ask("/")
    needs = Needs()
    needs.feed(gzip.decompress(home.body).decode())
    answers = [home, *(Reader(port).ask(address) for address in sorted(needs.addresses))]
    assert all(answer.status == 200 for answer in answers), needs.addresses
    return sum(answer.size for answer in answers), len(answers)
