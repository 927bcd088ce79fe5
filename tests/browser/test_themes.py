"""A chosen theme shows the same colours as when the system asks for it, and paper is white."""

from typing import Literal

import pytest

from digests.editorial import collaboration
from digests.models import Item
from tests.desk_site import DeskSite, Editor
from tests.factories import draft, person, story

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = ["/admin/", "/admin/inbox/", "/admin/digests/digest/{digest}/history/"]
# Where Django's colours would be seen, and ours.
SEEN = [
    "body",
    "#header",
    "#site-name",
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


def colours(editor: Editor, screens: list[str]) -> list[dict[str, str | None]]:
    seen = []
    for screen in screens:
        editor.open(screen)
        seen.append(editor.page.evaluate(COLOURS, SEEN))
    return seen


@pytest.mark.parametrize(("chosen", "system"), [("light", "dark"), ("dark", "light")])
def test_a_chosen_theme_looks_as_the_systems_own_does(
    desk_site: DeskSite, chosen: Literal["light", "dark"], system: Literal["light", "dark"]
) -> None:
    noor = person("Reviewer")
    digest = draft(story("甲"), by=noor, title="下一期")
    collaboration.set_current_digest(digest, by=noor)
    story("乙", status=Item.Status.INBOX, by=noor)
    screens = [screen.format(digest=digest.pk) for screen in SCREENS]
    with desk_site.editor(noor, None) as editor:
        page = editor.page
        page.emulate_media(color_scheme=chosen)
        by_itself = colours(editor, screens)
        page.emulate_media(color_scheme=system)
        assert colours(editor, screens) != by_itself
        while page.evaluate(CHOSEN) != chosen:
            page.locator(".theme-toggle").click()
        assert colours(editor, screens) == by_itself
    shown = {name for screen in by_itself for name, seen in screen.items() if seen}
    assert shown == set(SEEN)


BLACK, WHITE = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
PRESSED = "#header, .crumbs, .alarms, .step, button, .handle, .pool-pane, .preview-pane, .tabs"


def test_paper_has_what_is_read_and_nothing_that_is_pressed_whatever_the_theme(
    desk_site: DeskSite,
) -> None:
    noor = person("Reviewer")
    digest = draft(story("甲"), by=noor, title="下一期")
    screens = ["/admin/digests/digest/{digest}/compose/", "/admin/", "/admin/digests/digest/"]
    with desk_site.editor(noor, "/admin/") as editor:
        page = editor.page
        while page.evaluate(CHOSEN) != "dark":
            page.locator(".theme-toggle").click()
        for screen in screens:
            editor.open(screen.format(digest=digest.pk))
            page.emulate_media(media="print", color_scheme="dark")
            assert page.locator(PRESSED).locator("visible=true").count() == 0
            assert page.locator("h1").is_visible()
            for name in ("body", "h1"):
                assert page.locator(name).evaluate("(one) => getComputedStyle(one).color") == BLACK
            paper = page.locator("body").evaluate("(one) => getComputedStyle(one).backgroundColor")
            assert paper == WHITE
            page.emulate_media(media="screen", color_scheme="dark")
        editor.open(screens[0].format(digest=digest.pk))
        page.emulate_media(media="print")
        assert page.locator(".placements .headline").is_visible()
