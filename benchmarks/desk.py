"""What a digest costs its editor: keys, clicks and page loads, counted in the real screens.

One user with both roles has sixty candidates, of which eight are written. The eight are picked,
placed and put in order, the other 52 are rejected, and the digest is approved: once at the desk,
once through the plain lists and forms, without a script. Seconds are what the server needed until
it answered. Then what one move costs the server, beside a bare view behind the same middleware, and
last the processor's time for the question of open pages whether anything has changed.
"""

import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support.addresses import BARE, CANDIDATES, LONG_DIGEST, OUTCOME
from benchmarks.support.command import parser
from benchmarks.support.editing import Meter, Way, by_desk, by_lists_and_forms, in_order
from benchmarks.support.servers import ask, report_missing, running, server_in
from tests.embedded import EmbeddedServer
from tests.services import Unavailable, launch_chromium

SEEN = re.compile(r'data-seen="([^"]+)"')
OPEN_PAGES = 50
ASKED_EVERY = 4  # seconds, by live.js
VERSION = re.compile(r'data-region="digest" data-version="(\d+)"')


@dataclass(frozen=True)
class Scale:
    candidates: int
    picked: int
    stories: int  # of the digest in which they are moved
    moves: int
    warm_up: int
    polls: int


FULL = Scale(candidates=60, picked=8, stories=30, moves=200, warm_up=20, polls=1_000)
SMOKE = Scale(candidates=6, picked=3, stories=3, moves=3, warm_up=1, polls=20)


@contextmanager
def signed_in(browser: Browser, url: str, username: str, *, script: bool = True) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=script, locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{url}/admin/login/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", "password")
        page.click("[type=submit]")
        page.wait_for_url(f"{url}/admin/")
        yield page


def measured(
    server: EmbeddedServer, browser: Browser, scale: Scale, way: Way, *, script: bool
) -> Meter:
    """Goes one way from the candidates to the published digest."""
    made = ask(server, f"{CANDIDATES}{scale.candidates}/{scale.picked}")
    picked = made["written"]
    assert len(picked) == scale.picked
    with signed_in(browser, server.url, made["editor"], script=script) as page:
        meter = Meter(page)
        way(meter, server.url, scale.candidates, picked)
        page.wait_for_load_state("networkidle")
    result = ask(server, OUTCOME)
    assert result == {
        "status": "published",
        "stories": in_order(picked),
        "rejected": scale.candidates - scale.picked,
    }, result
    return meter


def moves_and_bare(server: EmbeddedServer, browser: Browser, scale: Scale) -> dict[str, float]:
    """Milliseconds of a move in a long digest and of a view that does nothing, in turn."""
    made = ask(server, f"{LONG_DIGEST}{scale.stories}")
    with signed_in(browser, server.url, made["editor"]) as page:
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    act = partial(post, HTTPConnection("127.0.0.1", server.port), cookies)
    version, items = made["version"], made["items"]
    moves, bare = [], []
    for number in range(scale.warm_up + scale.moves):
        fields = {
            "do": "place",
            "version": version,
            "item": items[7 * number % scale.stories],
            "position": 11 * number % scale.stories + 1,
        }
        seconds, answer = act(f"/admin/digests/digest/{made['digest']}/compose/", fields)
        assert "data-refused" not in answer, answer
        version = VERSION.findall(answer)[0]
        moves.append(1000 * seconds)
        bare.append(1000 * act(BARE, fields)[0])
    return {
        f"{name}_{point}_ms": value
        for name, times in (("move", moves[scale.warm_up :]), ("bare", bare[scale.warm_up :]))
        for point, value in (
            ("p50", statistics.median(times)),
            ("p95", statistics.quantiles(times, n=20)[-1]),
        )
    }


