"""The feeds of the site, of series and of categories, in every format."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import feedparser
import pytest
from django.core.cache import caches
from django.db import DataError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date
from pytest_django import Settings

from digests.editorial import compose, items, lifecycle
from digests.models import Digest, Rendering, Series, Site, clock
from digests.public import feeds
from tests.factories import (
    PAST,
    approve,
    in_review,
    live_revision,
    move,
    person,
    published,
    series,
    source,
    stored,
    story,
)
from tests.feeds import TYPES, read
from tests.screens import MADE_AGAIN, queries_of_a_first_answer

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "https://news.example.org"
    settings.SITE_NAME = "示例社"
    settings.SECURE_SSL_REDIRECT = False
    caches["pages"].clear()


@pytest.fixture(params=TYPES)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def tree(client: Client, form: str = "atom") -> Element:
    return ElementTree.fromstring(client.get(f"/feed.{form}").content)  # noqa: S314 (our own)


def retitled(digest: Digest, title: str, date: datetime = PAST) -> Digest:
    digest = move(digest, lifecycle.correct)
    digest = move(digest, compose.edit, title=title, date=date, categories=[], intro="", outro="")
    return approve(move(digest, lifecycle.submit))


def test_a_feed_carries_the_full_text_of_the_latest_digests(client: Client, form: str) -> None:
    item = story("甲", url="https://example.org/a", body="一**二**。")
    digest = published(item, title="早报", categories=("AI", "研究"))
    published(title="昨日", date=PAST - timedelta(days=1))
    Site.objects.update(language="zh-hans")
    feed = read(client, f"/feed.{form}")
    assert (feed.title, feed.author, feed.language) == ("示例社", "示例社", "zh-hans")
    assert feed.link == "https://news.example.org/"
    assert feed.own == f"https://news.example.org/feed.{form}"
    assert feed.titles == ["早报", "昨日"]
    entry = feed.items[0]
    assert entry.link == "https://news.example.org/global-ai/2026-11-20-0800/"
    assert digest.published_at is not None
    assert entry.id == f"tag:news.example.org,{digest.published_at.year}:digest/{digest.feed_id}"
    assert entry.published == entry.updated == PAST
    assert entry.published.isoformat() == "2026-11-20T08:00:00+08:00"
    assert entry.tags == ["AI", "研究"]
    assert '<a href="https://example.org/a"' in entry.content
    assert "一<strong>二</strong>。" in entry.content


def test_a_series_has_its_own_feed(client: Client, form: str) -> None:
    published(title="中文")
    weekly = series("tech-week", name="The Tech Week", language="en", time_zone="UTC")
    published(title="English", series=weekly)
    feed = read(client, f"/tech-week/feed.{form}")
    assert feed.title == "The Tech Week · 示例社"
    assert feed.link == "https://news.example.org/tech-week/"
    assert feed.own == f"https://news.example.org/tech-week/feed.{form}"
    assert feed.language == "en"
    assert feed.titles == ["English"]
    assert set(read(client, f"/feed.{form}").titles) == {"中文", "English"}


def test_a_category_has_its_own_feed(client: Client, form: str) -> None:
    published(title="甲", categories=("AI 发展", "研究"))
    published(title="乙", categories=("研究",))
    Site.objects.update(language="zh-hans")
    address = f"/categories/AI%20%E5%8F%91%E5%B1%95/feed.{form}"
    feed = read(client, address)
    assert feed.title == "AI 发展 · 示例社"
    assert feed.link == "https://news.example.org/categories/AI%20%E5%8F%91%E5%B1%95/"
    assert feed.own == f"https://news.example.org{address}"
    assert feed.language == "zh-hans"
    assert feed.titles == ["甲"]
    assert set(read(client, f"/categories/研究/feed.{form}").titles) == {"甲", "乙"}


def test_a_category_without_digests_has_no_feed(client: Client, form: str) -> None:
    published()
    for name in ("无", "%00", "a%00b", "%C3%28"):
        assert client.get(f"/categories/{name}/").status_code == 404, name
        assert client.get(f"/categories/{name}/feed.{form}").status_code == 404, name


def test_atom_feeds_have_ids_of_their_own(client: Client) -> None:
    weekly = published(categories=("AI 发展",)).series
    ids = [
        feedparser.parse(client.get(address).content).feed.id
        for address in ("/feed.atom", "/global-ai/feed.atom", "/categories/AI 发展/feed.atom")
    ]
    tag = "tag:news.example.org,2026:"
    assert ids == [
        f"{tag}digests",
        f"{tag}series/{weekly.pk}",
        f"{tag}category/AI%20%E5%8F%91%E5%B1%95",
    ]


def test_every_entry_says_its_language(client: Client, form: str) -> None:
    published(title="中文")
    published(title="English", series=series("weekly", language="en", time_zone="UTC"))
    feed = read(client, f"/feed.{form}")
    assert {item.title: item.language for item in feed.items} == {
        "中文": "zh-hans",
        "English": "en",
    }
    assert feed.language == "en"


def test_a_story_in_another_language_says_so_within_the_text(client: Client, form: str) -> None:
    item = story("Hello", source=source())
    item = items.edit(item, item.entry(), by=person(), version=item.version, language="en")
    published(item)
    assert f'<li id="i-{item.pk}" lang="en">' in written(client, form)


def test_atom_says_languages_in_the_way_of_xml(client: Client) -> None:
    published(title="中文")
    published(title="English", series=series("weekly", language="en", time_zone="UTC"))
    root = tree(client)
    languages = {
        entry.findtext(f"{ATOM}title"): entry.get(f"{XML}lang")
        for entry in root.iter(f"{ATOM}entry")
    }
    assert languages == {"中文": "zh-hans", "English": "en"}
    assert root.get(f"{XML}lang") == "en"
    assert root.find(".//{*}summary") is None


def test_rss_says_what_its_readers_look_for(client: Client) -> None:
    digest = published(title="早报")
    (channel,) = tree(client, "rss").iterfind("channel")
    assert channel.findtext("description") == "示例社"
    (guid,) = channel.iterfind("item/guid")
    assert guid.get("isPermaLink") == "false"
    assert str(guid.text).endswith(f":digest/{digest.feed_id}")
    assert channel.findtext("item/pubDate") == "Fri, 20 Nov 2026 08:00:00 +0800"
    assert channel.find("item/description") is None
    content = channel.findtext("item/{http://purl.org/rss/1.0/modules/content/}encoded", "")
    assert '<ol class="items"' in content


def test_links_relative_to_the_page_are_absolute_for_feed_readers(
    client: Client, form: str
) -> None:
    image = "/media/0123456789abcdef0123456789abcdef.png"
    body = f'[另一条](../2026-11-19-0800/ "甲>乙") [同站](/global-ai/) ![图]({image}) href="/不是/"'
    item = story(body=body, url="https://example.org/a?b=1&c=2")
    published(item)
    content = written(client, form)
    page = "https://news.example.org/global-ai/2026-11-20-0800/"
    assert 'href="https://news.example.org/global-ai/2026-11-19-0800/"' in content
    assert 'href="https://news.example.org/global-ai/"' in content
    assert f'src="https://news.example.org{image}"' in content
    assert f'href="{page}#i-{item.pk}"' in content
    assert 'href="https://example.org/a?b=1&amp;c=2"' in content
    assert 'href="/不是/"' in content  # text, and no link


def written(client: Client, form: str) -> str:
    """The content of the first entry as the feed has it, which feedparser would mend."""
    if form == "json":
        return read(client, "/feed.json").items[0].content
    name = {"atom": "content", "rss": "encoded"}[form]
    return tree(client, form).findtext(f".//{{*}}{name}", "")


def test_atom_says_the_base_of_its_links_too(client: Client) -> None:
    published()
    page = "https://news.example.org/global-ai/2026-11-20-0800/"
    (content,) = tree(client).iterfind(".//{*}content")
    assert content.get(f"{XML}base") == page


def test_ids_outlive_corrections_withdrawal_and_another_address_of_the_site(
    client: Client, settings: Settings, form: str
) -> None:
    digest = published(title="早报")
    first = read(client, f"/feed.{form}").items[0]

    digest = retitled(digest, "更正", PAST - timedelta(days=400))
    corrected = read(client, f"/feed.{form}").items[0]
    assert (corrected.id, corrected.title) == (first.id, "更正")
    assert corrected.updated > first.updated

    digest = move(digest, lifecycle.withdraw, note="错")
    assert read(client, f"/feed.{form}").items == []
    digest = move(digest, lifecycle.reopen)
    approve(move(digest, lifecycle.submit))
    Series.objects.update(slug="renamed")
    settings.SITE_URL = "http://news.example.org:8000"
    again = read(client, f"/feed.{form}").items[0]
    assert again.id == first.id
    assert again.link == "http://news.example.org:8000/renamed/2026-11-20-0800/"


def test_a_restored_database_gives_no_id_a_second_time(client: Client) -> None:
    kept, waiting = published(), in_review()
    before = transaction.savepoint_create()
    lost = {approve(waiting).feed_id, published(date=PAST - timedelta(days=1)).feed_id}
    lost |= {entry.id.rpartition("/")[2] for entry in read(client, "/feed.atom").items}
    transaction.savepoint_rollback(before)
    caches["pages"].clear()
    given = [approve(waiting), published(date=PAST - timedelta(days=2))]
    assert not lost & {digest.feed_id for digest in given}
    assert kept.feed_id in lost


def test_an_entry_is_the_same_in_every_feed_and_format(client: Client) -> None:
    published(categories=("研究",))
    ids = {
        read(client, f"{folder}feed.{form}").items[0].id
        for folder in ("/", "/global-ai/", "/categories/研究/")
        for form in TYPES
    }
    assert len(ids) == 1


def test_a_correction_is_an_update_from_when_readers_saw_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    digest = published()
    other = published(title="另一期", date=PAST - timedelta(days=1))
    digest = retitled(digest, "更正")
    at = live_revision(digest).correction.at
    updates = {item.title: item.updated for item in read(client, f"/feed.{form}").items}
    assert updates["更正"].replace(microsecond=0) == at.replace(microsecond=0)
    assert updates["更正"].utcoffset() == timedelta(hours=8)
    assert updates["另一期"] == other.date
    assert (updates["更正"] > digest.date) and at > PAST


def test_a_correction_that_waited_for_its_date_is_not_updated_before_it_is_published(
    client: Client, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    digest = retitled(published(), "更正", tomorrow)
    published_at = tomorrow + timedelta(hours=1)
    for patched in (clock, timezone):
        monkeypatch.setattr(patched, "now", lambda: published_at)
    move(digest, lifecycle.publish)
    entry = read(client, f"/feed.{form}").items[0]
    assert entry.title == "更正"
    assert entry.updated.replace(microsecond=0) == published_at.replace(microsecond=0)
    assert entry.updated > entry.published


def test_an_archive_imported_today_keeps_the_dates_of_its_digests(
    client: Client, form: str
) -> None:
    date = datetime(2025, 6, 10, 0, 0, tzinfo=UTC)
    published(date=date)
    entry = read(client, f"/feed.{form}").items[0]
    assert entry.published == entry.updated == date


def test_an_empty_feed_is_valid_and_stays_the_same(client: Client, form: str) -> None:
    series()
    address = f"/feed.{form}"
    assert read(client, address).items == []
    before = client.get(address).content
    caches["pages"].clear()
    assert client.get(address).content == before


def test_a_feed_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(feeds, "DIGESTS_IN_FEED", 2)
    for hours in range(3):
        published(title=f"第{hours}期", date=PAST + timedelta(hours=hours))
    for folder in ("/", "/global-ai/", "/categories/AI 发展/"):
        assert read(client, f"{folder}feed.{form}").titles == ["第2期", "第1期"]


def test_a_hostile_headline_cannot_break_the_feed(client: Client, form: str) -> None:
    hostile = '</title><script>alert(1)</script>]]>&amp;"\\'
    published(story(hostile, byline=hostile), title=hostile, categories=("]]><x>",))
    entry = read(client, f"/feed.{form}").items[0]
    assert entry.tags == ["]]><x>"]
    assert "<script" not in entry.content
    if form == "json":
        assert entry.title == hostile
    else:
        item = {"atom": ".//{*}entry", "rss": ".//item"}[form]
        assert tree(client, form).findtext(f"{item}/{{*}}title") == hostile


def test_characters_that_a_feed_cannot_hold_do_not_break_it(
    client: Client, settings: Settings, form: str
) -> None:
    """No verb lets them in; a row that has one must not cost all readers the feed."""
    bad = "a\x0b\x1f\ufffe\uffffb"
    stored(published(), bad)
    Series.objects.update(name=bad)
    settings.SITE_NAME = bad
    for folder in ("/", "/global-ai/", "/categories/a%0B%1F%EF%BF%BE%EF%BF%BFb/"):
        feed = read(client, f"{folder}feed.{form}")
        assert feed.items[0].title == "a\ufffd\ufffd\ufffd\ufffdb"
        assert feed.items[0].tags == ["a\ufffd\ufffd\ufffd\ufffdb"]


def test_half_a_surrogate_pair_does_not_break_the_feed(client: Client, form: str) -> None:
    digest = published()
    if connection.vendor == "postgresql":
        with pytest.raises(DataError):
            stored(digest, "a\ud83d", categories=[])
        return
    stored(digest, "a\ud83d", categories=[])
    entry = read(client, f"/feed.{form}").items[0]
    assert entry.title == "a\ufffd"
    assert "a\ufffd" in entry.content


def test_emoji_and_every_plane_pass_the_feed_unharmed(client: Client, form: str) -> None:
    title = "进展 🚀𠮷é 👩🏽‍💻🏳️‍🌈"
    published(story(title), title=title)
    entry = read(client, f"/feed.{form}").items[0]
    assert entry.title == title
    assert title in entry.content


@pytest.mark.parametrize(
    ("folder", "name"), [("/global-ai/", "Global AI"), ("/categories/%E7%A0%94/", "研")]
)
def test_pages_lead_browsers_to_the_feeds(client: Client, folder: str, name: str) -> None:
    published(categories=("研",))
    pages = ["/global-ai/", "/global-ai/2026-11-20-0800/"] if "global" in folder else [folder]
    for address in ["/", *pages]:
        page = client.get(address).text
        assert 'type="application/atom+xml" title="示例社" href="/feed.atom"' in page
        own = f'type="application/atom+xml" title="{name}" href="{folder}feed.atom"'
        assert (own in page) == (address != "/")
        for kind, form in (("rss+xml", "rss"), ("feed+json", "json")):
            assert f'type="application/{kind}"' in page
            assert f'href="/feed.{form}"' in page
            assert (f'href="{folder}feed.{form}"' in page) == (address != "/")


def test_no_id_changes_when_the_site_moves_to_another_host(
    client: Client, settings: Settings, form: str
) -> None:
    published()
    before = read(client, f"/feed.{form}")
    settings.SITE_URL = "https://elsewhere.example.org"
    after = read(client, f"/feed.{form}")
    assert after.link == "https://elsewhere.example.org/"
    assert after.items[0].id == before.items[0].id


FOLDERS = ["/", "/global-ai/", "/categories/AI%20%E5%8F%91%E5%B1%95/"]


def test_feeds_cost_the_same_however_long_they_are(client: Client, form: str) -> None:
    retitled(published(title="旧"), "改")
    published()

    def costs() -> list[int]:
        return [queries_of_a_first_answer(client, f"{folder}feed.{form}") for folder in FOLDERS]

    few = costs()
    for hours in (1, 2, 3):
        published(story(), story(), date=PAST + timedelta(hours=hours))
    assert costs() == few
    assert max(few) <= MADE_AGAIN


def test_no_markdown_is_rendered_for_a_feed(
    client: Client, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    published()

    def rendered(*args: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr("digests.models.rendering.rendered", rendered)
    assert "加粗" in read(client, f"/feed.{form}").items[0].content
    Rendering.objects.all().delete()
    caches["pages"].clear()
    with pytest.raises(AssertionError, match="rendered"):
        client.get(f"/feed.{form}")


@pytest.mark.parametrize("folder", FOLDERS)
def test_who_has_the_feed_already_is_told_so(client: Client, folder: str, form: str) -> None:
    digest = published(title="早报")
    address = f"{folder}feed.{form}"
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    digest = move(digest, lifecycle.correct)
    categories = [row.category for row in digest.filed_under.select_related("category")]
    digest = move(
        digest, compose.edit,
        title="更正", date=PAST, categories=categories, intro="", outro="",
    )  # fmt: skip
    approve(move(digest, lifecycle.submit))
    again = client.get(address, headers={"if-none-match": etag})
    assert again.status_code == 200
    assert again.headers["ETag"] != etag


def test_there_is_no_other_format(client: Client) -> None:
    published()
    for folder in FOLDERS:
        assert client.get(f"{folder}feed.txt", follow=True).status_code == 404


def test_the_time_of_a_feed_is_that_of_the_last_change_withdrawals_included(
    client: Client, form: str
) -> None:
    published(title="旧", date=PAST - timedelta(days=1))
    latest = published(title="新")

    def changed() -> datetime:
        return parsedate_to_datetime(client.get(f"/feed.{form}").headers["Last-Modified"])

    Site.objects.update(edition="a", edition_at=PAST)
    assert changed() == PAST
    answer = client.get(f"/feed.{form}", headers={"if-modified-since": http_date(PAST.timestamp())})
    assert answer.status_code == 304
    assert answer.headers["ETag"]
    move(latest, lifecycle.withdraw, note="错了")
    assert changed() > PAST
    again = client.get(f"/feed.{form}", headers={"if-modified-since": http_date(PAST.timestamp())})
    assert again.status_code == 200
    # The ETag is surer, and goes first.
    headers = {"if-none-match": '"other"', "if-modified-since": again.headers["Last-Modified"]}
    assert client.get(f"/feed.{form}", headers=headers).status_code == 200


@pytest.mark.postgresql
def test_no_two_editions_have_the_same_second(client: Client, form: str) -> None:
    published()
    ahead = timezone.now() + timedelta(days=1)  # as after a clock was set back
    for start in (PAST, ahead):
        Site.objects.update(edition_at=start)
        seen = [client.get(f"/feed.{form}").headers["Last-Modified"]]
        for _edition in range(3):
            Site.objects.publish_edition()
            answer = client.get(f"/feed.{form}", headers={"if-modified-since": seen[-1]})
            assert answer.status_code == 200
            seen.append(answer.headers["Last-Modified"])
        times = [parsedate_to_datetime(time) for time in seen]
        assert times == sorted(set(times))


def test_a_feed_of_a_restored_backup_is_new_to_whoever_saw_a_later_one(
    client: Client, form: str
) -> None:
    published()
    seen = client.get(f"/feed.{form}").headers["Last-Modified"]
    Site.objects.update(edition="restored", edition_at=PAST)
    answer = client.get(f"/feed.{form}", headers={"if-modified-since": seen})
    assert (answer.status_code, answer.headers["Last-Modified"]) == (
        200,
        http_date(PAST.timestamp()),
    )


def test_a_page_tells_how_to_subscribe_and_every_address(client: Client) -> None:
    published(categories=("AI 发展",))
    page = client.get("/feeds/").text
    for form in TYPES:
        for folder in ("/", "/global-ai/"):
            address = f"https://news.example.org{folder}feed.{form}"
            assert f'href="{folder}feed.{form}">{address}</a>' in page
        assert f'href="/categories/AI%20%E5%8F%91%E5%B1%95/feed.{form}">' in page
    assert '<a href="/feeds/">RSS feeds</a>' in client.get("/").text


def test_the_page_of_an_empty_site_names_its_own_feed_alone(client: Client) -> None:
    assert client.get("/feeds/").text.count('<section class="feed') == 1


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        *[("/feed/", "/feed.atom"), ("/feed", "/feed.atom"), ("/atom.xml", "/feed.atom")],
        *[("/rss.xml", "/feed.rss"), ("/index.xml", "/feed.rss"), ("/feed.xml", "/feed.atom")],
    ],
)
def test_feed_readers_that_guess_an_address_are_led_to_a_feed(
    client: Client, address: str, feed: str
) -> None:
    answer = client.get(address, follow=True)
    assert answer.redirect_chain[-1] == (feed, 301)
    assert answer.status_code == 200


def test_the_icon_is_found_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("public/icon.svg")
