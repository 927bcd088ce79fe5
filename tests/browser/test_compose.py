"""Compose in Chromium: by mouse, finger and keyboard, by two at once, without JavaScript."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Request, ViewportSize, expect

from digests.editorial import compose, items, lifecycle
from digests.models import Digest, HistoryEntry, Item, User
from tests.desk_site import PHONE, Delay, DeskSite, Editor, break_off
from tests.factories import draft, person, story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ben() -> User:
    return person(username="ben", first_name="Ben")


@pytest.fixture
def placed() -> list[Item]:
    """The stories of the digest; the second is not approved."""
    unapproved = story("Story 2", status=Item.Status.DRAFT)
    return [story("Story 1"), unapproved, story("Story 3")]


@pytest.fixture
def pooled() -> list[Item]:
    """Stories that could be added."""
    return [story("Pooled 1"), story("Pooled 2")]


@pytest.fixture
def digest(ann: User, placed: list[Item], pooled: list[Item]) -> Digest:
    """Three stories before an empty section, and two in the pool."""
    digest = draft(*placed, by=ann)
    return compose.add_section(digest, "研究", by=ann, version=digest.version)


@pytest.fixture
def editor(desk_site: DeskSite, ann: User, digest: Digest) -> Iterator[Editor]:
    """Ann at the digest."""
    with desk_site.editor(ann, composing(digest)) as editor:
        yield editor


@pytest.fixture
def second(desk_site: DeskSite, ben: User, editor: Editor, digest: Digest) -> Iterator[Editor]:
    """Ben, who came after Ann."""
    notice(editor.page)
    with desk_site.editor(ben, composing(digest)) as second:
        yield second


def composing(digest: Digest) -> str:
    return f"/admin/digests/digest/{digest.pk}/compose/"


def notice(page: Page) -> None:
    """Wait until the page has asked what others did."""
    with page.expect_response("**/changes/?*"):
        pass


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


def test_a_digest_is_composed_by_mouse(
    placed: list[Item], pooled: list[Item], editor: Editor
) -> None:
    page = editor.page
    page.set_viewport_size({"width": 1400, "height": 900})
    (first, second, third), added = placed, pooled[0]
    drag(page, page.locator(f"#drag-{third.pk}"), page.locator(f"#item-{first.pk}"), below=-15)
    expect(page.locator(".drop-line")).to_be_visible()
    page.mouse.up()
    expect_order(page, "Story 3", "Story 1", "Story 2")
    expect(toast(page)).to_contain_text("“Story 3” moved to 1 of 3")
    expect(page.locator(".drop-line")).to_be_hidden()
    # By the whole line, out of the pool, into the empty section.
    drag(page, page.locator(f'[data-item="{added.pk}"] .facts'), page.locator(".section-head"))
    page.mouse.up()
    expect_order(page, "Story 3", "Story 1", "Story 2", "Pooled 1")
    expect(toast(page)).to_contain_text("added at 1 in 研究")
    drag(page, page.locator(f"#drag-{first.pk}"), page.locator(f"#item-{added.pk}"), below=18)
    page.mouse.up()
    expect_order(page, "Story 3", "Story 2", "Pooled 1", "Story 1")
    # Escape lets everything stand as it was; so does letting go elsewhere.
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    drag(page, page.locator(f"#drag-{second.pk}"), page.locator(f"#item-{added.pk}"))
    page.keyboard.press("Escape")
    page.mouse.up()
    drag(page, page.locator(f"#drag-{second.pk}"), page.locator("iframe.reader"))
    page.mouse.up()
    expect_order(page, "Story 3", "Story 2", "Pooled 1", "Story 1")
    page.reload()
    expect_order(page, "Story 3", "Story 2", "Pooled 1", "Story 1")
    assert not [
        request for request in asked if request.method == "POST" and "compose" in request.url
    ]


def test_a_digest_is_composed_by_a_finger(
    desk_site: DeskSite, ann: User, digest: Digest, placed: list[Item], pooled: list[Item]
) -> None:
    (first, _second, third), added = placed, pooled[0]
    size: ViewportSize = {"width": 390, "height": 600}
    with desk_site.editor(ann, composing(digest), phone=True, size=size) as editor:
        page = editor.page
        touch = page.context.new_cdp_session(page)

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

        page.get_by_role("button", name="Shortlisted").tap()
        page.locator(f"#add-{added.pk}").tap()
        page.get_by_role("button", name="Stories", exact=True).tap()
        expect_order(page, "Story 1", "Story 2", "Story 3", "Pooled 1")
        grip, above = page.locator(f"#drag-{third.pk}"), page.locator(f"#item-{first.pk}")
        x, y = middle(grip)
        box = above.bounding_box()
        assert box
        swipe((x, y), (x, max(box["y"] + 4, 80)))
        expect(page.locator(".placements .headline").nth(2)).not_to_have_text("Story 3")
        expect(toast(page)).to_contain_text("“Story 3” moved to")
        # Elsewhere on the line a finger scrolls.
        order = page.locator(".placements .headline").all_text_contents()
        page.evaluate("scrollTo(0, 0)")
        x, y = middle(page.locator(f"#item-{first.pk} .headline"))
        swipe((x, y), (x, y - 200))
        page.wait_for_function("scrollY > 60")
        assert page.locator(".placements .headline").all_text_contents() == order


def test_a_digest_is_composed_by_keyboard_alone(
    placed: list[Item], pooled: list[Item], editor: Editor
) -> None:
    page = editor.page
    (first, second, third), added = placed, pooled[0]
    page.locator(f"#drag-{first.pk}").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect_order(page, "Story 2", "Story 3", "Story 1")
    expect(toast(page)).to_contain_text("“Story 1” moved to 3 of 3")
    expect(page.locator(f"#drag-{first.pk}")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(toast(page)).to_contain_text("“Story 1” moved to 1 of 1 in 研究")
    expect(page.locator(f"#drag-{first.pk}")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator(f"#position-{third.pk}").focus()
    page.keyboard.type("1")
    page.locator(f"#position-{third.pk}").fill("1")
    page.keyboard.press("Enter")
    expect_order(page, "Story 3", "Story 2", "Story 1")
    expect(page.locator(f"#position-{third.pk}")).to_be_focused()
    page.locator(f"#add-{added.pk}").focus()
    page.keyboard.press("Enter")
    expect_order(page, "Story 3", "Story 2", "Pooled 1", "Story 1")
    page.locator(f"#remove-{added.pk}").focus()
    page.keyboard.press("Enter")
    expect_order(page, "Story 3", "Story 2", "Story 1")
    expect(page.locator(f"#drag-{first.pk}")).to_be_focused()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect_order(page, "Story 3", "Story 2", "Pooled 1", "Story 1")
    # A text in place: opened, saved by Ctrl+S, and back at its button.
    page.locator(f"#edit-{second.pk}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#headline-{second.pk}")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Keys renamed")
    page.keyboard.press("Control+s")
    expect_order(page, "Story 3", "Keys renamed", "Pooled 1", "Story 1")
    expect(page.locator(f"#edit-{second.pk}")).to_be_focused()
    page.locator(f"#approve-{second.pk}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#item-{second.pk} .pill")).to_have_text("approved")
    expect(page.locator(f"#drag-{second.pk}")).to_be_focused()
    page.locator("#edit-section-new").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("产品")
    page.keyboard.press("Enter")
    expect(page.locator(".section-head h2")).to_have_text(["研究", "产品"])
    # An empty section keeps it back.
    page.locator("#submit").focus()
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("The section “产品” has no stories.")
    page.get_by_role("button", name="Remove the section 产品").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".section-head h2")).to_have_text(["研究"])
    page.locator("#submit").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compose-head .pill")).to_have_text("in review")
    expect(page.locator(".compose-head")).to_contain_text("Locked while in review.")


def without_section(digest: Digest, by: User) -> Digest:
    """The digest without its empty section, with which it could not be submitted."""
    section = digest.sections.get()
    return compose.remove_section(digest, section, by=by, version=digest.version)


def test_a_reviewer_goes_from_step_to_step_with_enter(
    desk_site: DeskSite, ann: User, digest: Digest
) -> None:
    without_section(digest, ann)
    with desk_site.editor(person("Reviewer"), composing(digest)) as editor:
        page = editor.page
        page.locator("#approve-all").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#submit")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#read-and-approve")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/approve/$"))


def test_two_editors_in_one_digest_see_each_other_and_lose_nothing(
    placed: list[Item], editor: Editor, second: Editor
) -> None:
    one, two, _three = placed
    page, bens = editor.page, second.page
    expect(bens.locator("[data-here]")).to_have_text("Also here: Ann")
    page.locator(f"#up-{two.pk}").click()
    expect_order(page, "Story 2", "Story 1", "Story 3")
    # Ben still sees the old order: his change is refused, with who did what, and shown again.
    expect_order(bens, "Story 1", "Story 2", "Story 3")
    bens.locator(f"#edit-{one.pk}").click()
    bens.fill(f"#headline-{one.pk}", "Half a headline")
    bens.locator(f"#down-{two.pk}").click()
    expect(toast(bens)).to_contain_text("Ann moved ")
    expect_order(bens, "Story 2", "Story 1", "Story 3")
    expect(bens.locator(f"#headline-{one.pk}")).to_have_value("Half a headline")
    bens.locator(f"#down-{two.pk}").click()
    expect_order(bens, "Story 1", "Story 2", "Story 3")
    # Ann's page notices by itself.
    notice(page)
    expect_order(page, "Story 1", "Story 2", "Story 3")
    expect(page.locator("[data-here]")).to_have_text("Also here: Ben")
    page.locator(f"#remove-{one.pk}").click()
    expect_order(page, "Story 2", "Story 3")
    # What Ben typed has lost its place, not its words.
    notice(bens)
    expect_order(bens, "Story 2", "Story 3")
    box = bens.locator(".orphan")
    expect(box).to_contain_text("Ann removed Story 1. Your text is not saved;")
    expect(box.locator(f"#headline-{one.pk}")).to_have_value("Half a headline")


def test_what_a_script_says_looks_like_what_the_server_says(
    placed: list[Item], editor: Editor
) -> None:
    look = """(one) => [getComputedStyle(one).backgroundColor, getComputedStyle(one).font]"""
    page = editor.page
    page.get_by_role("link", name="Title, date, intro").click()
    page.locator("[name=title]").fill("Another title")
    page.get_by_role("button", name="Save", exact=True).click()
    said = page.locator(".messagelist li")
    expect(said).to_contain_text("saved.")
    before = said.bounding_box()
    # It stays while the page follows others, and while one looks for a story.
    page.locator("#pool-q").fill("Nothing")
    expect(page.locator(".pool")).to_contain_text("No stories match.")
    notice(page)
    expect(said).to_be_visible()
    page.locator(f"#approve-{placed[1].pk}").click()
    told = toast(page).locator(".toast")
    expect(told).to_have_text("1 story approved.")
    assert told.evaluate(look) == said.evaluate(look)
    # The page shows what came after it, so it is not seen any more; nothing moves for that.
    expect(said).to_be_hidden()
    assert said.bounding_box() == before


def test_a_story_is_added_where_it_was_dropped_though_another_editor_moved_the_rows(
    placed: list[Item], pooled: list[Item], editor: Editor, ben: User, digest: Digest
) -> None:
    page = editor.page
    page.set_viewport_size({"width": 1400, "height": 900})
    # She does not see it yet.
    page.route("**/changes/?*", lambda route: route.fulfill(json={"changed": False}))
    compose.place(digest, placed[2], by=ben, version=digest.version, position=1)
    drag(
        page,
        page.locator(f"#pool-{pooled[0].pk} .handle"),
        page.locator(f"#item-{placed[1].pk}"),
        below=-15,
    )
    page.mouse.up()
    expect_order(page, "Story 3", "Story 1", "Pooled 1", "Story 2")
    compose.remove(digest, placed[0], by=ben)
    page.locator(f"#add-{pooled[1].pk}").click()
    expect_order(page, "Story 3", "Pooled 1", "Story 2", "Pooled 2")


def test_a_text_whose_story_was_removed_meets_one_message_with_ways_on(
    placed: list[Item], editor: Editor, second: Editor
) -> None:
    one, page, bens = placed[0], editor.page, second.page
    bens.locator(f"#edit-{one.pk}").click()
    bens.fill(f"#headline-{one.pk}", "Half a headline")
    page.locator(f"#remove-{one.pk}").click()
    expect_order(page, "Story 2", "Story 3")
    bens.locator(f"#text-{one.pk}").get_by_role("button", name="Save", exact=True).click()
    box = bens.locator(".orphan")
    expect(box).to_contain_text("Ann removed Story 1. Your text is not saved;")
    expect(box.locator(f"#headline-{one.pk}")).to_have_value("Half a headline")
    second.settle()
    expect(toast(bens)).to_be_empty()
    with bens.expect_popup() as opened:
        box.get_by_role("link", name="Open in the editor").click()
    assert f"/digests/item/{one.pk}/write/?digest=" in opened.value.url
    opened.value.close()
    box.get_by_role("button", name="Close").click()
    expect(box).to_have_count(0)
    expect(bens.locator("#stories")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_that_was_opened_in_review_is_whole_when_the_digest_is_sent_back(
    desk_site: DeskSite,
    ann: User,
    placed: list[Item],
    digest: Digest,
    width: int,
) -> None:
    quantum = story("Quantum")
    items.approve(placed[1], by=ann, version=placed[1].version)
    digest = without_section(digest, ann)
    in_review = lifecycle.submit(digest, by=ann, version=digest.version)
    size: ViewportSize = {"width": width, "height": 900}
    with desk_site.editor(ann, composing(digest), size=size) as editor:
        page, third = editor.page, placed[2]
        tab = page.get_by_role("button", name="Shortlisted", exact=True)
        expect(page.locator(".pool-pane")).to_be_hidden()
        expect(tab).to_be_hidden()
        lifecycle.send_back(in_review, by=ann, version=in_review.version, note="Too long.")
        notice(page)
        page.locator(f"#drag-{third.pk}").focus()
        page.keyboard.press("Alt+ArrowUp")
        expect_order(page, "Story 1", "Story 3", "Story 2")
        if width < 768:
            tab.click()
        page.locator("#pool-q").fill("Quantum")
        expect(page.locator(".pool .headline")).to_have_text(["Quantum"])
        page.locator(f"#add-{quantum.pk}").click()
        expect(toast(page)).to_contain_text("“Quantum” added at 4")
        if width < 768:
            page.get_by_role("button", name="Stories", exact=True).click()
        drag(page, page.locator(f"#drag-{third.pk}"), page.locator(f"#item-{placed[0].pk}"), -15)
        page.mouse.up()
        expect_order(page, "Story 3", "Story 1", "Story 2", "Quantum")
        # What is submitted from here is locked again.
        page.locator("#submit").click()
        expect(page.locator(".compose-head .pill")).to_have_text("in review")
        expect(page.locator(".pool-pane")).to_be_hidden()
        expect(page.locator(".stories")).to_be_visible()


@pytest.mark.parametrize("choice", ["Use theirs", "Overwrite"])
def test_a_stale_text_is_kept_beside_the_one_that_was_saved(
    placed: list[Item], editor: Editor, second: Editor, choice: str
) -> None:
    _one, two, _three = placed
    page, bens = editor.page, second.page
    for each in (page, bens):
        each.locator(f"#edit-{two.pk}").click()
    page.fill(f"#body-{two.pk}", f"Ann's text before {choice}.")
    page.fill(f"#headline-{two.pk}", f"Ann's headline before {choice}")
    bens.fill(f"#body-{two.pk}", f"Ben's text before {choice}.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#text-{two.pk}")).to_be_hidden()
    bens.locator(f"#body-{two.pk}").press("Control+s")
    expect(toast(bens)).to_contain_text("Ann changed “Ann's headline")
    theirs = bens.locator(f"#text-{two.pk} .theirs")
    expect(theirs).to_contain_text(f"Ann's text before {choice}.")
    expect(theirs).to_contain_text("Ann saved this text at")
    expect(bens.locator(f"#body-{two.pk}")).to_have_value(f"Ben's text before {choice}.")
    # Saving again without choosing is refused again.
    theirs.evaluate("(shown) => (shown.dataset.before = '')")
    with bens.expect_response("**/compose/") as answer:
        bens.locator(f"#body-{two.pk}").press("Control+s")
    assert "data-refused" in answer.value.text()
    expect(bens.locator("[data-before]")).to_have_count(0)  # the answer is shown
    expect(theirs).to_be_visible()
    bens.get_by_role("button", name=choice, exact=True).click()
    expect(theirs).to_be_hidden()
    if choice == "Use theirs":
        expect(bens.locator(f"#body-{two.pk}")).to_have_value(f"Ann's text before {choice}.")
    else:
        expect(bens.locator(f"#text-{two.pk}")).to_be_hidden()
        two.refresh_from_db()
        assert two.body == f"Ben's text before {choice}."


def test_an_approved_story_that_is_edited_is_a_draft_again(
    placed: list[Item], editor: Editor
) -> None:
    page, one = editor.page, placed[0]
    page.locator(f"#edit-{one.pk}").click()
    expect(page.locator(f"#text-{one.pk}")).to_contain_text(
        "A changed text has to be approved again"
    )
    page.fill(f"#headline-{one.pk}", "Told otherwise")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(toast(page)).to_contain_text("The story is a draft again")
    page.get_by_role("button", name="Approve all that are ready").click()
    expect(page.locator(".placements .pill")).to_have_text(["approved"] * 3)
    expect(page.frame_locator("iframe.reader").locator("body")).to_contain_text("Told otherwise")
    expect(page.locator(".check")).to_contain_text("The section “研究” has no stories.")


def reads(request: Request) -> bool:
    """Whether the request is for the preview's page."""
    return request.url.endswith("/reader/frame/")


