"""The inbox in Chromium: by keys alone, by two editors, on a telephone, and without scripts."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from digests.editorial import collaboration, items, planning
from digests.models import Digest, Item, Series, User
from tests.desk_site import Delay, DeskSite, Editor
from tests.factories import draft, scheduled, story

pytestmark = pytest.mark.django_db(transaction=True)

INBOX = "/admin/inbox/"
# As browsers do where an address is changed too often.
BREAK_NEXT_ADDRESS = """() => {
    history.replaceState = () => {
        delete history.replaceState;
        throw new Error("Too many changes");
    };
}"""


@pytest.fixture
def digest(ann: User) -> Digest:
    """The digest that Ann works on."""
    digest = draft(by=ann, title="下一期")
    collaboration.set_current_digest(digest, by=ann)
    return digest


@pytest.fixture
def candidates(ann: User) -> list[Item]:
    """Six stories in the order of the list, the latest first."""
    made = [story(f"候选{number}", status=Item.Status.INBOX, by=ann) for number in range(6, 0, -1)]
    return made[::-1]


@pytest.fixture
def editor(
    desk_site: DeskSite, ann: User, digest: Digest, candidates: list[Item]
) -> Iterator[Editor]:
    """Ann at the inbox, whose keys are pressed at once after a route is set."""
    with desk_site.editor(ann, None) as editor:
        editor.intercept()
        editor.open(INBOX)
        yield editor


def statuses(items: list[Item]) -> list[str]:
    """What the database says of them now."""
    for item in items:
        item.refresh_from_db()
    return [item.status for item in items]


def reasons() -> dict[str, str]:
    """Why stories were rejected, by headline."""
    return dict(Item.objects.exclude(reason="").values_list("headline", "reason"))


def placed(digest: Digest) -> list[str]:
    return [placement.item.headline for placement in digest.placements.in_order()]


def expect_headlines(page: Page, *headlines: str) -> None:
    expect(page.locator(".candidate h2")).to_have_text(list(headlines))


def test_a_whole_round_of_triage_by_the_keyboard_alone(
    editor: Editor, digest: Digest, candidates: list[Item]
) -> None:
    page, press = editor.page, editor.page.keyboard.press
    expect(page.locator(".candidate:focus h2")).to_have_text("候选1")
    press("j")
    press("s")
    expect(page.get_by_role("status")).to_contain_text("Shortlisted: 候选2")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选3")
    press("d")
    expect(page.get_by_role("status")).to_contain_text("Added to “下一期”: 候选3")
    press("x")
    press("3")
    expect(page.get_by_role("status")).to_contain_text("Rejected: 候选4")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选5")
    press("u")
    expect(page.get_by_role("status")).to_contain_text("Undone: 候选4")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选4")
    press("u")
    expect(page.get_by_role("status")).to_contain_text("Undone: 候选3")
    expect(page.locator(".candidate")).to_have_count(5)
    press("Shift+*")
    expect(page.locator("[data-selected]")).to_have_text("5 selected")
    press("x")
    press("6")
    page.keyboard.type("都不用")
    press("Enter")
    expect(page.locator(".candidate")).to_have_count(0)
    assert statuses(candidates) == ["rejected", "draft", *["rejected"] * 4]
    assert set(reasons().values()) == {"other"}
    assert placed(digest) == []


def test_the_keys_are_listed_and_search_is_a_key_away(editor: Editor) -> None:
    page = editor.page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("候选4")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))
    expect_headlines(page, "候选4")


def test_no_story_is_passed_over_when_the_list_is_read_again_between_two_acts(
    editor: Editor,
) -> None:
    """The list of after the first act comes while the second waits for its turn, and that of after
    the second while a dialog is open."""
    page, press = editor.page, editor.page.keyboard.press
    first = Delay(page, "**/admin/inbox/", "POST")
    press("s")
    first.wait()
    press("d")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选3")
    second = Delay(page, "**/admin/inbox/", "POST")
    read_again(page, first)
    expect(page.get_by_role("status")).to_contain_text("Shortlisted: 候选1")
    expect(page.locator(".candidate.is-pending h2")).to_have_text("候选2")
    second.wait()
    press("x")
    read_again(page, second)
    expect(page.get_by_role("status")).to_contain_text("Added to “下一期”: 候选2")
    press("3")
    expect(page.get_by_role("status")).to_contain_text("Rejected: 候选3")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选4")


def read_again(page: Page, delay: Delay) -> None:
    """Let the list that waits come, until it stands in the place of the one before."""
    page.evaluate("document.querySelector('[data-region=list]').dataset.before = ''")
    delay.let_go()
    expect(page.locator("[data-before]")).to_have_count(0)


def test_a_key_in_a_field_is_text_and_not_an_act(editor: Editor, candidates: list[Item]) -> None:
    page = editor.page
    page.get_by_label("Select 候选1").check()  # an act would be for it, wherever the focus is
    search = page.get_by_placeholder("Search")
    search.press_sequentially("sdxu")
    expect(search).to_have_value("sdxu")
    search.press("Escape")
    page.keyboard.press("c")  # which is answered after whatever was asked before
    expect(page.get_by_role("status")).to_contain_text("Claimed for 15 minutes")
    assert set(statuses(candidates)) == {"inbox"}


def test_two_editors_see_each_other_and_the_slower_is_told(
    desk_site: DeskSite, editor: Editor, noor: User, candidates: list[Item]
) -> None:
    page, press = editor.page, editor.page.keyboard.press
    with desk_site.editor(noor, INBOX) as other:
        other.page.keyboard.press("c")
        expect(other.page.get_by_role("status")).to_contain_text("候选1")
        press("c")
        expect(page.get_by_role("status")).to_contain_text("Noor is working on “候选1”")
        other.page.keyboard.press("j")
        other.page.keyboard.press("x")
        other.page.keyboard.press("1")
        expect(other.page.get_by_role("status")).to_contain_text("Rejected: 候选2")
    press("j")
    press("s")
    expect(page.get_by_role("status")).to_contain_text("Noor changed “候选2”")
    expect(page.locator(".candidate", has_text="候选2")).to_have_count(0)
    assert statuses(candidates)[1] == "rejected"


def test_keys_that_are_pressed_before_an_answer_wait_for_their_turn(
    editor: Editor, candidates: list[Item]
) -> None:
    page, press = editor.page, editor.page.keyboard.press
    delay = Delay(page, "**/admin/inbox/", "POST")
    press("s")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选2")
    press("k")  # what is going is out of reach
    expect(page.locator(".candidate:focus h2")).to_have_text("候选2")
    press("s")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选3")
    press("u")
    delay.wait()
    delay.let_go()
    expect(page.get_by_role("status")).to_contain_text("Undone: 候选2")
    assert statuses(candidates) == ["draft", *["inbox"] * 5]
    expect(page.locator("[data-total]")).to_have_text("5 stories")
    expect(page.locator(".is-pending")).to_have_count(0)


def test_what_is_selected_is_acted_on_once_and_comes_back_when_it_fails(
    editor: Editor, candidates: list[Item]
) -> None:
    page, press = editor.page, editor.page.keyboard.press
    press("Shift+J")
    page.route("**/admin/inbox/", lambda route: route.abort())
    press("s")
    press("s")
    expect(page.get_by_role("status")).to_contain_text("The server is not responding")
    expect(page.locator("[data-selected]")).to_have_text("2 selected")
    expect(page.locator(".is-pending")).to_have_count(0)
    page.unroute("**/admin/inbox/")
    press("s")
    expect(page.locator("[data-total]")).to_have_text("4 stories")
    assert statuses(candidates) == ["draft", "draft", *["inbox"] * 4]
    editor.troubles.clear()  # of the request that was broken off


def test_a_key_that_is_held_down_acts_once(editor: Editor, candidates: list[Item]) -> None:
    page = editor.page
    page.keyboard.down("j")
    page.keyboard.down("j")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选3")
    page.keyboard.up("j")
    page.keyboard.down("s")
    expect(page.locator("[data-total]")).to_have_text("5 stories")
    page.keyboard.down("s")
    page.keyboard.down("s")
    page.keyboard.up("s")
    page.keyboard.press("c")  # which is answered after whatever was asked before
    expect(page.get_by_role("status")).to_contain_text("Claimed for 15 minutes")
    assert statuses(candidates).count("draft") == 1


def test_an_act_that_follows_select_all_at_once_is_for_all(
    editor: Editor, candidates: list[Item]
) -> None:
    page = editor.page
    delay = Delay(page, "**/api/desk/items/")
    page.keyboard.press("Shift+*")
    page.keyboard.press("s")
    delay.wait()
    delay.let_go()
    expect(page.locator(".candidate")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("Shortlisted: 6 stories")
    assert set(statuses(candidates)) == {"draft"}


def test_nobody_who_is_signed_in_is_told_to_be_signed_out(editor: Editor) -> None:
    page = editor.page
    page.route("**/api/desk/items/", lambda route: route.abort())
    page.keyboard.press("Shift+*")
    expect(page.get_by_role("status")).to_contain_text("The server is not responding")
    page.route("**/admin/paste/", lambda route: route.fulfill(status=403, body="No."))
    page.get_by_label("One link per line").fill("新来的")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The server could not do this")
    expect(page.get_by_label("One link per line")).to_have_value("新来的")
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_enabled()
    editor.troubles.clear()  # of the answers that were broken off and refused


def test_an_older_answer_does_not_replace_a_newer_list(
    editor: Editor, candidates: list[Item], noor: User
) -> None:
    """The list is asked for because of somebody else before a story is shortlisted, and answered
    after."""
    page = editor.page
    page.clock.install()
    editor.open(INBOX)
    look = Delay(page, f"**{INBOX}", "GET")
    last = candidates[-1]
    items.reject(last, by=noor, version=last.version, reason="old")
    page.clock.run_for(5_000)
    look.wait()
    route = look.waiting.pop()
    assert "x-heartbeat" in route.request.headers
    answer = route.fetch()
    look.let_go()  # whatever is asked later
    page.keyboard.press("s")
    expect(page.locator("[data-total]")).to_have_text("4 stories")
    with page.expect_response(f"**{INBOX}"):
        route.fulfill(response=answer)
    page.clock.run_for(100)
    expect(page.locator("[data-total]")).to_have_text("4 stories")
    expect(page.locator(".candidate", has_text="候选1")).to_have_count(0)


def test_a_story_goes_into_the_digest_that_the_page_names(
    editor: Editor, ann: User, digest: Digest, candidates: list[Item]
) -> None:
    """Another draft is chosen in another tab, and this one is looked at again."""
    page, other = editor.page, draft(by=ann, title="别的一期")
    collaboration.set_current_digest(other, by=ann)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".current-digest")).to_contain_text("别的一期")
    page.keyboard.press("d")
    expect(page.get_by_role("status")).to_contain_text("Added to “别的一期”: 候选1")
    page.get_by_label("Select 候选2").check()
    page.locator("[data-bulk-do=place]").click()
    expect(page.get_by_role("status")).to_contain_text("Added to “别的一期”: 候选2")
    assert (placed(other), placed(digest)) == (["候选1", "候选2"], [])


def test_an_act_keeps_to_the_digest_that_was_named_when_it_was_asked_for(
    editor: Editor, ann: User, digest: Digest, candidates: list[Item]
) -> None:
    page, press = editor.page, editor.page.keyboard.press
    first = Delay(page, f"**{INBOX}", "POST")
    press("s")
    first.wait()
    press("d")
    collaboration.set_current_digest(draft(by=ann, title="别的一期"), by=ann)
    first.let_go()
    expect(page.get_by_role("status")).to_contain_text("Added to “下一期”: 候选2")
    expect(page.locator(".current-digest")).to_contain_text("别的一期")
    assert placed(digest) == ["候选2"]


@pytest.mark.usefixtures("candidates")
def test_a_draft_that_is_chosen_later_can_be_filled_from_an_open_page(
    desk_site: DeskSite, ann: User
) -> None:
    with desk_site.editor(ann, INBOX) as editor:
        page = editor.page
        page.keyboard.press("d")
        expect(page.get_by_role("status")).to_contain_text("No current draft")
        chosen = draft(by=ann, title="刚建的一期")
        collaboration.set_current_digest(chosen, by=ann)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator(".current-digest")).to_contain_text("刚建的一期")
        page.keyboard.press("d")
        expect(page.get_by_role("status")).to_contain_text("Added to “刚建的一期”: 候选1")
    assert placed(chosen) == ["候选1"]


def test_a_paste_is_added_once_and_what_is_typed_meanwhile_stays(editor: Editor) -> None:
    page = editor.page
    box = page.get_by_label("One link per line")
    add = page.get_by_role("button", name="Add", exact=True)
    delay = Delay(page, "**/admin/paste/")
    box.fill("没有链接的新闻\nhttps:///nowhere")
    add.click()
    expect(add).to_be_disabled()
    box.press("Control+End")
    page.keyboard.type("\n还没写完")
    delay.wait()
    assert len(delay.waiting) == 1
    delay.let_go()
    expect(page.locator(".paste-results .added")).to_contain_text("没有链接的新闻")
    expect(box).to_have_value("https:///nowhere\n还没写完")
    box.fill("又一条没有链接的新闻")
    delay = Delay(page, "**/admin/paste/")  # both clicks come before the answer
    add.dblclick()
    delay.wait()
    assert len(delay.waiting) == 1
    delay.let_go()
    expect(page.locator(".paste-results .added")).to_contain_text("又一条")
    expect(page.locator("[data-total]")).to_have_text("8 stories")
    assert Item.objects.count() == 8


def test_pasted_links_become_stories_at_once(editor: Editor) -> None:
    page = editor.page
    box = page.get_by_label("One link per line")
    box.fill("新来的 https://example.org/pasted\nhttps:///nowhere")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(box).to_have_value("https:///nowhere")
    expect(page.locator(".candidate h2").first).to_have_text("新来的")


@pytest.mark.usefixtures("candidates", "digest")
@pytest.mark.parametrize("count", [1, 2])
def test_what_may_be_done_with_a_story_stands_in_one_line(
    desk_site: DeskSite, ann: User, count: int
) -> None:
    for number in range(count):
        scheduled(f"clocked-{number}", name="一个名字很长很长很长的系列")
    Series.objects.update(planned_until=timezone.now() - timedelta(hours=1))
    planning.keep()
    with desk_site.editor(ann, INBOX, size={"width": 1280, "height": 800}) as editor:
        doing = editor.page.locator(".candidate .doing").first
        boxes = [each.bounding_box() for each in doing.locator("> *").all()]
        assert len(boxes) == 6
        assert len({box["y"] for box in boxes if box}) == 1
        assert len({box["height"] for box in boxes if box}) == 1


@pytest.mark.usefixtures("candidates")
def test_on_a_telephone_a_thumb_is_enough(desk_site: DeskSite, ann: User, digest: Digest) -> None:
    with desk_site.editor(ann, INBOX, phone=True) as editor:
        page = editor.page
        first = page.locator(".candidate", has_text="候选1")
        first.get_by_role("button", name="Add to digest").tap()
        expect(first).to_have_count(0)
        page.locator(".candidate", has_text="候选2").get_by_text("Reject").tap()
        page.get_by_role("button", name="off topic").tap()
        expect(page.locator(".candidate", has_text="候选2")).to_have_count(0)
        # The list is read again, and stands.
        expect(page.locator("[data-total]")).to_have_text("4 stories")
        for box in page.locator(".candidate .step").all()[:4]:
            size = box.bounding_box()
            assert size and size["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (placed(digest), reasons()) == (["候选1"], {"候选2": "off-topic"})


@pytest.mark.usefixtures("candidates")
def test_without_a_script_the_buttons_do_the_same(desk_site: DeskSite, ann: User) -> None:
    with desk_site.editor(ann, f"{INBOX}?state=inbox", script=False) as editor:
        page = editor.page
        page.locator(".candidate", has_text="候选1").get_by_role("button", name="Shortlist").click()
        expect(page.locator(".candidate")).to_have_count(5)
        page.get_by_label("Select 候选2").check()
        page.get_by_label("Select 候选3").check()
        page.get_by_role("combobox", name="Reason").select_option("old")
        page.locator("[data-bulk-do=reject]").click()
        expect_headlines(page, "候选4", "候选5", "候选6")
        assert "state=inbox" in page.url
    assert reasons() == {"候选2": "old", "候选3": "old"}


def test_an_editor_who_was_signed_out_meanwhile_is_told_and_loses_nothing(editor: Editor) -> None:
    page = editor.page
    page.context.clear_cookies()
    page.keyboard.press("s")
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator(".candidate")).to_have_count(6)
    editor.forgive("401", "403")


def test_of_several_it_is_told_how_many_were_done_and_which_were_left(
    desk_site: DeskSite, editor: Editor, noor: User, candidates: list[Item]
) -> None:
    page = editor.page
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    with desk_site.editor(noor, INBOX) as other:
        other.page.keyboard.press("s")
        expect(other.page.locator("[data-total]")).to_have_text("5 stories")
    page.keyboard.press("x")
    page.keyboard.press("2")
    told = page.get_by_role("status")
    expect(told).to_contain_text("Rejected: 2 stories. 1 was left out: Noor changed “候选1”")
    page.keyboard.press("u")
    expect(told).to_contain_text("Undone: 2 stories")
    assert statuses(candidates) == ["draft", *["inbox"] * 5]


@pytest.fixture
def many(ann: User) -> str:
    """The address of a list that fills one page and five rows of a second."""
    for number in range(55):
        story(f"许多{number}", status=Item.Status.INBOX, by=ann)
    return f"{INBOX}?q=许多"


@pytest.mark.usefixtures("candidates")
def test_the_keys_go_on_to_the_next_page_and_back(
    desk_site: DeskSite, ann: User, many: str
) -> None:
    with desk_site.editor(ann, many) as editor:
        page, press = editor.page, editor.page.keyboard.press
        expect(page.locator(".candidate:focus h2")).to_have_text("许多54")
        page.locator(".candidate").last.focus()
        press("Shift+J")
        expect(page.locator(".candidate:focus h2")).to_have_text("许多4")
        assert "q=" in page.url and "p=2" in page.url
        expect(page.locator(".candidate")).to_have_count(5)
        expect(page.locator("[data-selected]")).to_have_text("1 selected")
        press("k")
        expect(page.locator(".candidate:focus h2")).to_have_text("许多5")
        assert "q=" in page.url and "p=1" in page.url
        expect(page.locator(".candidate.is-selected h2")).to_have_text("许多5")
        page.locator(".candidate").first.focus()
        press("k")
        expect(page.locator(".candidate:focus h2")).to_have_text("许多54")


def test_a_page_turn_that_fails_keeps_no_later_one_back(
    desk_site: DeskSite, ann: User, many: str
) -> None:
    with desk_site.editor(ann, many) as editor:
        page, press = editor.page, editor.page.keyboard.press
        page.evaluate(BREAK_NEXT_ADDRESS)
        page.locator(".candidate").last.focus()
        press("j")
        expect(page.get_by_role("status")).to_contain_text("The server could not do this")
        expect(page.locator(".candidate")).to_have_count(5)
        page.locator(".candidate").first.focus()
        press("k")
        expect(page.locator(".candidate:focus h2")).to_have_text("许多5")
        assert "p=1" in page.url
        assert [trouble for trouble in editor.troubles if "Too many changes" in trouble]
        editor.troubles.clear()  # of the address that could not be changed


def test_without_a_script_there_is_nothing_to_press_in_vain(
    desk_site: DeskSite, ann: User, candidates: list[Item]
) -> None:
    with desk_site.editor(ann, INBOX, script=False) as editor:
        page = editor.page
        expect(page.get_by_role("button", name="Select all that match")).to_be_hidden()
        expect(page.get_by_role("button", name="Keys")).to_be_hidden()
        page.locator(".candidate", has_text="候选1").get_by_role("button", name="Shortlist").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".candidate")).to_have_count(6)
    assert statuses(candidates) == ["inbox"] * 6


@pytest.mark.usefixtures("candidates", "digest")
def test_a_telephone_shows_stories_first_and_unfolds_the_rest(
    desk_site: DeskSite, ann: User
) -> None:
    with desk_site.editor(ann, INBOX, phone=True) as editor:
        page = editor.page
        first = page.locator(".candidate").first
        box = first.bounding_box()
        assert box and box["y"] < 844 * 0.45
        expect(page.get_by_role("searchbox")).to_be_hidden()
        expect(page.locator("[data-help]")).to_be_hidden()
        tick = page.locator(".candidate input[type=checkbox]").first
        edge = tick.bounding_box()
        # What is seen of it has 20 px, in the middle of the 44 that can be hit.
        assert edge and edge["x"] + 12 - box["x"] >= 8
        tops = {
            each.bounding_box()["y"]  # type: ignore[index]
            for each in first.locator(".doing > :not([data-source])").all()
        }
        assert len(tops) == 1
        tick.check()
        first.get_by_role("button", name="Claim").tap()
        toast, bar = page.locator(".toast").bounding_box(), page.locator(".bulk").bounding_box()
        assert toast and bar and toast["y"] + toast["height"] <= bar["y"]
        page.get_by_text("Paste", exact=True).tap()
        expect(page.get_by_label("One link per line")).to_be_visible()
        page.get_by_text("Search and filter").tap()
        page.get_by_role("searchbox").fill("候选4")
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_url(re.compile("q="))
        expect(page.get_by_role("searchbox")).to_be_visible()


@pytest.mark.usefixtures("digest")
def test_what_a_story_offers_begins_at_one_line_in_every_row(
    desk_site: DeskSite, ann: User, candidates: list[Item]
) -> None:
    Item.objects.filter(pk=candidates[1].pk).update(url="", url_key=None)
    with desk_site.editor(ann, INBOX) as editor:
        page = editor.page
        expect(page.locator(".candidate [data-source]")).to_have_count(5)
        for name in ("Add to digest", "Reject", "Claim"):
            lefts = {
                each.bounding_box()["x"]  # type: ignore[index]
                for each in page.locator(".candidate").get_by_text(name, exact=True).all()
            }
            assert len(lefts) == 1


def test_many_pasted_lines_are_counted_and_wrong_ones_told(editor: Editor) -> None:
    page = editor.page
    box = page.get_by_label("One link per line")
    lines = [f"第{number}条 https://example.org/many/{number}" for number in range(12)]
    box.fill("\n".join([*lines, "https:///nowhere"]))
    box.press("Control+Enter")
    expect(page.get_by_text("12 stories added")).to_be_visible()
    expect(page.locator(".paste-results .refused")).to_be_visible()
    expect(page.locator(".paste-results .added").first).to_be_hidden()
    page.get_by_text("12 stories added").click()
    expect(page.locator(".paste-results .added")).to_have_count(12)
    expect(page.locator(".paste-results .added").first).to_be_visible()


@pytest.mark.usefixtures("candidates")
def test_what_is_pasted_on_today_is_counted_there(desk_site: DeskSite, ann: User) -> None:
    with desk_site.editor(ann) as editor:
        page = editor.page
        counted = page.locator(".today-side h2 .count")
        expect(counted).to_have_text("6")
        page.get_by_label("One link per line").fill("新来的 https://example.org/pasted")
        page.get_by_label("One link per line").press("Control+Enter")
        expect(counted).to_have_text("7")
        expect(page.locator(".paste-results .added")).to_contain_text("新来的")


def test_the_byline_of_selected_stories_is_changed_in_a_dialog_and_back_by_undo(
    editor: Editor, candidates: list[Item]
) -> None:
    page = editor.page
    for number in (1, 2):
        page.get_by_label(f"Select 候选{number}", exact=True).check()
    page.get_by_role("button", name="Edit…").click()
    dialog = page.get_by_role("dialog", name="Change source, language, byline")
    dialog.get_by_label("Byline").fill("量子位")
    dialog.get_by_role("button", name="Change").click()
    expect(page.get_by_role("status")).to_contain_text("Changed: 2 stories")
    expect(page.locator(".candidate", has_text="量子位")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Undone: 2 stories")
    expect(page.locator(".candidate", has_text="量子位")).to_have_count(0)
    # Cancelled, it changes nothing.
    page.get_by_label("Select 候选3", exact=True).check()
    page.get_by_role("button", name="Edit…").click()
    dialog.get_by_label("Byline").fill("别人")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Deselect").click()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    assert not Item.objects.filter(byline="别人").exists()


def test_a_claim_moves_no_row_and_changes_no_width(editor: Editor) -> None:
    page = editor.page
    places = """() => [...document.querySelectorAll(".candidate, .candidate .doing > *")].map(
        (each) => JSON.stringify(each.getBoundingClientRect()),
    )"""
    before = page.evaluate(places)
    page.locator(".candidate [data-do=claim]").first.click()
    expect(page.get_by_role("status")).to_contain_text("Claimed for 15 minutes")
    expect(page.locator(".candidate [data-do=release]")).to_have_count(1)
    assert page.evaluate(places) == before


def test_stories_go_into_the_next_slot_of_a_chosen_series_and_come_back(
    editor: Editor, candidates: list[Item]
) -> None:
    for slug, name in (("global-ai", "Global AI"), ("weekly", "Weekly")):
        scheduled(slug)
        Series.objects.filter(slug=slug).update(name=name)
    planning.keep()
    page = editor.page
    page.reload()
    row = page.locator(".candidate", has_text="候选1")
    row.get_by_text("Next slot").click()
    row.get_by_role("button", name="Into Weekly").click()
    expect(page.get_by_role("status")).to_contain_text("Added to")
    expect(page.locator(".candidate")).to_have_count(5)
    assert Digest.objects.get(items=candidates[0]).series.slug == "weekly"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".candidate")).to_have_count(6)
    for number in (2, 3):
        page.get_by_label(f"Select 候选{number}", exact=True).check()
    bar = page.locator("[data-bulk]")
    bar.get_by_text("Next slot").click()
    bar.get_by_role("button", name="Into Global AI").click()
    expect(page.get_by_role("status")).to_contain_text("Added to")
    expect(page.locator(".candidate")).to_have_count(4)
    assert Digest.objects.get(items=candidates[1]).items.count() == 2
