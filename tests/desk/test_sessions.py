"""How long somebody stays signed in: while they work, and twelve hours after that."""

import time
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests.accounts.links import invitation_link
from digests.models import Digest, Item, User
from tests.factories import draft, person, story
from tests.screens import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NEW = "a-long-new-password"


class Clock:
    """Time, as the sessions and the rows see it, moved by the test."""

    def __init__(self) -> None:
        self.start, self.passed = timezone.now(), timedelta()

    def now(self) -> datetime:
        return self.start + self.passed

    def time(self) -> float:
        return self.now().timestamp()

    def forward(self, **passed: float) -> None:
        self.passed += timedelta(**passed)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    monkeypatch.setattr(time, "time", clock.time)
    return clock


@pytest.fixture
def ann() -> User:
    return person(username="ann")


@pytest.fixture
def client(clock: Clock, ann: User) -> Client:
    client = Client()
    sign_in(client)
    return client


def sign_in(client: Client, new: str = "") -> None:
    data = {"username": "ann", "password": new or "password"}
    assert client.post(reverse("admin:login"), data).status_code == 302


def is_signed_in(client: Client) -> bool:
    """Asked without prolonging anything."""
    return client.get("/admin/", headers={"X-Heartbeat": "1"}).status_code == 200


def presence(row: Item | Digest) -> str:
    root = reverse("desk:api-root")
    return f"{root}presence/{row._meta.model_name}/{row.pk}/"


def ends_at(client: Client) -> datetime:
    return Session.objects.get(pk=client.session.session_key).expire_date


# The clock


def test_a_session_ends_twelve_hours_after_the_last_use(client: Client, clock: Clock) -> None:
    clock.forward(hours=11, minutes=59)
    assert is_signed_in(client)
    clock.forward(minutes=2)
    assert not is_signed_in(client)


def test_who_goes_on_working_stays_signed_in(client: Client, clock: Clock) -> None:
    for _hour in range(4):
        clock.forward(hours=11)
        assert client.get("/admin/inbox/").status_code == 200
    clock.forward(hours=12, minutes=1)
    assert not is_signed_in(client)


def test_the_cookie_lasts_as_long_as_the_session(client: Client, clock: Clock) -> None:
    clock.forward(hours=6)
    cookie = client.get("/admin/").cookies["sessionid"]
    assert int(cookie["max-age"]) == 12 * 60 * 60
    assert cookie["httponly"]
    assert ends_at(client) == clock.now() + timedelta(hours=12)


def test_a_session_is_written_at_most_once_in_five_minutes(client: Client, clock: Clock) -> None:
    ended = ends_at(client)
    for _minute in range(4):
        clock.forward(minutes=1)
        assert "sessionid" not in client.get("/admin/inbox/").cookies
    assert ends_at(client) == ended
    clock.forward(minutes=2)
    assert "sessionid" in client.get("/admin/inbox/").cookies
    assert ends_at(client) == ended + timedelta(minutes=6)


def test_a_page_that_only_says_it_is_open_keeps_nobody_signed_in(
    client: Client, ann: User, clock: Clock
) -> None:
    digest, ended = draft(by=ann), ends_at(client)
    beat = {"X-Heartbeat": "1"}
    for _hour in range(11):
        clock.forward(hours=1)
        answer = client.post(presence(digest), headers=beat)
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
    assert ends_at(client) == ended
    clock.forward(hours=1, minutes=1)
    assert client.post(presence(digest), headers=beat).status_code == 401


@pytest.mark.parametrize("value", ["0", "true", ""])
def test_nothing_but_a_heartbeat_is_taken_for_one(client: Client, clock: Clock, value: str) -> None:
    ended = ends_at(client)
    clock.forward(hours=1)
    client.get("/admin/", headers={"X-Heartbeat": value})
    assert ends_at(client) == ended + timedelta(hours=1)


def test_an_act_through_the_api_is_work(client: Client, ann: User, clock: Clock) -> None:
    item, ended = story(by=ann), ends_at(client)
    clock.forward(hours=1)
    assert client.post(presence(item)).status_code == 200
    assert ends_at(client) == ended + timedelta(hours=1)


def test_looking_at_what_readers_see_is_not_work_and_sets_no_cookie(
    client: Client, clock: Clock
) -> None:
    ended = ends_at(client)
    clock.forward(hours=1)
    answer = client.get("/")
    assert not answer.cookies
    assert ends_at(client) == ended


def test_who_is_not_signed_in_gets_no_session() -> None:
    client = Client()
    client.get("/admin/login/")
    client.post("/api/desk/presence/item/1/")
    assert "sessionid" not in client.cookies
    assert not Session.objects.exists()


# The password


def change_password(client: Client) -> None:
    fields = {"old_password": "password", "new_password1": NEW, "new_password2": NEW}
    answer = client.post(reverse("admin:password_change"), fields)
    assert answer.headers["Location"] == reverse("admin:password_change_done")


def test_a_changed_password_ends_every_other_session(client: Client, ann: User) -> None:
    there, elsewhere = Client(), Client()
    for other in (there, elsewhere):
        sign_in(other)
    change_password(client)
    assert is_signed_in(client)
    assert not is_signed_in(there)
    assert elsewhere.post(presence(story(by=ann))).status_code == 401
    # Those who come back with the new password are let in.
    sign_in(there, NEW)
    assert is_signed_in(there)


def test_a_changed_password_ends_nobody_elses_session(client: Client) -> None:
    noor = signed_in(person(username="noor"))
    change_password(client)
    assert is_signed_in(noor)


def test_a_password_set_by_a_link_ends_the_sessions_before_it(client: Client, ann: User) -> None:
    ann.refresh_from_db()  # the link knows when she signed in last
    link = invitation_link(ann)
    visitor = Client()
    form = visitor.get("/" + link.split("/", 3)[3], follow=True)
    fields = {"new_password1": NEW, "new_password2": NEW}
    assert visitor.post(form.request["PATH_INFO"], fields).status_code == 302
    assert not is_signed_in(client)
    assert is_signed_in(visitor)


def test_a_password_that_was_refused_ends_nothing(client: Client) -> None:
    there = Client()
    sign_in(there)
    fields = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("admin:password_change"), fields).status_code == 200
    assert is_signed_in(there)


def test_who_signs_out_here_stays_signed_in_there(client: Client) -> None:
    there = Client()
    sign_in(there)
    client.post(reverse("admin:logout"))
    assert not is_signed_in(client)
    assert is_signed_in(there)