def test_the_preview_is_loaded_once_with_the_page(editor: Editor) -> None:
    asked: list[Request] = []
    editor.page.on("request", lambda request: asked.append(request) if reads(request) else None)
    with editor.page.expect_response("**/findings/"):
        editor.page.reload()
    editor.settle()
    assert len(asked) == 1


def test_one_step_back_leaves_compose_whatever_was_changed(
    editor: Editor, digest: Digest, placed: list[Item]
) -> None:
    page = editor.page
    editor.open("/admin/inbox/")
    editor.open(composing(digest))
    editor.settle()
    for order in (["Story 1", "Story 3", "Story 2"], ["Story 3", "Story 1", "Story 2"]):
        with page.expect_event("requestfinished", reads):
            page.locator(f"#up-{placed[2].pk}").click()
        expect_order(page, *order)
        preview = page.frame_locator("iframe.reader").locator("body")
        expect(preview).to_contain_text(re.compile(".*".join(order), re.DOTALL))
    page.go_back()
    expect(page).to_have_url(re.compile("/admin/inbox/"))


def test_without_javascript_a_digest_is_composed_by_buttons(
    desk_site: DeskSite, ann: User, digest: Digest, placed: list[Item], pooled: list[Item]
) -> None:
    (one, two, three), added = placed, pooled[0]
    at = f"{composing(digest)}?q=Pooled"
    with desk_site.editor(ann, at, script=False, size=PHONE) as editor:
        page = editor.page
        page.locator(f"#up-{three.pk}").click()
        expect(page).to_have_url(re.compile(rf"#item-{three.pk}$"))
        page.locator(f"#position-{one.pk}").fill("3")
        page.locator(f"#position-{one.pk}").press("Enter")
        expect_order(page, "Story 3", "Story 2", "Story 1")
        page.locator(f"#section-of-{one.pk}").select_option(label="研究")
        page.get_by_role("button", name="Move Story 1 to the chosen section").click()
        expect(page.locator(".section-head ~ .placements .headline")).to_have_text(["Story 1"])
        page.locator(f"#remove-{two.pk}").click()
        page.locator(f"#add-{added.pk}").click()
        expect_order(page, "Story 3", "Pooled 1", "Story 1")
        page.get_by_role("link", name="Add a section").click()
        page.fill("[name=heading]", "产品")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Move the section 产品 up").click()
        expect(page.locator(".section-head h2")).to_have_text(["产品", "研究"])
        page.get_by_role("button", name="Remove the section 产品").click()
        expect(page.locator(".section-head h2")).to_have_text(["研究"])
        page.get_by_role("button", name="Submit for review").click()
        expect(page.locator(".compose-head .pill")).to_have_text("in review")
        expect(page).to_have_url(re.compile(r"/compose/$"))


