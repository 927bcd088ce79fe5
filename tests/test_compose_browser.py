"""Composing under real hands: mouse, finger, keyboard, two at once, and without JavaScript."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.desk_site import Delay, break_off
from tests.embedded import EmbeddedServer

ROWS = """
import json
from digests import editorial
from tests.factories import draft, person, story
ann, ben = person(username="ann", first_name="Ann"), person(username="ben", first_name="Ben")
person("Reviewer", username="noor")
made = {}
names = "mouse finger keys enter two stale plain gone broken twice rows sections"
for name in names.split():
    items = [story(f"{name} {n}", status="draft" if n == 2 else "approved") for n in (1, 2, 3)]
    pooled = [story(f"{name} pool {n}") for n in (1, 2)]
    digest = draft(*items, title=f"Digest {name}", by=ann)
    digest = editorial.add_section(digest, "研究", by=ann, version=digest.version)
    made[name] = [digest.pk, *(item.pk for item in (*items, *pooled))]
print(json.dumps(made))
"""


class Site:
    """A server with a digest for each test, and two editors."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        self.rows: dict[str, list[int]] = json.loads(server.manage("shell", "-v", "0", "-c", ROWS))

    def open(self, page: Page, name: str, who: str = "ann") -> list[int]:
        """Sign in, open the digest; gives the numbers of its items, those of the pool last."""
        page.goto(f"{self.server.url}/admin/login/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", "password")
        page.click("[type=submit]")
        page.wait_for_url(f"{self.server.url}/admin/")
        digest, *items = self.rows[name]
        page.goto(f"{self.server.url}/admin/digests/digest/{digest}/compose/?q={name}")
        return items

    def run(self, code: str) -> str:
        return self.server.manage("shell", "-v", "0", "-c", code)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with EmbeddedServer(tmp_path_factory.mktemp("compose") / "data") as server:
        yield Site(server)


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    """Another editor's browser."""
    with browser.new_context() as context:
        yield watched(context, [])


def watched(context: BrowserContext, troubles: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return page


def expect_order(page: Page, *headlines: str) -> None:
    expect(page.locator(".placements .headline")).to_have_text(list(headlines))


def middle(locator: Locator) -> tuple[float, float]:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, source: Locator, target: Locator, below: float = 0) -> None:
    """Press the source and move over the target, without letting go."""
    page.mouse.move(*middle(source))
    page.mouse.down()
    x, y = middle(target)
    page.mouse.move(x, y + below - 3, steps=6)
    page.mouse.move(x, y + below)


def toast(page: Page) -> Locator:
    return page.locator(".toasts")


