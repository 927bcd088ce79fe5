"""The desk on a telephone: its head, its lists, and what one came for on the first screen."""

import re

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from digests.editorial import collaboration
from digests.models import Item
from tests.desk_site import PHONE, DeskSite
from tests.factories import draft, person, series, story

pytestmark = pytest.mark.django_db(transaction=True)


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    assert found
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_head_of_a_page_has_two_rows_at_every_width(desk_site: DeskSite, language: str) -> None:
    noor = person("Reviewer", language=language)
    digest = draft(by=noor, title="2026.12.01.01 过去4小时全球AI发生了什么？")
    collaboration.set_current_digest(digest, by=noor)
    with desk_site.editor(noor, "/admin/inbox/", phone=True, language=language) as editor:
        for width in range(320, 431, 10):
            editor.page.set_viewport_size({"width": width, "height": 844})
            assert box(editor.page.locator("#header"))["height"] < 100, width


def test_the_menu_leads_to_what_is_ones_own(desk_site: DeskSite) -> None:
    with desk_site.editor(person(), "/admin/", phone=True) as editor:
        page = editor.page
        expect(page.get_by_role("link", name="My settings")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("link", name="My settings")).to_be_visible()
        page.mouse.click(20, 600)
        expect(page.get_by_role("link", name="My settings")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading")).to_have_text("You are signed out")


def test_the_text_of_a_story_begins_on_the_first_screen(desk_site: DeskSite) -> None:
    item = story("潮汐模型把误差写在海图上", status=Item.Status.DRAFT, captured="原文很长。" * 100)
    with desk_site.editor(person(), f"/admin/digests/item/{item.pk}/write/", phone=True) as editor:
        page = editor.page
        bar, original = box(page.locator(".write-bar")), box(page.locator(".captured"))
        assert box(page.locator("[name=body]"))["y"] < bar["y"] < PHONE["height"]
        assert original["height"] < 80
        below = box(page.locator(".story-history"))
        assert below["y"] > box(page.locator("#writing"))["y"] + 300
        page.get_by_text("Show the whole original").click()
        assert box(page.locator(".captured"))["height"] > 200


@pytest.mark.parametrize("size", [(844, 390), (320, 700)])
def test_the_headline_and_the_body_are_in_reach_on_small_screens(
    desk_site: DeskSite, size: tuple[int, int]
) -> None:
    noor = person()
    item = story("潮汐模型把误差写在海图上，" * 3, status=Item.Status.DRAFT, captured="长。" * 200)
    collaboration.set_current_digest(draft(item, by=noor), by=noor)
    with desk_site.editor(noor, f"/admin/digests/item/{item.pk}/write/", phone=True) as editor:
        page = editor.page
        page.set_viewport_size({"width": size[0], "height": size[1]})
        headline, body = box(page.locator("[name=headline]")), box(page.locator(".field-body"))
        bar = box(page.locator(".write-bar"))
        assert headline["y"] + headline["height"] < bar["y"]
        assert body["y"] < min(bar["y"], size[1])
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_a_row_of_a_list_is_its_title_with_its_facts_below(desk_site: DeskSite) -> None:
    draft(title="2026.12.01.01 过去4小时全球AI发生了什么？")
    chief = person("Administrator", username="chief", first_name="Noor", is_superuser=True)
    with desk_site.editor(chief, "/admin/digests/digest/", phone=True) as editor:
        page = editor.page
        title, when = page.locator("tbody .field-title"), page.locator("tbody .field-when")
        assert box(title)["width"] > 350
        assert box(when)["y"] >= box(title)["y"] + box(title)["height"]
        assert box(when)["height"] < 24
        editor.open("/admin/digests/user/")
        roles = page.locator("tbody .field-roles").get_by_text("Administrator")
        assert box(roles)["height"] < 24


def test_an_example_of_a_series_changes_as_one_types(desk_site: DeskSite) -> None:
    series("ai")
    chief = person("Administrator", username="chief")
    with desk_site.editor(chief, "/admin/digests/series/add/") as editor:
        page, example = editor.page, editor.page.locator("[data-region=example]")
        expect(example).to_contain_text("As you fill in the form")
        page.locator("[name=name]").press_sequentially("AI 周报")
        expect(example).to_contain_text("AI 周报 ·")
        # What the slug will be, if none is typed.
        expect(page.locator("[name=slug]")).to_have_attribute("placeholder", "ai-2")
        page.locator("[name=slug]").press_sequentially("weekly")
        expect(example).to_contain_text(re.compile(r"/weekly/\d{4}-\d\d-\d\d-\d\d00/"))
        page.locator("[name=path_pattern]").fill("{date:%Y}/{series}.md")
        expect(example).to_contain_text(re.compile(r"\d{4}/weekly\.md"))
        expect(example).to_contain_text("get the same file name")
        page.select_option("[name=language]", "zh-hans")
        expect(example).to_contain_text(re.compile(r"\d月\d+日"))
        editor.settle()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messagelist")).to_contain_text("“AI 周报” saved.")