def test_an_act_that_fails_keeps_no_later_one_back(pooled: list[Item], editor: Editor) -> None:
    page = editor.page
    first, second = pooled
    break_off(page, "**/compose/")
    page.locator(f"#add-{first.pk}").click()
    expect(toast(page)).to_contain_text("The server is not responding.")
    expect_order(page, "Story 1", "Story 2", "Story 3")
    page.locator(f"#add-{second.pk}").click()
    expect_order(page, "Story 1", "Story 2", "Story 3", "Pooled 2")


@pytest.mark.parametrize("act", ["remove", "approve", "approve-all", "dissolve", "submit"])
def test_a_button_that_is_pressed_twice_before_the_answer_acts_once(
    ann: User, placed: list[Item], editor: Editor, digest: Digest, act: str
) -> None:
    page = editor.page
    first, unapproved, _third = placed
    section = digest.sections.get()
    if act == "submit":
        items.approve(unapproved, by=ann, version=unapproved.version)
        without_section(digest, ann)
        page.reload()
    buttons = {
        "remove": f"#remove-{first.pk}",
        "approve": f"#approve-{unapproved.pk}",
        "approve-all": "#approve-all",
        "dissolve": f"#dissolve-{section.pk}",
        "submit": "#submit",
    }
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    delay = Delay(page, "**/compose/")
    page.locator(buttons[act]).dblclick()
    delay.wait()
    delay.let_go()
    expect(toast(page)).not_to_be_empty()
    editor.settle()
    assert asked.count("POST") == 1
    expect(page.locator(".toast.error")).to_have_count(0)


