"""The forms of an item's and a digest's details, in Chromium."""

import pytest
from playwright.sync_api import Dialog, expect

from digests.models import Item
from tests.desk_site import DeskSite
from tests.factories import draft, person, story
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


def test_details_are_saved_without_a_question_and_without_a_script(desk_site: DeskSite) -> None:
    item = story(status=Item.Status.DRAFT)
    for script in (True, False):
        with desk_site.editor(person(), below(item, "write"), script=script) as editor:
            page = editor.page
            page.on("dialog", lambda dialog: pytest.fail(dialog.type))
            page.get_by_role("link", name="Source, language and captured text").click()
            page.get_by_label("Captured text").fill(f"One.\nTwo, {script}.")
            page.get_by_role("button", name="Save").click()
            page.wait_for_url(f"**{below(item, 'write')}")
            expect(page.locator(".captured")).to_have_text(f"One. Two, {script}.")
            item.refresh_from_db()
            assert item.captured == f"One.\nTwo, {script}."
