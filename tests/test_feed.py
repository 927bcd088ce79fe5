"""The Atom feeds, as feed readers read them."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.utils import timezone

from digests import editorial
from digests.models import Digest, Entry, Filing, Revision, Series
from digests.public import feeds
from digests.roles import REVIEWER
from tests.factories import PAST, approve, person, published, series, story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://news.example.org"
    settings.SITE_NAME = "示例社"
    settings.SECURE_SSL_REDIRECT = False


def read(client, address="/feed.atom"):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    return parsed


def tree(client):
    return ElementTree.fromstring(client.get("/feed.atom").content)  # noqa: S314 (our own)


def move(digest: Digest, verb: str, **given: object) -> Digest:
    digest.refresh_from_db()
    return getattr(editorial, verb)(digest, by=person(REVIEWER), version=digest.version, **given)


def test_a_feed_carries_the_full_text_of_the_latest_digests(client):
    item = story("甲", url="https://example.org/a", body="一**二**。")
    digest = published(item, title="早报", categories=("AI", "研究"))
    published(title="昨日", date=PAST - timedelta(days=1))
    parsed = read(client)
    assert parsed.feed.title == "示例社"
    assert parsed.feed.link == "https://news.example.org/"
    assert parsed.feed.language == "zh-hans"
    assert parsed.feed.author == "示例社"
    assert [entry.title for entry in parsed.entries] == ["早报", "昨日"]
    entry = parsed.entries[0]
    assert entry.link == "https://news.example.org/global-ai/2026-11-20-0800/"
    assert entry.id == f"tag:news.example.org,{digest.published_at.year}:digest/{digest.pk}"
    assert entry.published == entry.updated == "2026-11-20T08:00:00+08:00"
    assert [tag.term for tag in entry.tags] == ["AI", "研究"]
    content = entry.content[0]
    assert (content.type, content.language) == ("text/html", "zh-hans")
    assert '<a href="https://example.org/a"' in content.value
    assert "一<strong>二</strong>。" in content.value
    assert tree(client).find(".//{*}summary") is None


def test_a_series_has_its_own_feed(client):
    published(title="中文")
    weekly = series("tech-week", name="The Tech Week", language="en", time_zone="UTC")
    published(title="English", series=weekly)
    parsed = read(client, "/tech-week/feed.atom")
    assert parsed.feed.title == "The Tech Week · 示例社"
    assert parsed.feed.link == "https://news.example.org/tech-week/"
    assert parsed.feed.id == f"tag:news.example.org,2026:series/{weekly.pk}"
    assert parsed.feed.language == "en"
    assert [entry.title for entry in parsed.entries] == ["English"]
    assert {entry.title for entry in read(client).entries} == {"中文", "English"}


def test_every_entry_says_its_language(client):
    published(title="中文")
    published(title="English", series=series("weekly", language="en", time_zone="UTC"))
    root = tree(client)
    atom, lang = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"
    languages = {e.findtext(f"{atom}title"): e.get(lang) for e in root.iter(f"{atom}entry")}
    assert languages == {"中文": "zh-hans", "English": "en"}
    assert root.get(lang) == "en"


def test_links_relative_to_the_page_are_absolute_for_feed_readers(client):
    published(story(body="[另一条](../2026-11-19-0800/) [同站](/global-ai/)"))
    content = read(client).entries[0].content[0]
    assert content.base == "https://news.example.org/global-ai/2026-11-20-0800/"
    assert 'href="https://news.example.org/global-ai/2026-11-19-0800/"' in content.value
    assert 'href="https://news.example.org/global-ai/"' in content.value


def test_ids_outlive_corrections_withdrawal_and_another_address_of_the_site(client, settings):
    digest = published(title="早报")
    first = read(client).entries[0]

    digest = move(digest, "correct")
    digest = move(
        digest, "edit_digest", title="更正", date=PAST - timedelta(days=400),
        categories=[], intro="", outro="",
    )  # fmt: skip
    approve(move(digest, "submit"))
    corrected = read(client).entries[0]
    assert (corrected.id, corrected.title) == (first.id, "更正")
    assert corrected.updated_parsed > first.updated_parsed

    move(digest, "withdraw", note="错")
    assert read(client).entries == []
    digest = move(digest, "reopen_digest")
    approve(move(digest, "submit"))
    Series.objects.update(slug="renamed")
    settings.SITE_URL = "http://news.example.org:8000"
    again = read(client).entries[0]
    assert again.id == first.id
    assert again.link == "http://news.example.org:8000/renamed/2026-11-20-0800/"


def test_a_correction_that_waited_for_its_date_is_not_updated_before_it_is_published(
    client, monkeypatch
):
    digest = move(published(), "correct")
    tomorrow = timezone.now() + timedelta(days=1)
    digest = move(
        digest, "edit_digest", title="更正", date=tomorrow, categories=[], intro="", outro=""
    )
    digest = approve(move(digest, "submit"))
    monkeypatch.setattr(timezone, "now", lambda: tomorrow + timedelta(hours=1))
    move(digest, "publish")
    entry = read(client).entries[0]
    assert entry.title == "更正"
    assert entry.updated_parsed >= entry.published_parsed


def test_an_archive_imported_today_keeps_the_dates_of_its_digests(client):
    published(date=datetime(2025, 6, 10, 0, 0, tzinfo=UTC))
    entry = read(client).entries[0]
    assert entry.published == entry.updated == "2025-06-10T08:00:00+08:00"


def test_an_empty_feed_is_valid_and_stays_the_same(client):
    series()
    for address in ("/feed.atom", "/global-ai/feed.atom"):
        assert read(client, address).entries == []
        assert client.get(address).content == client.get(address).content


def test_a_feed_is_bounded(client, monkeypatch):
    monkeypatch.setattr(feeds, "LATEST", 2)
    for hours in range(3):
        published(title=f"第{hours}期", date=PAST + timedelta(hours=hours))
    assert [entry.title for entry in read(client).entries] == ["第2期", "第1期"]


def test_a_hostile_headline_cannot_break_the_feed(client):
    hostile = "</title><script>alert(1)</script>]]>&amp;"
    published(story(hostile, byline=hostile), title=hostile, categories=("]]><x>",))
    entry = read(client).entries[0]
    root = tree(client)
    assert root.findtext(".//{*}entry/{*}title") == hostile
    assert root.find(".//{*}entry/{*}category").get("term") == "]]><x>"
    assert "<script" not in entry.content[0].value


def test_characters_that_xml_cannot_hold_do_not_break_the_feed(client, settings):
    """No verb lets them in; a row that has one must not cost all readers the feed."""
    digest = published()
    bad = "a\x0b\x1f\ufffe\uffffb"
    live = digest.live_revision
    document = live.document | {"title": bad, "categories": [bad]}
    document["sections"][0]["entries"][0]["headline"] = bad
    Revision.objects.bulk_create([
        Revision(
            digest=digest, number=99, document=document, dated=live.dated, day=live.day,
            language="zh-hans", document_sha256="", text="",
        )
    ])  # fmt: skip
    revision = Revision.objects.get(number=99)
    Filing.objects.create(revision=revision, position=1, name=bad)
    item = digest.placements.get().item
    Entry.objects.create(revision=revision, position=1, item=item, language="zh-hans", headline=bad)
    Digest.objects.filter(pk=digest.pk).update(live_revision=revision)
    Series.objects.update(name=bad)
    settings.SITE_NAME = bad
    for address in ("/feed.atom", "/global-ai/feed.atom"):
        entry = read(client, address).entries[0]
        assert entry.title == "a\ufffd\ufffd\ufffd\ufffdb"


def test_emoji_and_every_plane_pass_the_feed_unharmed(client):
    published(title="进展 🚀𠮷é")
    assert read(client).entries[0].title == "进展 🚀𠮷é"


@pytest.mark.parametrize("address", ["/", "/global-ai/", "/global-ai/2026-11-20-0800/"])
def test_pages_lead_browsers_to_the_feeds(client, address):
    published()
    page = client.get(address).text
    assert 'type="application/atom+xml" title="示例社" href="/feed.atom"' in page
    own = 'type="application/atom+xml" title="Global AI" href="/global-ai/feed.atom"'
    assert (own in page) == (address != "/")


def test_no_id_changes_when_the_site_moves_to_another_host(client, settings):
    published()
    before = read(client)
    settings.SITE_URL = "https://elsewhere.example.org"
    after = read(client)
    assert after.feed.link == "https://elsewhere.example.org/"
    assert (after.feed.id, after.entries[0].id) == (before.feed.id, before.entries[0].id)
