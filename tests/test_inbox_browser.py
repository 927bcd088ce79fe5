"""The inbox under real fingers: keys alone, two editors, a telephone, and no script at all."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.desk_site import Delay, DeskSite, Editor
from tests.embedded import EmbeddedServer

ROWS = """
import json
from digests import editorial
from digests.models import Digest, Item
from tests.factories import draft, person, story
ann = person("Editor", username="ann", first_name="Ann")
noor = person("Editor", username="noor", first_name="Noor")
digest = draft(by=ann, title="下一期")
editorial.work_on(digest, by=ann)
for number in range(6, 0, -1):
    story(f"候选{number}", status="inbox", by=ann)
print(json.dumps({"digest": digest.pk}))
"""
STATE = """
import json
from digests.models import Digest, Item
print(json.dumps({
    "items": {item.headline: item.status for item in Item.objects.all()},
    "reasons": {item.headline: item.reason for item in Item.objects.exclude(reason="")},
    "digest": [p.item.headline for p in Digest.objects.get(title="下一期").placements.in_order()],
}))
"""


@pytest.fixture
def site(tmp_path: Path, browser: Browser) -> Iterator[DeskSite]:
    with EmbeddedServer(tmp_path / "data") as server:
        yield DeskSite(server, browser, ROWS)


@pytest.fixture
def ann(site: DeskSite) -> Iterator[Editor]:
    with site.editor("ann") as editor:
        editor.open("/admin/inbox/")
        yield editor


def state(site: DeskSite) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = json.loads(
        site.server.manage("shell", "-v", "0", "-c", STATE)
    )
    return told


def headlines(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".candidate h2").all_text_contents()]


def test_a_whole_round_of_triage_by_the_keyboard_alone(site: DeskSite, ann: Editor) -> None:
    page, press = ann.page, ann.page.keyboard.press
    expect(page.locator(".candidate:focus h2")).to_have_text("候选1")
    press("j")
    press("s")
    expect(page.get_by_role("status")).to_contain_text("Shortlisted: 候选2")
    expect(page.locator(".candidate:focus h2")).to_have_text("候选3")
    press("d")
    expect(page.get_by_role("status")).to_contain_text("Put into “下一期”: 候选3")
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
    told = state(site)
    assert told["items"].pop("候选2") == "draft"
    assert set(told["items"].values()) == {"rejected"}
    assert set(told["reasons"].values()) == {"other"}
    assert told["digest"] == []


def test_the_keys_are_told_and_search_is_a_key_away(ann: Editor) -> None:
    page = ann.page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("候选4")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))
    assert headlines(page) == ["候选4"]


def test_a_key_in_a_field_is_text_and_not_an_act(site: DeskSite, ann: Editor) -> None:
    ann.page.get_by_placeholder("Search").fill("sdxu")
    ann.page.get_by_placeholder("Search").press("s")
    assert set(state(site)["items"].values()) == {"inbox"}


def test_two_editors_see_each_other_and_the_slower_is_told(site: DeskSite, ann: Editor) -> None:
    with site.editor("noor") as noor:
        noor.open("/admin/inbox/")
        noor.page.keyboard.press("c")
        expect(noor.page.get_by_role("status")).to_contain_text("候选1")
        ann.page.keyboard.press("c")
        expect(ann.page.get_by_role("status")).to_contain_text("Noor works on “候选1”")
        noor.page.keyboard.press("j")
        noor.page.keyboard.press("x")
        noor.page.keyboard.press("1")
        expect(noor.page.get_by_role("status")).to_contain_text("Rejected: 候选2")
    ann.page.keyboard.press("j")
    ann.page.keyboard.press("s")
    expect(ann.page.get_by_role("status")).to_contain_text("Noor changed “候选2”")
    expect(ann.page.locator(".candidate", has_text="候选2")).to_have_count(0)
    assert state(site)["items"]["候选2"] == "rejected"
    ann.forgive("409")


def statuses(site: DeskSite) -> list[str]:
    """Of the six candidates in the order of the list."""
    told = state(site)["items"]
    return [told[f"候选{number}"] for number in range(1, 7)]


def test_keys_that_are_pressed_before_an_answer_wait_for_their_turn(
    site: DeskSite, ann: Editor
) -> None:
    page, press = ann.page, ann.page.keyboard.press
    delay = Delay(page, "**/api/desk/triage/shortlist/")
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
    assert statuses(site) == ["draft", *["inbox"] * 5]
    expect(page.locator("[data-total]")).to_have_text("5 stories")
    expect(page.locator(".is-going")).to_have_count(0)


def test_what_is_selected_is_acted_on_once_and_comes_back_when_it_fails(
    site: DeskSite, ann: Editor
) -> None:
    page, press = ann.page, ann.page.keyboard.press
    press("Shift+J")
    page.route("**/api/desk/triage/shortlist/", lambda route: route.abort())
    press("s")
    press("s")
    expect(page.get_by_role("status")).to_contain_text("The server does not answer")
    expect(page.locator("[data-selected]")).to_have_text("2 selected")
    expect(page.locator(".is-going")).to_have_count(0)
    page.unroute("**/api/desk/triage/shortlist/")
    press("s")
    expect(page.locator("[data-total]")).to_have_text("4 stories")
    assert statuses(site) == ["draft", "draft", *["inbox"] * 4]
    ann.troubles.clear()  # of the request that was broken off


def test_a_key_that_is_held_down_acts_once(site: DeskSite, ann: Editor) -> None:
    page = ann.page
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
    expect(page.get_by_role("status")).to_contain_text("Yours for a quarter of an hour")
    assert statuses(site).count("draft") == 1


def test_an_act_that_follows_select_all_at_once_is_for_all(site: DeskSite, ann: Editor) -> None:
    page = ann.page
    delay = Delay(page, "**/api/desk/items/")
    page.keyboard.press("Shift+*")
    page.keyboard.press("s")
    delay.wait()
    delay.let_go()
    expect(page.locator(".candidate")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("Shortlisted: 6 stories")
    assert set(statuses(site)) == {"draft"}


def test_nobody_is_told_to_be_signed_out_who_is_not(ann: Editor) -> None:
    page = ann.page
    page.route("**/api/desk/items/", lambda route: route.abort())
    page.keyboard.press("Shift+*")
    expect(page.get_by_role("status")).to_contain_text("The server does not answer")
    page.route("**/admin/paste/", lambda route: route.fulfill(status=403, body="No."))
    page.get_by_label("Links, one in a line").fill("新来的")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_contain_text("The server could not do this")
    expect(page.get_by_label("Links, one in a line")).to_have_value("新来的")
    expect(page.get_by_role("button", name="Add")).to_be_enabled()
    ann.troubles.clear()  # of the answers that were broken off and refused


def test_an_older_answer_does_not_replace_a_newer_list(ann: Editor) -> None:
    """The half minute's look is asked before a story is shortlisted, and answered after."""
    page = ann.page
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if late or "x-heartbeat" not in route.request.headers:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.clock.install()
    ann.open("/admin/inbox/")
    page.route("**/admin/inbox/", hold)
    page.clock.run_for(30_000)
    for _tenth in range(50):
        if late:
            break
        page.wait_for_timeout(100)
    page.keyboard.press("s")
    expect(page.locator("[data-total]")).to_have_text("5 stories")
    route, answer = late[0]
    with page.expect_response("**/admin/inbox/"):
        route.fulfill(response=answer)
    page.clock.run_for(100)
    expect(page.locator("[data-total]")).to_have_text("5 stories")
    expect(page.locator(".candidate", has_text="候选1")).to_have_count(0)


