"""The board in Chromium: by keyboard, without JavaScript, on a telephone, in Chinese."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from digests.accounts.roles import REVIEWER
from digests.editorial import planning, slots
from digests.models import Digest, Series, Slot, User
from tests.browser.test_screens import breaches
from tests.desk_site import PHONE, DeskSite
from tests.factories import person, scheduled

pytestmark = pytest.mark.django_db(transaction=True)

BOARD = "/admin/board/"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def noon(settings: Settings) -> None:
    """It is about noon, whenever the tests run: the slots of a test are all of one day."""
    offset = 12 - timezone.now().hour
    settings.TIME_ZONE = f"Etc/GMT{-offset:+d}"  # where “+5” is five hours behind


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


@pytest.fixture
def soon(rita: User) -> Slot:
    """A slot that is due in twelve minutes, of a series that missed one a while ago."""
    made = scheduled(lead_minutes=30, schedule="0 0 1 1 *")
    slot = slots.make_now(made, timezone.now() + 12 * MINUTE, by=rita)
    missed = timezone.now() - 40 * MINUTE
    later = timezone.now() + 150 * MINUTE
    for due_at in (missed, later):
        Slot.objects.create(series=made, due_at=due_at, window_begins=due_at - 60 * MINUTE)
    planning.keep()
    return slot


def test_a_slot_is_taken_and_skipped_by_keyboard(
    desk_site: DeskSite, rita: User, soon: Slot
) -> None:
    with desk_site.editor(person(REVIEWER), BOARD) as editor:
        page = editor.page
        row = page.locator(f"#slot-{soon.pk}")
        page.keyboard.press("j")
        expect(row).to_be_focused()
        page.keyboard.press("j")
        expect(page.locator(".slot").nth(1)).to_be_focused()
        page.keyboard.press("k")
        take = row.get_by_role("button", name="Take")
        while not take.evaluate("(here) => here === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_contain_text("is now yours.")
        expect(take).to_have_count(0)
        expect(row).to_be_focused()
        row.locator("summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("假日")
        page.keyboard.press("Enter")
        expect(row.locator(".pill")).to_have_text("skipped")
        expect(page.locator(".alarm-danger")).to_have_count(0)
        expect(row).to_contain_text("假日")
        row.get_by_role("button", name="Undo skip").press("Enter")
        expect(row.locator(".pill")).to_have_text("draft")
    soon.refresh_from_db()
    assert soon.skip_reason == ""


def test_without_a_script_the_board_does_all_of_it(desk_site: DeskSite, soon: Slot) -> None:
    with desk_site.editor(person(REVIEWER), BOARD, script=False) as editor:
        page = editor.page
        row = page.locator(f"#slot-{soon.pk}")
        expect(row).to_contain_text("in 11 min")
        row.get_by_role("button", name="Take").click()
        expect(page.locator(".messagelist")).to_contain_text("is now yours.")
        page.locator(".make-now summary").click()
        page.fill("[name=minutes]", "45")
        page.get_by_role("button", name="Make", exact=True).click()
        expect(page.locator(".messagelist")).to_contain_text("is added, and its draft is ready.")
        expect(page.locator(".slot .flag", has_text="extra")).to_have_count(2)
        row.get_by_role("link", name="Move").click()
        later = Slot.objects.get(digest=None, due_at__gt=timezone.now())
        page.select_option("[name=to]", str(later.pk))
        page.get_by_role("button", name="Move").click()
        expect(page.locator(".messagelist")).to_contain_text("is moved to")
        page.get_by_role("button", name="Take out of its slot").click()
        expect(page.locator(".messagelist")).to_contain_text("is no longer in")
        page.get_by_role("button", name=re.compile("^Dismiss")).first.click()
        expect(page).to_have_url(re.compile("/admin/digests/slot/"))
    assert Digest.objects.filter(slot=None).count() == 1


def test_the_times_go_on_while_a_page_is_looked_at(
    desk_site: DeskSite, rita: User, soon: Slot
) -> None:
    with desk_site.editor(rita, None) as editor:
        page = editor.page
        page.clock.install()
        # The server, whose clock stays, would bring the time back.
        page.route("**/alarms/", lambda route: route.fulfill(body=""))
        for address in (BOARD, "/admin/"):
            editor.open(address)
            shown = page.locator(f"#slot-{soon.pk} .countdown, #due-slot-{soon.pk} .countdown")
            expect(shown).to_have_text("in 11 min")
            expect(shown).to_have_attribute("data-level", "soon")
            expect(page.locator(".alarms")).to_contain_text("is due in 11 min and not approved")
            page.clock.fast_forward(4 * 60_000)
            expect(shown).to_have_text("in 7 min")
            expect(page.locator(".alarms")).to_contain_text("is due in 7 min and not approved")


def test_a_slot_that_is_endangered_shows_on_a_page_that_stands_open(
    desk_site: DeskSite, rita: User
) -> None:
    """And it is dismissed without leaving the page."""
    with desk_site.editor(rita, None) as editor:
        page = editor.page
        page.clock.install()
        editor.open("/admin/digests/item/add/")
        page.fill("[name=headline]", "写了一半")
        assert page.locator(".alarm").count() == 0
        made = scheduled(lead_minutes=30, schedule="0 0 1 1 *")
        slots.make_now(made, timezone.now() + 12 * MINUTE, by=rita)
        page.clock.run_for(61_000)
        expect(page.locator(".alarm")).to_contain_text("is due in 11 min and not approved")
        page.get_by_role("button", name=re.compile("^Dismiss")).click()
        expect(page.locator(".alarm")).to_have_count(0)
        assert page.input_value("[name=headline]") == "写了一半"


def test_on_a_telephone_what_is_next_comes_first_in_one_column(
    desk_site: DeskSite, soon: Slot
) -> None:
    chief = person(REVIEWER, language="zh-hans")
    axe = Axe()
    with desk_site.editor(chief, BOARD, phone=True, language="zh-hans") as editor:
        page = editor.page
        first, _later, second = page.locator(".slot").all()
        assert first.get_attribute("id") == f"slot-{soon.pk}"
        expect(first).to_contain_text("11 分钟后")
        expect(second).to_contain_text("漏发")
        for row in (first, second):
            box = row.bounding_box()
            assert box and box["width"] > 0.85 * PHONE["width"]
        first.get_by_text("跳过…").click()
        expect(first.get_by_label("为何不发这一期？")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert breaches(page, axe) == []
        page.get_by_role("link", name="周", exact=True).click()
        expect(page.locator(".week-line")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert breaches(page, axe) == []


def test_the_board_shows_within_seconds_what_others_do(
    desk_site: DeskSite, rita: User, soon: Slot
) -> None:
    with desk_site.editor(person(REVIEWER), None) as editor:
        editor.page.clock.install()
        editor.open(BOARD)
        row = editor.page.locator(f"#slot-{soon.pk}")
        expect(row).not_to_contain_text("等通知")
        slots.skip(Slot.objects.get(pk=soon.pk), by=rita, reason="等通知")
        editor.page.clock.run_for(5000)
        expect(row).to_contain_text("等通知")


def test_an_empty_board_leads_to_the_series(desk_site: DeskSite) -> None:
    with desk_site.editor(person("Administrator"), BOARD) as editor:
        editor.page.get_by_role("link", name="Give a series a schedule").click()
        expect(editor.page).to_have_url(re.compile("/admin/digests/series/$"))
    assert not Series.objects.exists()
