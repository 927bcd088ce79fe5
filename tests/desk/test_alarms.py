"""The bar on every screen of the desk: what was missed, and what is in danger of it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from digests.accounts.roles import EDITOR
from digests.desk.alarms import MAX_DISMISSED
from digests.editorial import planning, slots
from digests.editorial.lifecycle import SEE_LOG
from digests.models import Digest, Item, Series, Slot, User
from tests.factories import draft, person, scheduled, story
from tests.screens import below, queries, signed_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Twelve minutes before eight in Shanghai."""
    shown = Clock(NOON - 12 * MINUTE)
    for name in ("django.utils.timezone.now", "digests.models.clock.now"):
        monkeypatch.setattr(name, lambda: shown.now)
    return shown


@pytest.fixture
def made() -> Series:
    """A series that is planned since a quarter of an hour ago."""
    row = scheduled(lead_minutes=60)
    planning.keep()
    return row


@pytest.fixture
def client() -> Client:
    return signed_in(person(EDITOR))


def bar(client: Client, address: str = "/admin/inbox/") -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    part = page.text.partition('data-region="alarms"')[2].partition("</div>")[0]
    lines = re.findall(r"<li.*?</li>", part, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


def dismiss(client: Client, **headers: str) -> None:
    page = client.get("/admin/inbox/").text
    key = re.search(r'name="alarm" value="([^"]+)"', page)
    assert key
    answer = client.post("/admin/alarms/?next=/admin/inbox/", {"alarm": key[1]}, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert headers or answer["Location"] == "/admin/inbox/"


def test_every_screen_says_what_is_in_danger_and_what_was_missed(
    made: Series, client: Client, at: Clock
) -> None:
    item, digest = story(), draft(story())
    screens = [
        *("/admin/", "/admin/inbox/", "/admin/board/", "/admin/settings/", "/admin/digests/item/"),
        *(below(item, "write"), below(item, "details"), below(digest, "compose")),
        *(below(digest, "details"), below(digest, "history"), "/admin/current/"),
    ]
    danger = ["Global AI 20:00 is due in 12 min and not approved Dismiss"]
    assert {address: bar(client, address) for address in screens} == dict.fromkeys(screens, danger)
    at.now = NOON - timedelta(seconds=5)
    assert bar(client) == ["Global AI 20:00 is due in 1 min and not approved Dismiss"]
    at.now = NOON + timedelta(seconds=5)
    assert bar(client) == ["Global AI 20:00 was due 1 min ago and is not approved Dismiss"]
    at.now = NOON + 5 * MINUTE
    assert bar(client) == ["Global AI 20:00 was due 5 min ago and is not approved Dismiss"]
    at.now = NOON + 16 * MINUTE
    assert bar(client) == ["Global AI 20:00 was missed Dismiss"]


def test_what_is_approved_alarms_nobody_unless_it_is_held(
    made: Series, client: Client, at: Clock
) -> None:
    Digest.objects.update(status=Digest.Status.APPROVED)
    assert bar(client) == []
    at.now = NOON + MINUTE
    assert bar(client) == ["Global AI 20:00 was due 1 min ago and is not published Dismiss"]
    Digest.objects.update(hold_reason=SEE_LOG.message)
    assert bar(client) == [f"Global AI 20:00 cannot be published: {SEE_LOG.message} Dismiss"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Global AI 20:00 cannot be published:"
            " “秘密” may not be published before 2026-12-01 14:00. Dismiss",
        ),
        (
            "zh-hans",
            "Global AI 20:00 无法发布：“秘密”在 2026年12月1日 14:00 之前不得发布。 不再提示",
        ),
    ],
)
def test_an_embargo_that_will_hold_a_digest_names_story_and_time_as_the_user_says_them(
    made: Series, at: Clock, language: str, said: str
) -> None:
    digest = Digest.objects.get()
    digest.placements.create(item=(item := story("秘密")), position=1)
    Item.objects.filter(pk=item.pk).update(not_before=NOON + 60 * MINUTE)
    Digest.objects.update(status=Digest.Status.APPROVED)
    user = person(EDITOR, language=language)
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Berlin")
    assert bar(signed_in(user)) == [said]


