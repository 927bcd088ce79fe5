"""From an empty site to its first published digest, by what the screens say and nothing else."""

import re

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from digests.accounts.links import first_administrator_link
from digests.models import Digest, Site
from tests.desk_site import DeskSite, Editor

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough password"
TITLE = "一页读完这一周"
HEADLINES = ["港城机器学习周开幕", "Orbweft opens its kernels"]
LINES = "\n".join(f"{headline} https://example.org/{n}" for n, headline in enumerate(HEADLINES))
# What there is to press in a page's own part of the screen.
WAYS_ON = "main :is(a[href], button, [type=submit]):not(.crumbs *):visible"
REQUIRED = "main :is(input, select, textarea):required:visible"


class Walk:
    """A visitor who follows what the screens offer, and counts what they ask."""

    def __init__(self, editor: Editor, language: str) -> None:
        self.editor = editor
        self.page: Page = editor.page
        self.language = language
        self.questions = 0

    def say(self, label: str) -> str:
        with translation.override(self.language):
            return translation.gettext(label)

    def follow(self, label: str) -> None:
        """Press the first button or link of this label that can be seen."""
        button = self.page.get_by_role("button", name=self.say(label), exact=True)
        link = self.page.get_by_role("link", name=self.say(label), exact=True)
        button.or_(link).locator("visible=true").first.click()
        self.look()

    def look(self) -> None:
        """Wherever the way leads, it goes on from there."""
        expect(self.page.locator(WAYS_ON).first).to_be_visible()

    def answer(self, **fields: str) -> None:
        """Fill fields of the form, each of which is a question."""
        for name, value in fields.items():
            self.questions += 1
            field = self.page.locator(f"main [name={name}]")
            if field.evaluate("(field) => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def save(self) -> None:
        """Send the form, which asks for nothing but what was answered."""
        fields = self.page.locator(REQUIRED)
        empty = "(fields) => fields.filter((field) => !field.value).map((field) => field.name)"
        assert fields.evaluate_all(empty) == []
        self.page.locator("main [type=submit]").first.click()
        self.look()

    def take(self, title: str, **fields: str) -> None:
        """Take one of the first steps: its form is filled and saved, and Today ticks it."""
        line = self.page.locator(".first-steps li", has_text=self.say(title))
        expect(line).not_to_contain_text("✓")
        self.follow(title)
        self.answer(**fields)
        self.save()
        if "/user/" in self.page.url:  # the new user's link is shown this once
            self.follow("Continue")
        expect(self.page).to_have_url(re.compile(r"/admin/$"))
        expect(line).to_contain_text("✓")


@pytest.mark.parametrize(("language", "phone"), [("zh-hans", True), ("en", False)])
def test_the_first_quarter_of_an_hour_has_no_dead_end(
    desk_site: DeskSite, language: str, phone: bool
) -> None:
    link = first_administrator_link()
    assert link
    zone = "Asia/Shanghai"
    with desk_site.visitor(phone=phone, language=language, zone=zone) as visitor:
        walk, page = Walk(visitor, language), visitor.page
        page.goto(link)
        # The browser says which language the site begins with, and in which zone.
        expect(page.locator("[name=language]")).to_have_value(language)
        expect(page.locator("[name=time_zone]")).to_have_value(zone)
        walk.answer(new_password1=PASSWORD, new_password2=PASSWORD)
        page.locator("main [type=submit]").first.click()
        expect(page.locator(".first-steps li")).to_have_count(6)
        walk.take("Describe the site", about="一页一周。")
        # Whoever begins with the digest is led to the series first, and then back.
        walk.follow("Publish the first digest")
        walk.answer(name="一周", slug="week")
        walk.save()
        walk.answer(title=TITLE)
        walk.follow("Save")
        expect(page.locator(".compose-head")).to_be_visible()
        walk.follow("Today")
        expect(page.locator(".first-steps")).to_be_visible()
        walk.take("Invite people", username="rita")
        walk.take("Add sources", name="Orbweft", kind="site", language="en")
        walk.follow("Collect stories")
        expect(page).to_have_url(re.compile("/inbox/$"))
        visitor.settle()  # its scripts, which show what is added at once
        page.locator("textarea[name=text]").fill(LINES)
        walk.follow("Add")
        for headline in HEADLINES:
            row = page.locator(".candidate", has_text=headline)
            row.locator("[data-do=place]").click()
            expect(row).to_have_count(0)
        with translation.override(language):
            walk.follow(translation.gettext("Go on with “%(digest)s”") % {"digest": TITLE})
        expect(page.locator(".placements .headline")).to_have_count(2)
        for number in range(2):
            page.locator("button.approve").first.click()
            # They have no text, of which one is asked once.
            expect(page.locator("[name=without_text]")).to_have_count(1)
            page.locator("button.approve").first.click()
            expect(page.locator("button.approve")).to_have_count(1 - number)
        walk.follow("Submit for review")
        walk.follow("Read and approve…")
        walk.follow("Approve this version")
        walk.follow("Today")
        expect(page.locator(".first-steps li.done")).to_have_count(6)
        walk.follow("Hide this list")
        expect(page.locator(".first-steps")).to_have_count(0)
        walk.follow("Public page")
        expect(page.locator("h1")).to_have_text(TITLE)
        for headline in HEADLINES:
            expect(page.locator("article")).to_contain_text(headline)
        # Beside the stories: two for the password, one for the site, two for the series, one for
        # the digest, one for a colleague and three for a source.
        assert walk.questions == 10
    digest = Digest.objects.select_related("series").get()
    assert digest.status == "published"
    assert (digest.series.language, digest.series.time_zone) == (language, zone)
    assert Site.objects.language() == language
