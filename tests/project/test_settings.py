import os
import runpy
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from axes.helpers import get_client_ip_address
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from ninja.throttling import BaseThrottle

from newsroom import checks
from newsroom.mail import NoMail
from newsroom.management.commands.configuration import END, START, table
from newsroom.middleware import TrustedProxies
from newsroom.postgresql.base import DatabaseWrapper
from newsroom.settings import env
from tests.embedded import ROOT

LONG = "k" * 50

NONSENSE = [
    ("DATA_DIR", "var\0", "the path of a folder"),
    ("EXPORT_ROOT", "out\0", "the path of a folder"),
    ("DATABASE_URL", "mysql://user:pass-word@host/name", "postgresql://"),
    ("DATABASE_URL", "postgresql://user:pass-word@host", "postgresql://"),
    ("DATABASE_URL", "postgresql://user:pass-word@host/name?nonsense=1", "postgresql://"),
    ("HOST", "not a host", "a host name or an IP address"),
    ("HOST", "http://127.0.0.1", "a host name or an IP address"),
    ("PORT", "http", "a whole number from 1 to 65535"),
    ("PORT", "0", "a whole number from 1 to 65535"),
    ("PORT", "65536", "a whole number from 1 to 65535"),
    ("PORT", "８０", "a whole number from 1 to 65535"),
    ("SITE_URL", "news.example.org", "https://"),
    ("SITE_URL", "ftp://news.example.org", "https://"),
    ("SITE_URL", "https://news.example.org/digests", "without a path"),
    ("SITE_URL", "https://me@news.example.org", "https://"),
    ("SITE_URL", "https://news.example.org:99999", "https://"),
    ("SITE_URL", "https://", "https://"),
    ("SITE_NAME", "The\nNews", "a name on one line"),
    ("SITE_NAME", "N" * 61, "of at most 60 characters"),
    ("TRUSTED_PROXIES", "-1", "a whole number from 0 to 9"),
    ("STALE_IF_ERROR", "for ever", "a whole number from 0 to 86400"),
    ("API_RATE", "120", "2/sec, 120/min or 5000/hour"),
    ("API_RATE", "0/min", "or none"),
    ("API_RATE", "-1/min", "or none"),
    ("API_RATE", "9999999/min", "or none"),
    ("API_RATE", "2/day", "or none"),
    ("SEARCH_RATE", "60", "120/min"),
    ("SIGN_IN_RATE", "ten/min", "120/min"),
    ("RESET_RATE", "5/day", "or none"),
    ("ALLOWED_HOSTS", "news.example.org;other", "separated by commas"),
    ("ALLOWED_HOSTS", "https://news.example.org", "separated by commas"),
    ("DEBUG", "yes", "true or false"),
    ("DEBUG", "1", "true or false"),
    ("SECRET_KEY", "pass-word", "at least 50 characters"),
    ("LANGUAGE_CODE", "zh", "en or zh-hans"),
    ("TIME_ZONE", "Beijing", "the name of a time zone"),
    ("REDIS_URL", "memcached://:pass-word@host", "redis://"),
    ("REDIS_URL", "redis://:pass-word@", "redis://"),
    ("REDIS_URL", "redis://:pass-word@host/first", "redis://"),
    ("EMAIL_URL", "imap://user:pass-word@host", "smtp+starttls://"),
    ("EMAIL_URL", "smtp://user:pass-word@host?tls=1", "smtp+starttls://"),
    ("EMAIL_URL", "smtp://user:pass-word@", "smtp+starttls://"),
    ("LOG_LEVEL", "LOUD", "DEBUG or INFO or WARNING or ERROR"),
]


