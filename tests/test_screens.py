"""Every screen in Chromium: no breach of the policy, no error, no overflow, all in reach."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.embedded import ROOT, EmbeddedServer

ROWS = """
import json
from digests import editorial
from digests.roles import REVIEWER
from tests.factories import draft, in_review, person, published, story
chief = person("Administrator", username="chief", is_superuser=True)
item = story("推理模型为什么会变笨", status="draft")
digest = draft(story(), item)
digest = editorial.add_section(digest, "研究", by=chief, version=digest.version)
review, live = in_review(story()), published(story())
gone = published(story())
editorial.withdraw(gone, by=chief, version=gone.version, note="来源撤稿。")
print(json.dumps({
    "item": item.pk, "digest": digest.pk, "review": review.pk, "live": live.pk,
    "section": digest.sections.get().pk, "gone": gone.slug, "user": chief.pk,
}))
"""
SCREENS = [
    "/admin/login/",
    "/admin/",
    "/admin/settings/",
    "/admin/password_change/",
    "/admin/inbox/",
    "/admin/inbox/?state=all&view=cards",
    "/admin/paste/",
    "/admin/current/",
    "/admin/digests/item/",
    "/admin/digests/item/add/",
    "/admin/digests/item/{item}/change/",
    "/admin/digests/item/{item}/write/",
    "/admin/digests/item/{item}/history/",
    "/admin/digests/item/{item}/step/reject/",
    "/admin/digests/digest/",
    "/admin/digests/digest/add/",
    "/admin/digests/digest/{digest}/change/",
    "/admin/digests/digest/{digest}/compose/",
    "/admin/digests/digest/{digest}/compose/findings/",
    "/admin/digests/digest/{review}/compose/",
    "/admin/digests/digest/{digest}/sections/add/",
    "/admin/digests/digest/{digest}/sections/{section}/",
    "/admin/digests/digest/{digest}/step/submit/",
    "/admin/digests/digest/{digest}/reader/",
    "/admin/digests/digest/{review}/approve/",
    "/admin/digests/digest/{review}/step/send_back/",
    "/admin/digests/digest/{live}/change/",
    "/admin/digests/digest/{live}/approve/",
    "/admin/digests/digest/{live}/history/",
    "/admin/digests/series/",
    "/admin/digests/series/add/",
    "/admin/digests/source/",
    "/admin/digests/category/",
    "/admin/digests/delivery/",
    "/admin/digests/user/",
    "/admin/digests/user/add/",
    "/admin/digests/user/{user}/change/",
    "/",
    "/global-ai/",
    "/global-ai/2026-11-20-0800/",
    "/global-ai/{gone}/",
    "/tech-week/2026-11-20-0730/",
    "/api/v1/docs",
]
# Parts of Django's own admin that its tickets must name better: the completing selects, and the
# search field of a list.
STOCK = [[".select2"], ["#searchbar"]]
# What answers other than 200, on purpose.
GONE = "/global-ai/{gone}/"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


class Site:
    def __init__(self, server: EmbeddedServer, rows: dict[str, object]) -> None:
        self.server = server
        self.rows = rows


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with EmbeddedServer(tmp_path_factory.mktemp("screens") / "data") as server:
        rows = json.loads(server.manage("shell", "-v", "0", "-c", ROWS))
        samples = str(ROOT / "samples/digests/tech-week")
        server.manage("import_digests", samples, "--series=tech-week", "--time-zone=Europe/London")
        yield Site(server, rows)


def sign_in(context: BrowserContext, site: Site, language: str) -> Page:
    page = context.new_page()
    page.goto(f"{site.server.url}/admin/login/")
    page.fill("[name=username]", "chief")
    page.fill("[name=password]", "password")
    page.click("[type=submit]")
    page.goto(f"{site.server.url}/admin/settings/")
    page.select_option("[name=language]", language)
    page.locator("form [type=submit], form button.step").last.click()
    return page


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(DESKTOP, "light", "en"), (PHONE, "dark", "zh-hans")],
    ids=["desktop-light-en", "phone-dark-zh"],
)
def test_every_screen_is_free_of_errors_and_fits(
    site: Site, browser: Browser, size: ViewportSize, scheme: str, language: str
) -> None:
    troubles: list[str] = []
    with browser.new_context(viewport=size, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = sign_in(context, site, language)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and "status of 410" not in message.text
                and troubles.append(f"{page.url}: {message.text}")
            ),
        )
        for screen in SCREENS:
            answer = page.goto(site.server.url + screen.format(**site.rows))
            assert answer
            assert answer.status == (410 if screen == GONE else 200), screen
            page.wait_for_load_state("networkidle")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                troubles.append(f"{screen}: {width} px wide")
            if "/admin/" in screen and screen != "/admin/login/":
                spoken = page.evaluate("document.documentElement.lang")
                assert spoken.lower() == {"en": "en-us", "zh-hans": "zh-hans"}.get(
                    language
                ) or spoken.lower().startswith(language), screen
    assert not troubles


def test_axe_finds_nothing_serious_on_our_own_screens(site: Site, browser: Browser) -> None:
    troubles: list[str] = []
    with browser.new_context(viewport=DESKTOP) as context:
        page = sign_in(context, site, "en")
        for screen in SCREENS:
            if screen.startswith("/api/"):
                continue
            page.goto(site.server.url + screen.format(**site.rows))
            found = Axe().run(page, {"exclude": STOCK})
            troubles += [
                f"{screen}: {rule['id']}: {rule['nodes'][0]['html'][:120]}"
                for rule in found.response["violations"]
                if rule["impact"] in ("serious", "critical")
            ]
    assert not troubles, "\n".join(troubles)


def test_without_javascript_a_digest_is_composed_by_buttons(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = sign_in(context, site, "en")
        page.goto(f"{site.server.url}/admin/digests/digest/{site.rows['digest']}/compose/")
        stories = page.locator(".placements .headline")
        first, second = stories.all_text_contents()[:2]
        page.get_by_role("button", name=f"Move {second} up").click()
        assert stories.all_text_contents()[:2] == [second, first]
        page.get_by_role("button", name=f"Remove {second}").click()
        assert stories.all_text_contents() == [first]
        page.get_by_role("button", name=f"Add {second}").click()
        assert stories.all_text_contents() == [first, second]