def test_a_paste_is_added_once_and_what_is_typed_meanwhile_stays(
    site: DeskSite, ann: Editor
) -> None:
    page = ann.page
    box, add = page.get_by_label("Links, one in a line"), page.get_by_role("button", name="Add")
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
    add.dblclick()
    expect(page.locator(".paste-results .added")).to_contain_text("又一条")
    expect(page.locator("[data-total]")).to_have_text("8 stories")
    assert len(state(site)["items"]) == 8


def test_pasted_links_become_stories_at_once(site: DeskSite, ann: Editor) -> None:
    box = ann.page.get_by_label("Links, one in a line")
    box.fill("新来的 https://example.org/pasted\nhttps:///nowhere")
    ann.page.get_by_role("button", name="Add").click()
    expect(ann.page.get_by_label("Links, one in a line")).to_have_value("https:///nowhere")
    expect(ann.page.locator(".candidate h2").first).to_have_text("新来的")


def test_on_a_telephone_a_thumb_is_enough(site: DeskSite) -> None:
    with site.editor("ann", phone=True) as ann:
        ann.open("/admin/inbox/")
        first = ann.page.locator(".candidate", has_text="候选1")
        first.get_by_role("button", name="To the digest").tap()
        expect(first).to_have_count(0)
        ann.page.locator(".candidate", has_text="候选2").get_by_text("Reject").tap()
        ann.page.get_by_role("button", name="off topic").tap()
        expect(ann.page.locator(".candidate", has_text="候选2")).to_have_count(0)
        # The list is read anew, and stands.
        expect(ann.page.locator("[data-total]")).to_have_text("4 stories")
        for box in ann.page.locator(".candidate .step").all()[:4]:
            size = box.bounding_box()
            assert size and size["height"] >= 44
        assert ann.page.evaluate("document.documentElement.scrollWidth") <= 390
    told = state(site)
    assert (told["digest"], told["reasons"]) == (["候选1"], {"候选2": "off-topic"})


