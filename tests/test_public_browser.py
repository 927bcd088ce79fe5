"""Readers' pages in Chromium: for every eye, on every width, without a breach of their policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.embedded import EmbeddedServer

CHINESE = "/global-ai/2026-11-20-0800/"
ENGLISH = "/tech-week/2026-11-20-0730/"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with EmbeddedServer(tmp_path_factory.mktemp("site") / "data") as server:
        for series, zone, language in (
            ("global-ai", "Asia/Shanghai", "zh-hans"),
            ("tech-week", "Europe/London", "en"),
        ):
            options = ["--series", series, "--time-zone", zone, "--language", language]
            server.manage("import_digests", f"samples/digests/{series}", *options)
        yield server


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_pages(browser: Browser, site: EmbeddedServer, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for address in ("/", "/tech-week/", CHINESE, ENGLISH, "/nothing/"):
        page.goto(site.url + address)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen(page: Page, site: EmbeddedServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/", CHINESE, ENGLISH, "/nothing/"):
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_reader_goes_from_home_to_a_digest_and_on(page: Page, site: EmbeddedServer) -> None:
    wrong: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and wrong.append(answer.url))
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
    assert wrong == []


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
    page.get_by_text("List public digests").wait_for()
