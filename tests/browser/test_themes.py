"""A theme chosen by the user shows the same colours as when the system asks for it."""

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
