"""Approval in Chromium: by thumb on a telephone, the history, the whole way in Chinese."""

import pytest
from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from digests.editorial import collaboration, items, lifecycle
from digests.models import Digest, Item, User
from digests.text.format import Entry
from tests.desk_site import PHONE, DeskSite, Editor
from tests.factories import approve, draft, in_review, person, published, series, story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rita() -> User:
    return person("Reviewer", username="rita", first_name="Rita")


def edit(item: Item, *, by: User, headline: str | None = None, body: str | None = None) -> None:
    """Changes a story and approves it again."""
    item.refresh_from_db()
    entry = Entry(headline or item.headline, item.byline, item.url, body or item.body)
    item = items.edit(item, entry, by=by, version=item.version)
    items.approve(item, by=by, version=item.version)


def approval(digest: Digest) -> str:
    return f"/admin/digests/digest/{digest.pk}/approve/"


def moves(digest: Digest) -> list[tuple[str, str, str]]:
    """What happened to a digest: verbs, people and notes."""
    return [(move.action, move.who, move.note) for move in digest.history.all()]


def within_reach(target: Locator) -> None:
    """A thumb finds it on the lower half of the screen, and does not miss it."""
    expect(target).to_be_in_viewport(ratio=1)
    box = target.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["y"] > PHONE["height"] / 2


def told(page: Page) -> Locator:
    """What Today says of the step that led to it."""
    return page.locator(".messagelist .success")


def test_a_digest_is_approved_with_one_thumb(desk_site: DeskSite, rita: User) -> None:
    digest = in_review(story("Story thumb"), story(), title="Digest thumb")
    with desk_site.editor(rita, phone=True) as editor:
        page = editor.page
        page.get_by_role("link", name="Digest thumb").first.tap()
        expect(page.locator(".approve")).to_be_visible()
        within_reach(page.get_by_role("button", name="Approve this version"))
        page.get_by_role("link", name="Page", exact=True).tap()
        reader = page.frame_locator("iframe.reader")
        expect(reader.get_by_text("Story thumb")).to_be_visible()
        page.get_by_role("link", name="File", exact=True).tap()
        expect(page.locator("pre.file")).to_be_in_viewport()
        page.get_by_text("Add a note").tap()
        page.get_by_label("Note", exact=True).fill("路上看过")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        button = page.get_by_role("button", name="Approve this version")
        within_reach(button)
        button.tap()
        expect(told(page)).to_contain_text("is published")
    assert ("approve", "Rita", "路上看过") in moves(digest)


def test_a_text_that_changed_is_shown_again_and_the_note_is_kept(
    desk_site: DeskSite, ann: User, rita: User
) -> None:
    item = story("Story changed", by=ann)
    digest = in_review(item, story(), by=ann)
    with desk_site.editor(rita, approval(digest), phone=True) as editor:
        page = editor.page
        page.get_by_text("Add a note").tap()
        page.get_by_label("Note", exact=True).fill("看过了")
        edit(item, by=ann, headline="Story told again")
        button = page.get_by_role("button", name="Approve this version")
        button.tap()
        expect(page.locator(".messagelist .error")).to_contain_text("Read it again")
        expect(page.get_by_label("Note", exact=True)).to_be_visible()
        expect(page.get_by_label("Note", exact=True)).to_have_value("看过了")
        expect(page.locator("pre.file")).to_contain_text("Story told again")
        assert "approve" not in [verb for verb, *_ in moves(digest)]
        button.tap()
        expect(told(page)).to_contain_text("is published")
    assert ("approve", "Rita", "看过了") in moves(digest)


def test_a_digest_is_sent_back_with_a_note_without_leaving_the_page(
    desk_site: DeskSite, ann: User, rita: User
) -> None:
    digest = in_review(by=ann, title="Digest back")
    with desk_site.editor(rita, approval(digest), phone=True) as editor:
        page = editor.page
        page.locator("summary", has_text="Send back").tap()
        button = page.get_by_role("button", name="Send back", exact=True)
        button.tap()
        # The browser itself asks for the note.
        expect(page.locator(".approve")).to_be_visible()
        page.get_by_label("The digest becomes a draft again").fill("标题太长")
        button.tap()
        expect(told(page)).to_contain_text("is sent back to Ann")
    assert ("send_back", "Rita", "标题太长") in moves(digest)
    with desk_site.editor(ann, phone=True) as editor:
        urgent = editor.page.locator(".urgent")
        expect(urgent).to_contain_text("标题太长")
        expect(urgent).to_contain_text("Rita")
        urgent.get_by_role("link", name="Digest back").tap()
        expect(editor.page.get_by_role("button", name="Submit for review")).to_be_visible()


def test_what_is_asked_for_moves_no_button(desk_site: DeskSite, ann: User) -> None:
    ada = person("Administrator", first_name="Ada")
    strict = series("strict", four_eyes=True, four_eyes_override=True)
    digest = in_review(story(), by=ann, series=strict)
    Digest.objects.filter(pk=digest.pk).update(changed_by=ada)
    with desk_site.editor(ada, approval(digest)) as editor:
        page = editor.page
        buttons = page.locator(".approve-steps").locator("> button, > .ask > summary")
        expect(buttons).to_have_count(2)
        places = [button.bounding_box() for button in buttons.all()]
        first, second = places
        assert first and second
        assert first["y"] == second["y"]
        page.locator("summary", has_text="Send back").click()
        page.get_by_text("Add a note").click()
        expect(page.get_by_label("Note", exact=True)).to_be_visible()
        assert [button.bounding_box() for button in buttons.all()] == places


