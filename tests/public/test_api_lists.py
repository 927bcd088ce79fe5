"""What the public API has beside digests: series, entries, stories, categories, sources, hits."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from digests.accounts.roles import REVIEWER
from digests.editorial import items, lifecycle
from digests.models import Digest, Series
from digests.models.numbers import MAX_PK
from digests.text.format import Entry
from tests.factories import (
    PAST,
    approve,
    draft,
    in_review,
    person,
    published,
    series,
    source,
    story,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

SITE = "http://news.example.org"
ENTRIES = "/api/v1/entries/"
SEARCH = "/api/v1/search/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def weekly() -> Series:
    return series("weekly", name="Weekly", language="en", time_zone="UTC")


def withdraw(digest: Digest, note: str = "错") -> Digest:
    return lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note=note)


def headlines(client: Client, **query: str | int) -> list[str]:
    return [entry["headline"] for entry in client.get(ENTRIES, query).json()["entries"]]


def found(client: Client, **query: str | int) -> list[str]:
    return [hit["headline"]["text"] for hit in client.get(SEARCH, query).json()["hits"]]


def in_turn(client: Client, address: str, key: str) -> Iterator[list[dict[str, object]]]:
    """The rows of a list, page by page."""
    while address:
        answer = client.get(address).json()
        yield answer[key]
        address = answer["next"]


def test_series_are_told_of_once_they_have_appeared(client: Client) -> None:
    published()
    draft(series=weekly())
    expected = {
        "slug": "global-ai",
        "name": "Global AI",
        "url": f"{SITE}/global-ai/",
        "feed": f"{SITE}/global-ai/feed.atom",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
    }
    assert client.get("/api/v1/series/").json() == {"series": [expected]}
    assert client.get("/api/v1/series/global-ai/").json() == expected
    assert client.get("/api/v1/series/weekly/").status_code == 404
    digest = published(series=weekly())
    assert client.get("/api/v1/series/weekly/").json()["name"] == "Weekly"
    withdraw(digest)
    assert client.get("/api/v1/series/").json() == {"series": [expected]}


def test_a_series_whose_digests_were_all_withdrawn_is_found_as_on_its_page(client: Client) -> None:
    withdraw(published(series=weekly()))
    assert client.get("/api/v1/series/weekly/").json()["slug"] == "weekly"
    assert client.get("/weekly/").status_code == 200


def test_categories_are_those_that_public_digests_show(client: Client) -> None:
    published(categories=("研究", "AI"))
    digest = published(categories=("AI", "R&D?"), date=PAST + HOUR)
    in_review(categories=("草稿",), date=PAST + 2 * HOUR)
    digest.categories.filter(name="AI").update(name="改名")
    assert client.get("/api/v1/categories/").json() == {
        "categories": [
            {"name": "AI", "url": f"{SITE}/categories/AI/"},
            {"name": "R&D?", "url": f"{SITE}/categories/R&D%3F/"},
            {"name": "研究", "url": f"{SITE}/categories/%E7%A0%94%E7%A9%B6/"},
        ]
    }
    for category in client.get("/api/v1/categories/").json()["categories"]:
        assert client.get(category["url"]).status_code == 200


def test_sources_are_those_of_public_entries(client: Client) -> None:
    used = source("Mira", url="https://x.com/mira")
    published(story(source=used), story(source=used))
    draft(story(source=source("Nobody")))
    assert client.get("/api/v1/sources/").json() == {
        "sources": [
            {
                "source": used.pk,
                "name": "Mira",
                "kind": "x",
                "link": "https://x.com/mira",
                "language": "en",
            }
        ]
    }


def test_an_entry_is_told_with_its_digest(client: Client) -> None:
    item = story("甲", url="https://example.org/a", body="一**二**。", source=source("Mira"))
    published(item, title="早报")
    assert client.get(ENTRIES).json() == {
        "entries": [
            {
                "item": item.pk,
                "language": "zh-hans",
                "headline": "甲",
                "byline": "Mira Okafor",
                "link": "https://example.org/a",
                "source": item.source_id,
                "body": {"markdown": "一**二**。", "html": "<p>一<strong>二</strong>。</p>\n"},
                "url": f"{SITE}/global-ai/2026-11-20-0800/#i-{item.pk}",
                "digest": {
                    "series": "global-ai",
                    "slug": "2026-11-20-0800",
                    "url": f"{SITE}/global-ai/2026-11-20-0800/",
                    "title": "早报",
                    "date": "2026-11-20T08:00:00+08:00",
                },
            }
        ],
        "next": None,
    }


def test_entries_come_newest_digest_first_and_page_by_page(client: Client) -> None:
    published(story("丁"), story("戊"))
    published(story("甲"), story("乙"), story("丙"), date=PAST + HOUR)
    published(story("己"), story("庚"), date=PAST - HOUR)
    draft(story("草稿"), date=PAST + 2 * HOUR)
    for limit in (1, 2, 3, 7, 8):
        pages = list(in_turn(client, f"{ENTRIES}?limit={limit}", "entries"))
        assert [e["headline"] for page in pages for e in page] == list("甲乙丙丁戊己庚")
        assert all(len(page) == limit for page in pages[:-1])


def test_entries_are_narrowed_by_series_source_category_and_day(client: Client) -> None:
    mira = source("Mira")
    published(story("甲", source=mira), story("乙"), categories=("AI",))
    published(story("丙"), story("丁", source=mira), date=PAST - 24 * HOUR, categories=("研究",))
    published(story("戊"), series=weekly(), categories=())
    assert headlines(client, source=mira.pk) == ["甲", "丁"]
    assert headlines(client, source=mira.pk + 1000) == []
    assert headlines(client, category="研究") == ["丙", "丁"]
    assert headlines(client, series="weekly") == ["戊"]
    assert headlines(client, date_from="2026-11-20", series="global-ai") == ["甲", "乙"]
    assert headlines(client, date_to="2026-11-19") == ["丙", "丁"]
    assert headlines(client, date_to="2026-11-19", source=mira.pk, limit=1) == ["丁"]


def test_a_correction_in_work_changes_no_entry(client: Client) -> None:
    digest = published(story("甲", body="原文。"))
    item = digest.placements.get().item
    before = [client.get(a).content for a in (ENTRIES, f"{ENTRIES}{item.pk}/", f"{SEARCH}?q=原文")]
    digest = lifecycle.correct(digest, by=person(REVIEWER), version=digest.version)
    entry = Entry("改", item.byline, item.url, "新文。")
    item.refresh_from_db()
    items.edit(item, entry, by=person(), version=item.version)
    after = [client.get(a).content for a in (ENTRIES, f"{ENTRIES}{item.pk}/", f"{SEARCH}?q=原文")]
    assert after == before
    assert found(client, q="新文") == []


def test_a_story_is_told_as_it_ran_last_with_all_its_runs(client: Client) -> None:
    item = story("甲", body="初。")
    published(item, title="一")
    again = items.add(
        Entry("甲，续", "Noor", item.url, "再。"), by=person(), language="zh-hans", repeat_of=item
    )
    for act in (items.shortlist, items.approve):
        again = act(again, by=person(), version=again.version)
    published(again, title="二", date=PAST + HOUR)
    address = f"{ENTRIES}{item.pk}/"
    told = client.get(address).json()
    assert (told["item"], told["url"]) == (item.pk, f"{SITE}/i/{item.pk}/")
    assert (told["headline"], told["body"]["html"]) == ("甲，续", "<p>再。</p>\n")
    runs = [(run["item"], run["digest"]["title"]) for run in told["runs"]]
    assert runs == [(again.pk, "二"), (item.pk, "一")]
    assert told["runs"][0]["url"].endswith(f"/global-ai/2026-11-20-0900/#i-{again.pk}")
    page = client.get(f"/i/{item.pk}/").text
    assert "甲，续" in page and "<p>再。</p>" in page
    assert page.index(f"/global-ai/2026-11-20-0900/#i-{again.pk}") < page.index(f"#i-{item.pk}")


def test_a_story_that_is_not_public_is_404_and_one_withdrawn_410(client: Client) -> None:
    item = story()
    digest = in_review(item)
    assert client.get(f"{ENTRIES}{item.pk}/").status_code == 404
    digest = approve(digest)
    assert client.get(f"{ENTRIES}{item.pk}/").status_code == 200
    withdraw(digest)
    answer = client.get(f"{ENTRIES}{item.pk}/")
    assert (answer.status_code, answer.json()) == (410, {"detail": "This story was withdrawn."})
    assert headlines(client) == []


def test_what_is_found_is_marked(client: Client) -> None:
    item = story("<b>模型</b>", body="说说**大模型**<i>。", byline="A & B")
    published(item, title="早报")
    answer = client.get(SEARCH, {"q": "模型"}).json()
    assert (answer["count"], answer["capped"], answer["next"]) == (1, False, None)
    assert answer["hits"] == [
        {
            "item": item.pk,
            "url": f"{SITE}/global-ai/2026-11-20-0800/#i-{item.pk}",
            "language": "zh-hans",
            "headline": {
                "text": "<b>模型</b>",
                "html": "&lt;b&gt;<mark>模型</mark>&lt;/b&gt;",
            },
            "byline": {"text": "A & B", "html": "A &amp; B"},
            "link": item.url,
            "snippet": {
                "text": "说说大模型<i>。",
                "html": "说说大<mark>模型</mark>&lt;i&gt;。",
            },
            "digest": {
                "series": "global-ai",
                "slug": "2026-11-20-0800",
                "url": f"{SITE}/global-ai/2026-11-20-0800/",
                "title": "早报",
                "date": "2026-11-20T08:00:00+08:00",
            },
        }
    ]


def test_a_digest_itself_is_found_by_its_title(client: Client) -> None:
    published(title="独一无二")
    hit = client.get(SEARCH, {"q": "独一无二"}).json()["hits"][0]
    assert (hit["item"], hit["headline"]["html"]) == (None, "<mark>独一无二</mark>")
    assert hit["url"] == f"{SITE}/global-ai/2026-11-20-0800/"


def test_hits_are_narrowed_and_paged(client: Client) -> None:
    mira = source("Mira")
    for hour in range(3):
        published(story(f"模型{hour}", source=mira), date=PAST + hour * HOUR)
    published(story("模型 weekly"), series=weekly(), date=PAST - 24 * HOUR, categories=("研究",))
    assert found(client, q="模型", source=mira.pk) == ["模型2", "模型1", "模型0"]
    assert found(client, q="模型", series="weekly") == ["模型 weekly"]
    assert found(client, q="模型", series="nothing") == []
    assert found(client, q="模型", category="研究") == ["模型 weekly"]
    assert found(client, q="模型", date_to="2026-11-19") == ["模型 weekly"]
    assert found(client, q="模型", date_from="2026-11-20", limit=1) == ["模型2"]
    assert found(client, q="!?") == []
    assert len(found(client)) == 4
    for order in ("newest", "relevance"):
        pages = list(in_turn(client, f"{SEARCH}?q=模型&limit=1&order={order}", "hits"))
        assert [len(page) for page in pages] == [1, 1, 1, 1]
        assert len({hit["url"] for page in pages for hit in page}) == 4


@pytest.mark.parametrize("address", [ENTRIES, SEARCH])
@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=", "limit=101", "source=0", "source=x", "source=9223372036854775808"],
)
def test_nonsense_is_refused_naming_the_parameter(client: Client, address: str, query: str) -> None:
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 422
    fault = answer.json()["detail"][0]
    assert fault["loc"][-1] == query.partition("=")[0]
    assert "cursor" not in query or "“next”" in fault["msg"]


@pytest.mark.parametrize("query", [f"q={'长' * 201}", "order=best", "order="])
def test_a_search_is_refused_naming_the_parameter(client: Client, query: str) -> None:
    answer = client.get(f"{SEARCH}?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1] == query.partition("=")[0]


@pytest.mark.parametrize("q", ["\0", '"', "a AND", "(", "'; DROP TABLE", "%", "\ud83d", "𠮷"])
def test_any_text_can_be_searched_for(client: Client, q: str) -> None:
    published()
    text = q.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert client.get(SEARCH, {"q": text}).status_code == 200


@pytest.mark.parametrize("item", ["0", "-1", "x", "9223372036854775808"])
def test_what_cannot_be_a_number_is_refused(client: Client, item: str) -> None:
    assert client.get(f"{ENTRIES}{item}/").status_code == 422


def test_the_highest_number_is_just_not_there(client: Client) -> None:
    assert client.get(f"{ENTRIES}{MAX_PK}/").status_code == 404