def test_without_a_script_the_buttons_do_the_same(site: DeskSite) -> None:
    with site.editor("ann", script=False) as ann:
        page = ann.page
        ann.open("/admin/inbox/?state=inbox")
        page.locator(".candidate", has_text="候选1").get_by_role("button", name="Shortlist").click()
        page.get_by_label("Select 候选2").check()
        page.get_by_label("Select 候选3").check()
        page.get_by_role("combobox", name="Reason").select_option("old")
        page.locator("[data-bulk-do=reject]").click()
        assert headlines(page) == ["候选4", "候选5", "候选6"]
        assert "state=inbox" in page.url
    assert state(site)["reasons"] == {"候选2": "old", "候选3": "old"}


def test_who_was_signed_out_meanwhile_is_told_and_loses_nothing(
    site: DeskSite, ann: Editor
) -> None:
    ann.page.context.clear_cookies()
    ann.page.keyboard.press("s")
    expect(ann.page.get_by_role("alert")).to_contain_text("You are signed out")
    expect(ann.page.get_by_role("status")).to_be_empty()
    expect(ann.page.locator(".candidate")).to_have_count(6)
    ann.forgive("401", "403")


def test_of_several_it_is_told_how_many_were_done_and_which_were_left(
    site: DeskSite, ann: Editor
) -> None:
    page = ann.page
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    with site.editor("noor") as noor:
        noor.open("/admin/inbox/")
        noor.page.keyboard.press("s")
        expect(noor.page.locator("[data-total]")).to_have_text("5 stories")
    page.keyboard.press("x")
    page.keyboard.press("2")
    told = page.get_by_role("status")
    expect(told).to_contain_text("Rejected: 2 stories. 1 was left: Noor changed “候选1”")
    page.keyboard.press("u")
    expect(told).to_contain_text("Undone: 2 stories")
    assert statuses(site) == ["draft", *["inbox"] * 5]


