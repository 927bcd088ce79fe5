"""The Enter that ends a composition in an input method chooses a word, and is no act of ours."""

import pytest
from playwright.sync_api import Page, expect

from digests.models import Item
from tests.desk_site import DeskSite
from tests.factories import draft, person, story

pytestmark = pytest.mark.django_db(transaction=True)

# As Safari sends it: after the composition, with the code that all keys of an input method have.
ENTER = """(target, held) => target.dispatchEvent(new KeyboardEvent("keydown", {
    key: "Enter", keyCode: 229, isComposing: false, bubbles: true, cancelable: true, ...held,
}))"""


def is_left_alone(page: Page, selector: str, **held: bool) -> bool:
    """Whether no handler took the key for its own."""
    alone: bool = page.locator(selector).first.evaluate(ENTER, held)
    return alone


def test_a_word_chosen_in_a_note_rejects_nothing(desk_site: DeskSite) -> None:
    item = story("候选", status=Item.Status.INBOX)
    with desk_site.editor(person(), "/admin/inbox/") as editor:
        page = editor.page
        page.keyboard.press("x")
        page.locator("[data-reasons] button[value=other]").click()
        page.locator(".note-field input").fill("离题")
        assert is_left_alone(page, ".note-field input")
        expect(page.locator("[data-reasons]")).to_be_visible()
        item.refresh_from_db()
        assert item.status == Item.Status.INBOX
        page.locator(".note-field input").press("Enter")
        expect(page.locator("[data-reasons]")).to_be_hidden()


def test_a_word_chosen_with_a_key_held_saves_and_sends_nothing(desk_site: DeskSite) -> None:
    item, digest = story("稿件", status=Item.Status.DRAFT), draft(story())
    version = item.version
    with desk_site.editor(person(), f"/admin/digests/item/{item.pk}/write/") as editor:
        page = editor.page
        assert is_left_alone(page, "[name=headline]", ctrlKey=True)
        editor.open("/admin/paste/")
        page.locator("textarea").fill("一条链接 https://example.org/1")
        assert is_left_alone(page, "textarea", ctrlKey=True)
        editor.open(f"/admin/digests/digest/{digest.pk}/compose/")
        assert is_left_alone(page, ".compose form.text :is(input, textarea)", ctrlKey=True)
        editor.settle()
    item.refresh_from_db()
    assert item.version == version
    assert Item.objects.count() == 2
