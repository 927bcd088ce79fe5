"""The inbox under real fingers: keys alone, two editors, a telephone, and no script at all."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk_site import DeskSite, Editor
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
def site(tmp_path, browser: Browser) -> Iterator[DeskSite]:
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
        for box in ann.page.locator(".candidate .step").all()[:4]:
            size = box.bounding_box()
            assert size and size["height"] >= 40
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
    expect(ann.page.get_by_role("status")).to_contain_text("You are signed out")
    expect(ann.page.locator(".candidate")).to_have_count(6)
    ann.forgive("401", "403")
