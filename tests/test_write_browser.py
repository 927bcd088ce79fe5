"""The editor of one item in Chromium: remarks as one types, text that is kept, two at one story."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk_site import Delay, DeskSite, Editor, break_off
from tests.embedded import EmbeddedServer

ROWS = """
import json
from digests import editorial
from tests.factories import draft, person, series, source, story
ann = person("Editor", username="ann", first_name="Ann")
zoe = person("Editor", username="zoe", first_name="Zoe")
person("Editor", username="noor", first_name="Noor")
source()
style = series("strict", name="Strict", spacing="spaced")
made = {}
def write(name, **fields):
    made[name] = story(name, status="draft", by=ann, **fields)
    return made[name]
rea = person("Editor", username="rea", first_name="Rea")
for who in (ann, zoe, rea):
    items = [write(f"{who.username} {n}") for n in (1, 2, 3)]
    editorial.work_on(draft(*items, by=who, title=f"Digest of {who}"), by=who)
draft(write("lint", body="推理,模型很快。\\n\\n用GPU训练。"), by=ann, series=style)
for name in ("late", "typed", "keys", "kept", "left", "undone", "thrown", "two", "locked", "mine",
             "theirs", "lost", "phone", "broken", "slow", "back", "quick", "overtaken", "offer",
             "shown", "renewed", "followed"):
    write(name, body="𠮷推理,模型很快,也好。")
