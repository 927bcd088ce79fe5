"""A form of the desk that could not be taken comes back with what was typed, without a script."""

import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.test import Client

from digests.desk import resend
from digests.desk.resend import FORM
from digests.models import Item, User
from tests.factories import person, source, story
from tests.screens import Response, below

pytestmark = pytest.mark.django_db

TYPED = '第一行。\n\n“第二行” 3 > 2 &amp; "3"'
ORIGIN = {"Origin": "http://testserver"}


class Form(HTMLParser):
    """The fields of a page's last form, as a browser without scripts would send them."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.textarea = ""
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.fields = {}
        if tag == "input" and given.get("name"):
            self.fields[str(given["name"])] = given.get("value") or ""
        if tag == "textarea" and given.get("name"):
            self.textarea = str(given["name"])
            self.fields[self.textarea] = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            # A browser leaves the first line break out.
            self.fields[self.textarea] = self.fields[self.textarea].removeprefix("\n")
            self.textarea = ""


class Browser:
    """A browser without scripts, with cookies of its own."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def sign_in(self, name: str = "ann") -> None:
        form = Form(self.client.get("/admin/login/")).fields
        form |= {"username": name, "password": "password"}
        assert self.client.post("/admin/login/", form, headers=ORIGIN).status_code == 302

    def send(self, address: str, fields: dict[str, str], **headers: str) -> Response:
        return self.client.post(
            address, urlencode(fields), content_type=FORM, headers=ORIGIN | headers
        )


@pytest.fixture
def ann() -> User:
    return person(username="ann")


@pytest.fixture
def browser(ann: User) -> Browser:
    browser = Browser()
    browser.sign_in()
    return browser


@pytest.fixture
def item() -> Item:
    source()
    return story("旧标题", status=Item.Status.DRAFT, body="旧文。")


def typed_into(browser: Browser, item: Item) -> dict[str, str]:
    """The editor's form, with another text in it."""
    page = browser.client.get(below(item, "write"))
    token = Form(page).fields["csrfmiddlewaretoken"]
    fields = {"headline": "新标题", "byline": item.byline, "url": item.url, "body": TYPED}
    return {"csrfmiddlewaretoken": token, "do": "save", "version": str(item.version), **fields}


def saved(item: Item) -> tuple[str, str]:
    item.refresh_from_db()
    return item.headline, item.body


def kept(answer: Response) -> dict[str, str]:
    fields = Form(answer).fields
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def same(typed: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"}


def test_what_was_typed_before_the_session_ended_is_saved_after_signing_in_again(
    browser: Browser, item: Item
) -> None:
    typed = typed_into(browser, item)
    del browser.client.cookies["sessionid"]
    answer = browser.send(below(item, "write"), typed)
    assert answer.status_code == 401
    assert "no-store" in answer.headers["Cache-Control"]
    assert "/admin/login/" in answer.text
    assert kept(answer) == same(typed)
    assert saved(item)[0] == "旧标题"

    browser.sign_in()  # in another tab, which renews the token
    again = browser.send(below(item, "write"), Form(answer).fields)
    assert again.status_code == 403
    assert "no-store" in again.headers["Cache-Control"]
    assert "older than your last sign-in" in again.text
    assert kept(again) == same(typed)

    assert browser.send(below(item, "write"), Form(again).fields).status_code == 302
    assert saved(item) == ("新标题", TYPED)


def test_what_was_typed_before_signing_in_in_another_tab_comes_back(
    browser: Browser, item: Item
) -> None:
    typed = typed_into(browser, item)
    del browser.client.cookies["sessionid"]
    browser.sign_in()
    answer = browser.send(below(item, "write"), typed)
    assert answer.status_code == 403
    assert kept(answer) == same(typed)
    assert "Forbidden" not in answer.text
    assert browser.send(below(item, "write"), Form(answer).fields).status_code == 302
    assert saved(item) == ("新标题", TYPED)


def test_what_was_typed_while_the_database_was_gone_comes_back(
    browser: Browser, item: Item
) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("connection refused")

    typed = typed_into(browser, item)
    with connection.execute_wrapper(fail):
        answer = browser.send(below(item, "write"), typed)
    assert answer.status_code == 503
    # The database may have gone after it saved it, and before it said so.
    assert "may not have been saved: check before you send it again" in answer.text
    assert kept(answer) == same(typed)
    assert browser.send(below(item, "write"), Form(answer).fields).status_code == 302
    assert saved(item) == ("新标题", TYPED)


def test_a_mistake_in_a_statement_is_not_taken_for_a_database_that_is_gone(
    browser: Browser, item: Item
) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("no such table: news") from no_such_table()

    typed = typed_into(browser, item)
    with connection.execute_wrapper(fail):
        answer = browser.send(below(item, "write"), typed)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text


def no_such_table() -> sqlite3.Error:
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute("SELECT * FROM news")
        except sqlite3.Error as error:
            return error
    raise AssertionError


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "", "Referer": "https://evil.example/testserver"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_what_another_site_posts_is_in_no_page_of_ours(
    browser: Browser, item: Item, headers: dict[str, str]
) -> None:
    """Or one press of a button of ours would do what that site wants."""
    posted = typed_into(browser, item) | {"csrfmiddlewaretoken": "a" * 64}
    answer = browser.send(below(item, "write"), posted, **headers)
    assert answer.status_code == 403
    assert "新标题" not in answer.text
    assert saved(item)[0] == "旧标题"


def test_a_page_that_asks_nobody_where_a_form_came_from_would_be_seen(
    browser: Browser, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug that the test before must find."""
    monkeypatch.setattr(resend, "_is_from_here", lambda request: True)
    posted = typed_into(browser, item) | {"csrfmiddlewaretoken": "a" * 64}
    answer = browser.send(below(item, "write"), posted, Origin="https://evil.example")
    assert "新标题" in answer.text


def test_no_page_repeats_a_password(browser: Browser) -> None:
    stale = {"csrfmiddlewaretoken": "a" * 64, "username": "ann", "password": "a-secret"}
    for address in ("/admin/login/", "/admin/password_change/"):
        answer = browser.send(address, stale)
        assert answer.status_code == 403
        assert "a-secret" not in answer.text
        assert "Open the page again" in answer.text


def test_a_script_is_led_to_the_sign_in_as_before(browser: Browser, item: Item) -> None:
    typed = typed_into(browser, item)
    del browser.client.cookies["sessionid"]
    token = typed["csrfmiddlewaretoken"]
    for header in ({"X-Fragment": "1"}, {"X-CSRFToken": token}):
        assert browser.send(below(item, "write"), typed, **header).status_code == 302


def test_signing_out_twice_leads_to_the_sign_in(browser: Browser) -> None:
    form = Form(browser.client.get("/admin/settings/")).fields
    del browser.client.cookies["sessionid"]
    assert browser.send("/admin/logout/", form).status_code == 302


def test_what_somebody_typed_is_kept_nowhere(browser: Browser, item: Item) -> None:
    typed = typed_into(browser, item)
    del browser.client.cookies["sessionid"]
    browser.send(below(item, "write"), typed)
    other = Browser()
    assert "新标题" not in other.client.get("/admin/login/").text
    person(username="noor")
    browser.sign_in("noor")
    assert "新标题" not in browser.client.get(below(item, "write")).text
