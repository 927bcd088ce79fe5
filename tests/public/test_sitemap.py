"""The sitemap: each page once, with its address and when it was last corrected."""

from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle
from digests.public import sitemap
from tests.exported import corrected, withdrawn
from tests.factories import PAST, draft, in_review, live_revision, person, published, series, stored
from tests.screens import MADE_AGAIN, queries_of_a_first_answer

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

SITE = "https://news.example.org"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE
    settings.SECURE_SSL_REDIRECT = False
    caches["pages"].clear()


def read(client: Client, address: str, root: str, child: str) -> dict[str, str | None]:
    """The addresses of an index or a part, with the time that each was changed, if it says so."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml"
    tree = ElementTree.fromstring(answer.content)  # noqa: S314 (our own)
    assert tree.tag == NAMESPACE + root
    found: dict[str, str | None] = {}
    for element in tree:
        assert element.tag == NAMESPACE + child
        tags = [field.tag for field in element]
        assert tags in ([f"{NAMESPACE}loc"], [f"{NAMESPACE}loc", f"{NAMESPACE}lastmod"])
        location = element.findtext(f"{NAMESPACE}loc", "")
        assert location.startswith(f"{SITE}/") and location.isascii()
        assert location not in found
        found[location.removeprefix(SITE)] = element.findtext(f"{NAMESPACE}lastmod")
    assert found
    return found


def parts(client: Client) -> list[str]:
    index = read(client, "/sitemap.xml", "sitemapindex", "sitemap")
    assert set(index.values()) == {None}
    return list(index)


def addresses(client: Client) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for part in parts(client):
        more = read(client, part, "urlset", "url")
        assert not found.keys() & more.keys()
        found |= more
    return found


def of_digests(client: Client) -> dict[str, str]:
    return {address: at for address, at in addresses(client).items() if at}


def test_every_page_is_in_the_sitemap_and_answers(client: Client) -> None:
    published(categories=("AI 发展", "a&b<c>'\"?#%"))
    published(series=series("weekly", language="en", time_zone="UTC"), categories=())
    found = addresses(client)
    for address in found:
        assert client.get(address).status_code == 200, address
    assert set(found) == {
        *("/", "/archive/", "/about/", "/corrections/", "/categories/", "/sources/"),
        *("/global-ai/", "/weekly/", "/2026/", "/2026/11/", "/2026/11/20/"),
        "/categories/AI%20%E5%8F%91%E5%B1%95/",
        "/categories/a&b%3Cc%3E'%22%3F%23%25/",
        *("/global-ai/2026-11-20-0800/", "/weekly/2026-11-20-0000/"),
    }


def test_an_empty_site_has_a_sitemap(client: Client) -> None:
    assert parts(client) == ["/sitemap-pages.xml"]
    assert "/" in addresses(client)


def test_what_is_not_public_is_not_in_the_sitemap(client: Client) -> None:
    draft(date=PAST - timedelta(days=1), categories=("草稿类",))
    in_review(date=PAST - timedelta(days=400), categories=("送审类",))
    withdrawn(published(date=PAST - timedelta(days=2)))
    published()
    found = addresses(client)
    assert list(of_digests(client)) == ["/global-ai/2026-11-20-0800/"]
    assert [address for address in found if address.startswith("/2")] == [
        "/2026/",
        "/2026/11/",
        "/2026/11/20/",
    ]
    assert [address for address in found if address.startswith("/categories/")] == [
        "/categories/",
        "/categories/AI%20%E5%8F%91%E5%B1%95/",
    ]


def test_each_digest_says_when_it_was_last_corrected(client: Client) -> None:
    digest = published()
    published(date=PAST - timedelta(days=1))
    assert of_digests(client) == {
        "/global-ai/2026-11-19-0800/": "2026-11-19T00:00:00+00:00",
        "/global-ai/2026-11-20-0800/": "2026-11-20T00:00:00+00:00",
    }
    digest = corrected(digest, "更正。")
    at = live_revision(digest).correction.at
    found = of_digests(client)
    assert found["/global-ai/2026-11-19-0800/"] == "2026-11-19T00:00:00+00:00"
    assert found["/global-ai/2026-11-20-0800/"] == at.astimezone(UTC).isoformat(timespec="seconds")
    assert datetime.fromisoformat(found["/global-ai/2026-11-20-0800/"]) > PAST


def test_a_correction_in_work_changes_nothing(client: Client) -> None:
    digest = published()
    before = of_digests(client)
    lifecycle.correct(digest, by=person(REVIEWER), version=digest.version)
    caches["pages"].clear()
    assert of_digests(client) == before


def test_a_digest_stays_in_its_part_and_no_part_grows_too_long(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "SPAN", 3)
    for hours in range(5):
        published(date=PAST + timedelta(hours=hours))
    before = {part: client.get(part).content for part in parts(client)[1:]}
    assert 2 <= len(before) <= 3
    assert all(content.count(b"<url>") <= 3 for content in before.values())
    assert len(of_digests(client)) == 5
    # As old as any: order of time is not order of parts.
    published(date=PAST - timedelta(days=300))
    published(date=PAST + timedelta(days=1))
    assert len(of_digests(client)) == 7
    after = {part: client.get(part).content for part in parts(client)[1:]}
    full = [part for part, content in before.items() if content.count(b"<url>") == 3]
    assert full
    for part in full:
        assert after[part] == before[part]


def test_no_part_is_empty(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "SPAN", 1)
    first, second = published(), published(date=PAST + timedelta(hours=1))
    withdrawn(first)
    assert parts(client) == ["/sitemap-pages.xml", f"/sitemap-digests-{second.pk}.xml"]
    assert client.get(f"/sitemap-digests-{first.pk}.xml").status_code == 404


@pytest.mark.parametrize("number", ["9" * 8, "9" * 30, "9" * 5000, "-1", "x", ""])
def test_a_part_that_never_was_is_404(client: Client, number: str) -> None:
    published()
    assert client.get(f"/sitemap-digests-{number}.xml").status_code == 404


def test_the_part_of_pages_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 9)
    published()
    assert len(read(client, "/sitemap-pages.xml", "urlset", "url")) == 9


def test_hostile_names_do_not_break_the_sitemap(client: Client) -> None:
    published(date=PAST - timedelta(days=1))
    stored(published(), "]]></loc>\x0b\x1f&\ufffe🚀")
    found = addresses(client)
    (category,) = [address for address in found if "loc" in address]
    assert client.get(category).status_code == 200


@pytest.mark.parametrize("date", [datetime(1, 1, 3, tzinfo=UTC), datetime(999, 5, 6, tzinfo=UTC)])
def test_a_digest_of_long_ago_does_not_break_it(client: Client, date: datetime) -> None:
    published(date=date, series=series("old", time_zone="UTC"))
    for address in addresses(client):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("part", ["", "-pages", "-digests-0"])
def test_parts_cost_the_same_however_much_there_is(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(sitemap, "SPAN", 10**9)
    published()
    few = queries_of_a_first_answer(client, f"/sitemap{part}.xml")
    for more in range(3):
        weekly = series(f"series{more}")
        published(series=weekly, date=PAST + timedelta(days=more), categories=(str(more),))
    assert queries_of_a_first_answer(client, f"/sitemap{part}.xml") == few <= MADE_AGAIN


def test_who_has_a_part_already_is_told_so(client: Client) -> None:
    published()
    for part in ["/sitemap.xml", *parts(client), "/robots.txt"]:
        answer = client.get(part)
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert not answer.cookies
        etag = answer.headers["ETag"]
        assert client.get(part, headers={"if-none-match": etag}).status_code == 304


def test_robots_may_go_everywhere_but_where_editors_work(client: Client) -> None:
    published()
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]
    for address in [*addresses(client), "/feed.atom", "/api/v1/digests/", "/media/x.png", "/i/1/"]:
        assert robots.can_fetch("Anybot", SITE + address), address
    for address in ("/admin/", "/admin/desk/today/", "/api/desk/items/1"):
        assert not robots.can_fetch("Anybot", SITE + address), address