def test_the_keys_go_on_to_the_next_page_and_back(site: DeskSite, ann: Editor) -> None:
    site.server.manage("shell", "-v", "0", "-c", MORE)
    page, press = ann.page, ann.page.keyboard.press
    ann.open("/admin/inbox/?q=许多")
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


MORE = """
from tests.factories import person, story
by = person("Editor")
for number in range(55):
    story(f"许多{number}", status="inbox", by=by, url=f"https://example.org/many/{number}")
"""


def test_without_a_script_there_is_nothing_to_press_in_vain(site: DeskSite) -> None:
    with site.editor("ann", script=False) as ann:
        page = ann.page
        ann.open("/admin/inbox/")
        expect(page.get_by_role("button", name="Select all that match")).to_be_hidden()
        expect(page.get_by_role("button", name="Keys")).to_be_hidden()
        page.locator(".candidate", has_text="候选1").get_by_role("button", name="Shortlist").click()
        page.get_by_role("button", name="Undo").click()
        assert len(headlines(page)) == 6
    assert statuses(site) == ["inbox"] * 6


def test_a_telephone_shows_stories_first_and_unfolds_the_rest(site: DeskSite) -> None:
    with site.editor("ann", phone=True) as ann:
        page = ann.page
        ann.open("/admin/inbox/")
        first = page.locator(".candidate").first
        box = first.bounding_box()
        assert box and box["y"] < 844 * 0.45
        expect(page.get_by_role("searchbox")).to_be_hidden()
        expect(page.locator("[data-help]")).to_be_hidden()
        tick = page.locator(".candidate input[type=checkbox]").first
        edge = tick.bounding_box()
        assert edge and edge["x"] - box["x"] >= 8
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
        expect(page.get_by_label("Links, one in a line")).to_be_visible()
        page.get_by_text("Search and filter").tap()
        page.get_by_role("searchbox").fill("候选4")
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_url(re.compile("q="))
        expect(page.get_by_role("searchbox")).to_be_visible()


def test_what_a_story_offers_begins_at_one_line_in_every_row(site: DeskSite, ann: Editor) -> None:
    site.server.manage("shell", "-v", "0", "-c", WITHOUT_LINK)
    ann.open("/admin/inbox/")
    page = ann.page
    expect(page.locator(".candidate [data-source]")).to_have_count(5)
    for name in ("To the digest", "Reject", "Claim"):
        lefts = {
            each.bounding_box()["x"]  # type: ignore[index]
            for each in page.locator(".candidate").get_by_text(name, exact=True).all()
        }
        assert len(lefts) == 1


WITHOUT_LINK = """
from digests.models import Item
Item.objects.filter(headline="候选2").update(url="", url_key=None)
"""


def test_many_pasted_lines_are_counted_and_wrong_ones_told(ann: Editor) -> None:
    page = ann.page
    box = page.get_by_label("Links, one in a line")
    lines = [f"第{number}条 https://example.org/many/{number}" for number in range(12)]
    box.fill("\n".join([*lines, "https:///nowhere"]))
    box.press("Control+Enter")
    expect(page.get_by_text("12 stories added")).to_be_visible()
    expect(page.locator(".paste-results .refused")).to_be_visible()
    expect(page.locator(".paste-results .added").first).to_be_hidden()
    page.get_by_text("12 stories added").click()
    expect(page.locator(".paste-results .added")).to_have_count(12)
    expect(page.locator(".paste-results .added").first).to_be_visible()


def test_what_is_pasted_on_today_is_counted_there(ann: Editor) -> None:
    page = ann.page
    ann.open("/admin/")
    counted = page.locator("[data-region=inbox] h2 .count")
    expect(counted).to_have_text("6")
    page.get_by_label("Links, one in a line").fill("新来的 https://example.org/pasted")
    page.get_by_label("Links, one in a line").press("Control+Enter")
    expect(counted).to_have_text("7")
    expect(page.locator(".paste-results .added")).to_contain_text("新来的")
