"""The forms of an item's and a digest's details, in Chromium."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Route, expect

from digests.editorial import items
from digests.models import Item
from tests.desk_site import DeskSite
from tests.factories import draft, person, series, story
from tests.screens import below

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("form", ["item details", "digest details", "new item", "new digest"])
def test_leaving_a_form_asks_about_what_was_typed(desk_site: DeskSite, form: str) -> None:
    address, field = {
        "item details": (below(story(), "details"), "captured"),
        "digest details": (below(draft(), "details"), "title"),
        "new item": ("/admin/digests/item/add/", "headline"),
        "new digest": ("/admin/digests/digest/add/", "title"),
    }[form]
    with desk_site.editor(person(), address) as editor:
        page = editor.page
        asked: list[str] = []

        def leave(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.on("dialog", leave)
        editor.open("/admin/")
        assert asked == []
        editor.open(address)
        page.locator(f"[name={field}]").press_sequentially("x")
        editor.open("/admin/")
        assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    ("noun", "text", "choice"), [("item", "headline", "language"), ("digest", "title", "series")]
)
def test_a_form_that_was_sent_is_not_sent_again_until_one_comes_back_to_it(
    desk_site: DeskSite, noun: str, text: str, choice: str
) -> None:
    series()
    address = f"/admin/digests/{noun}/add/"
    with desk_site.editor(person(), address) as editor:
        page, save = editor.page, editor.page.get_by_role("button", name="Save")
        sent: list[str] = []

        def stay(route: Route) -> None:
            sent.append(route.request.method)
            route.fulfill(status=204)

        page.route(f"**{address}", stay)
        page.locator(f"[name={text}]").fill("Pressed twice")
        page.locator(f"[name={choice}]").select_option(index=1)
        save.click()
        expect(save).to_be_disabled()
        page.locator("[data-guard]").evaluate("(form) => form.requestSubmit()")
        editor.settle()
        assert sent == ["POST"]
        page.unroute(f"**{address}")
        page.evaluate("dispatchEvent(new Event('pageshow'))")
        save.click()
        page.wait_for_url(re.compile(r"/(write|compose)/$"))


def test_details_are_saved_without_a_question_and_without_a_script(desk_site: DeskSite) -> None:
    item = story(status=Item.Status.DRAFT)
    for script in (True, False):
        with desk_site.editor(person(), below(item, "write"), script=script) as editor:
            page = editor.page
            page.on("dialog", lambda dialog: pytest.fail(dialog.type))
            page.get_by_role("link", name="Source, language and original").click()
            page.get_by_label("Original text").fill(f"One.\nTwo, {script}.")
            page.get_by_role("button", name="Save").click()
            page.wait_for_url(f"**{below(item, 'write')}")
            expect(page.locator(".captured")).to_have_text(f"One. Two, {script}.")
            item.refresh_from_db()
            assert item.captured == f"One.\nTwo, {script}."


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("choice", ["Overwrite", "Use theirs"])
def test_a_conflict_of_details_ends_with_one_of_the_two(
    desk_site: DeskSite, choice: str, script: bool
) -> None:
    item = story(status=Item.Status.DRAFT)
    with desk_site.editor(person(), below(item, "details"), script=script) as editor:
        page = editor.page
        ben = person(username="ben", first_name="Ben")
        items.edit(item, item.entry(), by=ben, version=item.version, captured="Theirs.")
        page.get_by_label("Original text").fill("Mine.")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".errorlist")).to_contain_text("Ben")
        expect(page.locator(".theirs")).to_contain_text("Theirs.")
        # Enter saves as before, and does not overwrite.
        with page.expect_navigation():
            page.locator("[name=url]").press("Enter")
        expect(page.get_by_label("Original text")).to_have_value("Mine.")
        expect(page.locator(".theirs")).to_contain_text("Theirs.")
        page.locator(".theirs").get_by_text(choice).click()
        if choice == "Overwrite":
            page.wait_for_url(f"**{below(item, 'write')}")
        else:
            expect(page.get_by_label("Original text")).to_have_value("Theirs.")
    item.refresh_from_db()
    assert item.captured == {"Overwrite": "Mine.", "Use theirs": "Theirs."}[choice]


def test_the_zone_of_the_browser_comes_first(desk_site: DeskSite) -> None:
    with desk_site.editor(person()) as editor:
        session = editor.page.context.new_cdp_session(editor.page)
        session.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Madrid"})
        editor.open("/admin/settings/")
        often = editor.page.locator("optgroup[label='Often used'] option")
        expect(often.first).to_have_text("Madrid · this browser")
        assert often.first.get_attribute("value") == "Europe/Madrid"
        # Where it is often used anyway, it is there once.
        session.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Shanghai"})
        editor.open("/admin/settings/")
        expect(often.first).to_have_text("Shanghai · this browser")
        assert often.filter(has_text="Shanghai").count() == 1


def test_a_one_time_link_is_copied_by_a_button(desk_site: DeskSite) -> None:
    chief, noor = person("Administrator", is_superuser=True), person(first_name="Noor")
    with desk_site.editor(chief, f"/admin/digests/user/{noor.pk}/change/") as editor:
        page = editor.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="New one-time link").click()
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        link = page.locator("#one-time-link").input_value()
        assert "/admin/password/" in link
        assert page.evaluate("navigator.clipboard.readText()") == link


def test_another_series_proposes_another_title_while_none_was_typed(desk_site: DeskSite) -> None:
    daily, other = series("daily", name="Daily"), series("other", name="Other")
    now = timezone.now()
    for days in (1, 0):
        date = now - timedelta(days=days)
        draft(title=f"{date.astimezone(daily.zone):%Y-%m-%d} Daily", series=daily, date=date)
    proposed = f"{(now + timedelta(days=1)).astimezone(daily.zone):%Y-%m-%d} Daily"
    with desk_site.editor(person(), "/admin/digests/digest/add/") as editor:
        page = editor.page
        title, choice = page.locator("[name=title]"), page.locator("[name=series]")
        choice.select_option(str(daily.pk))
        expect(title).to_have_value(proposed)
        choice.select_option(str(other.pk))
        expect(title).to_have_value("")
        title.fill("Typed")
        choice.select_option(str(daily.pk))
        editor.settle()
        expect(title).to_have_value("Typed")
