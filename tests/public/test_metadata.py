"""The metadata in the heads of pages, for search engines, feed readers and link previews."""

import json
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import caches
from django.db import DataError, connection
from django.test import Client
from pytest_django import Settings

from digests.models import Series, Site
from digests.public.metadata import description
from digests.text.markdown.html import SafeHTML
from digests.text.page import Page, PageEntry, PageSection
from tests.exported import corrected, withdrawn
from tests.factories import PAST, live_revision, published, series, stored, story
from tests.feeds import TYPES

pytestmark = pytest.mark.django_db

SITE = "https://news.example.org"
DIGEST = "/global-ai/2026-11-20-0800/"
CATEGORY = "/categories/AI%20%E5%8F%91%E5%B1%95/"
PAGES = [
    *("/", "/global-ai/", DIGEST, CATEGORY, "/2026/11/20/", "/2026/11/", "/2026/", "/archive/"),
    *("/categories/", "/sources/", "/corrections/", "/search/", "/about/"),
]
LISTS = ["/", "/global-ai/", DIGEST, CATEGORY, "/2026/11/20/"]
HOSTILE = (
    "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> & \"'\\ {{ a }}\u2028🚀"
)


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE
    settings.SITE_NAME = "示例社"
    settings.SECURE_SSL_REDIRECT = False
    caches["pages"].clear()


