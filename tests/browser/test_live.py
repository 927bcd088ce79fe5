"""Pages that follow what other editors do, in Chromium: by two editors, and by a page that nobody
looks at."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from digests.editorial import collaboration, compose, items, lifecycle
from digests.models import Digest, Item, Presence, User
from tests.desk_site import NEXT_FRAME, DeskSite, Editor, frames
from tests.factories import draft, source, story
from tests.screens import below

pytestmark = pytest.mark.django_db(transaction=True)

INBOX = "/admin/inbox/"
POLL = 4000  # ms between two questions


@pytest.fixture
def candidates(ann: User) -> list[Item]:
    """Thirty stories in the order of the list."""
    return [
        story(f"候选{number}", status=Item.Status.INBOX, by=ann) for number in range(30, 0, -1)
    ][::-1]


@pytest.fixture
def editor(desk_site: DeskSite, ann: User) -> Iterator[Editor]:
    """Ann, whose pages have a clock that the test puts forward; none is open yet."""
    with desk_site.editor(ann, None) as editor:
        editor.page.clock.install()
        yield editor


def set_hidden(page: Page, *, hidden: bool) -> None:
    """Let the page believe that its tab went into the background, or came back."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def questions(page: Page) -> list[Request]:
    """The questions that the page asks from now on whether it is outdated."""
    asked: list[Request] = []

    def note(request: Request) -> None:
        if "/changes/" in request.url:
            asked.append(request)

    page.on("request", note)
    return asked


