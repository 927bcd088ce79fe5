"""What a digest costs its editor: keys, clicks and page loads, counted in the real screens.

One user with both roles has sixty candidates, of which eight are written. The eight are picked,
placed and put in order, the other 52 are rejected, and the digest is approved: once at the desk,
once through the plain lists and forms, without a script. Seconds are what the server needed until
it answered. Last, what one move costs the server, beside a bare view behind the same middleware.
"""

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support.addresses import BARE, CANDIDATES, LONG_DIGEST, OUTCOME
from benchmarks.support.command import parser
from benchmarks.support.servers import ask, report_missing, server_in
from tests.embedded import EmbeddedServer
from tests.services import Unavailable, launch_chromium

ON_A_PAGE = 50  # of the plain list


@dataclass(frozen=True)
class Scale:
    candidates: int
    picked: int
    stories: int  # of the digest in which they are moved
    moves: int
    warm_up: int


FULL = Scale(candidates=60, picked=8, stories=30, moves=200, warm_up=20)
SMOKE = Scale(candidates=6, picked=3, stories=3, moves=3, warm_up=1)


@dataclass
class Meter:
    """Acts in a page as its editor does, and counts what that costs."""

    page: Page
    interactions: int = 0  # keys and clicks
    moves: int = 0  # keys that only lead to another row
    page_loads: int = 0
    server_s: float = 0.0

    def __post_init__(self) -> None:
        self.page.on("requestfinished", self.count)

    def count(self, request: Request) -> None:
        """Files that a browser keeps are not counted; a form that leads on is one page."""
        if "/static/" in request.url:
            return
        timing = request.timing
        self.server_s += max(timing["responseStart"] - timing["requestStart"], 0) / 1000
        is_page = request.is_navigation_request() and request.frame == self.page.main_frame
        self.page_loads += is_page and request.redirected_from is None

    def press(self, key: str) -> None:
        self.interactions += 1
        self.page.keyboard.press(key)

    def move(self, key: str) -> None:
        self.moves += 1
        self.page.keyboard.press(key)

    def click(self, target: Locator) -> None:
        self.interactions += 1
        target.click()

    @contextmanager
    def leading_on(self) -> Iterator[None]:
        """Waits for the page that the act within leads to."""
        with self.page.expect_navigation():
            yield

    def follow(self, target: Locator) -> None:
        with self.leading_on():
            self.click(target)

    def button(self, name: str) -> None:
        self.follow(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str | re.Pattern[str]) -> None:
        self.follow(self.page.get_by_role("link", name=name))


type Way = Callable[[Meter, str, int, list[str]], None]


def in_order(picked: list[str]) -> list[str]:
    """The order that the digest is to have: the first three change ends."""
    return [*reversed(picked[:3]), *picked[3:]]


def by_desk(meter: Meter, url: str, candidates: int, picked: list[str]) -> None:
    page = meter.page
    page.goto(f"{url}/admin/inbox/")
    for left in range(candidates - 1, candidates - len(picked) - 1, -1):
        while not page.locator(".candidate:focus .written").count():
            meter.move("j")
            assert meter.moves < candidates, "The written ones are not found."
        meter.press("d")
        expect(page.locator("[data-total]")).to_have_attribute("data-total", str(left))
    meter.press("Shift+*")
    expect(page.locator("[data-selected]")).to_contain_text(str(candidates - len(picked)))
    meter.press("x")
    meter.press("2")
    expect(page.locator(".candidate")).to_have_count(0)

    meter.link("下一期")
    headlines = page.locator(".placements .headline")
    expect(headlines).to_have_text(picked)
    first, second, third = picked[:3]
    meter.click(handle(page, first))
    meter.press("Alt+ArrowDown")
    meter.press("Alt+ArrowDown")
    expect(headlines).to_have_text([second, third, first, *picked[3:]])
    meter.click(handle(page, second))
    meter.press("Alt+ArrowDown")
    expect(headlines).to_have_text(in_order(picked))
    meter.click(page.locator("#approve-all"))
    expect(page.locator("#submit")).to_be_focused()
    meter.press("Enter")
    expect(page.locator("#read-and-approve")).to_be_focused()
    with meter.leading_on():
        meter.press("Enter")
    meter.button("Approve exactly this")


def handle(page: Page, headline: str) -> Locator:
    return page.get_by_role("button", name=f"Move {headline}", exact=True)


def by_lists_and_forms(meter: Meter, url: str, candidates: int, picked: list[str]) -> None:
    page = meter.page
    page.goto(f"{url}/admin/digests/item/")
    for number in range(candidates):
        if number >= ON_A_PAGE:
            meter.button("2")
        row = page.locator("#result_list tbody th a").nth(number % ON_A_PAGE)
        headline = row.inner_text()
        meter.follow(row)
        if headline in picked:
            meter.button("Shortlist")
            meter.button("Approve")
        else:
            meter.link("Reject…")
            meter.click(page.get_by_role("radio").nth(1))
            meter.button("Reject")
        meter.follow(page.locator(".breadcrumbs").get_by_role("link", name="Items"))

    meter.follow(page.locator(".desk-nav").get_by_role("link", name="Digests"))
    meter.follow(page.locator("#result_list").get_by_role("link", name="下一期"))
    meter.link(re.compile(r"^Compose"))
    for headline in in_order(picked):  # added in the order they are to have
        meter.button(f"Add {headline}")
    meter.button("Submit for approval")
    meter.link("Read and approve…")
    meter.button("Approve exactly this")


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
        given = {
            "version": version,
            "item": items[7 * number % scale.stories],
            "position": 11 * number % scale.stories + 1,
        }
        seconds, answer = act(f"/api/desk/digests/{made['digest']}/place/", given)
        version = answer["version"]
        moves.append(1000 * seconds)
        bare.append(1000 * act(BARE, given)[0])
    return {
        f"{name}_{point}_ms": value
        for name, times in (("move", moves[scale.warm_up :]), ("bare", bare[scale.warm_up :]))
        for point, value in (
            ("p50", statistics.median(times)),
            ("p95", statistics.quantiles(times, n=20)[-1]),
        )
    }


def post(
    connection: HTTPConnection, cookies: dict[str, str], address: str, given: dict[str, int]
) -> tuple[float, dict[str, int]]:
    """Seconds until the answer has come, and the answer."""
    headers = {
        "Content-Type": "application/json",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }
    body = json.dumps(given)
    start = time.perf_counter()
    connection.request("POST", address, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    seconds = time.perf_counter() - start
    assert answer.status == 200, said
    return seconds, json.loads(said)


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
        with server_in(Path(folder) / "desk") as server:
            desk = measured(server, browser, scale, by_desk, script=True)
            times = moves_and_bare(server, browser, scale)
        with server_in(Path(folder) / "plain") as server:
            plain = measured(server, browser, scale, by_lists_and_forms, script=False)
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
            }
        )
    )


if __name__ == "__main__":
    main()