def polls(server: EmbeddedServer, browser: Browser, scale: Scale) -> dict[str, float]:
    """Milliseconds of the processor for one question of an inbox and of Compose, each whether it is
    outdated."""
    made = ask(server, f"{LONG_DIGEST}{scale.stories}")
    with signed_in(browser, server.url, made["editor"]) as page:
        headers = {"X-Heartbeat": "1", "Cookie": cookie_header(page)}
    connection = HTTPConnection("127.0.0.1", server.port)

    def fetch(address: str) -> str:
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, text
        return text

    costs = {}
    compose = f"/admin/digests/digest/{made['digest']}/compose/"
    for name, address in (("inbox", "/admin/inbox/"), ("compose", compose)):
        seen = SEEN.findall(fetch(address))[0]
        before = processor_seconds(server)
        for _number in range(scale.polls):
            assert json.loads(fetch(f"/api/desk/changes/?seen={seen}")) == {"changed": False}
        spent = processor_seconds(server) - before
        costs[f"poll_{name}_cpu_ms"] = 1000 * spent / scale.polls
    return costs


def cookie_header(page: Page) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())


def processor_seconds(server: EmbeddedServer) -> float:
    """What a server has had of the processor: its process and the child that serves."""
    assert server.process is not None
    parent = Path(f"/proc/{server.process.pid}")
    children = (parent / f"task/{server.process.pid}/children").read_text().split()
    spent = 0
    for folder in (parent, *(Path(f"/proc/{child}") for child in children)):
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def post(
    connection: HTTPConnection, cookies: dict[str, str], address: str, fields: dict[str, object]
) -> tuple[float, str]:
    """Post a form as the desk's script does: seconds until the answer has come, and the answer."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Fragment": "1",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }
    body = urlencode(fields)
    start = time.perf_counter()
    connection.request("POST", address, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    seconds = time.perf_counter() - start
    assert answer.status == 200, text
    return seconds, text


def main() -> None:
    scale = SMOKE if parser(__doc__).parse_args().smoke else FULL
    with (
        tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder,
        sync_playwright() as playwright,
    ):
        try:
            browser = launch_chromium(playwright)
        except Unavailable as error:
            return report_missing("Chromium", error)
        server, other = (server_in(Path(folder) / name) for name in ("desk", "plain"))
        with running(server, other):
            desk = measured(server, browser, scale, by_desk, script=True)
            times = moves_and_bare(server, browser, scale) | polls(server, browser, scale)
            plain = measured(other, browser, scale, by_lists_and_forms, script=False)
        browser.close()
    report(scale, desk, plain, times)


def report(scale: Scale, desk: Meter, plain: Meter, times: dict[str, float]) -> None:
    way = f"From {scale.candidates} candidates to a published digest of {scale.picked}"
    print(f"{way:47}    desk   plain")
    for name, what in (
        ("interactions", "keys and clicks"),
        ("moves", "moves from row to row"),
        ("page_loads", "page loads"),
        ("server_s", "seconds of the server"),
    ):
        costs = [getattr(meter, name) for meter in (desk, plain)]
        print(f"{what:47}" + "".join(f"{round(cost, 2):8}" for cost in costs))
    print(f"{scale.moves} moves in a digest of {scale.stories}, milliseconds          p50     p95")
    for name, what in (("bare", "bare view"), ("move", "move")):
        p50, p95 = times[f"{name}_p50_ms"], times[f"{name}_p95_ms"]
        print(f"{what:47}{p50:8.1f}{p95:8.1f}")
    print(f"{'a question whether anything has changed':47}  CPU ms  of a core for 50 pages")
    for name, what in (("inbox", "inbox"), ("compose", "compose")):
        cost = times[f"poll_{name}_cpu_ms"]
        share = OPEN_PAGES / ASKED_EVERY * cost / 1000
        print(f"{what:47}{cost:8.2f}{share:24.1%}")
    print(
        json.dumps(
            {
                "interactions": desk.interactions,
                "moves": desk.moves,
                "page_loads": desk.page_loads,
                "plain_interactions": plain.interactions,
                "plain_page_loads": plain.page_loads,
                "server_s": round(desk.server_s, 2),
                "plain_server_s": round(plain.server_s, 2),
                "move_p95_ms": round(times["move_p95_ms"], 1),
                "bare_p95_ms": round(times["bare_p95_ms"], 1),
                "poll_inbox_cpu_ms": round(times["poll_inbox_cpu_ms"], 2),
                "poll_compose_cpu_ms": round(times["poll_compose_cpu_ms"], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