@pytest.fixture
def settings_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Runs settings.py as a process with just these variables would, and gives its names."""

    def run(**variables: str) -> dict[str, Any]:
        for variable in env.variables:
            monkeypatch.delenv(variable.name, raising=False)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        for name, value in variables.items():
            if "\0" in value:  # no process has such a variable, yet a reader may be given it
                monkeypatch.setattr(os, "environ", os.environ | {name: value})
            else:
                monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "newsroom/settings.py"))

    return run


@pytest.mark.parametrize(("name", "value", "accepted"), NONSENSE)
def test_nonsense_is_refused_in_a_sentence(
    settings_from: Any, name: str, value: str, accepted: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_from(**{name: value})
    sentence = str(refusal.value)
    assert sentence.startswith(f"{name} ")
    assert accepted in sentence
    if "pass-word" in value:
        assert "pass-word" not in sentence
        assert "pass-word" not in repr(refusal.getrepr(chain=True))
    else:
        assert repr(value) in sentence


def test_every_variable_has_its_nonsense() -> None:
    assert {name for name, _, _ in NONSENSE} == {variable.name for variable in env.variables}


def test_nothing_needs_to_be_set(settings_from: Any, tmp_path: Path) -> None:
    settings = settings_from()
    assert not settings["DEBUG"]
    assert settings["HOST"] == "127.0.0.1"
    assert settings["SITE_URL"] == "http://127.0.0.1:8000"
    assert settings["DATABASES"]["default"]["NAME"] == tmp_path / "newsroom.sqlite3"
    assert settings["EXPORT_ROOT"] == tmp_path / "export"
    assert settings["CELERY_BROKER_URL"].startswith("memory:")
    assert not settings["EMAIL_IS_SENT"]


def test_an_empty_variable_counts_as_none(settings_from: Any) -> None:
    assert settings_from(PORT="", DEBUG="", REDIS_URL="")["PORT"] == 8000


def test_a_relative_folder_starts_at_the_project(settings_from: Any, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    try:
        assert settings_from(EXPORT_ROOT="var/out")["EXPORT_ROOT"] == ROOT / "var/out"
    finally:
        os.chdir(ROOT)


def test_an_https_address_turns_every_switch(settings_from: Any) -> None:
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
    names += ["SECURE_HSTS_SECONDS"]
    secure = settings_from(SITE_URL="https://news.example.org/")
    assert all(secure[name] for name in names)
    assert secure["CSRF_TRUSTED_ORIGINS"] == ["https://news.example.org"]
    assert "news.example.org" in secure["ALLOWED_HOSTS"]
    plain = settings_from(SITE_URL="http://news.example.org:8080")
    assert not any(plain[name] for name in names)
    assert "news.example.org" in plain["ALLOWED_HOSTS"]


def test_hosts_may_be_names_addresses_and_whole_domains(settings_from: Any) -> None:
    settings = settings_from(ALLOWED_HOSTS="News.Example.org, .example.net,[::1],192.0.2.7,*")
    given = settings["ALLOWED_HOSTS"][:5]
    assert given == ["news.example.org", ".example.net", "[::1]", "192.0.2.7", "*"]


def test_a_postgresql_address_keeps_every_part(settings_from: Any) -> None:
    url = "postgresql://me:p%40ss@db.example.org:5433/news?sslmode=require"
    database = settings_from(DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "newsroom.postgresql"
    assert (database["USER"], database["PASSWORD"]) == ("me", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db.example.org", "5433")
    assert database["NAME"] == "news"
    assert database["OPTIONS"]["sslmode"] == "require"


def test_a_postgresql_address_may_say_how_long_to_wait(settings_from: Any) -> None:
    def options(query: str) -> dict[str, Any]:
        url = f"postgresql://db.example.org/news{query}"
        found: dict[str, Any] = settings_from(DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
        return found

    assert options("")["connect_timeout"] == 2
    assert options("?connect_timeout=9")["connect_timeout"] == "9"
    # A server that is gone without a word is noticed by the operating system.
    assert options("")["keepalives_idle"] + 3 * options("")["keepalives_interval"] <= 20
    assert options("")["tcp_user_timeout"] <= 10_000


def test_a_statement_of_a_request_has_an_end_and_that_of_a_command_none(settings_from: Any) -> None:
    found = settings_from(DATABASE_URL="postgresql://db.example.org/news")["DATABASES"]["default"]
    wrapper = DatabaseWrapper({**connection.settings_dict, **found})
    assert "statement_timeout" not in str(wrapper.get_connection_params())
    wrapper.serves_requests = True
    assert wrapper.get_connection_params()["options"] == "-c statement_timeout=2000"


def test_redis_carries_tasks_and_cache(settings_from: Any) -> None:
    settings = settings_from(REDIS_URL="redis://127.0.0.1:6379/1")
    assert settings["CELERY_BROKER_URL"] == "redis://127.0.0.1:6379/1"
    assert settings["CACHES"]["default"]["LOCATION"] == "redis://127.0.0.1:6379/1"


def test_whoever_publishes_waits_a_second_for_a_silent_broker_and_tries_once(
    settings_from: Any,
) -> None:
    settings = settings_from(REDIS_URL="redis://127.0.0.1:6379/1")
    limits = settings["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert limits["socket_timeout"] <= 1
    assert limits["socket_connect_timeout"] <= 1
    assert settings["CELERY_TASK_PUBLISH_RETRY_POLICY"]["max_retries"] == 0


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://mail.example.org", {}),
        ("smtp+starttls://mail.example.org:587", {"port": 587, "use_tls": True}),
        (
            "smtps://me%40example.org:p%40ss@mail.example.org",
            {"use_ssl": True, "username": "me@example.org", "password": "p@ss"},
        ),
    ],
)
def test_a_mail_address_becomes_a_mailer(
    settings_from: Any, url: str, options: dict[str, Any]
) -> None:
    settings = settings_from(EMAIL_URL=f"{url}?from=news@example.org")
    mailer = settings["MAILERS"]["default"]
    assert mailer["OPTIONS"] == {"host": "mail.example.org", "timeout": 10} | options
    assert settings["DEFAULT_FROM_EMAIL"] == "news@example.org"
    assert settings["EMAIL_IS_SENT"]


def test_without_a_mail_server_nothing_pretends_to_be_sent() -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is not set"):
        NoMail(alias="default").send_messages([EmailMessage("Hello", to=["me@example.org"])])


def test_processes_that_start_at_once_agree_on_one_secret_key(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret_key"
    code = f"""