class Head(HTMLParser):
    """What stands in the head of a page: `meta` by name or property, `links` by rel, `data`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: list[dict[str, str]] = []
        self.data: list[dict[str, Any]] = []
        self.language = ""
        self._script: list[str] | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            assert name not in self.meta
            self.meta[name] = given["content"]
        if tag == "link":
            self.links.append(given)
        if tag == "script":
            if "src" in given:
                return
            assert given == {"type": "application/ld+json"}
            self._script = []

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            data = json.loads("".join(self._script))
            assert data["@context"] == "https://schema.org"
            self.data.append(data)
            self._script = None

    def hrefs(self, rel: str) -> list[str]:
        return [link["href"] for link in self.links if link["rel"] == rel]

    def one(self, kind: str) -> dict[str, Any]:
        (found,) = [data for data in self.data if data["@type"] == kind]
        return found

    def names(self) -> list[str]:
        return [element["name"] for element in self.one("ItemList")["itemListElement"]]


def head(client: Client, address: str) -> Head:
    answer = client.get(address)
    assert answer.status_code == 200
    return Head(answer.text)


def path(url: str) -> str:
    assert url.startswith(f"{SITE}/")
    return url.removeprefix(SITE)


def test_every_page_names_its_address_and_itself(client: Client) -> None:
    published(title="早报")
    for address in PAGES:
        found = head(client, address)
        assert found.hrefs("canonical") == [SITE + address]
        assert found.meta["og:url"] == SITE + address
        assert found.meta["og:site_name"] == "示例社", address
        assert found.meta["og:type"] == ("article" if address == DIGEST else "website"), address
        title = client.get(address).text.partition("<title>")[2].partition("</title>")[0]
        named = f"{found.meta['og:title']} · 示例社" if address != "/" else "示例社"
        assert title == named, address
        language = {"zh-hans": "zh_CN", "en": "en_US"}[found.language]
        assert found.meta["og:locale"] == language, address


def test_a_story_names_its_address_and_itself(client: Client) -> None:
    item = story("甲")
    published(item)
    found = head(client, f"/i/{item.pk}/")
    assert found.hrefs("canonical") == [found.meta["og:url"]] == [f"{SITE}/i/{item.pk}/"]
    assert (found.meta["og:title"], found.meta["og:type"]) == ("甲", "website")


def test_every_page_leads_to_feeds_that_answer(client: Client) -> None:
    published(title="早报")
    own = {DIGEST: "/global-ai/", "/global-ai/": "/global-ai/", CATEGORY: CATEGORY}
    for address in PAGES:
        links = head(client, address).links
        feeds = [link for link in links if "json" in link.get("type", "")]
        assert [link["href"] for link in feeds][0] == "/feed.json", address
        folders = ["/"] + ([own[address]] if address in own else [])
        alternates = {
            link["href"]: link["type"]
            for link in links
            if link["rel"] == "alternate" and link["type"] != "text/markdown"
        }
        expected = [f"{folder}feed.{form}" for folder in folders for form in TYPES]
        assert list(alternates) == expected, address
        for link, kind in alternates.items():
            answer = client.get(link)
            assert answer.status_code == 200, link
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"


def test_a_page_further_down_a_list_names_its_own_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.public.pages.DIGESTS_PER_PAGE", 1)
    published()
    published(date=PAST - timedelta(days=1))
    onward = head_of_next(client, "/global-ai/")
    found = head(client, onward)
    assert found.hrefs("canonical") == [found.meta["og:url"]] == [SITE + onward]


def head_of_next(client: Client, address: str) -> str:
    html = client.get(address).text
    return address + html.partition('<a rel="next" href="')[2].partition('"')[0]


def test_a_digest_is_an_article_with_its_dates(client: Client) -> None:
    digest = published(story("甲"), story("乙"), title="早报", categories=("AI", "研究"))
    published(title="昨日", date=PAST - timedelta(days=1))
    found = head(client, DIGEST)
    article = found.one("NewsArticle")
    organization = {"@type": "Organization", "name": "示例社", "url": f"{SITE}/"}
    assert article == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "早报",
        "description": "甲 · 乙",
        "url": SITE + DIGEST,
        "mainEntityOfPage": SITE + DIGEST,
        "datePublished": "2026-11-20T08:00:00+08:00",
        "dateModified": "2026-11-20T08:00:00+08:00",
        "inLanguage": "zh-hans",
        "keywords": ["AI", "研究"],
        "author": organization,
        "publisher": organization,
        "isPartOf": {
            "@type": "CreativeWorkSeries",
            "name": "Global AI",
            "url": f"{SITE}/global-ai/",
        },
    }
    assert found.meta["article:published_time"] == article["datePublished"]
    assert found.meta["article:modified_time"] == article["dateModified"]
    corrected(digest, "更正。")
    found = head(client, DIGEST)
    modified = found.one("NewsArticle")["dateModified"]
    digest.refresh_from_db()
    corrected_at = live_revision(digest).correction.at.replace(microsecond=0)
    assert datetime.fromisoformat(modified) == corrected_at > PAST
    assert modified.endswith("+08:00")
    assert found.meta["article:modified_time"] == modified
    assert found.one("NewsArticle")["datePublished"] == "2026-11-20T08:00:00+08:00"


def test_what_is_no_digest_is_no_article(client: Client) -> None:
    published(title="早报")
    for address in PAGES:
        if address != DIGEST:
            found = head(client, address)
            assert not [data for data in found.data if data["@type"] == "NewsArticle"]
            assert not [name for name in found.meta if name.startswith("article:")]


@pytest.mark.parametrize("address", LISTS)
def test_lists_tell_what_is_in_them_and_every_address_answers(client: Client, address: str) -> None:
    first, second = story("甲"), story("乙")
    published(first, second, title="早报")
    published(title="昨日", date=PAST - timedelta(days=1))
    listed = head(client, address).one("ItemList")
    elements = listed["itemListElement"]
    assert listed["numberOfItems"] == len(elements) == 2
    assert [element["position"] for element in elements] == [1, 2]
    assert all(element["@type"] == "ListItem" for element in elements)
    pairs = [(path(element["url"]), element["name"]) for element in elements]
    if address in (DIGEST, "/2026/11/20/"):
        assert pairs == [(f"/i/{first.pk}/", "甲"), (f"/i/{second.pk}/", "乙")]
    else:
        assert pairs == [(DIGEST, "早报"), ("/global-ai/2026-11-19-0800/", "昨日")]
    for at, name in pairs:
        answer = client.get(at)
        assert answer.status_code == 200 and name in answer.text
        assert Head(answer.text).hrefs("canonical") == [SITE + at]


def test_the_front_lists_what_it_shows_and_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.public.pages.LATEST_OF_SERIES", 2)
    for hours in range(5):
        published(title=f"第{hours}期", date=PAST + timedelta(hours=hours))
    published(title="Other", series=series("weekly"), date=PAST - timedelta(days=9))
    assert head(client, "/").names() == ["第4期", "第3期", "第2期", "Other"]


def test_a_day_lists_each_story_once(client: Client) -> None:
    item = story("甲")
    published(item, date=PAST)
    published(item, story("乙"), date=PAST + timedelta(hours=1))
    assert head(client, "/2026/11/20/").names() == ["甲", "乙"]


def test_an_empty_list_tells_nothing(client: Client) -> None:
    series()
    found = head(client, "/")
    assert found.data == []
    assert "description" not in found.meta


@pytest.mark.parametrize("address", ["/", "/global-ai/", DIGEST, CATEGORY])
def test_pages_are_described_by_the_first_headlines(client: Client, address: str) -> None:
    published(story("甲"), story("乙 🚀"), title="早报")
    published(story("丙"), date=PAST - timedelta(days=1))
    found = head(client, address)
    assert found.meta["description"] == found.meta["og:description"] == "甲 · 乙 🚀"


@pytest.mark.parametrize("length", range(85, 115))
def test_no_headline_is_cut(length: int) -> None:
    """A family is one emoji of eleven characters, some of them beyond the basic plane."""
    family = "👨‍👩‍👧‍👦"
    headlines = [family * (length // 7) + "é" * (length % 7), "❤️" * 50, family * 9]
    told = description(page_of(*headlines))
    assert told.split(" · ") == headlines[: told.count(" · ") + 1]


def test_a_long_headline_is_told_whole_and_alone() -> None:
    assert description(page_of("长" * 500, "短")) == "长" * 500
    assert description(page_of("甲", "长" * 500, "短")) == "甲"
    assert description(page_of()) == ""


EMPTY = SafeHTML("")


def page_of(*headlines: str) -> Page:
    entries = tuple(
        PageEntry(number, number, "zh-hans", headline, "", "", EMPTY)
        for number, headline in enumerate(headlines, start=1)
    )
    return Page("", 1, PAST, (), EMPTY, (PageSection("", EMPTY, entries),), EMPTY)


@pytest.mark.parametrize("address", LISTS)
def test_a_hostile_text_breaks_out_of_no_head(
    client: Client, settings: Settings, address: str
) -> None:
    settings.SITE_NAME = HOSTILE
    series(name=HOSTILE)
    published(story(HOSTILE), title=HOSTILE)
    html = client.get(address).text
    assert "<script>" not in html and "<img" not in html
    assert html.count("</script>") == html.count("<script ") == 2 + (address == DIGEST)
    found = Head(html)
    said = HOSTILE.replace("\u2028", " ")  # headlines are one line
    assert found.names() == [said]
    if address != "/2026/11/20/":
        assert found.meta["description"] == found.meta["og:description"] == said
    assert found.meta["og:site_name"] == HOSTILE
    if address == DIGEST:
        article = found.one("NewsArticle")
        assert article["headline"] == article["description"] == said
        assert article["publisher"]["name"] == article["isPartOf"]["name"] == HOSTILE


@pytest.mark.parametrize("address", LISTS)
def test_characters_of_control_break_no_head(client: Client, address: str) -> None:
    bad = "a\x0b\x1f\x7f\ufffe\n\t\\b"
    stored(published(), bad, categories=["AI 发展", bad])
    Series.objects.update(name=bad)
    found = head(client, address)
    assert found.names() == [bad]
    if address == DIGEST:
        assert found.one("NewsArticle")["keywords"] == ["AI 发展", bad]


@pytest.mark.parametrize("address", LISTS)
def test_half_a_surrogate_pair_breaks_no_head(client: Client, address: str) -> None:
    digest = published()
    if connection.vendor == "postgresql":
        with pytest.raises(DataError):
            stored(digest, "a\ud83d", categories=["AI 发展"])
        return
    stored(digest, "a\ud83d", categories=["AI 发展"])
    assert head(client, address).names() == ["a?"]


def test_what_is_gone_or_never_was_tells_nothing(client: Client) -> None:
    withdrawn(published(title="撤下"))
    for address, status in ((DIGEST, 410), ("/nothing/", 404)):
        answer = client.get(address)
        assert answer.status_code == status
        found = Head(answer.text)
        assert found.data == [] and found.hrefs("canonical") == []
        assert not [name for name in found.meta if name.startswith("og:")]


def test_the_about_page_speaks_its_own_language(client: Client) -> None:
    Site.objects.update_or_create(pk=1, defaults={"about": "关于", "language": "zh-hans"})
    assert head(client, "/about/").meta["og:locale"] == "zh_CN"
