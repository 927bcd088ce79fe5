"""One frame around every page of the desk, whatever it is and whatever went wrong."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from digests.accounts.links import invitation_link
from digests.accounts.roles import EDITOR
from digests.models import ExportedFile, Item, Slot
from newsroom.env import Rate
from tests.desk.test_role_doors import admin_addresses
from tests.factories import draft, live_revision, person, published, source, story
from tests.screens import Response, below, signed_in

pytestmark = pytest.mark.django_db

# Parts of pages, what runs in a frame of its own, and Django's words for scripts.
BARE = {
    *("digests_digest_frame", "digests_digest_live", "digests_series_example", "jsi18n"),
    *("digests_digest_lost_row", "digests_digest_findings"),
}
# What a page of Django's would bring along, and its own way to say things.
DJANGOS = re.compile(
    r"admin/css/(?!base|dark_mode)|nav-sidebar|object-tools|errornote|breadcrumbs\">\s*Home"
    r"|Select \w+ to (change|view)|Thanks for spending|Django|Please (correct|enter)|选择 \w+ 来"
)


def trouble_in(page: str) -> str:
    """What of the frame is missing in a page, or is not ours."""
    for part in ('id="site-name"', 'class="desk-nav"', "desk/desk.css"):
        if part not in page:
            return f"no {part}"
    found = DJANGOS.search(page)
    return found[0] if found else ""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_the_desk_has_its_frame(language: str) -> None:
    chief = person(is_superuser=True, language=language)
    live = published(story(source=source()))
    item = story("稿件", status=Item.Status.DRAFT)
    file = ExportedFile.objects.create(
        path="a.md", revision=live_revision(live), sha256="", state="written"
    )
    slot = Slot.objects.create(
        series=live.series, due_at=live.date, window_begins=live.date - timedelta(hours=4)
    )
    rows = {
        "digest": draft(story()).pk,
        "item": item.pk,
        "series": live.series_id,
        "category": live.categories.get().pk,
        "group": Group.objects.get(name=EDITOR).pk,
        "user": chief.pk,
        "source": source().pk,
        "exportedfile": file.pk,
        "site": 1,
        "slot": slot.pk,
    }
    client = signed_in(chief)
    troubles, seen = {}, 0
    for name, address in admin_addresses(rows):
        if name in BARE | {"logout"}:
            continue
        answer = client.get(address, follow=True)
        if "text/html" in answer.headers["Content-Type"]:
            seen += 1
            if trouble := trouble_in(answer.text):
                troubles[f"{name} {address} {answer.status_code}"] = trouble
    assert troubles == {}
    assert seen > 60


def test_an_app_of_django_is_no_page_of_its_own() -> None:
    answer = signed_in(person(is_superuser=True)).get("/admin/digests/")
    assert answer.headers["Location"] == reverse("admin:index")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Sign in", "Username or password is wrong.", "You are signed out"]),
        ("zh-CN", ["登录", "用户名或密码不正确。", "您已退出登录"]),
    ],
)
def test_signing_in_and_out_speaks_our_words(language: str, words: list[str]) -> None:
    person(username="ed")
    client = Client(headers={"accept-language": language})
    wrong = {"username": "ed", "password": "wrong"}
    right = {"username": "ed", "password": "password"}
    said = [client.get("/admin/login/").text, client.post("/admin/login/", wrong).text]
    client.post("/admin/login/", right)
    said.append(client.post("/admin/logout/").text)
    for page, sentence in zip(said, words, strict=True):
        assert sentence in page
        assert 'class="door"' in page
        assert not DJANGOS.search(page)


def test_a_one_time_link_speaks_our_words() -> None:
    link = invitation_link(person(username="ed")).removeprefix("http://127.0.0.1:8000")
    page = Client().get(link, follow=True).text
    assert "Set password and sign in" in page
    assert not DJANGOS.search(page)
    stale = Client().get("/admin/password/MQ/x-y/").text
    assert "<h1>Link too old</h1>" in stale
    assert not DJANGOS.search(stale)


def test_asking_for_a_new_password_speaks_our_words(settings: Settings) -> None:
    settings.EMAIL_IS_SENT = True
    for address, words in (
        ("/admin/password_reset/", "Send the link"),
        ("/admin/password_reset/done/", "Check your e-mail"),
    ):
        page = Client().get(address).text
        assert words in page
        assert not DJANGOS.search(page)


def gone(*_: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def broken(*_: object) -> None:
    raise ZeroDivisionError


def make_today(does: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digests.desk.admin.site.today", does)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_goes_wrong_is_told_in_the_frame(
    language: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief, editor = person(is_superuser=True, language=language), person(language=language)
    client, limited = signed_in(chief), signed_in(editor)
    client.raise_request_exception = False
    settings.RESET_RATE = Rate(1, 3600)
    limited.post("/admin/password_reset/")
    answers: dict[int, Response] = {
        400: client.get("/admin/digests/user/", {"password__startswith": "md5"}),
        403: limited.get("/admin/digests/user/"),
        404: client.get("/admin/nowhere/"),
        405: client.get(below(chief, "link")),
        413: client.post("/admin/inbox/", "x" * 2_000_001, "text/plain"),
        429: limited.post("/admin/password_reset/"),
    }
    for status, does in ((500, broken), (503, gone)):
        make_today(does, monkeypatch)
        answers[status] = client.get("/admin/", headers={"accept-language": language})
    assert [answer.status_code for answer in answers.values()] == list(answers)
    assert {status: trouble_in(answer.text) for status, answer in answers.items()} == (
        dict.fromkeys(answers, "")
    )
    with translation.override(language):
        back = translation.gettext("Back to Today")
    assert all(back in answer.text for answer in answers.values())