import sys
from pathlib import Path
from newsroom.secret import secret_key
sys.stdin.read()
print(secret_key(Path({str(path)!r})))
"""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:  # all are ready to start: closing their input lets them go
        assert racer.stdin
        racer.stdin.close()
        racer.stdin = None
    keys = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert keys == {path.read_text()}
    assert len(path.read_text()) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["secret_key"]


def test_a_secret_key_that_cannot_be_kept_is_a_sentence(settings_from: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="DATA_DIR must be a folder"):
        settings_from(DATA_DIR=str(tmp_path / "file"))
    (tmp_path / "secret_key").touch()
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        settings_from()


@pytest.mark.parametrize(
    ("debug", "host", "errors"),
    [
        (True, "0.0.0.0", 1),  # noqa: S104 (refused here)
        (True, "192.0.2.7", 1),
        (True, "news.example.org", 1),
        (True, "127.0.0.1", 0),
        (True, "::1", 0),
        (True, "localhost", 0),
        (False, "0.0.0.0", 0),  # noqa: S104 (nothing listens)
    ],
)
def test_debug_stays_on_this_machine(debug: bool, host: str, errors: int) -> None:
    with override_settings(DEBUG=debug, HOST=host):
        assert len(checks.debug_stays_at_home(app_configs=None)) == errors


@pytest.mark.parametrize(
    ("redis_url", "processes", "errors"),
    [(None, "3", 1), (None, "1", 0), (None, "", 0), ("redis://127.0.0.1", "3", 0)],
)
def test_several_processes_need_redis(
    monkeypatch: pytest.MonkeyPatch, redis_url: str | None, processes: str, errors: int
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", processes)
    with override_settings(REDIS_URL=redis_url):
        assert len(checks.several_processes_share_redis(app_configs=None)) == errors


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.66, 203.0.113.9, 192.0.2.8", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "unknown", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_trusted_proxies_tell_the_clients_address(
    proxies: int, forwarded: str | None, address: str
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    with override_settings(TRUSTED_PROXIES=proxies):
        TrustedProxies(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address
    # Those who count by address: failed sign-ins, and calls of the API.
    assert get_client_ip_address(request) == address
    assert BaseThrottle().get_ident(request) == address


def test_readme_holds_the_table_of_every_variable() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(START)[2].partition(END)[0]
    assert shown == table(env.variables), "run `manage.py configuration --write`"