def test_stories_that_wait_are_let_pass_and_then_the_digest(
    desk_site: DeskSite, rita: User
) -> None:
    digest = in_review(story(status=Item.Status.DRAFT))
    with desk_site.editor(rita, approval(digest), phone=True) as editor:
        page = editor.page
        expect(page.get_by_role("button", name="Approve this version")).to_have_count(0)
        page.get_by_role("button", name="Approve all that are ready").tap()
        expect(page.locator(".messagelist")).to_contain_text("1 story approved.")
        page.get_by_role("button", name="Approve this version").tap()
        expect(told(page)).to_contain_text("is published")


def test_an_administrator_alone_is_asked_why(desk_site: DeskSite) -> None:
    ada = person("Administrator", first_name="Ada")
    strict = series("strict", four_eyes=True, four_eyes_override=True)
    digest = in_review(by=ada, series=strict)
    with desk_site.editor(ada, approval(digest), phone=True) as editor:
        page = editor.page
        button = page.get_by_role("button", name="Approve this version")
        within_reach(button)
        button.tap()
        expect(page.locator(".messagelist .error")).to_contain_text(
            "give a reason for approving alone"
        )
        page.get_by_label("Reason for approving alone").fill("夜里没有别人")
        button.tap()
        expect(told(page)).to_contain_text("is published")
    assert ("override", "Ada", "夜里没有别人") in moves(digest)


def test_two_revisions_are_compared_and_the_earlier_is_restored(
    desk_site: DeskSite, ann: User, rita: User
) -> None:
    item = story("推理模型", body="原来的正文。", by=ann)
    digest = published(item, by=ann)
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    edit(item, by=ann, body="后来的正文。")
    digest.refresh_from_db()
    digest = approve(lifecycle.submit(digest, by=ann, version=digest.version), by=rita)
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    address = f"/admin/digests/digest/{digest.pk}"
    with desk_site.editor(rita, f"{address}/history/") as editor:
        page = editor.page
        page.locator("[name=old]").select_option("2")
        page.locator("[name=new]").select_option("1")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator(".diff ins")).to_have_text("原")
        expect(page.locator(".diff del")).to_have_text("后")
        restore = page.get_by_role("button", name="Restore revision 1", exact=True)
        expect(restore).to_be_hidden()
        page.locator("summary", has_text="Restore").last.click()
        restore.click()
        expect(page.locator(".messagelist .success")).to_contain_text("The draft was restored to")
        editor.open(f"{address}/reader/frame/")
        expect(page.locator("article")).to_contain_text("原来的正文。")
        # Readers still see the published text.
        editor.open(f"{address}/reader/live/")
        expect(page.locator("article")).to_contain_text("后来的正文。")


def visible(label: str, language: str) -> str:
    """What the screens say for an English label in this language."""
    with translation.override(language):
        return translation.gettext(label)


def press(editor: Editor, label: str, language: str) -> None:
    name = visible(label, language)
    either = editor.page.get_by_role("button", name=name, exact=True)
    either.or_(editor.page.get_by_role("link", name=name, exact=True)).first.click()


def from_draft_to_public(
    editor: Editor, language: str, title: str, *, has_text: bool = True
) -> None:
    """Open the current digest, approve its story, submit it, approve it, read it."""
    page = editor.page
    page.locator(".current-digest").get_by_role("link", name=title).click()
    expect(page.locator(".placements .headline")).to_have_count(1)
    page.locator("button.approve").click()
    if not has_text:
        # Of a mere link it is asked once.
        expect(page.locator("[name=without_text]")).to_have_count(1)
        page.locator("button.approve").click()
    for label in ("Submit for review", "Read and approve…"):
        press(editor, label, language)
    press(editor, "Approve this version", language)
    expect(told(page)).to_contain_text(visible("published", language))
    editor.open("/admin/digests/digest/")
    page.locator("#result_list").get_by_role("link", name=title).click()
    press(editor, "Public page", language)
    expect(page.locator("h1")).to_have_text(title)


def test_the_whole_way_in_chinese(desk_site: DeskSite) -> None:
    series()
    with desk_site.editor(person("Reviewer"), language="zh-hans") as editor:
        page, zh = editor.page, "zh-hans"
        assert page.locator("html").get_attribute("lang") == "zh-hans"
        press(editor, "New digest", zh)
        page.select_option("[name=series]", label="Global AI")
        page.fill("[name=title]", "过去4小时")
        press(editor, "Save", zh)
        expect(page.locator(".current-digest")).to_contain_text("过去4小时")
        press(editor, "Today", zh)
        page.locator("textarea[name=text]").fill("港城机器学习周 https://example.org/harbour")
        press(editor, "Add", zh)
        expect(page.locator(".paste-results .added")).to_contain_text("港城机器学习周")
        press(editor, "Inbox", zh)
        press(editor, "Add to digest", zh)
        expect(page.locator(".candidate")).to_have_count(0)
        from_draft_to_public(editor, zh, "过去4小时", has_text=False)


@pytest.mark.postgresql
def test_a_digest_is_made_from_the_inbox(desk_site: DeskSite, rita: User) -> None:
    collaboration.set_current_digest(draft(by=rita, title="过去4小时"), by=rita)
    story("候选", status=Item.Status.INBOX, by=rita)
    with desk_site.editor(rita, "/admin/inbox/") as editor:
        page = editor.page
        page.keyboard.press("d")
        expect(page.get_by_role("status")).to_contain_text("Added to “过去4小时”: 候选")
        expect(page.locator(".candidate")).to_have_count(0)
        from_draft_to_public(editor, "en", "过去4小时")
        assert page.request.get(page.url).status == 200
        expect(page.locator("article")).to_contain_text("候选")
