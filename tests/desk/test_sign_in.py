"""Signing in, one-time links, and the settings that all users may change for themselves."""

import re
import time
from io import StringIO

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from digests import tasks
from digests.accounts.links import first_administrator_link, invitation_link
from digests.accounts.resets import AskForReset
from digests.models import Site, User
from newsroom.celery import app
from tests.factories import person, series
from tests.screens import Response

pytestmark = pytest.mark.django_db
PASSWORD = "password"
NEW = "a-long-new-password"


class Worker:
    """Does what was asked of it, at once or later."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[str]]] = []
        self.is_idle = True

    def receive(self, name: str, given: list[str], **_: object) -> None:
        self.messages.append((name, given))
        if self.is_idle:
            self.work()

    def work(self) -> None:
        for name, given in self.messages:
            assert name == tasks.send_reset_link.name
            tasks.send_reset_link(*given)
        self.messages = []


@pytest.fixture
def with_email(settings: Settings) -> None:
    settings.EMAIL_IS_SENT = True
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    caches["rates"].clear()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    worker = Worker()
    monkeypatch.setattr(app, "send_task", worker.receive)
    return worker


def ask_for_reset(email: str) -> Response:
    return Client().post(reverse("admin:password_reset"), {"email": email})


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: str) -> Response:
    data = {"username": username, "password": password, **extra}
    return client.post(reverse("admin:login"), data)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def follow(client: Client, link: str) -> Response:
    """The page of a one-time link."""
    return client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)


def set_password(client: Client, link: str, password: str = NEW, **given: str) -> Response:
    """Follow a one-time link as a browser does, and set the password there."""
    address = follow(client, link).request["PATH_INFO"]
    return client.post(address, {"new_password1": password, "new_password2": password, **given})


def test_staff_signs_in_and_others_do_not() -> None:
    person(username="ed")
    person(None, username="nobody")
    client = Client()
    assert sign_in(client, "nobody").status_code == 200
    assert not is_signed_in(client)
    assert sign_in(client, "ed").status_code == 302
    assert is_signed_in(client)


def test_too_many_wrong_passwords_lock_the_user_at_this_address(settings: Settings) -> None:
    person(username="ed")
    client = Client()
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "ed", "wrong").status_code == 200
    answer = sign_in(client, "ed", "wrong")
    assert answer.status_code == 429
    assert "Too many failed sign-ins" in answer.text
    assert sign_in(client, "ed").status_code == 429
    assert not is_signed_in(client)


def test_a_lock_keeps_nobody_else_out(settings: Settings) -> None:
    person(username="ed")
    person(username="eve")
    client = Client()
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "ed", "wrong")
    assert sign_in(client, "eve").status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, "ed").status_code == 302


def test_the_message_of_a_lock_speaks_the_visitors_language(settings: Settings) -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, "ed", "wrong")
    assert "登录失败次数过多" in answer.text


@pytest.mark.parametrize("target", ["https://evil.example.org/", "//evil.example.org", "/\\evil"])
def test_signing_in_leads_to_no_other_site(target: str) -> None:
    person(username="ed")
    assert sign_in(Client(), "ed", next=target).headers["Location"] == reverse("admin:index")


def test_a_password_is_reset_by_email_only_where_email_is_sent() -> None:
    person(username="ed", email="ed@example.org")
    client = Client()
    assert "Forgot your password?" not in client.get(reverse("admin:login")).text
    address = reverse("admin:password_reset")
    assert client.get(address).status_code == 404
    assert client.post(address, {"email": "ed@example.org"}).status_code == 404
    assert client.get(reverse("admin:password_reset_done")).status_code == 404


def test_a_password_is_reset_by_email(with_email: None, worker: Worker) -> None:
    person(username="ed", email="ed@example.org")
    client = Client()
    assert reverse("admin:password_reset") in client.get(reverse("admin:login")).text
    answer = client.post(
        reverse("admin:password_reset"),
        {"email": "ed@example.org"},
        headers={"host": "localhost"},
    )
    assert answer.headers["Location"] == reverse("admin:password_reset_done")
    assert client.get(answer.headers["Location"]).status_code == 200
    # The link is the site's own, whatever host the request named.
    link = re.search(r"http://127\.0\.0\.1:8000/\S+", str(mail.outbox[0].body))
    assert link
    assert set_password(client, link[0]).headers["Location"] == reverse("admin:index")
    assert sign_in(Client(), "ed", NEW).status_code == 302


def test_a_reset_does_not_tell_who_exists(with_email: None, worker: Worker) -> None:
    person(username="ed", email="ed@example.org")
    person(username="gone", email="gone@example.org", is_active=False)
    worker.is_idle = False
    locations, queries = set(), set()
    for name in ("ed", "gone", "nobody"):
        with CaptureQueriesContext(connection) as asked:
            locations.add(ask_for_reset(f"{name}@example.org").headers["Location"])
        queries.add(len(asked))
    # Nobody is looked up and nothing is sent before the answer, so that all take the same time.
    assert (locations, queries) == ({reverse("admin:password_reset_done")}, {0})
    assert (len(worker.messages), mail.outbox) == (3, [])
    worker.work()
    assert [message.to for message in mail.outbox] == [["ed@example.org"]]


def test_a_link_that_the_request_sends_itself_would_tell_who_exists(
    with_email: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug that the test before must find."""
    person(username="ed", email="ed@example.org")

    def save(form: AskForReset, **_: object) -> None:
        tasks.send_reset_link(form.cleaned_data["email"], "en")

    monkeypatch.setattr(AskForReset, "save", save)
    queries = set()
    for name in ("ed", "nobody"):
        with CaptureQueriesContext(connection) as asked:
            ask_for_reset(f"{name}@example.org")
        queries.add(len(asked))
    assert 0 not in queries
    assert len(mail.outbox) == 1


