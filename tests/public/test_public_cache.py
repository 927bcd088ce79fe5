"""Caches may keep readers' pages, and learn of everything that changes them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db.models import QuerySet
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from digests.editorial import compose, items, lifecycle
from digests.models import Digest, Revision, Series, Site
from digests.text.format import Entry
from tests.factories import (
    PAST,
    approve,
    draft,
    live_revision,
    move,
    person,
    published,
    series,
    story,
)

pytestmark = pytest.mark.django_db

DIGEST = "/global-ai/2026-11-20-0800/"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def three_digests(module_transaction: None) -> None:
    """The digest of DIGEST, with one before and one after it."""
    published(date=PAST - HOUR, title="前")
    published(story("甲"), title="中")
    published(date=PAST + HOUR, title="后")


@pytest.fixture
def digest(three_digests: None) -> Digest:
    """The digest of DIGEST, of which nothing is kept."""
    caches["pages"].clear()
    return at(0)


def tag(client: Client, address: str = DIGEST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.headers["ETag"]


def at(hours: int) -> Digest:
    return Digest.objects.get(date=PAST + hours * HOUR, series__slug="global-ai")


def retitle(digest: Digest, title: str) -> Digest:
    digest = move(digest, lifecycle.correct)
    return move(
        digest, compose.edit, title=title, date=digest.date, categories=[], intro="", outro=""
    )


def republish(digest: Digest) -> Digest:
    return approve(move(digest, lifecycle.submit))


def rename(name: str) -> None:
    """As the admin does it."""
    Series.objects.filter(slug="global-ai").update(name=name)
    Site.objects.publish_edition()


CHANGES: dict[str, Callable[[], object]] = {
    "a correction": lambda: republish(retitle(at(0), "改")),
    "another title of the older digest": lambda: republish(retitle(at(-1), "改")),
    "another title of the newer digest": lambda: republish(retitle(at(1), "改")),
    "a newer digest between": lambda: published(date=PAST + HOUR / 2),
    "an older digest between": lambda: published(date=PAST - HOUR / 2),
    "the older digest withdrawn": lambda: move(at(-1), lifecycle.withdraw, note="错"),
    "the newer digest withdrawn": lambda: move(at(1), lifecycle.withdraw, note="错"),
    "another name of the series": lambda: rename("另名"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_etag_changes_with_everything_the_page_shows(
    client: Client, digest: Digest, change: str
) -> None:
    before = tag(client)
    CHANGES[change]()
    assert tag(client) != before


@pytest.mark.parametrize("address", ["/", "/global-ai/", "/feed.atom", "/global-ai/feed.atom"])
@pytest.mark.parametrize("change", CHANGES)
def test_lists_and_feeds_change_with_every_digest_in_them(
    client: Client, digest: Digest, address: str, change: str
) -> None:
    before = tag(client, address)
    CHANGES[change]()
    if (change, address) != ("another name of the series", "/feed.atom"):
        assert tag(client, address) != before


@pytest.mark.parametrize(
    ("name", "value"),
    [("SITE_NAME", "另站"), ("SITE_URL", "https://news.example.org")],
)
@pytest.mark.parametrize("address", ["/", DIGEST, "/feed.atom"])
def test_the_etag_changes_with_the_site(
    client: Client, digest: Digest, settings: Settings, address: str, name: str, value: str
) -> None:
    before = tag(client, address)
    setattr(settings, name, value)
    assert tag(client, address) != before


def edit_the_item(digest: Digest) -> None:
    item = digest.placements.get().item
    entry = Entry(item.headline, item.byline, item.url, "另一段。")
    items.edit(item, entry, by=person(), version=item.version)


NOT_SHOWN: dict[str, Callable[[], object]] = {
    "a draft between": lambda: draft(date=PAST + HOUR / 2),
    "a correction opened": lambda: move(at(0), lifecycle.correct),
    "a correction in work": lambda: retitle(at(0), "改"),
    "a correction in work next door": lambda: retitle(at(1), "改"),
    "an item edited": lambda: edit_the_item(at(0)),
    "a digest of another series": lambda: published(series=series("other"), date=PAST + HOUR / 2),
}


@pytest.mark.parametrize("change", NOT_SHOWN)
def test_what_the_page_does_not_show_leaves_it_as_it_is(
    client: Client, digest: Digest, change: str
) -> None:
    before = client.get(DIGEST)
    NOT_SHOWN[change]()
    after = client.get(DIGEST)
    assert (after.headers["ETag"], after.content) == (before.headers["ETag"], before.content)


@pytest.mark.parametrize("address", ["/", DIGEST, "/feed.atom", "/api/v1/digests/"])
def test_who_has_the_page_already_is_told_so(client: Client, digest: Digest, address: str) -> None:
    etag = tag(client, address)
    again = client.get(address, headers={"if-none-match": f'"other", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_304_of_a_digest_page_costs_one_query(
    client: Client, digest: Digest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    etag = tag(client)
    with django_assert_num_queries(1):
        assert client.get(DIGEST, headers={"if-none-match": etag}).status_code == 304


STRANGE = "utm_source=letter&page=2"


@pytest.mark.parametrize("address", ["/", "/global-ai/", DIGEST, "/search/", "/api/v1/digests/"])
def test_a_parameter_that_a_page_does_not_know_neither_makes_nor_keeps_another(
    client: Client,
    digest: Digest,
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
) -> None:
    page = client.get(address)
    with django_assert_num_queries(1):  # the edition
        other = client.get(f"{address}?{STRANGE}")
    assert (other.content, other.headers["ETag"]) == (page.content, page.headers["ETag"])


def test_what_was_asked_for_with_an_unknown_parameter_is_kept_for_all(
    client: Client, digest: Digest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shown = client.get(f"{DIGEST}?{STRANGE}").content.decode()
    assert "utm_source" not in shown
    with django_assert_num_queries(1):
        assert client.get(DIGEST).content.decode() == shown


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/global-ai/", "before=2026-11-20T00:00:00Z.1"),
        ("/categories/AI 发展/", "before=2026-11-20T00:00:00Z.1"),
        ("/corrections/", "before=2026-11-20T00:00:00Z.1"),
        ("/search/", "q=nothing"),
        ("/api/v1/digests/", "date_to=1999-01-01"),
        ("/api/v1/entries/", "date_to=1999-01-01"),
        ("/api/v1/search/", "date_to=1999-01-01"),
    ],
)
def test_a_parameter_that_a_page_knows_makes_another_beside_unknown_ones(
    client: Client, digest: Digest, address: str, query: str
) -> None:
    page = client.get(address)
    other = client.get(f"{address}?{STRANGE}&{query}")
    assert (other.status_code, other.content) != (page.status_code, page.content)
    assert client.get(address).content == page.content


def test_a_withdrawn_digest_is_gone_for_caches_too(client: Client, digest: Digest) -> None:
    etag = tag(client)
    move(digest, lifecycle.withdraw, note="错")
    gone = client.get(DIGEST, headers={"if-none-match": etag})
    assert gone.status_code == 410
    assert "ETag" not in gone.headers


@pytest.mark.parametrize("address", ["/", DIGEST, "/feed.atom"])
def test_a_number_that_a_restored_backup_gives_again_does_not_bring_back_the_old_text(
    client: Client, digest: Digest, address: str
) -> None:
    before = client.get(address)
    again = live_revision(digest).document | {"title": "另一期"}
    # Editions are random: the backup's is not one that another history used.
    Site.objects.publish_edition()
    # Past the rule that history is never rewritten: here another history takes its place.
    rows: QuerySet[Revision] = QuerySet(Revision).filter(pk=digest.live_revision_id)
    rows.update(document=again, document_sha256="0" * 64)
    after = client.get(address, headers={"if-none-match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "另一期" in after.text
