"""The lists of the admin: their pages and counts, where their titles lead, and their words."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from digests.accounts.roles import ADMINISTRATOR, EDITOR
from digests.desk.admin import lists
from digests.models import Source, User
from tests.factories import draft, person, published, series, source, story
from tests.screens import below, signed_in

pytestmark = pytest.mark.django_db
SOURCES = "/admin/digests/source/"


@pytest.fixture
def client() -> Client:
    return signed_in(person(ADMINISTRATOR, username="ada"))


@pytest.fixture
def seven_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven sources, in a list that shows two on a page and counts five."""
    monkeypatch.setattr(lists, "COUNTED", 5)
    monkeypatch.setattr(lists.ListAdmin, "list_per_page", 2)
    for number in range(1, 8):
        source(f"Source {number}")


def shown(client: Client, address: str) -> list[str]:
    return re.findall(r">(Source \d)</a>", client.get(address).text)


def has_next(client: Client, address: str) -> bool:
    return 'rel="next"' in client.get(address).text


@pytest.mark.usefixtures("seven_sources")
def test_a_long_list_is_counted_only_so_far(client: Client) -> None:
    assert "5+ sources" in client.get(SOURCES).text
    Source.objects.filter(name__in=["Source 6", "Source 7"]).delete()
    assert "5 sources" in client.get(SOURCES).text
    Source.objects.exclude(name="Source 1").delete()
    assert "1 source<" in client.get(SOURCES).text


@pytest.mark.usefixtures("seven_sources")
def test_pages_go_on_beyond_what_is_counted(client: Client) -> None:
    assert shown(client, f"{SOURCES}?p=3") == ["Source 5", "Source 6"]
    assert has_next(client, f"{SOURCES}?p=3")
    assert shown(client, f"{SOURCES}?p=4") == ["Source 7"]
    assert not has_next(client, f"{SOURCES}?p=4")
    for nowhere in ("5", "99999999999999999999"):
        assert client.get(SOURCES, {"p": nowhere}).headers["Location"].endswith("?e=1")
    assert shown(client, f"{SOURCES}?p=x") == shown(client, SOURCES)


@pytest.mark.usefixtures("seven_sources")
def test_a_page_keeps_what_was_searched_for(client: Client) -> None:
    page = client.get(SOURCES, {"q": "Source"}).text
    assert 'href="?p=2&amp;q=Source"' in page


def test_the_title_of_a_digest_leads_to_where_one_works_on_it(client: Client) -> None:
    working, live = draft(title="下一期"), published(title="上一期")
    page = client.get("/admin/digests/digest/").text
    assert f'<a href="{below(working, "compose")}">下一期</a>' in page
    assert f'<a href="{below(live, "approve")}">上一期</a>' in page
    assert f'href="{below(live, "details")}"' in page


@pytest.mark.parametrize(("zone", "own"), [("", ""), ("UTC", " · 00:30 your time")])
def test_the_date_of_a_digest_is_told_by_the_clock_of_its_series(
    client: Client, zone: str, own: str
) -> None:
    User.objects.update(time_zone=zone)
    draft(story(), date=datetime(2026, 11, 20, 0, 30, tzinfo=UTC), series=series())
    page = client.get("/admin/digests/digest/").text
    told = " ".join(re.sub("<[^>]*>", " ", page.partition('class="field-when')[2]).split())
    assert f"2026-11-20 08:30 Asia/Shanghai{own} 1 story" in told


def test_an_empty_list_says_so_and_offers_to_add(client: Client) -> None:
    page = client.get(SOURCES).text
    assert "There is nothing here yet." in page
    assert f'href="{SOURCES}add/"' in page
    source("Mira")
    assert "Nothing matches." in client.get(SOURCES, {"q": "nobody"}).text


def test_what_keeps_a_row_is_named_in_the_user_s_language_and_linked() -> None:
    used = source("Used")
    item = story("R&D: <new>", source=used)
    administrator = signed_in(person(ADMINISTRATOR, language="zh-hans"))
    page = administrator.get(f"{SOURCES}{used.pk}/delete/").text
    assert f'条目：<a href="{below(item, "write")}">R&amp;D: &lt;new&gt;</a>' in page


def test_a_list_offers_to_add_only_to_who_may() -> None:
    editor = signed_in(person(EDITOR))
    assert f'href="{SOURCES}add/"' not in editor.get(SOURCES).text


def test_a_row_that_is_used_is_not_deleted_and_says_by_what(client: Client) -> None:
    used, free = source("Used"), source("Free")
    story("它的条目", source=used)
    page = client.get(f"{SOURCES}{used.pk}/delete/").text
    assert "This is still in use" in page
    assert "它的条目" in page
    assert "<button" not in page.partition('id="content"')[2]
    client.post(f"{SOURCES}{used.pk}/delete/", {"post": "yes"})
    answer = client.post(f"{SOURCES}{free.pk}/delete/", {"post": "yes"}, follow=True)
    assert "“Free” deleted." in answer.text
    assert [row.name for row in Source.objects.all()] == ["Used"]


def test_a_form_offers_what_its_user_may_do(client: Client) -> None:
    row = source("Mira")
    page = client.get(f"{SOURCES}{row.pk}/change/").text
    offered = re.findall(r'<(?:button|a)[^>]*class="step[^"]*"[^>]*>([^<]+)<', page)
    assert offered == ["Save", "Save and add another", "Cancel", "Delete…"]
    viewer = signed_in(person(EDITOR))
    page = viewer.get(f"{SOURCES}{row.pk}/change/").text
    assert re.findall(r'<(?:button|a)[^>]*class="step[^"]*"[^>]*>([^<]+)<', page) == ["Back"]
    assert 'name="byline"' not in page


def test_saving_says_what_was_saved_and_may_go_on_to_the_next(client: Client) -> None:
    data = {"name": "Mira", "kind": "x", "language": "en"}
    answer = client.post(f"{SOURCES}add/", data, follow=True)
    assert answer.redirect_chain[-1][0] == SOURCES
    assert "“Mira” saved." in answer.text
    answer = client.post(f"{SOURCES}add/", data | {"name": "Teo", "_addanother": ""}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{SOURCES}add/"