def noted[**Given, Answer](
    verb: Callable[Given, Answer], said: list[str]
) -> Callable[Given, Answer]:
    """A verb that notes each call by its name."""

    def note(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        said.append(verb.__name__)
        return verb(*args, **kwargs)

    return note


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"]


def reject(item: Item, by: User) -> None:
    items.reject(item, by=by, version=item.version, reason="old")


def test_the_inbox_shows_what_another_editor_does_around_what_one_holds(
    editor: Editor, candidates: list[Item], noor: User
) -> None:
    editor.open(INBOX)
    page = editor.page
    for _step in range(14):
        page.keyboard.press("j")
    held = candidates[14]
    expect(page.locator(f"#item-{held.pk}")).to_be_focused()
    page.locator(f"#item-{candidates[15].pk} [type=checkbox]").check()
    page.locator(f"#item-{held.pk}").focus()
    before = top(page, f"#item-{held.pk}")
    reject(candidates[2], noor)
    reject(candidates[20], noor)
    collaboration.claim(candidates[13], by=noor)
    fresh = story("新来的", status=Item.Status.INBOX, by=noor)
    page.clock.run_for(POLL)
    expect(page.locator(f"#item-{fresh.pk}")).to_be_attached()
    expect(page.locator(f"#item-{candidates[2].pk}")).to_have_count(0)
    expect(page.locator(f"#item-{candidates[20].pk}")).to_have_count(0)
    expect(page.locator(f"#item-{candidates[13].pk} .face")).to_have_text("● Noor")
    expect(page.locator("[data-total]")).to_have_attribute("data-total", "29")
    expect(page.locator(f"#item-{held.pk}")).to_be_focused()
    expect(page.locator(f"#item-{candidates[15].pk} [type=checkbox]")).to_be_checked()
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    assert abs(top(page, f"#item-{held.pk}") - before) < 1


def test_what_is_unfolded_and_what_is_typed_stay_while_the_inbox_follows(
    editor: Editor, ann: User, noor: User
) -> None:
    read = story("读着的", status=Item.Status.INBOX, by=ann, captured="原文第一句。原文第二句。")
    gone = story("别人拒的", status=Item.Status.INBOX, by=ann)
    editor.open(INBOX)
    page = editor.page
    page.locator(f"#item-{read.pk} summary").click()
    box = page.get_by_placeholder("Paste links")
    box.press_sequentially("写到一半")
    reject(gone, noor)
    page.clock.run_for(POLL)
    expect(page.locator(f"#item-{gone.pk}")).to_have_count(0)
    expect(page.locator(f"#item-{read.pk} .captured")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("写到一半")


def test_compose_shows_another_editors_move_around_a_text_that_is_being_typed(
    desk_site: DeskSite, ann: User, noor: User
) -> None:
    """In its own time: a clock that is put forward runs scripts in the preview, which has none."""
    first, second, third = (story(f"Story {number}", by=ann) for number in (1, 2, 3))
    digest = draft(first, second, third, by=ann)
    with desk_site.editor(ann, below(digest, "compose")) as editor:
        page = editor.page
        page.locator(f"#edit-{second.pk}").click()
        headline = page.locator(f"#headline-{second.pk}")
        headline.fill("Story 2, told")
        # A number that was typed and not confirmed.
        number = page.locator(f"#position-{first.pk}")
        number.fill("3")
        digest = compose.place(digest, third, by=noor, version=digest.version, position=1)
        headlines = page.locator(".placements .headline")
        expect(headlines).to_have_text(["Story 3", "Story 1", "Story 2"])
        expect(number).to_be_focused()
        expect(number).to_have_value("3")
        expect(headline).to_have_value("Story 2, told")
        expect(page.locator(f"#position-{third.pk}")).to_have_value("1")
        lifecycle.submit(digest, by=noor, version=digest.version)
        expect(page.locator(".compose-head .pill")).to_have_text("in review")
        expect(page.locator(".pool-pane")).to_be_hidden()


def test_compose_says_that_its_digest_was_deleted_and_follows_it_no_more(
    desk_site: DeskSite, ann: User
) -> None:
    digest = draft(by=ann)
    with desk_site.editor(ann, None) as editor:
        editor.forgive("404")
        page = editor.page
        # Short waits, because a clock that is put forward runs scripts in the preview.
        page.add_init_script(
            """for (const name of ["setTimeout", "setInterval"]) {
                const start = window[name];
                window[name] = (act, wait) => start(act, Math.min(wait, 100));
            }"""
        )
        editor.open(below(digest, "compose"))
        editor.settle()
        Digest.objects.get(pk=digest.pk).delete()
        expect(page.locator("[data-here]")).to_contain_text("This digest was deleted.")
        asked: list[str] = []
        editor.settle()
        page.on("request", lambda request: asked.append(request.url))
        set_hidden(page, hidden=True)
        set_hidden(page, hidden=False)
        for _frame in range(30):
            page.evaluate(NEXT_FRAME)
        # The bar of slots has nothing to do with the digest.
        assert [url for url in asked if "/alarms/" not in url] == []


def test_compose_offers_what_another_editor_shortlists(
    desk_site: DeskSite, ann: User, noor: User
) -> None:
    digest = draft(story(by=ann), by=ann)
    waiting = story("候选", status=Item.Status.INBOX, by=ann)
    with desk_site.editor(ann, below(digest, "compose")) as editor:
        items.shortlist(waiting, by=noor, version=waiting.version)
        expect(editor.page.locator(f"#add-{waiting.pk}")).to_be_visible()


def test_today_shows_a_digest_that_another_editor_begins(
    editor: Editor, ann: User, noor: User
) -> None:
    old = draft(by=ann, title="旧的")
    editor.open("/admin/")
    page = editor.page
    link = page.locator(f"#draft-{old.pk} a")
    link.focus()
    new = draft(story(source=source(), status=Item.Status.INBOX), by=noor, title="新的")
    page.clock.run_for(POLL)
    expect(page.locator(f"#draft-{new.pk}")).to_contain_text("新的")
    expect(link).to_be_focused()
    expect(link).to_have_text("旧的")


@pytest.mark.parametrize("noun", ["item", "digest"])
def test_the_lists_show_what_another_editor_begins_and_leave_what_is_typed(
    editor: Editor, noor: User, noun: str
) -> None:
    editor.open(f"/admin/digests/{noun}/")
    page = editor.page
    page.locator("#searchbar").fill("还在打的字")
    title = "新的"
    if noun == "item":
        story(title, by=noor, status=Item.Status.INBOX)
    else:
        draft(by=noor, title=title)
    page.clock.run_for(POLL)
    expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
    expect(page.locator("#searchbar")).to_have_value("还在打的字")
    expect(page.locator("#searchbar")).to_be_focused()


def test_a_hidden_page_asks_nothing_and_one_that_is_seen_again_asks_at_once(
    editor: Editor, candidates: list[Item], noor: User
) -> None:
    editor.open(INBOX)
    page = editor.page
    asked = questions(page)
    set_hidden(page, hidden=True)
    page.clock.run_for(10 * POLL)
    reject(candidates[0], noor)
    assert asked == []
    set_hidden(page, hidden=False)
    page.clock.run_for(1)
    expect(page.locator(f"#item-{candidates[0].pk}")).to_have_count(0)
    assert len(asked) == 1


def test_a_page_asks_every_four_seconds_and_does_not_prolong_its_session(
    editor: Editor, candidates: list[Item]
) -> None:
    editor.open(INBOX)
    page = editor.page
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)
    editor.settle()
    asked = questions(page)
    for number in range(1, 4):
        page.clock.run_for(POLL - 1)
        assert len(asked) == number - 1
        with page.expect_response("**/changes/**") as answer:
            page.clock.run_for(1)
        assert answer.value.json() == {"changed": False}
        assert answer.value.request.headers["x-heartbeat"] == "1"
        editor.settle()


def test_whoever_is_signed_out_is_asked_about_no_more(
    editor: Editor, candidates: list[Item]
) -> None:
    editor.forgive("401")
    editor.open(INBOX)
    page = editor.page
    page.context.clear_cookies(name="sessionid")
    asked = questions(page)
    page.clock.run_for(POLL)
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    page.clock.run_for(10 * POLL)
    assert len(asked) == 1


def test_what_one_does_oneself_is_not_asked_for_again(
    editor: Editor, candidates: list[Item]
) -> None:
    editor.open(INBOX)
    page = editor.page
    page.keyboard.press("s")
    expect(page.get_by_role("status")).to_contain_text("Shortlisted")
    editor.settle()
    with page.expect_response("**/changes/**") as answer:
        page.clock.run_for(POLL)
    assert answer.value.json() == {"changed": False}


def test_a_hidden_page_with_unsaved_text_is_told_of_to_others(
    desk_site: DeskSite, ann: User, noor: User
) -> None:
    item = story("一条", status=Item.Status.DRAFT, by=ann)
    digest: Digest = draft(item, by=ann)
    for address, field in (
        (below(item, "write"), "[name=headline]"),
        (below(digest, "compose"), f"#headline-{item.pk}"),
    ):
        with desk_site.editor(noor, address) as other, desk_site.editor(ann, address) as here:
            if "compose" in address:
                other.page.locator(f"#edit-{item.pk}").click()
            other.page.locator(field).press_sequentially("!")
            with other.page.expect_response("**/presence/**"):
                set_hidden(other.page, hidden=True)
            here.page.reload()
            expect(here.page.get_by_text("Also here: Noor (has unsaved text)")).to_be_visible()


def test_a_page_that_is_closed_with_unsaved_text_says_last_that_it_was_left(
    desk_site: DeskSite, ann: User, noor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    for verb in (collaboration.heartbeat, collaboration.leave):
        monkeypatch.setattr(collaboration, verb.__name__, noted(verb, said))
    item = story("一条", status=Item.Status.DRAFT, by=ann)
    with desk_site.editor(noor, below(item, "write")) as other:
        page, context = other.page, other.page.context
        page.locator("[name=headline]").press_sequentially("!")
        other.settle()
        page.on("dialog", lambda dialog: dialog.accept())
        page.close(run_before_unload=True)
        left = context.new_page()
        for _frame in frames(left):
            if "leave" in said:
                break
        left.goto(f"{desk_site.url}/admin/")  # answered after what was sent before it
    assert said == ["heartbeat", "leave"]
    assert not Presence.objects.exists()