print(json.dumps({name: item.pk for name, item in made.items()}))
"""
STATE = """
import json
from digests.models import Item, ItemDraft
item = Item.objects.get(pk={pk})
unsaved = ItemDraft.objects.filter(item=item).count()
print(json.dumps([item.headline, item.body, item.status, unsaved]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[DeskSite]:
    folder: Path = tmp_path_factory.mktemp("write")
    with EmbeddedServer(folder / "data") as server:
        yield DeskSite(server, browser, ROWS)


@pytest.fixture
def ann(site: DeskSite) -> Iterator[Editor]:
    with site.editor("ann") as editor:
        editor.page.set_default_timeout(8000)
        yield editor


def address(site: DeskSite, name: str) -> str:
    return f"/admin/digests/item/{site.rows[name]}/write/"


def open_story(site: DeskSite, editor: Editor, name: str) -> Page:
    editor.open(address(site, name))
    return editor.page


def another_tab(editor: Editor) -> Editor:
    """What happens there is held against the test as well."""
    tab = Editor(editor.page.context.new_page(), editor.url)
    tab.troubles = editor.troubles
    return tab


def state(site: DeskSite, name: str) -> tuple[str, str, str, int]:
    """Headline, body, status, and how many unsaved texts there are."""
    code = STATE.replace("{pk}", str(site.rows[name]))
    headline, body, status, unsaved = json.loads(site.server.manage("shell", "-v0", "-c", code))
    return headline, body, status, unsaved


def headline(page: Page) -> Locator:
    return page.locator("input[name=headline]")


def body(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


def toast(page: Page) -> Locator:
    return page.locator(".toasts")


def mark(page: Page) -> Locator:
    return page.locator("[data-unsaved-mark]")


def remarks(page: Page) -> Locator:
    return page.locator("[data-remarks] > li")


def beat(page: Page) -> None:
    """Ask what a page asks every half minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


# Remarks


def test_the_house_remarks_as_one_types_and_all_is_mended_by_keyboard(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "lint")
    expect(page.locator("[data-remark-count]")).to_have_text("3")
    body(page).press("Control+End")
    page.keyboard.type("再用CPU。")
    expect(page.locator("[data-remark-count]")).to_have_text("4")
    page.get_by_role("button", name="Fix all").focus()
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value("推理，模型很快。\n\n用 GPU 训练。再用 CPU。")
    expect(page.locator("[data-remark-count]")).to_have_text("Nothing to remark on.")
    expect(page.get_by_role("button", name="Fix all")).to_be_hidden()
    assert state(site, "lint")[1] == "推理,模型很快。\n\n用GPU训练。"


def test_a_remark_leads_to_its_place_and_its_fix_can_be_undone(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "typed")
    expect(remarks(page)).to_have_count(2)
    remarks(page).nth(1).locator(".place").click()
    expect(body(page)).to_be_focused()
    selected = "(f) => f.value.slice(f.selectionStart, f.selectionEnd)"
    assert body(page).evaluate(selected) == ","
    assert body(page).evaluate("(f) => f.selectionStart") == 9  # the first character takes two
    remarks(page).nth(1).get_by_role("button", name="Fix").click()
    expect(body(page)).to_have_value("𠮷推理,模型很快，也好。")
    expect(remarks(page)).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(body(page)).to_have_value("𠮷推理,模型很快,也好。")
    expect(remarks(page)).to_have_count(2)


def test_a_fix_for_an_older_text_changes_nothing(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "late")
    # The page comes with the remarks; the script's have their fixes.
    expect(remarks(page).locator(".fix")).to_have_count(2)
    with page.expect_response("**/lint/"):
        page.evaluate(
            """() => {
                const body = document.querySelector("textarea[name=body]");
                body.setRangeText("新增：", 0, 0);
                document.querySelector("[data-fix-all]").click();
            }"""
        )
    expect(body(page)).to_have_value("新增：𠮷推理,模型很快,也好。")
    page.get_by_role("button", name="Fix all").click()
    expect(body(page)).to_have_value("新增：𠮷推理，模型很快，也好。")


def test_what_an_input_method_writes_is_judged_and_kept(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "typed")
    expect(remarks(page)).to_have_count(2)
    body(page).fill("")
    expect(remarks(page)).to_have_count(1)  # it has no text
    keyboard = page.context.new_cdp_session(page)
    composing = {"text": "tui", "selectionStart": 3, "selectionEnd": 3}
    keyboard.send("Input.imeSetComposition", composing)
    keyboard.send("Input.insertText", {"text": "推,理"})
    expect(body(page)).to_have_value("推,理")
    expect(remarks(page)).to_have_count(1)
    expect(mark(page)).to_have_text("Kept, not saved")


# Saving


def test_saving_and_going_on_need_no_mouse(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "ann 1")
    headline(page).fill("更好的标题")
    expect(mark(page)).to_have_text("Not saved yet")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    expect(mark(page)).to_be_empty()
    assert state(site, "ann 1")[0] == "更好的标题"
    expect(page.get_by_role("heading", level=1)).to_have_text("更好的标题")
    expect(page.locator(".breadcrumbs [aria-current]")).to_have_text("更好的标题")
    body(page).fill("更好的正文。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{address(site, 'ann 2')}")
    expect(headline(page)).to_have_value("ann 2")
    expect(toast(page)).to_contain_text("“更好的标题” is now approved")
    page.reload()
    expect(toast(page)).to_be_empty()
    assert state(site, "ann 1")[:3] == ("更好的标题", "更好的正文。", "approved")
    assert state(site, "ann 2")[2] == "draft"


def test_the_buttons_save_and_enter_in_a_field_does_not_approve(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "keys")
    headline(page).fill("按钮")
    page.get_by_role("button", name="Save").click()
    expect(toast(page)).to_have_text("Saved.")
    headline(page).fill("回车")
    headline(page).press("Enter")
    expect(mark(page)).to_be_empty()
    assert page.url.endswith(address(site, "keys"))
    assert state(site, "keys")[::2] == ("回车", "draft")


def test_a_refused_text_stays_and_the_reason_is_told(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "keys")
    body(page).fill("[^1]: 脚注")
    page.keyboard.press("Control+Enter")
    expect(toast(page).locator(".trouble")).to_be_visible()
    expect(body(page)).to_have_value("[^1]: 脚注")
    assert page.url.endswith(address(site, "keys"))
    assert state(site, "keys")[1:3] == ("[^1]: 脚注", "draft")
    ann.forgive("422")


def test_a_save_that_fails_keeps_no_later_one_from_being_made(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "broken")
    break_off(page, "**/items/*/text/")
    headline(page).fill("第一次")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_contain_text("The server does not answer.")
    # An error of ours is told as well.
    page.evaluate("document.querySelector('input[name=headline]').name = 'gone'")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_contain_text("The server could not do this.")
    page.evaluate("document.querySelector('input[name=gone]').name = 'headline'")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert state(site, "broken")[0] == "第一次"
    assert len(ann.troubles) == 1
    # Nor is it swallowed where there is nothing to tell.
    with page.expect_event("pageerror"):
        page.evaluate("document.querySelector('[data-others]').remove()")
        beat(page)
    ann.troubles.clear()


def test_what_was_typed_before_the_script_came_is_not_saved(site: DeskSite, ann: Editor) -> None:
    page = ann.page
    script = Delay(page, "**/digests/write*.js")
    page.goto(ann.url + address(site, "slow"), wait_until="commit")
    headline(page).fill("打得快的标题")
    script.wait()
    script.let_go()
    expect(mark(page)).to_have_text("Not saved yet")
    expect(mark(page)).to_have_text("Kept, not saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: not url.endswith(address(site, "slow")))
    assert state(site, "slow")[::2] == ("打得快的标题", "approved")


def test_a_key_that_is_held_down_approves_one_story(site: DeskSite) -> None:
    with site.editor("rea") as rea:
        page = open_story(site, rea, "rea 1")
        page.keyboard.down("Control")
        for _repeat in range(20):
            page.keyboard.down("Enter")
            page.wait_for_timeout(60)
        page.keyboard.up("Enter")
        page.keyboard.up("Control")
        page.wait_for_url(f"**{address(site, 'rea 2')}")
    assert state(site, "rea 1")[2] == "approved"
    assert state(site, "rea 2")[2] == "draft"
    assert state(site, "rea 3")[2] == "draft"


def test_a_second_save_waits_for_the_answer_to_the_first(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "quick")
    saves = Delay(page, "**/items/*/text/")
    headline(page).fill("第一次")
    page.keyboard.press("Control+s")
    headline(page).fill("第二次")
    page.keyboard.press("Control+s")
    saves.wait()
    page.wait_for_timeout(300)
    assert len(saves.waiting) == 1
    saves.let_go()
    expect(toast(page)).to_have_text("Saved.")
    expect(mark(page)).to_be_empty()
    assert state(site, "quick")[0] == "第二次"


def test_a_save_is_no_failure_because_the_page_cannot_be_read_anew(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "shown")
    page.route(
        f"**{address(site, 'shown')}",
        lambda route: (
            route.fulfill(status=500)
            if "x-fragment" in route.request.headers
            else route.continue_()
        ),
    )
    headline(page).fill("存好的标题")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    headline(page).fill("审好的标题")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: not url.endswith(address(site, "shown")))
    assert state(site, "shown")[::2] == ("审好的标题", "approved")
    ann.forgive("500")


# What is not saved


def test_text_that_was_sent_to_be_kept_does_not_come_back_after_the_save(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "overtaken")
    keeping = Delay(page, "**/draft/", "PUT")
    headline(page).fill("新标题")
    keeping.wait()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(500)
    expect(toast(page)).to_be_empty()
    keeping.let_go()
    expect(toast(page)).to_have_text("Saved.")
    page.wait_for_timeout(3500)
    expect(mark(page)).to_be_empty()
    assert state(site, "overtaken")[0::3] == ("新标题", 0)


def test_what_is_offered_stays_until_it_is_decided_about(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "offer")
    body(page).fill("昨天写的一大段。")
    expect(mark(page)).to_have_text("Kept, not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    headline(page).press("End")
    page.keyboard.type("x")
    expect(mark(page)).to_have_text("Not kept: decide about the text above first")
    page.wait_for_timeout(3500)
    page.keyboard.press("Backspace")
    expect(mark(page)).to_be_empty()
    page.wait_for_timeout(3500)
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    headline(page).fill("另存的标题")
    page.keyboard.press("Control+s")
    expect(mark(page)).to_be_empty()
    page.reload()
    expect(page.locator("[data-unsaved]")).to_contain_text("昨天写的一大段。")
    expect(headline(page)).to_have_value("另存的标题")
    headline(page).fill("又一标题")
    page.get_by_role("button", name="Throw it away").click()
    expect(mark(page)).to_have_text("Kept, not saved")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert state(site, "offer")[0::3] == ("又一标题", 0)


def test_text_that_was_put_back_before_the_script_came_is_not_saved(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "back")
    headline(page).fill("没有保存的标题")
    expect(mark(page)).to_have_text("Kept, not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    script = Delay(page, "**/digests/write*.js")
    page.goto(ann.url + address(site, "back"), wait_until="commit")
    page.get_by_role("button", name="Put it back into the form").click(no_wait_after=True)
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    script.let_go()
    expect(mark(page)).to_have_text("Not saved yet")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert state(site, "back")[0::3] == ("没有保存的标题", 0)


def test_text_is_kept_when_the_page_is_closed_and_never_applied_by_itself(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "kept")
    headline(page).fill("没有保存的标题")
    expect(mark(page)).to_have_text("Kept, not saved")
    tab = another_tab(ann)
    page.close()
    page = open_story(site, tab, "kept")
    offered = page.locator("[data-unsaved]")
    expect(offered).to_contain_text("and did not save it")
    expect(headline(page)).to_have_value("kept")
    assert state(site, "kept")[0] == "kept"
    page.get_by_role("button", name="Put it back into the form").click()
    expect(headline(page)).to_have_value("没有保存的标题")
    expect(offered).to_have_count(0)
    assert state(site, "kept")[0] == "kept"
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert state(site, "kept")[0::3] == ("没有保存的标题", 0)
    page.reload()
    expect(page.locator("[data-unsaved]")).to_have_count(0)


def test_leaving_asks_first_and_keeps_what_was_typed_last(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "left")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    headline(page).press_sequentially("!")
    ann.open("/admin/inbox/")
    assert asked == ["beforeunload"]
    page = open_story(site, ann, "left")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    assert state(site, "left")[0::3] == ("left", 0)


def test_what_was_typed_and_taken_back_is_not_offered(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "undone")
    headline(page).press("End")
    page.keyboard.type("!")
    expect(mark(page)).to_have_text("Kept, not saved")
    with page.expect_response("**/draft/"):
        page.keyboard.press("Backspace")
    expect(mark(page)).to_be_empty()
    assert state(site, "undone")[3] == 0


def test_who_was_signed_out_keeps_the_text_and_signs_in_beside_it(
    site: DeskSite, ann: Editor
) -> None:
    page = open_story(site, ann, "lost")
    body(page).fill("写了很久的正文。")
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("You are signed out. What you wrote is still here")
    page.get_by_role("button", name="Save").click()
    expect(mark(page)).to_have_text("Not saved yet")
    body(page).press("End")
    page.keyboard.type("还有。")
    page.wait_for_timeout(1000)  # the preview has asked, and heard the same
    expect(page.get_by_text("You are signed out")).to_have_count(1)
    expect(toast(page)).to_be_empty()
    expect(body(page)).to_have_value("写了很久的正文。还有。")
    assert page.url.endswith(address(site, "lost"))
    with page.context.expect_page() as opened:
        told.get_by_role("link", name="Log in").click()
    tab = Editor(opened.value, ann.url)
    tab.page.fill("[name=username]", "ann")
    tab.page.fill("[name=password]", "password")
    tab.page.click("[type=submit]")
    tab.page.wait_for_url(f"{site.server.url}/admin/")
    body(page).press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    expect(told).to_have_count(0)
    assert state(site, "lost")[1] == "写了很久的正文。还有。"
    ann.forgive("401", "403")


# Two at one story


def test_two_see_each_other_and_one_holds_the_story(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "two")
    with page.expect_response("**/hold/"):
        beat(page)
    headline(page).fill("安写了一半")
    with site.editor("noor") as noor:
        other = open_story(site, noor, "two")
        expect(other.locator("[data-others]")).to_have_text("Also here: Ann")
        expect(other.locator(".held")).to_contain_text("Ann works on")
        expect(headline(other)).not_to_be_editable()
        expect(other.get_by_role("button", name="Save")).to_be_disabled()
        beat(page)
        expect(page.locator("[data-others]")).to_have_text("Also here: Noor")
        other.get_by_role("button", name="Take over").click()
        expect(other.locator(".held")).to_have_count(0)
        expect(headline(other)).to_be_editable()
        beat(page)
        expect(toast(page)).to_contain_text("Noor works on")
        expect(headline(page)).not_to_be_editable()
        expect(headline(page)).to_have_value("安写了一半")
        headline(page).press("Enter")
        page.wait_for_timeout(500)
        assert state(site, "two")[0::3] == ("two", 1)
    # Noor's browser is closed, but did not say so: two minutes are not over.
    page.get_by_role("button", name="Take over").click()
    expect(page.locator(".held")).to_have_count(0)
    expect(headline(page)).to_be_editable()
    expect(headline(page)).to_have_value("安写了一半")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert state(site, "two")[0::3] == ("安写了一半", 0)


def test_a_page_with_nothing_typed_follows_what_another_saves(site: DeskSite, ann: Editor) -> None:
    page = open_story(site, ann, "followed")
    expect(page.locator("[data-others]")).to_be_attached()
    with site.editor("noor") as noor:
        other = open_story(site, noor, "followed")
        other.get_by_role("button", name="Take over").click()
        headline(other).fill("诺尔的标题")
        other.keyboard.press("Control+s")
        expect(toast(other)).to_have_text("Saved.")
        beat(page)
        expect(headline(page)).to_have_value("诺尔的标题")
        expect(toast(page)).to_contain_text("Somebody else saved this story.")
        expect(mark(page)).to_be_empty()
        page.get_by_role("button", name="Take over").click()
        headline(page).fill("安接着写")
        page.keyboard.press("Control+s")
        expect(toast(page)).to_have_text("Saved.")
    assert state(site, "followed")[0] == "安接着写"


def test_a_claim_that_is_renewed_takes_no_focus(site: DeskSite, ann: Editor) -> None:
    with site.editor("noor") as noor:
        other = open_story(site, noor, "renewed")
        with other.expect_response("**/hold/"):
            beat(other)
        page = open_story(site, ann, "renewed")
        page.get_by_role("button", name="Take over").focus()
        said = {"held": "Noor works on it until midnight.", "version": 1}
        page.route("**/hold/", lambda route: route.fulfill(json=said))
        with page.expect_response(f"**{address(site, 'renewed')}"):
            beat(page)
        page.wait_for_timeout(300)
        expect(page.get_by_role("button", name="Take over")).to_be_focused()


def test_no_key_and_no_fix_writes_into_what_another_holds(site: DeskSite, ann: Editor) -> None:
    with site.editor("noor") as noor:
        other = open_story(site, noor, "locked")
        with other.expect_response("**/hold/"):
            beat(other)
        page = open_story(site, ann, "locked")
        expect(remarks(page)).to_have_count(2)
        page.get_by_role("button", name="Fix all").click()
        expect(toast(page)).to_contain_text("Noor works on")
        sent: list[str] = []
        page.on(
            "request",
            lambda request: "x-heartbeat" in request.headers or sent.append(request.url),
        )
        for field, key in ((body, "Control+s"), (body, "Control+Enter"), (headline, "Enter")):
            field(page).press(key)
            expect(toast(page)).to_contain_text("Noor works on")
        page.wait_for_timeout(300)
        assert not [address for address in sent if "/items/" in address]
        remarks(page).first.get_by_role("button", name="Fix").click()
        expect(body(page)).to_have_value("𠮷推理,模型很快,也好。")
        assert page.url.endswith(address(site, "locked"))
        assert state(site, "locked")[2] == "draft"


@pytest.mark.parametrize("name", ["mine", "theirs"])
def test_a_stale_save_shows_theirs_and_keeps_mine(site: DeskSite, ann: Editor, name: str) -> None:
    page = open_story(site, ann, name)
    headline(page).fill(f"安的 {name}")
    with site.editor("noor") as noor:
        other = open_story(site, noor, name)
        other.get_by_role("button", name="Take over").click()
        expect(headline(other)).to_be_editable()
        headline(other).fill(f"诺尔的 {name}")
        other.keyboard.press("Control+s")
        expect(toast(other)).to_have_text("Saved.")
    page.keyboard.press("Control+s")
    theirs = page.locator("[data-theirs]")
    expect(theirs).to_contain_text("Noor changed")
    expect(theirs.locator(".saved-text")).to_contain_text(f"诺尔的 {name}")
    expect(headline(page)).to_have_value(f"安的 {name}")
    assert state(site, name)[0] == f"诺尔的 {name}"
    # Without a choice it is refused again.
    page.keyboard.press("Control+s")
    expect(theirs).to_be_visible()
    if name == "mine":
        page.get_by_role("button", name="Keep mine, over theirs").click()
        expect(toast(page)).to_have_text("Saved.")
    else:
        page.get_by_role("link", name="Take theirs").click()
        expect(headline(page)).to_have_value(f"诺尔的 {name}")
        expect(mark(page)).to_be_empty()
    expect(theirs).to_be_hidden()
    assert state(site, name)[0] == (f"安的 {name}" if name == "mine" else f"诺尔的 {name}")
    ann.forgive("409")


# Elsewhere


def test_a_telephone_is_wide_enough(site: DeskSite) -> None:
    with site.editor("ann", phone=True) as ann:
        page = open_story(site, ann, "phone")
        expect(remarks(page)).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in page.locator(".write-bar .step, .remarks .fix").all():
            size = button.bounding_box()
            assert size
            assert size["height"] >= 40
        page.get_by_role("button", name="Fix all").tap()
        expect(body(page)).to_have_value("𠮷推理，模型很快，也好。")
        page.get_by_role("button", name="Save").tap()
        expect(toast(page)).to_have_text("Saved.")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_a_script_one_saves_and_approves(site: DeskSite) -> None:
    with site.editor("zoe", script=False) as zoe:
        page = open_story(site, zoe, "zoe 1")
        headline(page).fill("没有脚本")
        body(page).fill("第一行。\n\n第二行。")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".messagelist")).to_have_text(re.compile("“没有脚本” is saved."))
        page.get_by_role("button", name="Approve and go on").click()
        page.wait_for_url(f"**{address(site, 'zoe 2')}")
    assert state(site, "zoe 1")[:3] == ("没有脚本", "第一行。\n\n第二行。", "approved")