def test_a_text_that_is_saved_twice_before_the_answer_is_saved_once(
    placed: list[Item], editor: Editor
) -> None:
    page = editor.page
    first, second, _third = placed
    delay = Delay(page, "**/compose/")
    page.locator(f"#edit-{first.pk}").click()
    page.locator(f"#headline-{first.pk}").fill("Told again")
    page.keyboard.press("Control+s")
    page.keyboard.press("Control+s")
    delay.wait()
    # What is typed until a save has its turn is saved with it.
    page.keyboard.press("Control+s")
    page.locator(f"#headline-{first.pk}").fill("Told again and again")
    delay.let_go()
    expect(page.locator(f"#item-{first.pk} .headline")).to_have_text("Told again and again")
    # The first of them made it a draft again; the last says no more than is new.
    expect(toast(page)).to_contain_text("Everything is saved.")
    expect(page.locator(f"#text-{first.pk}")).to_be_hidden()
    # What reads as it did is not saved again.
    page.locator(f"#edit-{second.pk}").click()
    page.keyboard.press("Control+s")
    expect(page.locator(f"#text-{second.pk}")).to_be_hidden()
    expect(toast(page)).to_contain_text("Everything is saved.")
    # Its turn came after everything that was asked before.
    edits = HistoryEntry.objects.filter(action=HistoryEntry.Action.EDIT)
    assert edits.filter(item=first).count() == 2
    assert edits.filter(item=second).count() == 0


