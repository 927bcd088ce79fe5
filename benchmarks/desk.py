"""What a digest costs its editor: keys, clicks and page loads, counted in the real screens.

One user with both roles has sixty candidates, of which eight are written. The eight are picked,
placed and put in order, the other 52 are rejected, and the digest is approved: once at the desk,
once through the plain lists and forms, without a script. Seconds are what the server needed until
it answered. Last, what one move costs the server, beside a bare view behind the same middleware.
"""

import json
import os
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

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BARE = "/bare"
CANDIDATES, PICKED = 60, 8
ON_A_PAGE = 50  # of the plain list
STORIES, MOVES = 30, 200
WARM_UP = 20
# The environment's own settings are somebody's newsroom.
OWN = {"DEBUG": "", "EXPORT_ROOT": "", "SITE_URL": "", "LOG_LEVEL": "WARNING"}

MAKE_CANDIDATES = f"""
import json
from django.utils import timezone
from digests import editorial
from tests.factories import draft, person, story
by = person("Reviewer", username="noor")
written = [7 * n + 3 for n in range({PICKED})]
stories = [
    story(f"第{{n}}条候选新闻", status="inbox", by=by,
          body="一段写好的正文，其中有**加粗**的要点。" if n in written else "")
    for n in reversed(range({CANDIDATES}))
]
digest = draft(by=by, title="下一期", date=timezone.now().replace(microsecond=0))
editorial.work_on(digest, by=by)
print(json.dumps([item.headline for item in reversed(stories) if item.body]))
"""
TELL = """
import json
from digests.models import Digest, Item
digest = Digest.objects.get()
print(json.dumps({
    "status": digest.status,
    "stories": [placement.item.headline for placement in digest.placements.in_order()],
    "rejected": Item.objects.filter(status="rejected").count(),
}))
"""
MAKE_LONG_DIGEST = f"""
import json
from tests.factories import draft, person, story
by = person("Reviewer", username="noor")
items = [story(by=by) for _ in range({STORIES})]
digest = draft(*items, by=by)
print(json.dumps({{
    "digest": digest.pk, "version": digest.version, "items": [item.pk for item in items],
}}))
"""


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


type Way = Callable[[Meter, str, list[str]], None]


def in_order(picked: list[str]) -> list[str]:
    """The order that the digest is to have: the first three change ends."""
    return [*reversed(picked[:3]), *picked[3:]]


def by_desk(meter: Meter, url: str, picked: list[str]) -> None:
    page = meter.page
    page.goto(f"{url}/admin/inbox/")
    for number in range(1, PICKED + 1):
        while not page.locator(".candidate:focus .written").count():
            meter.move("j")
            assert meter.moves < CANDIDATES, "The written ones are not found."
        meter.press("d")
        total = str(CANDIDATES - number)
        expect(page.locator("[data-total]")).to_have_attribute("data-total", total)
    meter.press("Shift+*")
    expect(page.locator("[data-selected]")).to_contain_text(str(CANDIDATES - PICKED))
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


def by_lists_and_forms(meter: Meter, url: str, picked: list[str]) -> None:
    page = meter.page
    page.goto(f"{url}/admin/digests/item/")
    for number in range(CANDIDATES):
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


def measured(browser: Browser, folder: Path, way: Way, *, script: bool) -> Meter:
    """Goes one way from the candidates to the published digest, on a server of its own."""
    from tests.desk_site import DeskSite
    from tests.embedded import EmbeddedServer

    with EmbeddedServer(folder, **OWN) as server:
        site = DeskSite(server, browser, MAKE_CANDIDATES)
        picked = site.rows
        assert len(picked) == PICKED
        with site.editor("noor", script=script) as editor:
            meter = Meter(editor.page)
            way(meter, server.url, picked)
            editor.page.wait_for_load_state("networkidle")
        told = json.loads(server.manage("shell", "-v", "0", "-c", TELL))
    assert told == {
        "status": "published",
        "stories": in_order(picked),
        "rejected": CANDIDATES - PICKED,
    }, told
    return meter


def moves_and_bare(browser: Browser, folder: Path) -> dict[str, float]:
    """Milliseconds of a move in a long digest and of a view that does nothing, in turn."""
    from tests.desk_site import DeskSite
    from tests.embedded import EmbeddedServer

    with EmbeddedServer(folder, program=__file__, **OWN) as server:
        site = DeskSite(server, browser, MAKE_LONG_DIGEST)
        with site.editor("noor") as editor:
            cookies = {each["name"]: each["value"] for each in editor.page.context.cookies()}
        ask = partial(post, HTTPConnection("127.0.0.1", server.port), cookies)
        digest, version, items = site.rows["digest"], site.rows["version"], site.rows["items"]
        moves, bare = [], []
        for number in range(WARM_UP + MOVES):
            given = {
                "version": version,
                "item": items[7 * number % STORIES],
                "position": 11 * number % STORIES + 1,
            }
            seconds, answer = ask(f"/api/desk/digests/{digest}/place/", given)
            version = answer["version"]
            moves.append(1000 * seconds)
            bare.append(1000 * ask(BARE, given)[0])
    return {
        f"{name}_{point}_ms": value
        for name, times in (("move", moves[WARM_UP:]), ("bare", bare[WARM_UP:]))
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
    sys.path.insert(0, str(ROOT))
    from tests.services import find_chromium

    with (
        tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as name,
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        desk = measured(browser, folder / "desk", by_desk, script=True)
        plain = measured(browser, folder / "plain", by_lists_and_forms, script=False)
        times = moves_and_bare(browser, folder / "moves")
        browser.close()
    report(desk, plain, times)


def report(desk: Meter, plain: Meter, times: dict[str, float]) -> None:
    print(f"From {CANDIDATES} candidates to a published digest of {PICKED}     desk   plain")
    for name, what in (
        ("interactions", "keys and clicks"),
        ("moves", "moves from row to row"),
        ("page_loads", "page loads"),
        ("server_s", "seconds of the server"),
    ):
        costs = [getattr(meter, name) for meter in (desk, plain)]
        print(f"{what:47}" + "".join(f"{round(cost, 2):8}" for cost in costs))
    print(f"{MOVES} moves in a digest of {STORIES}, milliseconds          p50     p95")
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


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


def serve() -> None:
    """`manage.py up` with the bare view added."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    settings.ROOT_URLCONF = "benchmarks.desk"
    execute_from_command_line(["manage.py", "up"])


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["up"] else main()
else:
    urlpatterns = [path(BARE[1:], bare), path("", include("newsroom.urls"))]
