"""The editor of one item in Chromium: remarks as one types, unsaved text, two at one story."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Dialog, Locator, Page, Request, ViewportSize, expect

from digests.editorial import collaboration, items
from digests.models import Claim, Item, ItemDraft, Series, User
from tests.desk_site import Delay, DeskSite, Editor, break_off
from tests.factories import draft, series, source, story
from tests.screens import below
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "𠮷推理,模型很快,也好。"


@pytest.fixture
def item(ann: User) -> Item:
    source()
    return shortlisted("旧标题", by=ann)


@pytest.fixture
def editor(desk_site: DeskSite, ann: User) -> Iterator[Editor]:
    """Ann, whose pages have a clock that the test can put forward; none is open yet."""
    with desk_site.editor(ann, None) as editor:
        editor.page.clock.install()
        yield editor


@pytest.fixture
def page(editor: Editor, item: Item) -> Page:
    """The story, which Ann has opened."""
    return opened(editor, item)


def shortlisted(headline: str, *, by: User, body: str = BODY) -> Item:
    return story(headline, status=Item.Status.DRAFT, by=by, body=body)


def shortlisted_in_a_digest(by: User) -> tuple[Item, Item, Item]:
    """Stories of the digest that somebody works on, one after the other."""
    first, second, third = (shortlisted(f"第{number}", by=by) for number in "一二三")
    collaboration.set_current_digest(draft(first, second, third, by=by), by=by)
    return first, second, third


def address(item: Item) -> str:
    return below(item, "write")


def opened(editor: Editor, item: Item) -> Page:
    """The story's page, when it knows who holds the story: this editor, unless another does."""
    with editor.page.expect_response("**/hold/"):
        editor.open(address(item))
    return editor.page


def another_tab(editor: Editor) -> Editor:
    """What happens there is held against the test as well."""
    tab = Editor(editor.page.context.new_page(), editor.url)
    tab.troubles = editor.troubles
    return tab


def saved(item: Item) -> Item:
    """The story as it is saved by now."""
    return Item.objects.get(pk=item.pk)


def unsaved(item: Item) -> int:
    """How many texts are kept that were not saved."""
    return ItemDraft.objects.filter(item=item).count()


def headline(page: Page) -> Locator:
    return page.locator("input[name=headline]")