def test_an_alarm_that_is_dismissed_comes_back_when_the_slot_is_missed(
    made: Series, client: Client, at: Clock
) -> None:
    dismiss(client)
    assert bar(client) == []
    # Others still see it.
    assert len(bar(signed_in(person(EDITOR)))) == 1
    at.now = NOON + 16 * MINUTE
    assert bar(client) == ["Global AI 20:00 was missed Dismiss"]
    dismiss(client, **{"X-Fragment": "1"})
    assert bar(client) == []


def test_a_slot_of_another_day_is_named_with_its_day(
    made: Series, client: Client, at: Clock
) -> None:
    at.now = NOON + 270 * MINUTE  # half past midnight in Shanghai
    assert bar(client) == [
        "Global AI 00:00 was missed Dismiss",
        "Global AI 12-01 20:00 was missed Dismiss",
    ]


def test_what_can_still_be_in_time_comes_first_and_of_that_what_is_due_first(
    made: Series, client: Client, at: Clock
) -> None:
    at.now = NOON + 20 * MINUTE  # what was due at eight was missed
    for minutes in (14, 3, 9):
        slots.make_now(made, at.now + minutes * MINUTE, by=person(EDITOR))
    said = ["20:23 is due in 3 min", "20:29 is due in 9 min"]
    assert [line.split(" and ")[0] for line in bar(client)[:2]] == [f"Global AI {s}" for s in said]
    dismiss(client)
    dismiss(client)
    assert bar(client) == [
        "Global AI 20:34 is due in 14 min and not approved Dismiss",
        "Global AI 20:00 was missed Dismiss",
    ]


def test_a_page_that_stands_open_asks_for_the_bar_alone(made: Series, client: Client) -> None:
    answer = client.get("/admin/alarms/", headers={"X-Fragment": "1"})
    assert "is due in" in answer.text
    assert "<html" not in answer.text
    assert client.get("/admin/alarms/")["Location"] == "/admin/"


def test_more_than_two_are_counted(client: Client) -> None:
    for number in range(4):
        scheduled(f"s{number}", name=f"S{number}", lead_minutes=60)
    planning.keep()
    assert bar(client)[2:] == ["2 more slots on the board"]


def test_a_session_remembers_the_newest_of_what_was_dismissed(client: Client) -> None:
    for number in range(MAX_DISMISSED + 2):
        client.post("/admin/alarms/", {"alarm": f"{number}-missed"})
    assert len(client.session["dismissed_alarms"]) == MAX_DISMISSED


@pytest.mark.parametrize("key", ["", "x-missed", "1-x", "1", "1-missed-x"])
def test_what_is_no_alarm_is_not_dismissed(key: str, client: Client) -> None:
    assert client.post("/admin/alarms/", {"alarm": key}).status_code == 400


def test_users_who_may_do_nothing_about_it_are_not_told(made: Series) -> None:
    nobody = person(None)
    User.objects.filter(pk=nobody.pk).update(is_staff=True)
    assert bar(signed_in(User.objects.get(pk=nobody.pk)), "/admin/settings/") == []


def test_the_bar_costs_one_query_more_than_an_empty_one_however_much_it_says(
    client: Client,
) -> None:
    client.get("/admin/settings/")
    none = queries(client, "/admin/settings/")
    for number in range(20):
        scheduled(f"s{number}", name=f"S{number}", lead_minutes=60)
    planning.keep()
    assert Slot.objects.exists()
    assert queries(client, "/admin/settings/") == none + 1


def test_the_bar_is_in_chinese(made: Series) -> None:
    chief = person(EDITOR, language="zh-hans")
    with translation.override("zh-hans"):
        assert bar(signed_in(chief)) == ["Global AI 20:00 12 分钟 后应发，尚未批准 不再提示"]