def test_an_account_is_sent_one_link_in_ten_minutes(
    with_email: None, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(username="ed", email="ed@example.org")
    person(username="eve", email="eve@example.org")
    for name in ("ed", "ed", "eve", "ed"):
        ask_for_reset(f"{name}@example.org")
    assert sorted(message.to[0] for message in mail.outbox) == ["ed@example.org", "eve@example.org"]
    later = time.time() + 601
    monkeypatch.setattr("time.time", lambda: later)
    ask_for_reset("ed@example.org")
    assert len(mail.outbox) == 3


def test_a_link_is_sent_in_the_language_of_the_account_or_of_the_request(
    with_email: None, worker: Worker
) -> None:
    person(username="ed", email="ed@example.org", language="en")
    person(username="eve", email="eve@example.org")
    for name in ("ed", "eve"):
        Client(headers={"accept-language": "zh-CN"}).post(
            reverse("admin:password_reset"), {"email": f"{name}@example.org"}
        )
    assert "The link works once" in str(mail.outbox[0].body)
    assert "链接" in str(mail.outbox[1].body)


def test_a_mail_server_that_is_gone_is_one_line(
    with_email: None, worker: Worker, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1},
        }
    }
    user = person(username="ed", email="ed@example.org")
    assert ask_for_reset("ed@example.org").status_code == 302
    [line] = [record for record in caplog.records if record.name == "digests.accounts.resets"]
    assert f"No reset link could be sent to user {user.pk}" in line.getMessage()
    # The next request is not one too many.
    ask_for_reset("ed@example.org")
    assert len([record for record in caplog.records if record.name == line.name]) == 2
    assert line.exc_info is None


