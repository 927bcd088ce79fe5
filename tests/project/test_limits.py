"""Limits on what strangers may ask for: sizes, rates by address, and how many at once."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from digests.desk.editor.views import MAX_BYTES
from digests.models import Site
from newsroom import limits
from newsroom.env import Rate
from newsroom.limits import Limit, Turns, longest_body
from tests.embedded import EmbeddedServer
from tests.factories import person
from tests.screens import Response
from tests.services import LOCALHOST

FORM = 100_000
SOON = ("2", "3", "4", "5")  # seconds
pytestmark = pytest.mark.django_db

type Ask = Callable[..., Response]


def search(**given: Any) -> Response:
    return Client().get("/search/", {"q": "news"}, **given)


def sign_in(**given: Any) -> Response:
    return Client().post(reverse("admin:login"), {"username": "ed", "password": "no"}, **given)


def ask_for_reset(**given: Any) -> Response:
    return Client().post(reverse("admin:password_reset"), {"email": "ed@example.org"}, **given)


KINDS = [("SEARCH_RATE", search), ("SIGN_IN_RATE", sign_in), ("RESET_RATE", ask_for_reset)]
by_kind = pytest.mark.parametrize(("setting", "ask"), KINDS, ids=[name for name, _ in KINDS])


@pytest.fixture(autouse=True)
def in_one_minute(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_IS_SENT = True
    caches["rates"].clear()
    # Ten seconds before a minute of the clock is over.
    monkeypatch.setattr("time.time", lambda: 1_800_000_050.0)


@by_kind
def test_an_address_beyond_its_rate_is_told_when_to_come_back(
    settings: Settings, setting: str, ask: Ask
) -> None:
    setattr(settings, setting, Rate(2, 60))
    assert 429 not in [ask().status_code for _ in range(2)]
    refused = ask()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "10"
    assert refused.headers["Cache-Control"] == "no-store"
    assert "Wait 10 s." in refused.text
    assert "nosniff" in refused.headers["X-Content-Type-Options"]
    assert "default-src" in refused.headers["Content-Security-Policy"]
    assert ask(REMOTE_ADDR="192.0.2.7").status_code != 429


@by_kind
def test_a_rate_can_be_switched_off(settings: Settings, setting: str, ask: Ask) -> None:
    setattr(settings, setting, None)
    assert 429 not in [ask().status_code for _ in range(4)]


def test_a_refusal_speaks_the_readers_or_the_editors_language(settings: Settings) -> None:
    settings.SEARCH_RATE = settings.SIGN_IN_RATE = Rate(1, 60)
    Site.objects.update(language="zh-hans")
    # Editors are asked in the language of their browser, readers in that of the site.
    for ask, title in ((search, "请求过多"), (sign_in, "Too many requests")):
        ask()
        refused = ask(headers={"accept-language": "en"})
        assert f"<h1>{title}</h1>" in refused.text


def test_addresses_far_beyond_their_rate_cost_no_hash(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGN_IN_RATE = Rate(2, 60)
    person(username="ed")
    hashed = []
    monkeypatch.setattr(
        "django.contrib.auth.backends.ModelBackend.authenticate",
        lambda *args, **kwargs: hashed.append(1),
    )
    for _attempt in range(5):
        sign_in()
    assert len(hashed) == 2


def test_what_pages_of_other_sites_send_is_not_counted(settings: Settings) -> None:
    settings.SIGN_IN_RATE = settings.RESET_RATE = Rate(1, 60)
    foreign = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example"})
    for ask, name in ((sign_in, "admin:login"), (ask_for_reset, "admin:password_reset")):
        assert [foreign.post(reverse(name)).status_code for _ in range(3)] == [403] * 3
        assert ask().status_code != 429
        assert ask().status_code == 429


def test_a_page_without_a_query_is_not_counted(settings: Settings) -> None:
    settings.SEARCH_RATE = settings.SIGN_IN_RATE = Rate(1, 60)
    for address in ("/search/", "/search/?utm_source=list", "/admin/login/"):
        assert [Client().get(address).status_code for _ in range(3)] == [200] * 3


def turns_taken(turns: Turns, callers: int) -> list[bool]:
    """What so many callers get who come while the first of them has its turn."""
    taken = []
    with turns.taken() as first:
        taken.append(first)

        def call() -> None:
            with turns.taken() as mine:
                taken.append(mine)

        threads = [threading.Thread(target=call) for _ in range(callers - 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return taken


def test_turns_are_taken_by_few_and_nobody_waits_for_long() -> None:
    assert sorted(turns_taken(Turns(1), 4)) == [False, False, False, True]
    assert sorted(turns_taken(Turns(1, waiting=1, patience=0.01), 4)) == [False, False, False, True]
    # Those that share the second turn may come one after the other.
    assert turns_taken(Turns(2), 4).count(True) >= 2


def test_a_turn_ends_with_its_request_whatever_becomes_of_it() -> None:
    turns = Turns(1)
    for _attempt in range(3):
        with pytest.raises(ZeroDivisionError), turns.taken() as is_mine:
            assert is_mine
            raise ZeroDivisionError


def test_whoever_waits_gets_the_turn_that_becomes_free() -> None:
    turns = Turns(1, waiting=1, patience=60)
    got: list[bool] = []

    def wait() -> None:
        with turns.taken() as mine:
            got.append(mine)

    with turns.taken():
        waiting = threading.Thread(target=wait)
        waiting.start()
    waiting.join()
    assert got == [True]


@by_kind
def test_one_too_many_at_once_is_refused_for_a_moment(
    setting: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tuple(Limit(limit.fits, limit.setting, Turns(0)) for limit in limits.LIMITS)
    assert ask().status_code != 429
    monkeypatch.setattr(limits, "LIMITS", full)
    refused = ask()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] in SOON


@by_kind
def test_what_got_no_turn_is_not_counted(settings: Settings, setting: str, ask: Ask) -> None:
    setattr(settings, setting, Rate(1, 60))
    with limits.COSTLY.taken(), limits.COSTLY.taken():
        assert [ask().status_code for _ in range(3)] == [429] * 3
    assert ask().status_code != 429
    assert ask().headers["Retry-After"] == "10"


def test_a_busy_search_is_loaded_again_by_itself_but_not_for_ever_nor_beyond_its_rate(
    settings: Settings,
) -> None:
    settings.SEARCH_RATE = Rate(1, 60)
    with limits.COSTLY.taken(), limits.COSTLY.taken():
        busy = [search() for _ in range(limits.RELOADS.most + 1)]
        elsewhere = search(REMOTE_ADDR="192.0.2.7")
    *again, last = [response.headers.get("Refresh") for response in busy]
    assert {*again} <= {*SOON}
    assert len({*again}) > 1
    assert last is None
    assert "Refresh" in elsewhere.headers
    assert search().status_code == 200
    beyond = search()
    assert beyond.status_code == 429
    assert "Refresh" not in beyond.headers


@by_kind
def test_all_costly_kinds_together_leave_threads_to_others(setting: str, ask: Ask) -> None:
    with contextlib.ExitStack() as stack:
        for limit in limits.LIMITS:
            if limit.setting not in ("API_RATE", setting):
                assert stack.enter_context(limits.turn_of(limit))
        assert ask().status_code == 429
        assert Client().get("/").status_code == 200
    assert ask().status_code != 429


def test_one_password_is_checked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    (limit,) = (limit for limit in limits.LIMITS if limit.setting == "SIGN_IN_RATE")
    monkeypatch.setattr(limit.turns, "patience", 0)
    with limits.turn_of(limit) as is_its_turn:
        assert is_its_turn
        assert sign_in().status_code == 429
    assert sign_in().status_code == 200


def test_a_search_of_the_api_takes_its_turn_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    address = limits.API_SEARCH
    assert Client().get(address, {"q": "news"}).status_code == 200
    full = tuple(Limit(limit.fits, limit.setting, Turns(0)) for limit in limits.LIMITS)
    monkeypatch.setattr(limits, "LIMITS", full)
    refused = Client().get(address, {"q": "news"})
    assert (refused.status_code, refused.json()) == (429, {"detail": "Too Many Requests"})


def test_a_search_of_the_api_that_got_no_turn_is_not_counted(settings: Settings) -> None:
    settings.API_RATE = Rate(2, 60)

    def ask(address: str = limits.API_SEARCH) -> Response:
        return Client().get(address, {"q": "news"})

    with limits.COSTLY.taken(), limits.COSTLY.taken():
        busy = [ask() for _ in range(3)]
    assert {answer.status_code for answer in busy} == {429}
    assert {answer.headers["Retry-After"] for answer in busy} <= {*SOON}
    # One rate for all of the API.
    assert [ask().status_code, ask("/api/v1/series/").status_code] == [200, 200]
    beyond = ask()
    assert beyond.json() == {"detail": "Too many requests. Come back in 10 s."}
    assert beyond.headers["Retry-After"] == "10"
    assert ask("/api/v1/series/").status_code == 429


def test_what_a_body_may_have_follows_from_the_address() -> None:
    editors = ("admin:inbox", "admin:paste", "markdownx_markdownify")
    strangers = ("admin:login", "admin:password_reset", "public:home", "public:search", "healthz")
    assert {longest_body(reverse(name)) for name in editors} == {2_000_000}
    assert longest_body("/api/desk/anything") == 2_000_000
    assert {longest_body(reverse(name)) for name in strangers} == {FORM}
    link = reverse("admin:password_reset_confirm", kwargs={"uidb64": "MQ", "token": "set-password"})
    assert longest_body(link) == FORM
    # Whoever uploads a picture that is a little too large is told so by the form.
    assert longest_body(reverse("markdownx_upload")) > MAX_BYTES + FORM
    assert longest_body("*") == 0


@pytest.mark.parametrize(
    ("address", "size"),
    [("/", FORM), ("/admin/login/", FORM), ("/admin/inbox/", 2_000_000), ("/api/v1/", FORM)],
)
def test_a_body_that_is_too_long_is_refused_by_its_length(address: str, size: int) -> None:
    def status(length: int) -> int:
        return Client().generic("POST", address, b"", CONTENT_LENGTH=str(length)).status_code

    assert status(size) != 413
    assert status(size + 1) == 413


def test_a_body_without_a_length_is_refused() -> None:
    refused = Client().post("/admin/login/", headers={"transfer-encoding": "chunked"})
    assert refused.status_code == 411


def test_the_editors_script_is_told_in_a_sentence() -> None:
    refused = Client().generic("POST", reverse("markdownx_upload"), b"", CONTENT_LENGTH="9999999")
    assert refused.status_code == 413
    assert refused.json() == {"detail": "The request is larger than this address accepts."}


@pytest.mark.processes
def test_the_server_answers_before_a_body_that_it_refuses_has_come(data_folder: Path) -> None:
    with EmbeddedServer(data_folder) as server:
        for address, headers, status in (
            ("/admin/login/", "Content-Length: 400000000", 413),
            ("/admin/inbox/", "Content-Length: 400000000\r\nExpect: 100-continue", 413),
            ("/", "Transfer-Encoding: chunked", 411),
        ):
            with socket.create_connection((LOCALHOST, server.port), timeout=30) as client:
                head = f"POST {address} HTTP/1.1\r\nHost: {LOCALHOST}\r\n{headers}\r\n\r\n"
                # More than the buffers of the two systems hold on the way.
                client.sendall(head.encode() + b"x" * 5_000_000)
                answer = http.client.HTTPResponse(client)
                answer.begin()
                assert answer.status == status
                assert b"</html>" in answer.read()
                assert answer.headers["Connection"] == "close"
