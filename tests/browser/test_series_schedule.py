"""A schedule is chosen, understood and saved in few steps; without scripts as well."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from digests.accounts.roles import ADMINISTRATOR
from digests.editorial import planning
from digests.models import Category, Series, Site, Slot
from tests.desk_site import DeskSite
from tests.factories import person, scheduled
from tests.screens import change

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/digests/series/add/"


class Hand:
    """Clicks, choices and texts, counted."""

    def __init__(self) -> None:
        self.count = 0

    def click(self, target: Locator) -> None:
        self.count += 1
        target.click()

    def choose(self, target: Locator, value: str) -> None:
        self.count += 1
        target.select_option(value)

    def write(self, target: Locator, text: str) -> None:
        self.count += 1
        target.fill(text)


def row(page: Page, name: str) -> Locator:
    return page.locator(f"#series_form > fieldset .form-row.field-{name}").first


def test_a_new_series_has_its_first_edition_after_few_interactions(desk_site: DeskSite) -> None:
    chief = person(ADMINISTRATOR, username="chief")
    Site.objects.update(language="zh-hans")
    with desk_site.editor(chief, "/admin/digests/series/", language="zh-hans") as editor:
        page, hand = editor.page, Hand()
        hand.click(page.get_by_role("link", name="添加系列", exact=True))
        hand.write(page.locator("[name=name]"), "全球AI速览")
        hand.choose(page.locator("[name=recurrence]"), "hours")
        # What it means is seen before it is saved.
        expect(page.locator("[data-region=upcoming] li")).to_have_count(10)
        expect(page.locator("[data-region=upcoming]")).to_contain_text("每 4 小时一期")
        expect(page.locator("[name=title_pattern]")).to_have_value(re.compile("过去{hours}小时"))
        editor.settle()
        hand.click(page.get_by_role("button", name="保存", exact=True))
        expect(page.locator(".messagelist")).to_contain_text("已排 54 个时段")
        planning.keep()  # which a worker does each second
        hand.click(page.get_by_role("link", name="简报", exact=True).first)
        draft = page.locator("tbody .field-title a", has_text="过去4小时：全球AI速览").first
        hand.click(draft)
        expect(page.locator(".compose-head")).to_be_visible()
        assert hand.count <= 8
    slot = Slot.objects.exclude(digest=None).get()
    assert slot.digest is not None
    assert slot.digest.date == slot.due_at


def test_the_fields_are_those_of_the_choice(desk_site: DeskSite) -> None:
    chief = person(ADMINISTRATOR, username="chief")
    shown = {
        "": (),
        "hours": ("every", "start", "title_pattern", "lead_minutes"),
        "daily": ("times", "title_pattern", "lead_minutes"),
        "weekdays": ("times", "title_pattern", "lead_minutes"),
        "days": ("times", "days", "title_pattern", "lead_minutes"),
        "cron": ("schedule", "title_pattern", "lead_minutes"),
    }
    names = {name for some in shown.values() for name in some}
    with desk_site.editor(chief, ADD) as editor:
        page = editor.page
        for choice, some in shown.items():
            page.locator("[name=recurrence]").select_option(choice)
            for name in names:
                expect(row(page, name)).to_be_visible(visible=name in some)
            expect(page.locator(".shifts")).to_be_visible(visible=bool(choice))


def test_titles_follow_the_language_until_somebody_writes_them(desk_site: DeskSite) -> None:
    chief = person(ADMINISTRATOR, username="chief")
    with desk_site.editor(chief, ADD) as editor:
        page = editor.page
        title, upcoming = page.locator("[name=title_pattern]"), page.locator(".upcoming")
        page.locator("[name=name]").fill("AI")
        page.locator("[name=language]").select_option("en")
        page.locator("[name=recurrence]").select_option("daily")
        expect(upcoming).to_contain_text("Enter at least one time.")
        page.locator("[name=times]").fill("8:00, 18:30")
        expect(upcoming).to_contain_text("Daily at 08:00, 18:30.")
        expect(title).to_have_value("{series}, {slot:%Y-%m-%d %H:%M}")
        page.locator("[name=language]").select_option("zh-hans")
        expect(title).to_have_value(re.compile("过去{hours}小时"))
        title.fill("AI {slot:%Y%m%d%H%M}")
        page.locator("[name=language]").select_option("en")
        expect(upcoming).to_contain_text(re.compile(r"AI \d{12}"))
        editor.settle()
        expect(title).to_have_value("AI {slot:%Y%m%d%H%M}")


def test_shifts_are_added_by_a_button(desk_site: DeskSite) -> None:
    chief = person(ADMINISTRATOR, username="chief")
    people = [person(username=f"person-{number}") for number in range(3)]
    made = scheduled()
    with desk_site.editor(chief, change(made)) as editor:
        page = editor.page
        page.get_by_role("button", name="Add a shift").click()
        shifts = page.locator(".shift")
        expect(shifts).to_have_count(3)
        expect(shifts.nth(2).locator("select").first).to_be_focused()
        for number, each in enumerate(people):
            shifts.nth(number).locator("select").first.select_option(str(each.pk))
        shifts.nth(2).get_by_label("Monday").uncheck()
        editor.settle()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messagelist")).to_contain_text("saved")
    assert [(each.user, each.days) for each in made.shifts.all()] == [
        (people[0], "1234560"),
        (people[1], "1234560"),
        (people[2], "234560"),
    ]


@pytest.mark.parametrize("phone", [False, True])
def test_without_scripts_the_form_does_the_same(desk_site: DeskSite, phone: bool) -> None:
    chief = person(ADMINISTRATOR, username="chief")
    category = Category.objects.create(name="AI 发展")
    with desk_site.editor(chief, ADD, phone=phone, script=False) as editor:
        page = editor.page
        page.locator("[name=name]").fill("AI 早报")
        page.locator("[name=recurrence]").select_option("days")
        page.locator("[name=times]").fill("7:30")
        for day in ("Saturday", "Sunday"):
            row(page, "days").get_by_label(day).check()
        page.locator("[name=categories]").first.select_option(str(category.pk))
        page.locator("[name=shifts-0-user]").select_option(str(chief.pk))
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messagelist")).to_contain_text("slots are planned")
        made = Series.objects.get()
        assert made.schedule == "30 7 * * 0,6"
        assert made.shifts.get().user == chief
        assert made.filed_under.get().category == category
        editor.open(change(made))
        expect(page.locator(".upcoming")).to_contain_text("On Saturday, Sunday at 07:30.")
        page.get_by_text("Pause…").click()
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(page.locator(".messagelist")).to_contain_text("paused")
        page.get_by_role("button", name="Resume", exact=True).click()
        expect(page.locator(".messagelist")).to_contain_text("slots are planned")
