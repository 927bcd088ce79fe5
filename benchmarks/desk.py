"""What a digest costs its editor: keys, clicks and page loads, counted in the real screens.

One user with both roles, sixty candidates of which eight are written: the eight are picked, placed
and put in order, the other 52 rejected in one act, and the digest is approved. The same once more
through the plain lists and forms, without a script. Seconds are what the server needed to answer.
"""

import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CANDIDATES, PICKED = 60, 8
ROWS = f"""
import json
from tests.factories import draft, person, story
from digests import editorial
by = person("Reviewer", username="REVIEWER")
items = [
    story(f"第{{n}}条候选新闻", status="inbox", by=by,
          body="一段写好的正文，其中**有加粗**的要点。" if n % 7 == 3 else "")
    for n in range({CANDIDATES - 1}, -1, -1)
]
written = [item for item in items if item.body][:{PICKED}]
for item in items:
    if item.body and item not in written:
        raise SystemExit("more are written than are picked")
digest = draft(by=by)
editorial.work_on(digest, by=by)
print(json.dumps({{"digest": digest.pk, "items": [item.pk for item in items],
                   "written": [item.pk for item in written]}}))
"""


@dataclass
class Meter:
    """Acts for the editor in a page, and counts: keys and clicks, plain moves apart."""

    page: Page
    interactions: int = 0
    moves: int = 0
    page_loads: int = 0
    server_seconds: float = 0.0
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("requestfinished", self.asked.append)

    def key(self, key: str) -> None:
        self.interactions += 1
        self.page.keyboard.press(key)

    def move(self, key: str) -> None:
        self.moves += 1
        self.page.keyboard.press(key)

    def click(self, target: Locator) -> None:
        self.interactions += 1
        target.click()

    def choose(self, target: Locator, option: str) -> None:
        self.interactions += 2  # opened, and chosen
        target.select_option(option)

    def settle(self) -> None:
        self.page.wait_for_load_state("networkidle")

    def count(self) -> None:
        """Add up what was asked of the server; files that a browser keeps are not counted."""
        for request in self.asked:
            if "/static/" in request.url:
                continue
            self.page_loads += request.is_navigation_request() and request.frame.parent_frame is None
            timing = request.timing
            self.server_seconds += max(timing["responseStart"] - timing["requestStart"], 0) / 1000
        # A form that is sent and leads on is one page to who waits for it.
        redirected = [request for request in self.asked if request.redirected_from]
        self.page_loads -= sum(request.is_navigation_request() for request in redirected)


def sign_in(page: Page, url: str, user: str) -> None:
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", "password")
    page.click("[type=submit]")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.embedded import EmbeddedServer
    from tests.services import find_chromium

    with (
        tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        meters = {}
        for name, work in (("desk", by_desk), ("plain", by_lists_and_forms)):
            with EmbeddedServer(Path(folder) / name, LOG_LEVEL="WARNING") as server:
                code = ROWS.replace("REVIEWER", name)
                rows = json.loads(server.manage("shell", "-v", "0", "-c", code))
                meters[name] = measured(browser, server.url, name, rows, work)
                told = server.manage("shell", "-v", "0", "-c", OUTCOME)
                assert json.loads(told) == {"status": "published", "stories": PICKED, "rest": 52}, told
        browser.close()
    report(meters["desk"], meters["plain"])
