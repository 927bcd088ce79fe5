"""The public API: what it lists, what it gives of a digest, and how it refuses."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from digests.accounts.roles import REVIEWER
from digests.editorial import compose, lifecycle
from digests.models import Digest
from tests.factories import (
    PAST,
    approve,
    draft,
    in_review,
    live_revision,
    person,
    published,
    series,
    story,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

LIST = "/api/v1/digests/"
DETAIL = "/api/v1/digests/global-ai/2026-11-20-0800/"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "http://news.example.org"


def titles(client: Client, **query: str | int) -> list[str]:
    return [digest["title"] for digest in client.get(LIST, query).json()["digests"]]


def test_a_digest_has_its_entries_as_markdown_and_html_and_its_exact_file(client: Client) -> None:
    item = story("甲", url="https://example.org/a", byline="Mira", body="一**二**。")
    digest = published(item, title="早报", categories=("AI", "研究"), intro="你好。")
    revision = live_revision(digest)
    assert client.get(DETAIL).json() == {
        "series": "global-ai",
        "slug": "2026-11-20-0800",
        "url": "http://news.example.org/global-ai/2026-11-20-0800/",
        "title": "早报",
        "date": "2026-11-20T08:00:00+08:00",
        "language": "zh-hans",
        "categories": ["AI", "研究"],
        "revision": revision.number,
        "first_published": client.get(DETAIL).json()["first_published"],
        "intro": {"markdown": "你好。", "html": "<p>你好。</p>\n"},
        "sections": [
            {
                "heading": "",
                "intro": {"markdown": "", "html": ""},
                "entries": [
                    {
                        "item": item.pk,
                        "number": 1,
                        "url": f"http://news.example.org/global-ai/2026-11-20-0800/#i-{item.pk}",
                        "language": "zh-hans",
                        "headline": "甲",
                        "byline": "Mira",
                        "link": "https://example.org/a",
                        "source": None,
                        "body": {
                            "markdown": "一**二**。",
                            "html": "<p>一<strong>二</strong>。</p>\n",
                        },
                    }
                ],
            }
        ],
        "outro": {"markdown": "", "html": ""},
        "corrections": [],
        "reviewed": False,
        "file": {
            "path": "2026-11-20-0800.md",
            "sha256": hashlib.sha256(revision.text.encode()).hexdigest(),
            "text": revision.text,
        },
    }


def test_entries_of_several_sections_keep_their_own_texts(client: Client) -> None:
    by = person()
    digest = draft(story("甲", body="甲文。"), by=by)
    for heading, name in (("一", "乙"), ("二", "丙")):
        digest = compose.add_section(digest, heading, by=by, version=digest.version)
        item = story(name, body=f"{name}文。")
        section = digest.sections.last()
        digest = compose.place(digest, item, by=by, version=digest.version, section=section)
    approve(lifecycle.submit(digest, by=by, version=digest.version))
    found = [
        (section["heading"], entry["number"], entry["headline"], entry["body"]["markdown"])
        for section in client.get(DETAIL).json()["sections"]
        for entry in section["entries"]
    ]
    assert found == [("", 1, "甲", "甲文。"), ("一", 1, "乙", "乙文。"), ("二", 1, "丙", "丙文。")]


def test_the_list_holds_public_digests_newest_first(client: Client) -> None:
    published(title="早")
    published(title="晚", date=PAST + timedelta(hours=4))
    published(title="Weekly", series=series("weekly", language="en", time_zone="UTC"))
    draft(title="草稿")
    in_review(title="送审")
    answer = client.get(LIST).json()
    assert [digest["title"] for digest in answer["digests"]] == ["晚", "Weekly", "早"]
    assert answer["next"] is None
    assert answer["digests"][2] | {"first_published": ""} == {
        "series": "global-ai",
        "slug": "2026-11-20-0800",
        "url": "http://news.example.org/global-ai/2026-11-20-0800/",
        "title": "早",
        "date": "2026-11-20T08:00:00+08:00",
        "language": "zh-hans",
        "categories": ["AI 发展"],
        "revision": 1,
        "first_published": "",
    }


def test_what_readers_are_told_beside_the_text(client: Client) -> None:
    digest = published(title="早报", series=series(shows_review=True))
    assert client.get(DETAIL).json()["reviewed"] is True
    by = person(REVIEWER)
    for note in ("数字有误。", ""):
        digest = lifecycle.correct(digest, by=by, version=digest.version)
        digest = compose.place(digest, story(), by=by, version=digest.version)
        digest = lifecycle.submit(digest, by=by, version=digest.version)
        shown = digest.working_copy().fingerprint
        digest = lifecycle.approve(
            digest, by=by, version=digest.version, sha256=shown, correction=note
        )
    told = client.get(DETAIL).json()["corrections"]
    assert [correction["note"] for correction in told] == ["", "数字有误。"]
    assert all(correction["at"].endswith("+08:00") for correction in told)


def test_who_is_told_of_no_review_learns_of_none(client: Client) -> None:
    published()
    assert client.get(DETAIL).json()["reviewed"] is False


def test_the_list_is_read_in_pages_by_their_next(client: Client) -> None:
    for hour in range(5):
        published(title=str(hour), date=PAST + timedelta(hours=hour))
    published(title="其他", categories=("其他",))
    address, pages = f"{LIST}?limit=2&category=AI 发展&date_to=2026-11-20", []
    while address:
        answer = client.get(address).json()
        pages.append([digest["title"] for digest in answer["digests"]])
        address = answer["next"]
        assert address is None or address.startswith(f"http://news.example.org{LIST}?")
        # What appears meanwhile moves nothing.
        published(date=PAST + timedelta(days=1, hours=len(pages)))
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_digests_of_one_moment_are_each_listed_once(client: Client) -> None:
    for number in range(3):
        published(title=str(number))
    first = client.get(LIST, {"limit": 2}).json()
    second = client.get(first["next"]).json()
    shown = [digest["title"] for digest in first["digests"] + second["digests"]]
    assert shown == ["2", "1", "0"] and second["next"] is None


def test_the_list_is_filtered_by_series_category_and_day(client: Client) -> None:
    weekly = series("weekly", name="Weekly", language="en", time_zone="America/New_York")
    published(title="早", categories=("AI", "研究"))
    published(title="昨", date=PAST - timedelta(days=1), categories=("AI",))
    # At the same moment as 早 it is still the evening before in New York.
    published(title="Eve", series=weekly, categories=())
    assert titles(client, series="weekly") == ["Eve"]
    assert titles(client, series="nothing") == []
    assert titles(client, category="研究") == ["早"]
    assert titles(client, category="AI") == ["早", "昨"]
    assert titles(client, category="A") == []
    assert set(titles(client, date_from="2026-11-20")) == {"早"}
    assert set(titles(client, date_to="2026-11-19")) == {"昨", "Eve"}
    assert titles(client, date_from="2026-11-19", date_to="2026-11-19", series="weekly") == ["Eve"]
    assert titles(client, date_from="0001-01-01", date_to="9999-12-31", category="研究") == ["早"]


def test_a_category_that_was_renamed_is_found_by_the_name_the_digest_shows(client: Client) -> None:
    digest = published(title="早", categories=("旧名",))
    digest.categories.update(name="新名")
    assert titles(client, category="旧名") == ["早"]
    assert titles(client, category="新名") == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=28000000000000000000",
        "limit=x",
        "cursor=",
        "cursor=x",
        "cursor=1-2-3",
        "cursor=1-a",
        "cursor=99999999999-1",
        "cursor=1-9999999999999999999",
        "cursor=%EF%BC%91-1",
        "cursor=1-1%0A",
        "series=a%00b",
        "series=%E4%B8%AD",
        f"series={'a' * 51}",
        "category=",
        "category=a%00",
        f"category={'a' * 101}",
        "date_from=2026-13-01",
        "date_from=0",
        "date_from=2026-11-20T00:00:00",
        "date_to=%EF%BC%92026-11-20",
    ],
)
def test_nonsense_is_refused_naming_the_parameter(client: Client, query: str) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1] == query.partition("=")[0]


def test_a_withdrawn_digest_is_gone_with_its_note(client: Client) -> None:
    digest = published(story("撤回的条目"), title="撤回的题目")
    lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note="来源有误。")
    answer = client.get(DETAIL)
    assert answer.status_code == 410
    assert answer.json() == {"detail": "This digest was withdrawn.", "note": "来源有误。"}
    assert titles(client) == []


@pytest.mark.parametrize(
    "address",
    [DETAIL, "/api/v1/digests/nothing/2026-11-20-0800/", "/api/v1/nothing", "/api/", "/api/v2/x/"],
)
def test_what_is_not_there_is_404_in_json(client: Client, address: str) -> None:
    draft()
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_host_that_is_not_ours_is_refused_in_json(client: Client) -> None:
    answer = client.get(LIST, headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Bad Request"})


def test_a_failure_says_nothing_of_its_cause(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("digests.models.rendering.page", fail)
    published()
    client.raise_request_exception = False
    answer = client.get(DETAIL)
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal Server Error"})


def test_html_of_the_api_is_as_safe_as_the_page(client: Client) -> None:
    published(story(body="<script>alert(1)</script> [a](javascript:x) ![b](data:text/html,x)"))
    html = client.get(DETAIL).json()["sections"][0]["entries"][0]["body"]["html"]
    assert "alert(1)" in html
    assert "<script" not in html and "href=" not in html and "src=" not in html


def test_the_date_of_first_publication_outlives_a_correction(client: Client) -> None:
    digest = published()
    before = client.get(DETAIL).json()
    Digest.objects.filter(pk=digest.pk).update(published_at=datetime(2026, 11, 20, 1, tzinfo=UTC))
    digest.refresh_from_db()
    by = person(REVIEWER)
    digest = lifecycle.correct(digest, by=by, version=digest.version)
    item = story("又一条")
    digest = compose.place(digest, item, by=by, version=digest.version)
    approve(lifecycle.submit(digest, by=by, version=digest.version))
    after = client.get(DETAIL).json()
    assert after["first_published"] == "2026-11-20T01:00:00Z"
    assert after["revision"] > before["revision"]


def test_the_docs_load_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "http" not in page.text and "//" not in page.text.replace("</", "")
    assert client.post("/api/v1/docs").status_code == 405


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns", "UTC", "Europe/London"])
def test_the_date_has_the_offset_of_the_file(client: Client, zone: str) -> None:
    digest = published(series=series("local", time_zone=zone))
    date = client.get(f"{LIST}local/{digest.slug}/").json()["date"]
    assert f"\ndate: {date}\n" in live_revision(digest).text
    assert client.get(LIST).json()["digests"][0]["date"] == date
