"""A theme that somebody chose shows the same colours as the one that the system asks for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.desk_site import DeskSite
from tests.embedded import EmbeddedServer

ROWS = """
from digests import editorial
from tests.factories import draft, person, story
noor = person("Reviewer", username="noor")
digest = draft(story("甲"), by=noor, title="下一期")
editorial.work_on(digest, by=noor)
story("乙", status="inbox", by=noor)
print(digest.pk)
"""
SCREENS = ["/admin/", "/admin/inbox/", "/admin/digests/digest/{digest}/history/"]
# Where Django's colours would be seen, and ours.
SEEN = [
    "body",
    "#header",
    "#site-name a",
    ".desk-nav a",
    ".breadcrumbs",
    ".breadcrumbs a",
    "#content h1",
    "#content a",
    "button.step",
    "button.step.go",
    ".pill",
    "input[type=search]",
    "select",
    "textarea",
]
COLOURS = """
(names) => Object.fromEntries(names.map((name) => {
  const seen = document.querySelector(name);
  if (!seen) return [name, null];
  const { color, backgroundColor, borderTopColor } = getComputedStyle(seen);
  return [name, [color, backgroundColor, borderTopColor].join(" ")];
}))
"""
CHOSEN = "document.documentElement.dataset.theme"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[DeskSite]:
    with EmbeddedServer(tmp_path_factory.mktemp("themes") / "data") as server:
        yield DeskSite(server, browser, ROWS)


def colours(page: Page, site: DeskSite) -> list[dict[str, str | None]]:
    seen = []
    for screen in SCREENS:
        page.goto(site.server.url + screen.format(digest=site.rows))
        seen.append(page.evaluate(COLOURS, SEEN))
    return seen


@pytest.mark.parametrize(("chosen", "system"), [("light", "dark"), ("dark", "light")])
def test_a_chosen_theme_looks_as_the_systems_own_does(
    site: DeskSite, chosen: str, system: str
) -> None:
    with site.editor("noor") as noor:
        noor.page.emulate_media(color_scheme=chosen)  # type: ignore[arg-type]
        by_itself = colours(noor.page, site)
        noor.page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
        assert colours(noor.page, site) != by_itself
        while noor.page.evaluate(CHOSEN) != chosen:
            noor.page.locator(".theme-toggle").click()
        assert colours(noor.page, site) == by_itself
    shown = {name for screen in by_itself for name, seen in screen.items() if seen}
    assert shown == set(SEEN)