def body(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


def toast(page: Page) -> Locator:
    return page.locator(".toasts")


def messages(page: Page) -> Locator:
    """What the page before this one led to."""
    return page.locator(".messagelist")


def mark(page: Page) -> Locator:
    return page.locator("[data-unsaved-mark]")


def remarks(page: Page) -> Locator:
    return page.locator("[data-remarks] > li")


def beat(page: Page) -> None:
    """Ask what a page asks every half minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def pause(page: Page) -> None:
    """Type nothing for so long that the page keeps what was typed."""
    page.clock.fast_forward(3500)


def watch_requests(page: Page) -> list[str]:
    """What the page asks about items from now on, such as `POST write`, except its heartbeats."""
    asked: list[str] = []

    def note(request: Request) -> None:
        path = re.search(r"/items?/\d+/([\w-]+)/", request.url)
        if path and "x-heartbeat" not in request.headers:
            asked.append(f"{request.method} {path[1]}")

    page.on("request", note)
    return asked


def make_a_round_trip(page: Page) -> None:
    """Ask for something else: what the page had asked before has been noted by then."""
    page.evaluate("fetch('/static/desk/desk.css', { cache: 'no-store' }).then((a) => a.text())")


# Remarks


def test_remarks_follow_what_is_typed_and_all_are_fixed_by_keyboard(
    editor: Editor, ann: User
) -> None:
    source()
    item = shortlisted("标题", by=ann, body="推理,模型很快。\n\n用GPU训练。")
    draft(item, by=ann, series=series("strict", name="Strict", spacing="spaced"))
    page = opened(editor, item)
    expect(page.locator("[data-remark-count]")).to_have_text("3")
    body(page).press("Control+End")
    page.keyboard.type("再用CPU。")
    expect(page.locator("[data-remark-count]")).to_have_text("4")
    page.get_by_role("button", name="Fix all").focus()
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value("推理，模型很快。\n\n用 GPU 训练。再用 CPU。")
    expect(page.locator("[data-remark-count]")).to_have_text("No problems found.")
    expect(page.get_by_role("button", name="Fix all")).to_be_hidden()
    assert saved(item).body == "推理,模型很快。\n\n用GPU训练。"


def test_a_remark_leads_to_its_place_and_its_fix_can_be_undone(page: Page) -> None:
    # The page comes with the remarks; the script's lead to their places.
    expect(remarks(page).locator(".place")).to_have_count(2)
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


def test_a_fix_for_an_older_text_changes_nothing(page: Page) -> None:
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


def test_what_an_input_method_writes_is_judged_and_kept(page: Page) -> None:
    expect(remarks(page)).to_have_count(2)
    body(page).fill("")
    expect(remarks(page)).to_have_count(1)  # it has no text
    expect(remarks(page).locator(".fix")).to_have_count(0)
    keyboard = page.context.new_cdp_session(page)
    composing = {"text": "tui", "selectionStart": 3, "selectionEnd": 3}
    keyboard.send("Input.imeSetComposition", composing)
    keyboard.send("Input.insertText", {"text": "推,理"})
    expect(body(page)).to_have_value("推,理")
    pause(page)
    expect(remarks(page).locator(".fix")).to_have_count(1)
    expect(remarks(page)).to_have_count(1)
    expect(mark(page)).to_have_text("Draft kept, not saved")


# Saving


def test_saving_and_going_on_need_no_mouse(editor: Editor, ann: User) -> None:
    first, second, _third = shortlisted_in_a_digest(ann)
    page = opened(editor, first)
    headline(page).fill("更好的标题")
    expect(mark(page)).to_have_text("Not saved yet")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    expect(mark(page)).to_be_empty()
    assert saved(first).headline == "更好的标题"
    expect(page.get_by_role("heading", level=1)).to_have_text("更好的标题")
    expect(page.locator(".breadcrumbs [aria-current]")).to_have_text("更好的标题")
    body(page).fill("更好的正文。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{address(second)}")
    expect(headline(page)).to_have_value(second.headline)
    expect(messages(page)).to_have_text("Approved: 更好的标题")
    page.reload()
    expect(messages(page)).to_have_count(0)
    now = saved(first)
    assert (now.headline, now.body, now.status) == ("更好的标题", "更好的正文。", "approved")
    assert saved(second).status == Item.Status.DRAFT


def test_the_buttons_save_and_enter_in_a_field_does_not_approve(page: Page, item: Item) -> None:
    headline(page).fill("按钮")
    page.get_by_role("button", name="Save").click()
    expect(toast(page)).to_have_text("Saved.")
    headline(page).fill("回车")
    headline(page).press("Enter")
    expect(mark(page)).to_be_empty()
    assert page.url.endswith(address(item))
    assert saved(item).headline == "回车"
    assert saved(item).status == Item.Status.DRAFT


def test_a_step_is_taken_with_the_version_that_was_saved_last(page: Page, item: Item) -> None:
    headline(page).press("End")
    page.keyboard.type("!")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    page.get_by_role("link", name="Reject…").click()
    page.get_by_role("radio", name="old").check()
    page.get_by_role("button", name="Reject").click()
    page.wait_for_url(f"**{address(item)}")
    expect(page.locator(".write-head .pill")).to_have_text("rejected")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".write-head .pill")).to_have_text("inbox")
    headline(page).press("End")
    page.keyboard.type("!")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    page.get_by_role("button", name="Shortlist").click()
    expect(page.locator(".write-head .pill")).to_have_text("shortlisted")
    assert (saved(item).headline, saved(item).status) == ("旧标题!!", "draft")


def test_the_counter_shows_what_the_house_style_allows_and_counts_as_it_does(
    desk_site: DeskSite, ann: User
) -> None:
    first, _second, _third = shortlisted_in_a_digest(ann)
    Series.objects.update(body_max=8)
    with desk_site.editor(ann, address(first)) as editor:
        count = editor.page.locator(".editor-count")
        body(editor.page).fill("**一二三**四\n\n五")
        expect(count).to_have_text("5 of 8 characters")
        body(editor.page).fill("一" * 9)
        expect(count).to_have_text("9 of 8 characters")
        expect(editor.page.locator(".remarks")).to_contain_text(
            "The body has 9 characters; the maximum is 8."
        )
        expect(count).to_have_class(re.compile("trouble"))
        # Readers of Chinese see no space at the end of its lines; the house style counts it.
        body(editor.page).fill("一二三四\n五六七")
        expect(count).to_have_text("8 of 8 characters")
        expect(count).not_to_have_class(re.compile("trouble"))
        body(editor.page).fill("一二三四\n五六七八")
        expect(count).to_have_text("9 of 8 characters")
        editor.page.keyboard.press("Control+s")
        editor.settle()
        editor.page.reload()
        expect(count).to_have_text("9 of 8 characters")


def test_a_refused_text_stays_and_the_reason_is_told(page: Page, item: Item) -> None:
    body(page).fill("[^1]: 脚注")
    page.keyboard.press("Control+Enter")
    expect(toast(page).locator(".error")).to_be_visible()
    expect(body(page)).to_have_value("[^1]: 脚注")
    assert page.url.endswith(address(item))
    expect(mark(page)).to_be_empty()
    assert saved(item).body == "[^1]: 脚注"
    assert saved(item).status == Item.Status.DRAFT
    # It is saved, so the page goes on from there.
    body(page).fill("没有脚注。")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert saved(item).body == "没有脚注。"


def test_a_save_that_fails_keeps_no_later_one_from_being_made(
    editor: Editor, page: Page, item: Item
) -> None:
    break_off(page, "**/item/*/write/")
    headline(page).fill("第一次")
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")  # no timer reads the form below
    page.keyboard.press("Control+s")
    expect(toast(page)).to_contain_text("The server is not responding.")
    # An error of ours is told as well.
    page.evaluate("document.querySelector('input[name=headline]').name = 'gone'")
    with page.expect_event("pageerror"):
        page.keyboard.press("Control+s")
    expect(toast(page)).to_contain_text("The server could not do this.")
    page.evaluate("document.querySelector('input[name=gone]').name = 'headline'")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert saved(item).headline == "第一次"
    assert len(editor.troubles) == 1
    # Nor is it swallowed where there is nothing to tell.
    with page.expect_event("pageerror"):
        page.evaluate("document.querySelector('[data-others]').remove()")
        beat(page)
    editor.troubles.clear()


def test_what_was_typed_before_the_script_came_is_not_saved(
    editor: Editor, ann: User, item: Item
) -> None:
    following = shortlisted("下一条", by=ann)
    page = editor.page
    script = Delay(page, "**/desk/write*.js")
    page.goto(editor.url + address(item), wait_until="commit")
    headline(page).fill("打得快的标题")
    script.wait()
    script.let_go()
    expect(mark(page)).to_have_text("Not saved yet")
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{address(following)}")
    assert saved(item).headline == "打得快的标题"
    assert saved(item).status == Item.Status.APPROVED


def test_a_key_that_is_held_down_approves_one_story(editor: Editor, ann: User) -> None:
    first, second, third = shortlisted_in_a_digest(ann)
    page = opened(editor, first)
    page.keyboard.down("Control")
    for _repeat in range(5):
        page.keyboard.down("Enter")
    page.wait_for_url(f"**{address(second)}")
    for _repeat in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    # A save takes its turn after whatever the key did.
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert page.url.endswith(address(second))
    assert saved(first).status == Item.Status.APPROVED
    assert saved(second).status == Item.Status.DRAFT
    assert saved(third).status == Item.Status.DRAFT


def test_a_second_save_waits_for_the_answer_to_the_first(page: Page, item: Item) -> None:
    saves = Delay(page, "**/item/*/write/")
    headline(page).fill("第一次")
    page.keyboard.press("Control+s")
    headline(page).fill("第二次")
    page.keyboard.press("Control+s")
    saves.wait()
    make_a_round_trip(page)
    assert len(saves.waiting) == 1
    saves.let_go()
    expect(toast(page)).to_have_text("Saved.")
    expect(mark(page)).to_be_empty()
    assert saved(item).headline == "第二次"


def test_approving_is_one_request_however_often_it_is_pressed(editor: Editor, ann: User) -> None:
    first, second, _third = shortlisted_in_a_digest(ann)
    page = opened(editor, first)
    asked = watch_requests(page)
    approvals = Delay(page, f"**{address(first)}")
    headline(page).fill("一次审好")
    for _press in range(3):
        page.keyboard.press("Control+Enter")
    approvals.wait()
    approvals.let_go()
    page.wait_for_url(f"**{address(second)}")
    expect(messages(page)).to_have_text("Approved: 一次审好")
    assert asked.count("POST write") == 1
    assert saved(first).status == Item.Status.APPROVED
    assert unsaved(first) == 0


def test_who_types_while_a_story_is_approved_may_stay_and_is_told_of_it(
    editor: Editor, ann: User
) -> None:
    first, _second, _third = shortlisted_in_a_digest(ann)
    page = opened(editor, first)
    approval = Delay(page, f"**{address(first)}")
    headline(page).fill("审好的标题")
    page.keyboard.press("Control+Enter")
    approval.wait()
    page.on("dialog", lambda dialog: dialog.dismiss())
    headline(page).press_sequentially("，再改")
    with page.expect_event("dialog"):
        approval.let_go()
    expect(headline(page)).to_have_value("审好的标题，再改")
    assert saved(first).status == Item.Status.APPROVED
    expect(page.locator(".write-head .pill")).to_have_text("approved")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_contain_text("Saved.")
    expect(page.locator("[data-theirs]")).to_have_count(0)
    assert saved(first).headline == "审好的标题，再改"


# What is not saved


def test_text_that_was_sent_to_be_kept_does_not_come_back_after_the_save(
    page: Page, item: Item
) -> None:
    asked = watch_requests(page)
    keeping = Delay(page, "**/draft/", "PUT")
    headline(page).fill("新标题")
    pause(page)
    keeping.wait()
    page.keyboard.press("Control+s")
    make_a_round_trip(page)
    expect(toast(page)).to_be_empty()
    assert asked == ["PUT draft"]
    keeping.let_go()
    expect(toast(page)).to_have_text("Saved.")
    pause(page)
    make_a_round_trip(page)
    expect(mark(page)).to_be_empty()
    assert asked == ["PUT draft", "POST write"]
    assert saved(item).headline == "新标题"
    assert unsaved(item) == 0


def test_what_is_offered_stays_until_it_is_decided_about(page: Page, item: Item) -> None:
    body(page).fill("昨天写的一大段。")
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    asked = watch_requests(page)
    headline(page).press("End")
    page.keyboard.type("x")
    expect(mark(page)).to_have_text("Draft not kept: decide about the text above first")
    pause(page)
    page.keyboard.press("Backspace")
    expect(mark(page)).to_be_empty()
    pause(page)
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert asked == ["POST write"]
    headline(page).fill("另存的标题")
    page.keyboard.press("Control+s")
    expect(mark(page)).to_be_empty()
    page.reload()
    expect(page.locator("[data-unsaved]")).to_contain_text("昨天写的一大段。")
    expect(headline(page)).to_have_value("另存的标题")
    headline(page).fill("又一标题")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert saved(item).headline == "又一标题"
    assert unsaved(item) == 0


def test_text_that_was_put_back_before_the_script_came_is_not_saved(
    editor: Editor, page: Page, item: Item
) -> None:
    headline(page).fill("没有保存的标题")
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    script = Delay(page, "**/desk/write*.js")
    page.goto(editor.url + address(item), wait_until="commit")
    page.get_by_role("button", name="Restore it").click(no_wait_after=True)
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    script.let_go()
    expect(mark(page)).to_have_text("Not saved yet")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert saved(item).headline == "没有保存的标题"
    assert unsaved(item) == 0


def test_text_is_kept_when_the_page_is_closed_and_never_applied_by_itself(
    editor: Editor, page: Page, item: Item
) -> None:
    headline(page).fill("没有保存的标题")
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")
    tab = another_tab(editor)
    page.close()
    page = opened(tab, item)
    offered = page.locator("[data-unsaved]")
    expect(offered).to_contain_text("and did not save it")
    expect(headline(page)).to_have_value("旧标题")
    assert saved(item).headline == "旧标题"
    page.get_by_role("button", name="Restore it").click()
    expect(headline(page)).to_have_value("没有保存的标题")
    expect(offered).to_have_count(0)
    assert saved(item).headline == "旧标题"
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert saved(item).headline == "没有保存的标题"
    assert unsaved(item) == 0
    page.reload()
    expect(page.locator("[data-unsaved]")).to_have_count(0)


def test_leaving_asks_first_and_keeps_what_was_typed_last(
    editor: Editor, page: Page, item: Item
) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    headline(page).press_sequentially("!")
    editor.open("/admin/inbox/")
    assert asked == ["beforeunload"]
    wait_until(lambda: unsaved(item) == 1, what="the text is kept", seconds=10)
    opened(editor, item)
    expect(page.locator("[data-unsaved]")).to_be_visible()
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    assert saved(item).headline == "旧标题"
    assert unsaved(item) == 0


def test_what_was_typed_and_taken_back_is_not_offered(page: Page, item: Item) -> None:
    headline(page).press("End")
    page.keyboard.type("!")
    pause(page)
    expect(mark(page)).to_have_text("Draft kept, not saved")
    page.keyboard.press("Backspace")
    with page.expect_response("**/draft/"):
        pause(page)
    expect(mark(page)).to_be_empty()
    assert unsaved(item) == 0


def test_an_editor_who_is_signed_out_keeps_the_text_and_signs_in_beside_it(
    editor: Editor, page: Page, item: Item
) -> None:
    body(page).fill("写了很久的正文。")
    page.context.clear_cookies()
    page.keyboard.press("Control+s")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("You are signed out. Your text is still here")
    page.get_by_role("button", name="Save").click()
    expect(mark(page)).to_have_text("Not saved yet")
    body(page).press("End")
    page.keyboard.type("还有。")
    with page.expect_response("**/preview/"):  # the preview asks, and hears the same
        page.clock.fast_forward(1000)
    make_a_round_trip(page)
    expect(page.get_by_text("You are signed out")).to_have_count(1)
    expect(toast(page)).to_be_empty()
    expect(body(page)).to_have_value("写了很久的正文。还有。")
    assert page.url.endswith(address(item))
    with page.context.expect_page() as signing_in:
        told.get_by_role("link", name="Sign in").click()
    tab = Editor(signing_in.value, editor.url)
    tab.page.fill("[name=username]", "ann")
    tab.page.fill("[name=password]", "password")
    tab.page.click("[type=submit]")
    tab.page.wait_for_url(f"{editor.url}/admin/")
    body(page).press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    expect(told).to_have_count(0)
    assert saved(item).body == "写了很久的正文。还有。"
    editor.forgive("401", "403")


# Two at one story


def test_two_see_each_other_and_one_holds_the_story(
    desk_site: DeskSite, noor: User, page: Page, item: Item
) -> None:
    headline(page).fill("安写了一半")
    with desk_site.editor(noor, None) as editor:
        other = opened(editor, item)
        expect(other.locator("[data-others]")).to_have_text("Also here: Ann")
        expect(other.locator(".held")).to_contain_text("Ann is working on")
        expect(headline(other)).not_to_be_editable()
        expect(other.get_by_role("button", name="Save")).to_be_disabled()
        beat(page)
        expect(page.locator("[data-others]")).to_have_text("Also here: Noor")
        other.get_by_role("button", name="Take over").click()
        expect(other.locator(".held")).to_have_count(0)
        expect(headline(other)).to_be_editable()
        beat(page)
        expect(toast(page)).to_contain_text("Noor is working on")
        expect(headline(page)).not_to_be_editable()
        expect(headline(page)).to_have_value("安写了一半")
        asked = watch_requests(page)
        headline(page).press("Enter")
        make_a_round_trip(page)
        assert asked == []
        assert saved(item).headline == "旧标题"
        assert unsaved(item) == 1
    # Noor's browser is closed, but did not say so: two minutes are not over.
    page.get_by_role("button", name="Take over").click()
    expect(page.locator(".held")).to_have_count(0)
    expect(headline(page)).to_be_editable()
    expect(headline(page)).to_have_value("安写了一半")
    page.keyboard.press("Control+s")
    expect(toast(page)).to_have_text("Saved.")
    assert saved(item).headline == "安写了一半"
    assert unsaved(item) == 0


def test_a_page_with_nothing_typed_follows_what_another_saves(
    desk_site: DeskSite, noor: User, page: Page, item: Item
) -> None:
    expect(page.locator("[data-others]")).to_be_attached()
    with desk_site.editor(noor, None) as editor:
        other = opened(editor, item)
        other.get_by_role("button", name="Take over").click()
        headline(other).fill("诺尔的标题")
        other.keyboard.press("Control+s")
        expect(toast(other)).to_have_text("Saved.")
        beat(page)
        expect(headline(page)).to_have_value("诺尔的标题")
        expect(toast(page)).to_contain_text("Someone else saved this story.")
        expect(mark(page)).to_be_empty()
        page.get_by_role("button", name="Take over").click()
        headline(page).fill("安接着写")
        page.keyboard.press("Control+s")
        expect(toast(page)).to_have_text("Saved.")
    assert saved(item).headline == "安接着写"


def test_a_claim_that_is_renewed_takes_no_focus(
    desk_site: DeskSite, noor: User, editor: Editor, item: Item
) -> None:
    collaboration.claim(item, by=noor, lasts=Claim.FOR_WRITING)
    page = opened(editor, item)
    page.get_by_role("button", name="Take over").focus()
    said = {"held": "Noor is working on it until midnight.", "version": 1}
    page.route("**/hold/", lambda route: route.fulfill(json=said))
    page.locator(".held").evaluate("(shown) => (shown.dataset.isOld = '')")
    beat(page)
    expect(page.locator(".held[data-is-old]")).to_have_count(0)
    expect(page.get_by_role("button", name="Take over")).to_be_focused()


def test_no_key_and_no_fix_writes_into_what_another_holds(
    noor: User, editor: Editor, item: Item
) -> None:
    collaboration.claim(item, by=noor, lasts=Claim.FOR_WRITING)
    page = opened(editor, item)
    expect(remarks(page)).to_have_count(2)
    page.get_by_role("button", name="Fix all").click()
    expect(toast(page)).to_contain_text("Noor is working on")
    asked = watch_requests(page)
    for field, key in ((body, "Control+s"), (body, "Control+Enter"), (headline, "Enter")):
        field(page).press(key)
        expect(toast(page)).to_contain_text("Noor is working on")
    make_a_round_trip(page)
    assert asked == []
    remarks(page).first.get_by_role("button", name="Fix").click()
    expect(body(page)).to_have_value("𠮷推理,模型很快,也好。")
    assert page.url.endswith(address(item))
    assert saved(item).status == Item.Status.DRAFT


@pytest.mark.parametrize("whose", ["mine", "theirs"])
def test_a_stale_save_shows_theirs_and_keeps_mine(
    desk_site: DeskSite, noor: User, editor: Editor, page: Page, item: Item, whose: str
) -> None:
    headline(page).fill("安的标题")
    with desk_site.editor(noor, None) as another:
        other = opened(another, item)
        other.get_by_role("button", name="Take over").click()
        expect(headline(other)).to_be_editable()
        headline(other).fill("诺尔的标题")
        other.keyboard.press("Control+s")
        expect(toast(other)).to_have_text("Saved.")
    page.keyboard.press("Control+s")
    theirs = page.locator("[data-theirs]")
    expect(theirs).to_contain_text("Noor changed")
    expect(theirs.locator(".saved-text")).to_contain_text("诺尔的标题")
    expect(headline(page)).to_have_value("安的标题")
    assert saved(item).headline == "诺尔的标题"
    # Without a choice it is refused again. The choice below is pressed when this answer is shown:
    # a button that is replaced between a press and its release hears of neither.
    theirs.evaluate("(shown) => (shown.dataset.before = '')")
    with page.expect_response("**/item/*/write/") as refusal:
        page.keyboard.press("Control+s")
    assert "data-refused" in refusal.value.text()
    expect(page.locator("[data-before]")).to_have_count(0)
    expect(theirs).to_be_visible()
    if whose == "mine":
        page.get_by_role("button", name="Overwrite").click()
        expect(toast(page)).to_have_text("Saved.")
    else:
        page.get_by_role("link", name="Use theirs").click()
        expect(headline(page)).to_have_value("诺尔的标题")
        expect(mark(page)).to_be_empty()
    expect(theirs).to_be_hidden()
    assert saved(item).headline == ("安的标题" if whose == "mine" else "诺尔的标题")


# Elsewhere


def test_a_telephone_is_wide_enough(desk_site: DeskSite, ann: User, item: Item) -> None:
    with desk_site.editor(ann, address(item), phone=True) as editor:
        page = editor.page
        expect(remarks(page).locator(".fix")).to_have_count(2)
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


def test_without_a_script_one_saves_and_approves(desk_site: DeskSite, ann: User) -> None:
    first, second, _third = shortlisted_in_a_digest(ann)
    with desk_site.editor(ann, address(first), script=False) as editor:
        page = editor.page
        headline(page).fill("没有脚本")
        body(page).fill("第一行。\n\n第二行。")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".messagelist")).to_have_text("Saved.")
        page.get_by_role("button", name="Approve and go on").click()
        page.wait_for_url(f"**{address(second)}")
    now = saved(first)
    assert (now.headline, now.body, now.status) == ("没有脚本", "第一行。\n\n第二行。", "approved")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_bar_covers_no_remark_on_a_laptop(
    desk_site: DeskSite, ann: User, item: Item, language: str
) -> None:
    Item.objects.filter(pk=item.pk).update(body="一段<b>很长的正文。\n\n" * 60)
    size: ViewportSize = {"width": 1280, "height": 800}
    with desk_site.editor(ann, address(item), size=size, language=language) as editor:
        first = remarks(editor.page).first
        expect(first).to_be_visible()
        editor.settle()  # the script shows the remarks again
        line, bar = first.bounding_box(), editor.page.locator(".write-bar").bounding_box()
        assert line and bar
        assert line["y"] + line["height"] <= bar["y"]
        assert bar["y"] + bar["height"] <= 800


def test_the_history_beside_the_text_is_read_line_by_line(
    editor: Editor, item: Item, ann: User
) -> None:
    items.edit(item, replace(item.entry(), body="短"), by=ann, version=item.version)
    page = opened(editor, item)
    page.set_viewport_size({"width": 1280, "height": 800})
    line = page.locator(".story-history li").first
    when, changes = line.locator(".quiet").bounding_box(), line.locator(".diff").bounding_box()
    whole = line.bounding_box()
    assert when and changes and whole
    # Who and when in one line, and below it what they changed, as wide as there is room.
    assert when["height"] < 24
    assert changes["y"] >= when["y"] + when["height"]
    assert changes["width"] == whole["width"]