def test_what_is_typed_while_a_text_is_saved_goes_on_from_what_was_saved(
    placed: list[Item], editor: Editor
) -> None:
    page, first = editor.page, placed[0]
    headline = page.locator(f"#headline-{first.pk}")
    delay = Delay(page, "**/compose/", "POST")
    page.locator(f"#edit-{first.pk}").click()
    headline.fill("Told again ")
    page.keyboard.press("Control+s")
    delay.wait()
    headline.press_sequentially("and again")
    delay.let_go()
    expect(page.locator(f"#item-{first.pk} .headline")).to_have_text("Told again")
    expect(headline).to_have_value("Told again and again")
    # Nobody else saved a text.
    expect(page.locator(f"#text-{first.pk} .theirs")).to_be_hidden()
    page.keyboard.press("Control+s")
    expect(page.locator(f"#item-{first.pk} .headline")).to_have_text("Told again and again")
    expect(page.locator(f"#text-{first.pk}")).to_be_hidden()


@pytest.mark.parametrize("width", [1024, 1280, 1600])
def test_a_story_takes_two_lines_and_its_chips_stay_whole(
    desk_site: DeskSite, ann: User, digest: Digest, placed: list[Item], width: int
) -> None:
    digest.series.window_hours = 4
    digest.series.save()
    old = digest.date - timedelta(hours=30)
    long = "A headline that is longer than a row is wide " * 3
    shown = Item.objects.filter(pk__in=[item.pk for item in placed])
    shown.update(posted_at=old, byline="A byline of some length")
    shown.filter(headline="Story 1").update(headline=long)
    size: ViewportSize = {"width": width, "height": 900}
    with desk_site.editor(ann, composing(digest), size=size) as editor:
        page = editor.page
        rows = page.locator(".placements .row")
        expect(rows.locator(".flag")).to_have_count(3)
        for row in rows.all():
            box = row.bounding_box()
            assert box and box["height"] <= 70
        for chip in rows.locator(".flag").all():
            box = chip.bounding_box()
            assert box and box["height"] <= 24
        # The whole choice of sections can be read, by mouse and by keyboard.
        choice = page.get_by_label("Section for Story 2")
        rows.nth(1).hover()
        expect(rows.nth(1).get_by_text("Section", exact=False).first).to_be_visible()
        choice.select_option(label="研究")
        expect(page.locator(".section-head ~ .placements .headline")).to_have_text(["Story 2"])
        page.get_by_label("Section for Story 2").select_option(label="before the first section")
        expect(page.locator(".section-head ~ .placements .headline")).to_have_count(0)