def test_a_reset_that_a_broker_does_not_take_is_said_whether_the_account_exists(
    with_email: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(username="ed", email="ed@example.org")

    def gone(*args: object, **options: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(app, "send_task", gone)
    for address in ("ed@example.org", "nobody@example.org"):
        answer = ask_for_reset(address)
        assert answer.status_code == 200
        assert "No e-mail can be sent at the moment." in answer.text
        assert f'value="{address}"' in answer.text


def test_a_one_time_link_sets_a_password_signs_in_and_works_once() -> None:
    user = person(username="ed")
    link = invitation_link(user)
    client = Client()
    assert set_password(client, link).headers["Location"] == reverse("admin:index")
    assert is_signed_in(client)
    assert (
        "has been used or has expired"
        in Client().get(link.removeprefix("http://127.0.0.1:8000")).text
    )


def test_a_one_time_link_shows_no_menu_to_who_is_not_in_yet() -> None:
    link = invitation_link(person(username="ed")).removeprefix("http://127.0.0.1:8000")
    page = Client().get(link, follow=True).text
    assert "You sign in as <strong>ed</strong>" in page
    assert "nav-sidebar" not in page


def test_a_one_time_link_refuses_a_weak_password() -> None:
    user = person(username="ed")
    answer = set_password(Client(), invitation_link(user), "12345678")
    assert answer.status_code == 200
    user.refresh_from_db()
    assert user.check_password("password")


def test_a_link_of_somebody_deactivated_leads_nowhere() -> None:
    user = person(username="ed")
    link = invitation_link(user)
    user.is_active = False
    user.save()
    answer = Client().get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    assert "has been used or has expired" in answer.text


def test_the_command_prints_a_link() -> None:
    user = person(username="ed")
    out = StringIO()
    call_command("login_link", "ed", stdout=out)
    client = Client()
    answer = set_password(client, out.getvalue().strip())
    assert answer.headers["Location"] == reverse("admin:index")
    user.is_active = False
    user.save()
    for name, sentence in [("ed", "deactivated"), ("no", "There is no user “no”")]:
        with pytest.raises(CommandError, match=sentence):
            call_command("login_link", name)


def test_the_first_administrator_comes_by_a_link() -> None:
    link = first_administrator_link()
    assert link
    # Whoever lost it gets another, and no second administrator.
    assert first_administrator_link()
    assert User.objects.count() == 1
    client = Client()
    set_password(client, link, language="en", time_zone="UTC")
    assert is_signed_in(client)
    assert User.objects.get().is_superuser
    assert first_administrator_link() is None


def chosen(page: Response) -> dict[str, object]:
    """What a form begins with."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if "password" not in name}


CHINESE = {"accept-language": "zh-CN,zh;q=0.9"}


def test_a_newsroom_begins_with_the_language_and_zone_of_its_first_administrator() -> None:
    link = first_administrator_link()
    assert link
    client = Client(headers=CHINESE)
    page = follow(client, link)
    assert chosen(page) == {"language": "zh-hans", "time_zone": "UTC"}
    assert "data-choose" in page.text  # a script chooses the browser's zone
    set_password(client, link, language="zh-hans", time_zone="Asia/Shanghai")
    assert Site.objects.get().language == "zh-hans"
    assert User.objects.get().time_zone == "Asia/Shanghai"
    first = chosen_in_form(client, "admin:digests_series_add")
    assert (first["language"], first["time_zone"]) == ("zh-hans", "Asia/Shanghai")
    assert chosen_in_form(client, "admin:digests_user_add")["time_zone"] == "Asia/Shanghai"


def test_an_administrator_of_a_newsroom_at_work_changes_nothing_of_its_site() -> None:
    series()
    Site.objects.update(language="en")
    link = first_administrator_link()
    assert link
    client = Client(headers=CHINESE)
    assert "language" not in chosen(follow(client, link))
    set_password(client, link, language="zh-hans", time_zone="Asia/Shanghai")
    assert is_signed_in(client)
    assert Site.objects.get().language == "en"


def chosen_in_form(client: Client, name: str) -> dict[str, object]:
    form = client.get(reverse(name)).context["adminform"].form
    return {field: form[field].value() for field in ("language", "time_zone")}


def test_what_the_environment_sets_is_what_a_newsroom_begins_with(settings: Settings) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGE_IS_SET = "en", True
    settings.TIME_ZONE, settings.TIME_ZONE_IS_SET = "Europe/Madrid", True
    link = first_administrator_link()
    assert link
    client = Client(headers=CHINESE)
    page = follow(client, link)
    assert chosen(page) == {"language": "en", "time_zone": "Europe/Madrid"}
    assert "data-choose" not in page.text
    set_password(client, link, language="en", time_zone="Europe/Madrid")
    # They follow the setting.
    assert User.objects.get().time_zone == ""


def test_a_zone_that_was_chosen_stays_when_the_password_is_refused() -> None:
    link = first_administrator_link()
    assert link
    refused = set_password(Client(), link, "short", language="en", time_zone="UTC")
    assert refused.status_code == 200
    assert "data-choose" not in refused.text


def test_only_the_first_administrator_is_asked_how_the_newsroom_begins() -> None:
    person(is_superuser=True)
    for user in (person(), person(is_superuser=True)):
        user.set_unusable_password()
        user.save()
        assert chosen(follow(Client(), invitation_link(user))) == {}


def test_the_first_administrator_takes_nobodys_name() -> None:
    person(username="admin")
    assert first_administrator_link()
    assert User.objects.get(is_superuser=True).username == "admin2"


def test_changing_a_password_ends_other_sessions() -> None:
    user = person(username="ed")
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "ed")
    answer = here.post(
        reverse("admin:password_change"),
        {"old_password": "password", "new_password1": NEW, "new_password2": NEW},
    )
    assert answer.headers["Location"] == reverse("admin:password_change_done")
    assert is_signed_in(here)
    assert not is_signed_in(there)
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_deactivating_ends_a_session() -> None:
    user = person()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert is_signed_in(client)
    user.is_active = False
    user.save()
    assert not is_signed_in(client)


def test_everybody_sets_their_own_zone_and_language() -> None:
    user = person(username="ed")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    data = {"first_name": "Ed", "time_zone": "Asia/Shanghai", "language": "zh-hans"}
    client.post(reverse("admin:own_settings"), {**data, "is_superuser": "on"})
    user.refresh_from_db()
    assert (user.time_zone, user.language, str(user)) == ("Asia/Shanghai", "zh-hans", "Ed")
    assert not user.is_superuser
    page = client.get(reverse("admin:index"))
    assert page.headers["Content-Language"] == "zh-hans"
    assert 'lang="zh-hans"' in page.text


def test_a_zone_that_does_not_exist_is_refused() -> None:
    user = person()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("admin:own_settings"), {"time_zone": "Mars/Olympus"})
    assert "is not a time zone" in answer.text


def test_settings_are_for_who_is_signed_in() -> None:
    answer = Client().get(reverse("admin:own_settings"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("admin:login"))
