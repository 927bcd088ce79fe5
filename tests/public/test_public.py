"""Readers' pages: what they show and to whom, and what stays private."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.asserts import assertContains, assertInHTML, assertNotContains

from digests.accounts.roles import REVIEWER
from digests.delivery.folder import sweep
from digests.editorial import compose, items, lifecycle
from digests.models import Digest, Rendering, Series, Site
from tests.exported import corrected, files, path_of
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
from tests.screens import MADE_AGAIN, queries_of_a_first_answer

pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src 'self' https: data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
FUTURE = timezone.now() + timedelta(days=1)
DIGEST = "/global-ai/2026-11-20-0800/"
ADDRESSES = ["/", "/global-ai/", DIGEST, "/feed.atom", "/global-ai/feed.atom"]
HOSTILE = "<img src=x onerror=alert(1)> & \"'"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;&#x27;"


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    """Each test makes its own pages, whatever the process kept of the one before."""
    caches["pages"].clear()


def weekly() -> Series:
    return series("tech-week", name="The Tech Week", language="en", time_zone="Europe/London")


def withdraw(digest: Digest, note: str = "数据有误。") -> Digest:
    digest.refresh_from_db()
    return lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note=note)


@pytest.mark.postgresql
def test_a_digest_shows_its_items_in_order_as_links_with_their_bylines(client: Client) -> None:
    first = story("甲", url="https://example.org/a", byline="Mira", body="一**二**。")
    digest = published(first, story("乙", byline=""), title="早报")
    page = client.get("/global-ai/2026-11-20-0800/")
    assertInHTML("<h1>早报</h1>", page.text)
    assertInHTML(
        f'<li id="i-{first.pk}">'
        f'<a class="number" href="#i-{first.pk}"></a>'
        '<header><h2 class="headline">'
        '<a href="https://example.org/a" rel="noopener">甲</a></h2>'
        '<span class="byline">Mira</span></header>'
        '<div class="body"><p>一<strong>二</strong>。</p></div></li>',
        re.sub(' aria-label="[^"]*"', "", page.text),
    )
    assert page.text.index("甲") < page.text.index("乙")
    assert page.text.count('class="byline"') == 1
    assertInHTML('<li><a href="/categories/AI%20%E5%8F%91%E5%B1%95/">AI 发展</a></li>', page.text)
    assert digest.get_absolute_url() == DIGEST


def test_an_item_without_a_link_is_plain_text(client: Client) -> None:
    published(story("无链接", url=""))
    assertInHTML('<h2 class="headline">无链接</h2>', client.get(DIGEST).text)


def test_sections_have_headings_and_their_items_stand_one_level_below(client: Client) -> None:
    by = person()
    digest = draft(story("甲"), by=by, outro="再见。")
    digest = compose.add_section(digest, "研究", by=by, version=digest.version, intro="两条。")
    item = story("乙")
    section = digest.sections.get()
    compose.place(digest, item, by=by, version=digest.version, section=section)
    digest.refresh_from_db()
    digest = lifecycle.submit(digest, by=by, version=digest.version)
    approve(digest)
    page = client.get(DIGEST).text
    assertInHTML('<h2 class="section">研究</h2>', page)
    assertInHTML('<div class="intro"><p>两条。</p></div>', page)
    assert re.search(r'<h2 class="headline"><a [^>]*>甲', page)
    assert re.search(r'<h3 class="headline"><a [^>]*>乙', page)
    assertInHTML('<div class="outro"><p>再见。</p></div>', page)


def test_the_date_is_the_one_of_the_series_zone(client: Client, settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    published(series=weekly(), date=PAST)
    page = client.get("/tech-week/2026-11-20-0000/").text
    assertInHTML(
        '<time datetime="2026-11-20T00:00:00+00:00">20 November 2026, 00:00'
        ' <span class="zone">UTC</span></time>',
        page,
    )


def test_the_page_speaks_the_language_of_its_digest_to_everybody(client: Client) -> None:
    published()
    published(series=weekly())
    client.cookies["django_language"] = "zh-hans"
    english = client.get("/tech-week/2026-11-20-0000/", headers={"accept-language": "zh-hans"})
    assertContains(english, '<html lang="en">')
    assertContains(english, "Corrections")
    assert english.headers["Content-Language"] == "en"
    chinese = client.get(DIGEST, headers={"accept-language": "en"})
    assertContains(chinese, '<html lang="zh-hans">')


def test_an_item_in_another_language_says_so(client: Client) -> None:
    item = story("Hello", source=source())
    item = items.edit(item, item.entry(), by=person(), version=item.version, language="en")
    published(item, story("你好"))
    page = client.get(DIGEST).text
    assert f'<li id="i-{item.pk}" lang="en">' in page
    assert page.count(" lang=") == 2  # the page's own and this one


@pytest.mark.postgresql
def test_home_shows_the_latest_in_full_and_then_each_series_in_its_language(client: Client) -> None:
    published(story("旧闻"), title="昨天", date=PAST - timedelta(days=1))
    published(story("新闻"), title="今天")
    item = story("News", body="All of **it**.")
    published(item, series=weekly(), title="This week", date=PAST + timedelta(hours=1))
    home = client.get("/")
    assertInHTML('<h1><a href="/tech-week/2026-11-20-0100/">This week</a></h1>', home.text)
    assertContains(home, "All of <strong>it</strong>.")
    titles = re.findall(r"<h2><a [^>]*>([^<]*)", home.text)
    assert titles == ["今天", "昨天"]
    assertContains(home, '<html lang="en">')
    assertContains(home, '<section class="group" lang="zh-hans">')
    assertContains(home, "新闻")
    titles = re.findall(r"<h2><a [^>]*>([^<]*)", client.get("/global-ai/").text)
    assert titles == ["今天", "昨天"]


SHARED = ["/", "/archive/", "/2026/", "/2026/11/", "/2026/11/20/", "/categories/", "/sources/"]
SHARED += ["/categories/AI 发展/", "/corrections/", "/search/", "/search/?q=x&series=global-ai"]
SHARED += ["/about/", "/feeds/"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_of_no_series_speak_the_language_of_the_site(client: Client, language: str) -> None:
    published(series=series("tech-week", language="en"))
    published()
    Site.objects.update(language=language, edition="another")
    for address in SHARED:
        assertContains(client.get(address), f'<html lang="{language}">')
    assertContains(client.get("/nothing/"), f'<html lang="{language}">', status_code=404)
    for address, own in (("/global-ai/", "zh-hans"), ("/tech-week/", "en")):
        assertContains(client.get(address), f'<html lang="{own}">')


def test_a_new_site_speaks_the_language_of_the_setting(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    assert Site().language == "zh-hans"


@pytest.mark.postgresql
def test_newer_and_older_digests_of_the_series_are_linked(client: Client) -> None:
    for hours, title in ((0, "早"), (4, "中"), (8, "晚")):
        published(title=title, date=PAST + timedelta(hours=hours))
    published(series=weekly(), date=PAST + timedelta(hours=5), title="Another series")
    draft(title="草稿", date=PAST + timedelta(hours=6))
    page = client.get("/global-ai/2026-11-20-1200/").text
    assert re.findall(r'rel="(prev|next)" href="([^"]*)"><span>[^<]*</span> ([^<]*)', page) == [
        ("prev", "/global-ai/2026-11-20-0800/", "早"),
        ("next", "/global-ai/2026-11-20-1600/", "晚"),
    ]
    assertNotContains(client.get("/global-ai/2026-11-20-0800/"), 'rel="prev"')
    assertNotContains(client.get("/global-ai/2026-11-20-1600/"), 'rel="next"')


@pytest.mark.postgresql
def test_digests_of_the_same_minute_follow_each_other(client: Client) -> None:
    published(title="甲")
    published(title="乙")
    first = client.get("/global-ai/2026-11-20-0800/").text
    second = client.get("/global-ai/2026-11-20-0800-2/").text
    assert 'rel="next" href="/global-ai/2026-11-20-0800-2/"' in first and 'rel="prev"' not in first
    assert 'rel="prev" href="/global-ai/2026-11-20-0800/"' in second and "next" not in second


@pytest.mark.parametrize(
    "address", ["/nothing/", "/nothing/feed.atom", "/global-ai/2026-01-01-0000/"]
)
def test_what_was_never_published_is_404_in_the_sites_look(client: Client, address: str) -> None:
    draft(title="草稿")
    page = client.get(address)
    assert page.status_code == 404
    assertInHTML("<h1>Page not found</h1>", page.text)
    assert page.headers["Content-Security-Policy"] == POLICY


def test_a_withdrawn_digest_says_why_and_nothing_else(client: Client) -> None:
    digest = published(story("撤回的标题"), title="撤回的题目")
    withdraw(digest, note="来源有误 <b>\n\n稍后重发")
    page = client.get(DIGEST)
    assert page.status_code == 410
    assertInHTML("<p>来源有误 &lt;b&gt;</p>", page.text)
    assertInHTML("<p>稍后重发</p>", page.text)
    assert "撤回的" not in page.text
    assert '<html lang="zh-hans">' in page.text
    assert page.headers["Content-Security-Policy"] == POLICY


def test_a_hostile_text_is_shown_and_never_obeyed(client: Client, settings: Settings) -> None:
    settings.SITE_NAME = HOSTILE
    Series.objects.create(
        slug="global-ai", name=HOSTILE, time_zone="Asia/Shanghai", language="zh-hans"
    )
    item = story(HOSTILE, byline=HOSTILE, body=f"{HOSTILE}\n\n[a](javascript:alert(1))")
    published(item, title=HOSTILE, categories=(HOSTILE,), date=PAST - timedelta(days=1))
    published(title="下一期")
    for address in ("/", "/global-ai/", "/global-ai/2026-11-19-0800/", DIGEST, "/nothing/"):
        page = client.get(address).text
        assert "<img" not in page and 'href="javascript' not in page
        assert ESCAPED in page


# Data of schema.org, which no browser runs; see tests/public/test_metadata.py.
DATA = re.compile(r'<script type="application/ld\+json">[^<]*</script>')


def test_pages_hold_no_inline_script_or_style(client: Client) -> None:
    withdraw(published(date=PAST - timedelta(days=1)))
    published()
    pages = [*ADDRESSES[:3], "/2026/11/20/", "/global-ai/2026-11-19-0800/", "/nothing/"]
    for address in pages:
        page = DATA.sub("", client.get(address).text)
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page), address


def test_readers_pages_have_the_readers_policy_and_no_cookie(client: Client) -> None:
    published()
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert not answer.cookies


def test_a_signed_in_editor_gets_the_same_page_and_keeps_the_session_as_it_is(
    client: Client,
) -> None:
    published()
    editor = person()
    for address in ADDRESSES:
        public = client.get(address)
        signed_in = Client()
        signed_in.force_login(editor)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            own = signed_in.get(address)
        assert (own.content, own.headers["ETag"]) == (public.content, public.headers["ETag"])
        assert own.headers["Vary"] == "Accept-Encoding" and not own.cookies
        assert not any("session" in query["sql"] for query in queries)


def test_a_session_that_expired_does_not_keep_anybody_from_reading(client: Client) -> None:
    published()
    client.cookies["sessionid"] = "x" * 32
    assert client.get(DIGEST).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_can_only_be_read(client: Client, address: str) -> None:
    published()
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == client.get(address).headers["ETag"]
    assert client.post(address).status_code == 405


def test_an_address_without_its_slash_leads_to_the_page(client: Client) -> None:
    published()
    answer = client.get("/global-ai/2026-11-20-0800")
    assert (answer.status_code, answer.headers["Location"]) == (301, DIGEST)


def test_a_digest_page_costs_the_same_however_long_it_is(client: Client) -> None:
    published(story())
    published(*(story() for _ in range(8)), date=PAST + timedelta(hours=4))
    few = queries_of_a_first_answer(client, DIGEST)
    assert queries_of_a_first_answer(client, "/global-ai/2026-11-20-1200/") == few <= MADE_AGAIN


@pytest.mark.parametrize("address", ["/", "/feed.atom", "/2026/11/20/"])
def test_lists_cost_the_same_however_long_they_are(client: Client, address: str) -> None:
    published()
    few = queries_of_a_first_answer(client, address)
    for hours in (1, 2, 3):
        published(story(), story(), date=PAST + timedelta(hours=hours))
    published(series=weekly())
    assert queries_of_a_first_answer(client, address) == few <= MADE_AGAIN


@pytest.mark.parametrize("address", ["/", DIGEST, "/feed.atom"])
def test_what_was_just_shown_costs_one_query_and_is_the_same(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    published()
    first = client.get(address)
    with django_assert_num_queries(1):
        again = client.get(address)
    assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))


@pytest.mark.postgresql
def test_a_page_whose_rendering_was_thrown_away_makes_it_again(client: Client) -> None:
    published()
    before = client.get(DIGEST).content
    Rendering.objects.all().delete()
    caches["pages"].clear()
    assert client.get(DIGEST).content == before
    assert Rendering.objects.count() == 1


def test_the_markdown_of_a_digest_is_the_exported_file(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.EXPORT_ROOT = tmp_path / "export"
    digest = published(story(f"{HOSTILE} 🚀{{{{ a }}}}", body="**要点：**内容\n\n```\n---\n```"))
    published(series=weekly())
    sweep()
    for path, data in files(tmp_path / "export").items():
        address = Digest.objects.get(path=path).get_absolute_url().removesuffix("/") + ".md"
        answer = client.get(address)
        assert answer.content == data
        assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    corrected(digest, "更正。")
    sweep()
    own = (tmp_path / "export" / path_of(digest)).read_bytes()
    assert "更正。".encode() in own
    assert client.get("/global-ai/2026-11-20-0800.md").content == own
    page = client.get(DIGEST).text
    assert 'type="text/markdown" href="/global-ai/2026-11-20-0800.md"' in page
    withdraw(Digest.objects.get(pk=digest.pk))
    assert client.get("/global-ai/2026-11-20-0800.md").status_code == 410


def test_no_draft_review_or_approved_text_is_public_before_its_time(client: Client) -> None:
    draft(story("草稿条目"), title="草稿题目")
    in_review(story("送审条目"), title="送审题目", date=PAST + timedelta(hours=1))
    coming = approve(in_review(story("未来条目"), title="未来题目", date=FUTURE))
    assert coming.status == "approved"
    story("单独条目")
    for address in ("/", "/global-ai/", "/feed.atom", "/global-ai/feed.atom", "/api/v1/digests/"):
        assert not re.search("条目|题目", client.get(address).text)
