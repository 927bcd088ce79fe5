"""Without scripts, in a real browser: what was typed comes back when the session had ended."""

import pytest
from playwright.sync_api import expect

from digests.models import Item
from tests.desk_site import DeskSite
from tests.factories import person, source, story
from tests.screens import below

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "\n第一行。\n\n“第二行” & 3 > 2"


def test_what_was_typed_comes_back_until_it_is_saved(desk_site: DeskSite) -> None:
    user = person(username="ann")
    source()
    item = story("旧标题", status=Item.Status.DRAFT, body="旧文。")
    with desk_site.editor(user, below(item, "write"), script=False) as ann:
        ann.forgive("401", "403")
        page = ann.page
        page.fill("[name=body]", TYPED)
        page.context.clear_cookies(name="sessionid")
        page.click("[name=do][value=save]:visible")
        expect(page.locator("h1")).to_have_text("Nothing was saved yet")
        expect(page.get_by_label("Your text")).to_have_value(TYPED)

        with page.context.expect_page() as opened:
            page.click("text=Sign in in another tab")
        other = opened.value
        other.fill("[name=username]", "ann")
        other.fill("[name=password]", "password")
        other.get_by_role("button", name="Sign in").click()
        other.wait_for_url("**/admin/")

        page.click("text=Send it again")  # with the token of before
        expect(page.get_by_text("older than your last sign-in")).to_be_visible()
        expect(page.get_by_label("Your text")).to_have_value(TYPED)
        page.click("text=Send it again")
        expect(page.locator("[name=body]")).to_have_value(TYPED.lstrip())
    item.refresh_from_db()
    assert item.body == TYPED.lstrip()
