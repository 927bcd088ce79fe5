"""The two ways of an editor through the real screens, from candidates to a published digest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Request, expect

ON_A_PAGE = 50  # of the plain list


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

    def link(self, name: str) -> None:
        self.follow(self.page.get_by_role("link", name=name, exact=True))


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

    meter.follow(page.locator("#current-digest"))
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
    meter.button("Approve this version")


def handle(page: Page, headline: str) -> Locator:
    return page.get_by_role("button", name=f"Move {headline}", exact=True)


def by_lists_and_forms(meter: Meter, url: str, candidates: int, picked: list[str]) -> None:
    page = meter.page
    page.goto(f"{url}/admin/digests/item/")
    for number in range(candidates):
        if number >= ON_A_PAGE:
            meter.link("Next page")
        row = page.locator("#result_list tbody th a").nth(number % ON_A_PAGE)
        headline = row.inner_text()
        meter.follow(row)
        if headline in picked:
            meter.follow(page.locator("[data-approve]"))
        else:
            meter.link("Reject…")
            meter.click(page.get_by_role("radio").nth(1))
            meter.button("Reject")
        meter.follow(page.locator(".breadcrumbs").get_by_role("link", name="Today"))
        meter.link("Stories")

    meter.follow(page.locator(".desk-nav").get_by_role("link", name="Digests"))
    meter.follow(page.locator("#result_list").get_by_role("link", name="下一期"))
    for headline in in_order(picked):  # added in the order they are to have
        meter.button(f"Add {headline}")
    meter.button("Submit for review")
    meter.link("Read and approve…")
    meter.button("Approve this version")
