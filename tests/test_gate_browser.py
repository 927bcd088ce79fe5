"""The gate under real fingers: a thumb on a telephone, the history, the whole way in Chinese."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk_site import PHONE, DeskSite, Editor
from tests.embedded import EmbeddedServer
from tests.services import Postgresql

ROWS = """
import json
from digests import editorial
from digests.models import Item
from digests.text.document import Entry
from tests.factories import approve, draft, in_review, person, published, series, story
ann = person("Editor", username="ann", first_name="Ann")
rita = person("Reviewer", username="rita", first_name="Rita")
ada = person("Administrator", username="ada", first_name="Ada")
made = {}
for name in ("thumb", "changed", "back"):
    item = story(f"Story {name}", by=ann)
    made[name] = in_review(item, story(), by=ann, title=f"Digest {name}").pk
    made[f"item {name}"] = item.pk
waiting = story("Story waiting", status="draft", by=ann)
made["waiting"] = in_review(waiting, by=ann, title="Digest waiting").pk
strict = series("strict", name="Strict", four_eyes=True, four_eyes_override=True)
made["alone"] = in_review(story(), by=ada, series=strict, title="Digest alone").pk
item = story("推理模型", body="原来的正文。", by=ann)
digest = published(item, by=ann, title="Digest history")
digest = editorial.correct(digest, by=rita, version=digest.version)
item.refresh_from_db()
entry = Entry(item.headline, item.byline, item.url, "后来的正文。")
item = editorial.edit_item(item, entry, by=ann, version=item.version)
editorial.approve_item(item, by=ann, version=item.version)
digest.refresh_from_db()
digest = approve(editorial.submit(digest, by=ann, version=digest.version), by=rita)
made["history"] = editorial.correct(digest, by=rita, version=digest.version).pk
print(json.dumps(made))
"""
CHANGE = """
from digests import editorial
from digests.models import Item, User
from digests.text.document import Entry
item, ann = Item.objects.get(pk={item}), User.objects.get(username="ann")
entry = Entry("Story told anew", item.byline, item.url, item.body)
item = editorial.edit_item(item, entry, by=ann, version=item.version)
editorial.approve_item(item, by=ann, version=item.version)
"""
ONE = """
import json
from digests import editorial
from tests.factories import draft, person, story
rita = person("Reviewer", username="rita")
editorial.work_on(draft(by=rita, title="过去4小时"), by=rita)
story("候选", status="inbox", by=rita)
print(json.dumps({}))
"""
NOBODY = """
import json
from tests.factories import person, series
person("Reviewer", username="wen")
series()
print(json.dumps({}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[DeskSite]:
    with EmbeddedServer(tmp_path_factory.mktemp("gate") / "data") as server:
        yield DeskSite(server, browser, ROWS)


def moves(site: DeskSite, name: str) -> list[list[str]]:
    """What happened to a digest: verbs, people and notes."""
    code = (
        "import json; from digests.models import Digest; print(json.dumps([[m.verb, m.who, m.note]"
        f" for m in Digest.objects.get(pk={site.rows[name]}).moves.all()]))"
    )
    told: list[list[str]] = json.loads(site.server.manage("shell", "-v", "0", "-c", code))
    return told


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


def test_a_digest_is_approved_with_one_thumb(site: DeskSite) -> None:
    with site.editor("rita", phone=True) as rita:
        page = rita.page
        page.get_by_role("link", name="Digest thumb").first.tap()
        expect(page.locator(".approve")).to_be_visible()
        within_reach(page.get_by_role("button", name="Approve exactly this"))
        page.get_by_role("link", name="Page", exact=True).tap()
        reader = page.frame_locator("iframe.reader")
        expect(reader.get_by_text("Story thumb")).to_be_visible()
        page.get_by_role("link", name="File", exact=True).tap()
        expect(page.locator("pre.file")).to_be_in_viewport()
        page.get_by_text("Add a note").tap()
        page.get_by_label("Note", exact=True).fill("路上看过")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        button = page.get_by_role("button", name="Approve exactly this")
        within_reach(button)
        button.tap()
        expect(told(page)).to_contain_text("is now published")
    assert ["approve", "Rita", "路上看过"] in moves(site, "thumb")


def test_a_text_that_changed_is_shown_anew_and_the_note_is_kept(site: DeskSite) -> None:
    with site.editor("rita", phone=True) as rita:
        page = rita.page
        rita.open(f"/admin/digests/digest/{site.rows['changed']}/approve/")
        page.get_by_text("Add a note").tap()
        page.get_by_label("Note", exact=True).fill("看过了")
        code = CHANGE.format(item=site.rows["item changed"])
        site.server.manage("shell", "-v", "0", "-c", code)
        button = page.get_by_role("button", name="Approve exactly this")
        button.tap()
        expect(page.locator(".messagelist .error")).to_contain_text("Read it again")
        expect(page.get_by_label("Note", exact=True)).to_be_visible()
        expect(page.get_by_label("Note", exact=True)).to_have_value("看过了")
        expect(page.locator("pre.file")).to_contain_text("Story told anew")
        assert "approve" not in [verb for verb, *_ in moves(site, "changed")]
        button.tap()
        expect(told(page)).to_contain_text("is now published")
    assert ["approve", "Rita", "看过了"] in moves(site, "changed")


def test_a_digest_is_sent_back_with_a_note_without_leaving_the_page(site: DeskSite) -> None:
    with site.editor("rita", phone=True) as rita:
        page = rita.page
        rita.open(f"/admin/digests/digest/{site.rows['back']}/approve/")
        page.locator("summary", has_text="Send back").tap()
        button = page.get_by_role("button", name="Send back", exact=True)
        button.tap()
        # The browser itself asks for the note.
        expect(page.locator(".approve")).to_be_visible()
        page.get_by_label("The digest becomes a draft again").fill("标题太长")
        button.tap()
        expect(told(page)).to_contain_text("is now draft")
    assert ["send_back", "Rita", "标题太长"] in moves(site, "back")
    with site.editor("ann", phone=True) as ann:
        urgent = ann.page.locator(".urgent")
        expect(urgent).to_contain_text("标题太长")
        expect(urgent).to_contain_text("Rita")
        urgent.get_by_role("link", name="Digest back").tap()
        expect(ann.page.get_by_role("button", name="Submit for approval")).to_be_visible()


def test_stories_that_wait_are_let_pass_and_then_the_digest(site: DeskSite) -> None:
    with site.editor("rita", phone=True) as rita:
        page = rita.page
        rita.open(f"/admin/digests/digest/{site.rows['waiting']}/approve/")
        expect(page.get_by_role("button", name="Approve exactly this")).to_have_count(0)
        page.get_by_role("button", name="Approve these stories").tap()
        expect(page.locator(".messagelist")).to_contain_text("1 story approved.")
        page.get_by_role("button", name="Approve exactly this").tap()
        expect(told(page)).to_contain_text("is now published")


def test_an_administrator_alone_is_asked_why(site: DeskSite) -> None:
    with site.editor("ada", phone=True) as ada:
        page = ada.page
        ada.open(f"/admin/digests/digest/{site.rows['alone']}/approve/")
        button = page.get_by_role("button", name="Approve exactly this")
        within_reach(button)
        button.tap()
        expect(page.locator(".messagelist .error")).to_contain_text("say why yours are enough")
        page.get_by_label("Why are your eyes enough?").fill("夜里没有别人")
        button.tap()
        expect(told(page)).to_contain_text("is now published")
    assert ["override", "Ada", "夜里没有别人"] in moves(site, "alone")


def test_two_revisions_are_compared_and_the_earlier_is_restored(site: DeskSite) -> None:
    with site.editor("rita") as rita:
        page = rita.page
        rita.open(f"/admin/digests/digest/{site.rows['history']}/history/")
        page.locator("[name=old]").select_option("2")
        page.locator("[name=new]").select_option("1")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator(".diff ins")).to_have_text("原")
        expect(page.locator(".diff del")).to_have_text("后")
        restore = page.get_by_role("button", name="Restore revision 1", exact=True)
        expect(restore).to_be_hidden()
        page.locator("summary", has_text="Restore").last.click()
        restore.click()
        expect(page.locator(".messagelist .success")).to_contain_text("The draft reads as")
        rita.open(f"/admin/digests/digest/{site.rows['history']}/reader/frame/")
        expect(page.locator("article")).to_contain_text("原来的正文。")
        # Readers see what they saw.
        rita.open(f"/admin/digests/digest/{site.rows['history']}/reader/live/")
        expect(page.locator("article")).to_contain_text("后来的正文。")


def visible(label: str, language: str) -> str:
    """What the screens say for an English label in this language."""
    with translation.override(language):
        return translation.gettext(label)


def press(editor: Editor, label: str, language: str) -> None:
    name = visible(label, language)
    either = editor.page.get_by_role("button", name=name, exact=True)
    either.or_(editor.page.get_by_role("link", name=name, exact=True)).first.click()


def from_draft_to_public(editor: Editor, language: str, title: str) -> None:
    """Open the current digest, approve its stories, submit it, approve it, read it."""
    page = editor.page
    page.locator(".current-digest").get_by_role("link", name=title).click()
    expect(page.locator(".placements .headline")).to_have_count(1)
    for label in ("Approve all that are ready", "Submit for approval", "Read and approve…"):
        press(editor, label, language)
    press(editor, "Approve exactly this", language)
    expect(told(page)).to_contain_text(visible("published", language))
    editor.open("/admin/digests/digest/")
    page.locator("#result_list").get_by_role("link", name=title).click()
    press(editor, "Public page", language)
    expect(page.locator("h1")).to_have_text(title)


def test_the_whole_way_in_chinese(tmp_path: Path, browser: Browser) -> None:
    with EmbeddedServer(tmp_path / "data") as server:
        site = DeskSite(server, browser, NOBODY)
        with site.editor("wen", language="zh-hans") as wen:
            page, zh = wen.page, "zh-hans"
            assert page.locator("html").get_attribute("lang") == "zh-hans"
            press(wen, "New digest", zh)
            page.select_option("[name=series]", label="Global AI")
            page.fill("[name=title]", "过去4小时")
            press(wen, "Save", zh)
            expect(page.locator(".current-digest")).to_contain_text("过去4小时")
            press(wen, "Today", zh)
            page.locator("textarea[name=text]").fill("港城机器学习周 https://example.org/harbour")
            press(wen, "Add", zh)
            expect(page.locator(".paste-results .added")).to_contain_text("港城机器学习周")
            press(wen, "Inbox", zh)
            press(wen, "To the digest", zh)
            expect(page.locator(".candidate")).to_have_count(0)
            from_draft_to_public(wen, zh, "过去4小时")


def test_a_digest_is_made_on_postgresql(
    tmp_path: Path, browser: Browser, postgresql: Postgresql
) -> None:
    with (
        postgresql.database() as url,
        EmbeddedServer(tmp_path / "data", DATABASE_URL=url) as server,
    ):
        site = DeskSite(server, browser, ONE)
        with site.editor("rita") as rita:
            rita.open("/admin/inbox/")
            rita.page.keyboard.press("d")
            expect(rita.page.get_by_role("status")).to_contain_text("Put into “过去4小时”: 候选")
            expect(rita.page.locator(".candidate")).to_have_count(0)
            from_draft_to_public(rita, "en", "过去4小时")
            assert rita.page.request.get(rita.page.url).status == 200
            expect(rita.page.locator("article")).to_contain_text("候选")
