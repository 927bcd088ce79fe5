"""Readers' pages in Chromium: accessible, at every width, without a breach of their CSP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests import prepared
from tests.desk_site import Editor
from tests.embedded import EmbeddedServer

CHINESE = "/global-ai/2026-11-20-0800/"
ENGLISH = "/tech-week/2026-11-20-0730/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    data = prepared.data_folder(tmp_path_factory.mktemp("site"))
    with EmbeddedServer(data) as server:
        for series, zone, language in (
            ("global-ai", "Asia/Shanghai", "zh-hans"),
            ("tech-week", "Europe/London", "en"),
        ):
            options = ["--series", series, "--time-zone", zone, "--language", language]
            server.manage("import_digests", f"samples/digests/{series}", *options)
        yield server


PAGES = [
    *("/", "/global-ai/", CHINESE, ENGLISH, "/archive/", "/2026/", "/2026/11/", "/2026/11/20/"),
    *("/categories/", "/sources/", "/corrections/", "/about/", "/feeds/", "/i/3/"),
    *("/categories/Models/", "/search/?q=词语&series=global-ai"),
    *("/search/", "/search/?q=模型&order=relevance", "/search/?q=词&from=2026-13-01", "/nothing/"),
]
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def quiet(browser: Browser, site: EmbeddedServer) -> Iterator[Callable[..., Page]]:
    """Opens pages in which nothing may complain but an answer that is no success."""
    troubles: list[str] = []

    def note_trouble(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            troubles.append(said.text)

    with ExitStack() as contexts:

        def opened(**options: Any) -> Page:
            page = contexts.enter_context(browser.new_context(**options)).new_page()
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", note_trouble)
            return page

        yield opened
    assert [said for said in troubles if "status of 404" not in said] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_pages(
    quiet: Callable[..., Page], site: EmbeddedServer, scheme: str
) -> None:
    page = quiet(color_scheme=scheme)
    for address in PAGES:
        page.goto(site.url + address)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_page_is_wider_than_the_screen(
    quiet: Callable[..., Page], site: EmbeddedServer, width: int
) -> None:
    """640 is what a window of 1280 has at 200 %."""
    page = quiet(viewport={"width": width, "height": 800})
    for address in PAGES:
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") == width, address


def test_letters_of_twice_the_size_fit(quiet: Callable[..., Page], site: EmbeddedServer) -> None:
    page = quiet(viewport={"width": 640, "height": 800})
    for address in PAGES:
        page.goto(site.url + address)
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert page.evaluate("document.documentElement.scrollWidth") == 640, address


def test_nothing_moves_while_a_page_is_read(
    quiet: Callable[..., Page], site: EmbeddedServer
) -> None:
    page = quiet(viewport={"width": 390, "height": 844}, has_touch=True)
    page.add_init_script(SHIFTS)
    reader = Editor(page, site.url)
    for address in PAGES:
        reader.open(address)
        reader.settle()
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        reader.settle()
        assert sum(page.evaluate("window.shifts")) == 0, address


def test_the_first_page_is_three_requests_and_little(
    quiet: Callable[..., Page], site: EmbeddedServer
) -> None:
    page = quiet()
    asked: list[str] = []
    sizes: list[int] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(site.url)
    page.wait_for_load_state("networkidle")
    asked = [url for url in asked if not url.endswith(".svg")]
    assert len(asked) <= 3
    assert all(url.startswith(site.url) for url in asked)
    assert sum(sizes) < 30_000


def test_stories_are_read_and_found_by_keyboard_alone(
    quiet: Callable[..., Page], site: EmbeddedServer
) -> None:
    page = quiet()
    page.goto(site.url + CHINESE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("j")
    ids = page.locator(".items > li").evaluate_all("rows => rows.map(row => row.id)")
    assert page.evaluate("document.activeElement.id") == ids[1]
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == ids[0]
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.keyboard.type("模型/j")
    assert page.locator("[name=q]").input_value() == "模型/j"
    page.locator("[name=q]").fill("模型")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    assert page.locator("mark").first.inner_text() == "模型"


def test_the_link_of_a_story_is_copied(browser: Browser, site: EmbeddedServer) -> None:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(site.url + CHINESE)
        story = page.locator(".items > li").nth(2)
        story.hover()
        story.get_by_role("button", name="复制链接").click()
        story.get_by_text("已复制").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{site.url}{CHINESE}#{story.get_attribute('id')}"


def test_the_address_of_a_feed_is_copied(browser: Browser, site: EmbeddedServer) -> None:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{site.url}/feeds/")
        feed = page.locator(".feed").filter(has_text="global-ai").locator("li").nth(1)
        button = feed.get_by_role("button", name="Copy link")
        box = button.bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
        button.click()
        feed.get_by_text("Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{site.url}/global-ai/feed.rss"


def test_what_is_new_since_the_last_look_is_marked(
    quiet: Callable[..., Page], site: EmbeddedServer
) -> None:
    page = quiet()
    page.goto(f"{site.url}/global-ai/")
    assert page.locator(".is-new").count() == 0
    key = page.evaluate("Object.keys(localStorage)[0]")
    page.evaluate("key => localStorage.setItem(key, '1')", key)
    page.reload()
    assert page.locator(".is-new").count() == page.locator(".teaser").count() > 1
    page.reload()
    assert page.locator(".is-new").count() == 0


def test_without_a_script_all_is_there(quiet: Callable[..., Page], site: EmbeddedServer) -> None:
    page = quiet(java_script_enabled=False)
    page.goto(f"{site.url}/search/")
    page.locator("[name=q]").fill("模型")
    page.get_by_role("search").get_by_role("button").click()
    page.locator(".found a").first.click()
    assert "#i-" in page.url
    assert page.locator(".copy").count() == 0
    assert page.locator(".items > li").count() > 3


def test_paper_has_the_text_and_the_addresses_alone(
    quiet: Callable[..., Page], site: EmbeddedServer
) -> None:
    page = quiet()
    page.goto(site.url + CHINESE)
    page.emulate_media(media="print")
    for gone in (".masthead nav", ".colophon", ".neighbours", ".copy", ".skip"):
        assert not page.locator(gone).first.is_visible(), gone
    link = page.locator(".headline a").first
    shown = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert "http" in shown
    assert page.pdf().startswith(b"%PDF")


def test_a_reader_goes_from_home_to_a_digest_and_on(page: Page, site: EmbeddedServer) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(site.url)
    page.get_by_role("link", name="2026.11.20.08").click()
    assert page.url == site.url + CHINESE
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    page.locator(".neighbours a").first.click()
    assert page.url == f"{site.url}/global-ai/2026-11-20-0400/"
    number = page.locator(".number").nth(2)
    number.click()
    item = page.locator("li:target")
    assert item.get_attribute("id") == (number.get_attribute("href") or "")[1:]
    assert [answer.url for answer in answers if answer.status >= 400] == []


def test_emphasis_in_chinese_is_set_as_dots(page: Page, site: EmbeddedServer) -> None:
    page.goto(site.url + CHINESE)
    style = page.evaluate(
        """() => {
            const em = document.createElement("em");
            document.querySelector(".body").append(em);
            const { fontStyle, textEmphasisStyle } = getComputedStyle(em);
            return [fontStyle, textEmphasisStyle];
        }"""
    )
    assert style == ["normal", "dot"]


def test_the_docs_of_the_api_work_under_the_policy(page: Page, site: EmbeddedServer) -> None:
    page.goto(f"{site.url}/api/v1/docs")
    page.get_by_text("List digests").wait_for()