def test_a_text_that_was_saved_in_place_gives_the_focus_back_to_its_button(
    editor: Editor, placed: list[Item]
) -> None:
    page = editor.page
    rename = page.get_by_role("link", name="Rename the section")
    edit = page.locator(f"#edit-{placed[0].pk}")
    add = page.get_by_role("link", name="Add a section")
    for opener, label, save in [
        (rename, "Heading", "Save"),
        (edit, "Headline", "Save"),
        (add, "Heading", "Add"),
    ]:
        opener.click()
        page.locator("[data-text]:not([hidden])").get_by_label(label).fill(f"{label} 2")
        page.get_by_role("button", name=save, exact=True).click()
        expect(page.locator("[data-text]:not([hidden])")).to_have_count(0)
        expect(opener).to_be_focused()


def test_sections_are_moved_and_removed_by_keyboard_and_it_is_told(editor: Editor) -> None:
    page = editor.page
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
    page.get_by_role("button", name="Remove the section 研究").focus()
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Section “研究” removed")
    expect(page.get_by_role("link", name="Rename the section 产品")).to_be_focused()
    page.get_by_role("button", name="Remove the section 产品").focus()
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Section “产品” removed")
    expect(page.locator("#stories")).to_be_focused()


@pytest.mark.usefixtures("pooled")
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_one_press_fills_the_digest_from_its_window_and_one_undoes_it(
    desk_site: DeskSite, ann: User, digest: Digest, size: ViewportSize
) -> None:
    digest.series.window_hours = 4
    digest.series.save()
    with desk_site.editor(ann, composing(digest), size=size) as editor:
        page = editor.page
        if size == PHONE:
            page.get_by_role("button", name="Shortlisted").click()
        page.get_by_role("button", name="Add all 2 approved stories").click()
        expect(toast(page)).to_contain_text("2 stories added.")
        expect_order(page, "Story 1", "Story 2", "Story 3", "Pooled 1", "Pooled 2")
        expect(page.get_by_role("button", name="Add all")).to_have_count(0)
        toast(page).get_by_role("button", name="Undo").click()
        expect(toast(page)).to_contain_text("2 stories removed.")
        expect_order(page, "Story 1", "Story 2", "Story 3")
        expect(page.get_by_role("button", name="Add all 2 approved stories")).to_be_visible()


def test_the_button_that_submits_stays_where_it_is(editor: Editor) -> None:
    page = editor.page
    submit, approve_all = page.locator("#submit"), page.locator("#approve-all")
    sizes: list[ViewportSize] = [{"width": 1280, "height": 800}, {"width": 390, "height": 800}]

    def places() -> list[tuple[float, float]]:
        found = []
        for size in sizes:
            page.set_viewport_size(size)
            box = submit.bounding_box()
            assert box
            found.append((box["x"], box["y"]))
        return found

    before = places()
    approve_all.click()
    expect(approve_all).to_have_count(0)
    for now, was in zip(places(), before, strict=True):
        assert now == pytest.approx(was, abs=1)


def test_what_is_said_lies_over_no_title_and_no_button_of_the_head(
    placed: list[Item], editor: Editor
) -> None:
    page = editor.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(f"#drag-{placed[2].pk}").press("Alt+ArrowUp")
    said = page.locator(".toast").bounding_box()
    assert said
    for place in (".crumbs", ".page-head", ".compose-head", "#submit"):
        box = page.locator(place).bounding_box()
        assert box
        assert box["y"] + box["height"] <= said["y"], place
    assert said["y"] + said["height"] <= 800