def test_a_digest_is_composed_by_mouse(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    first, second, third, pooled, _other = site.open(page, "mouse")
    drag(page, page.locator(f"#drag-{third}"), page.locator(f"#item-{first}"), below=-15)
    expect(page.locator(".drop-line")).to_be_visible()
    page.mouse.up()
    expect_order(page, "mouse 3", "mouse 1", "mouse 2")
    expect(toast(page)).to_contain_text("“mouse 3” moved to 1 of 3")
    expect(page.locator(".drop-line")).to_be_hidden()
    # By the whole line, out of the pool, into the empty section.
    drag(page, page.locator(f'[data-item="{pooled}"] .facts'), page.locator(".section-head"))
    page.mouse.up()
    expect_order(page, "mouse 3", "mouse 1", "mouse 2", "mouse pool 1")
    expect(toast(page)).to_contain_text("added at 1 in 研究")
    drag(page, page.locator(f"#drag-{first}"), page.locator(f"#item-{pooled}"), below=18)
    page.mouse.up()
    expect_order(page, "mouse 3", "mouse 2", "mouse pool 1", "mouse 1")
    # Escape lets everything stand as it was; so does letting go elsewhere.
    drag(page, page.locator(f"#drag-{second}"), page.locator(f"#item-{pooled}"))
    page.keyboard.press("Escape")
    page.mouse.up()
    drag(page, page.locator(f"#drag-{second}"), page.locator("iframe.reader"))
    page.mouse.up()
    expect_order(page, "mouse 3", "mouse 2", "mouse pool 1", "mouse 1")
    page.reload()
    expect_order(page, "mouse 3", "mouse 2", "mouse pool 1", "mouse 1")


def test_a_digest_is_composed_by_a_finger(site: Site, browser: Browser) -> None:
    troubles: list[str] = []
    with browser.new_context(
        viewport={"width": 390, "height": 600}, has_touch=True, is_mobile=True
    ) as context:
        page = watched(context, troubles)
        first, _second, third, pooled, _other = site.open(page, "finger")
        touch = context.new_cdp_session(page)

        def swipe(start: tuple[float, float], end: tuple[float, float]) -> None:
            def send(kind: str, *points: tuple[float, float]) -> None:
                touch.send(
                    "Input.dispatchTouchEvent",
                    {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
                )

            send("touchStart", start)
            for part in range(1, 9):
                x, y = (a + (b - a) * part / 8 for a, b in zip(start, end, strict=True))
                send("touchMove", (x, y))
            send("touchEnd")

        page.get_by_role("button", name="Pool").tap()
        page.locator(f"#add-{pooled}").tap()
        page.get_by_role("button", name="Stories", exact=True).tap()
        expect_order(page, "finger 1", "finger 2", "finger 3", "finger pool 1")
        grip, above = page.locator(f"#drag-{third}"), page.locator(f"#item-{first}")
        x, y = middle(grip)
        box = above.bounding_box()
        assert box
        swipe((x, y), (x, max(box["y"] + 4, 80)))
        expect(page.locator(".placements .headline").nth(2)).not_to_have_text("finger 3")
        expect(toast(page)).to_contain_text("“finger 3” moved to")
        # Elsewhere on the line a finger scrolls.
        order = page.locator(".placements .headline").all_text_contents()
        page.evaluate("scrollTo(0, 0)")
        x, y = middle(page.locator(f"#item-{first} .headline"))
        swipe((x, y), (x, y - 200))
        page.wait_for_function("scrollY > 60")
        assert page.locator(".placements .headline").all_text_contents() == order
    assert not troubles


def test_a_digest_is_composed_by_keyboard_alone(site: Site, page: Page) -> None:
    first, second, third, pooled, _other = site.open(page, "keys")
    page.locator(f"#drag-{first}").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, "keys 2", "keys 3", "keys 1")
    expect(toast(page)).to_contain_text("“keys 1” moved to 3 of 3")
    expect(page.locator(f"#drag-{first}")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(toast(page)).to_contain_text("“keys 1” moved to 1 of 1 in 研究")
    expect(page.locator(f"#drag-{first}")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator(f"#position-{third}").focus()
    page.keyboard.type("1")
    page.locator(f"#position-{third}").fill("1")
    page.keyboard.press("Enter")
    expect_order(page, "keys 3", "keys 2", "keys 1")
    expect(page.locator(f"#position-{third}")).to_be_focused()
    page.locator(f"#add-{pooled}").focus()
    page.keyboard.press("Enter")
    expect_order(page, "keys 3", "keys 2", "keys pool 1", "keys 1")
    page.locator(f"#remove-{pooled}").focus()
    page.keyboard.press("Enter")
    expect_order(page, "keys 3", "keys 2", "keys 1")
    expect(page.locator(f"#drag-{first}")).to_be_focused()
    page.get_by_role("button", name="Put back").focus()
    page.keyboard.press("Enter")
    expect_order(page, "keys 3", "keys 2", "keys pool 1", "keys 1")
    # A text in place: opened, saved by Ctrl+S, and back at its button.
    page.locator(f"#edit-{second}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#headline-{second}")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Keys renamed")
    page.keyboard.press("Control+s")
    expect_order(page, "keys 3", "Keys renamed", "keys pool 1", "keys 1")
    expect(page.locator(f"#edit-{second}")).to_be_focused()
    page.locator(f"#approve-{second}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#item-{second} .pill")).to_have_text("approved")
    expect(page.locator(f"#drag-{second}")).to_be_focused()
    page.locator("#edit-section-new").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("产品")
    page.keyboard.press("Enter")
    expect(page.locator(".section-head h2")).to_have_text(["研究", "产品"])
    page.locator("#submit").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compose-head .pill")).to_have_text("in review")
    expect(page.locator(".compose-head")).to_contain_text("it stands still")


def test_who_may_approve_goes_from_step_to_step_with_enter(site: Site, page: Page) -> None:
    site.open(page, "enter", who="noor")
    page.locator("#approve-all").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#submit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#read-and-approve")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/approve/$"))


def test_two_editors_in_one_digest_see_each_other_and_lose_nothing(
    site: Site, page: Page, second: Page
) -> None:
    one, two, three, *_pool = site.open(page, "two")
    site.open(second, "two", who="ben")
    expect(second.locator("[data-here]")).to_have_text("Also here: Ann")
    page.locator(f"#up-{two}").click()
    expect_order(page, "two 2", "two 1", "two 3")
    # Ben still sees the old order: his change is refused, with who did what, and shown anew.
    expect_order(second, "two 1", "two 2", "two 3")
    second.locator(f"#edit-{one}").click()
    second.fill(f"#headline-{one}", "Half a headline")
    second.locator(f"#down-{two}").click()
    expect(toast(second)).to_contain_text("Ann moved ")
    expect_order(second, "two 2", "two 1", "two 3")
    expect(second.locator(f"#headline-{one}")).to_have_value("Half a headline")
    second.locator(f"#down-{two}").click()
    expect_order(second, "two 1", "two 2", "two 3")
    # Ann's page notices by itself.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_order(page, "two 1", "two 2", "two 3")
    expect(page.locator("[data-here]")).to_have_text("Also here: Ben")
    page.locator(f"#remove-{one}").click()
    expect_order(page, "two 2", "two 3")
    # What Ben typed has lost its place, not its words.
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_order(second, "two 2", "two 3")
    expect(second.locator("#orphans")).to_contain_text("has no place on the page any more")
    expect(second.locator(f"#orphans #headline-{one}")).to_have_value("Half a headline")
    assert three


@pytest.mark.parametrize("choice", ["Take theirs", "Save mine over it"])
def test_a_stale_text_is_kept_beside_the_one_that_was_saved(
    site: Site, page: Page, second: Page, choice: str
) -> None:
    _one, two, *_others = site.open(page, "stale")
    site.open(second, "stale", who="ben")
    for each in (page, second):
        each.locator(f"#edit-{two}").click()
    page.fill(f"#body-{two}", f"Ann's text before {choice}.")
    page.fill(f"#headline-{two}", f"Ann's headline before {choice}")
    second.fill(f"#body-{two}", f"Ben's text before {choice}.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#text-{two}")).to_be_hidden()
    second.locator(f"#body-{two}").press("Control+s")
    expect(toast(second)).to_contain_text("Ann changed “Ann's headline")
    theirs = second.locator(f"#text-{two} .theirs")
    expect(theirs).to_contain_text(f"Ann's text before {choice}.")
    expect(theirs).to_contain_text("Ann saved this text at")
    expect(second.locator(f"#body-{two}")).to_have_value(f"Ben's text before {choice}.")
    # Saving again without choosing is refused again.
    second.locator(f"#body-{two}").press("Control+s")
    expect(theirs).to_be_visible()
    second.get_by_role("button", name=choice, exact=True).click()
    expect(theirs).to_be_hidden()
    if choice == "Take theirs":
        expect(second.locator(f"#body-{two}")).to_have_value(f"Ann's text before {choice}.")
    else:
        expect(second.locator(f"#text-{two}")).to_be_hidden()
        body = site.run(f"from digests.models import Item; print(Item.objects.get(pk={two}).body)")
        assert body.strip() == f"Ben's text before {choice}."


def test_an_approved_story_that_is_edited_is_a_draft_again(site: Site, page: Page) -> None:
    one, two, *_others = site.open(page, "gone")
    page.locator(f"#edit-{one}").click()
    expect(page.locator(f"#text-{one}")).to_contain_text("with another text it is a draft again")
    page.fill(f"#headline-{one}", "gone other")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(toast(page)).to_contain_text("“gone other” is now draft.")
    page.get_by_role("button", name="Approve all that are ready").click()
    expect(page.locator(".placements .pill")).to_have_text(["approved"] * 3)
    expect(page.frame_locator("iframe.reader").locator("body")).to_contain_text("gone other")
    expect(page.locator(".check")).to_contain_text("The section “研究” has no items.")
    assert two


def test_without_javascript_a_digest_is_composed_by_buttons(site: Site, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        one, two, three, pooled, _other = site.open(page, "plain")
        page.locator(f"#up-{three}").click()
        assert page.url.endswith(f"#item-{three}")
        page.locator(f"#position-{one}").fill("3")
        page.locator(f"#position-{one}").press("Enter")
        expect_order(page, "plain 3", "plain 2", "plain 1")
        page.locator(f"#section-of-{one}").select_option(label="研究")
        page.get_by_role("button", name="Move plain 1 to the chosen section").click()
        expect(page.locator(".section-head ~ .placements .headline")).to_have_text(["plain 1"])
        page.locator(f"#remove-{two}").click()
        page.locator(f"#add-{pooled}").click()
        expect_order(page, "plain 3", "plain pool 1", "plain 1")
        page.get_by_role("link", name="Add a section").click()
        page.fill("[name=heading]", "产品")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Move the section 产品 up").click()
        expect(page.locator(".section-head h2")).to_have_text(["产品", "研究"])
        page.get_by_role("button", name="Dissolve the section 产品").click()
        expect(page.locator(".section-head h2")).to_have_text(["研究"])
        page.get_by_role("button", name="Submit for approval").click()
        expect(page.locator(".compose-head .pill")).to_have_text("in review")
        assert re.search(r"/compose/$", page.url)


def test_an_act_that_fails_keeps_no_later_one_back(site: Site, page: Page) -> None:
    *_stories, first, second = site.open(page, "broken")
    break_off(page, "**/place/")
    page.locator(f"#add-{first}").click()
    expect(toast(page)).to_contain_text("The server does not answer.")
    expect_order(page, "broken 1", "broken 2", "broken 3")
    page.locator(f"#add-{second}").click()
    expect_order(page, "broken 1", "broken 2", "broken 3", "broken pool 2")


def test_a_text_that_is_saved_twice_before_the_answer_is_saved_once(site: Site, page: Page) -> None:
    first, second, *_others = site.open(page, "twice")
    delay = Delay(page, f"**/items/{first}/", "PUT")
    page.locator(f"#edit-{first}").click()
    page.locator(f"#headline-{first}").fill("twice over")
    page.keyboard.press("Control+s")
    page.keyboard.press("Control+s")
    delay.wait()
    # What is typed until a save has its turn is saved with it.
    page.keyboard.press("Control+s")
    page.locator(f"#headline-{first}").fill("twice over and over")
    delay.let_go()
    expect(page.locator(f"#item-{first} .headline")).to_have_text("twice over and over")
    # The first of them made it a draft again; the last says no more than is new.
    expect(toast(page)).to_contain_text("Everything is saved.")
    expect(page.locator(f"#text-{first}")).to_be_hidden()
    edits = (
        "from digests.models import Move\nprint(Move.objects.filter(verb='edit', item={}).count())"
    )
    assert int(site.run(edits.format(first))) == 2
    # What reads as it did is not saved again.
    page.locator(f"#edit-{second}").click()
    page.keyboard.press("Control+s")
    expect(page.locator(f"#text-{second}")).to_be_hidden()
    expect(toast(page)).to_contain_text("Everything is saved.")
    assert int(site.run(edits.format(second))) == 0


LONG = """
from datetime import timedelta
from digests.models import Digest, Item
digest = Digest.objects.get(title="Digest rows")
digest.series.window_hours = 4
digest.series.save()
old = digest.date - timedelta(hours=30)
rows = Item.objects.filter(pk__in=digest.items.values("pk"))
rows.update(posted_at=old, byline="A byline of some length")
rows.filter(headline="rows 1").update(headline="A headline that is longer than a row is wide " * 3)
"""


@pytest.mark.parametrize("width", [1024, 1280, 1600])
def test_a_story_takes_two_lines_and_its_chips_stay_whole(
    site: Site, page: Page, width: int
) -> None:
    site.run(LONG)
    page.set_viewport_size({"width": width, "height": 900})
    items = site.open(page, "rows")
    rows = page.locator(".placements .row")
    expect(rows.locator(".flag")).to_have_count(3)
    for row in rows.all():
        box = row.bounding_box()
        assert box and box["height"] <= 70
    for chip in rows.locator(".flag").all():
        box = chip.bounding_box()
        assert box and box["height"] <= 24
    # The whole choice of sections can be read, by mouse and by keyboard.
    choice = page.get_by_label("Section for rows 2")
    rows.nth(1).hover()
    expect(rows.nth(1).get_by_text("Section", exact=False).first).to_be_visible()
    choice.select_option(label="研究")
    expect(page.locator(".section-head ~ .placements .headline")).to_have_text(["rows 2"])
    page.get_by_label("Section for rows 2").select_option(label="before the first section")
    expect(page.locator(".section-head ~ .placements .headline")).to_have_count(0)
    assert len(items) == 5


def test_sections_are_moved_and_dissolved_by_keyboard_and_it_is_told(
    site: Site, page: Page
) -> None:
    site.open(page, "sections")
    page.locator("#edit-section-new").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("产品")
    page.keyboard.press("Enter")
    expect(page.locator(".section-head h2")).to_have_text(["研究", "产品"])
    later = page.get_by_role("button", name="Move the section 研究 down")
    earlier = page.get_by_role("button", name="Move the section 研究 up")
    later.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".section-head h2")).to_have_text(["产品", "研究"])
    expect(toast(page)).to_contain_text("Section “研究” moved to 2 of 2")
    expect(later).to_be_disabled()
    expect(earlier).to_be_focused()
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Section “研究” moved to 1 of 2")
    expect(later).to_be_focused()
    page.get_by_role("button", name="Dissolve the section 研究").focus()
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Section “研究” was dissolved")
    expect(page.get_by_role("link", name="Rename the section 产品")).to_be_focused()
    page.get_by_role("button", name="Dissolve the section 产品").focus()
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Section “产品” was dissolved")
    expect(page.locator("#stories")).to_be_focused()
