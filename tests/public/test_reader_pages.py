"""Readers' pages beside the latest: archive, days, stories, categories, sources, corrections."""

import gzip
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from pytest_django.asserts import assertContains, assertInHTML, assertNotContains

from digests.accounts.roles import ADMINISTRATOR, REVIEWER
from digests.editorial import compose, items, lifecycle
from digests.editorial.errors import Invalid
from digests.models import Correction, Digest, Item, Series, Site
from digests.models.series import RESERVED_SLUGS
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
    source,
    story,
)
from tests.screens import MADE_AGAIN, change, queries, queries_of_a_first_answer, signed_in

pytestmark = pytest.mark.django_db

DIGEST = "/global-ai/2026-11-20-0800/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def chinese_site(db: None) -> None:
    """A site whose pages speak Chinese, and of which nothing is kept."""
    Site.objects.update(language="zh-hans")
    caches["pages"].clear()


def rewrite(item: Item, body: str) -> None:
    by = person()
    entry = Entry(item.headline, item.byline, item.url, body)
    item.refresh_from_db()
    item = items.edit(item, entry, by=by, version=item.version)
    items.approve(item, by=by, version=item.version)


def corrected(digest: Digest, body: str, told: str = "") -> Digest:
    """The digest with another body of its one item, published again."""
    digest = move(digest, lifecycle.correct)
    rewrite(digest.placements.get().item, body)
    digest = move(digest, lifecycle.submit, note="内部：法务已看")
    return lifecycle.approve(
        digest,
        by=person(REVIEWER),
        version=digest.version,
        sha256=digest.working_copy().fingerprint,
        note="内部：可以发",
        correction=told,
    )


def listed(page: str) -> list[str]:
    return re.findall(r'<h2><a href="([^"]*)"', page)


# Archive


@pytest.mark.postgresql
def test_the_archive_leads_from_years_to_months_to_days(client: Client) -> None:
    published(date=PAST, title="二〇二六")
    published(date=PAST - 400 * DAY, title="二〇二五")
    draft(date=PAST - 900 * DAY)
    archive = client.get("/archive/").text
    assert re.findall(r'href="(/\d{4}/(?:\d\d/)?)"', archive) == [
        "/2026/", "/2026/11/", "/2025/", "/2025/10/",
    ]  # fmt: skip
    assert re.findall(r'href="(/\d{4}/\d\d/)"', client.get("/2025/").text) == ["/2025/10/"]
    month = client.get("/2026/11/").text
    assert re.findall(r'href="(/\d{4}/\d\d/\d\d/)"', month) == ["/2026/11/20/"]
    assert f'href="{DIGEST}"' in month


@pytest.mark.postgresql
def test_a_day_is_the_one_of_the_series_zone(client: Client) -> None:
    late = PAST - HOUR  # 07:00 of the 20th in Shanghai, 23:00 of the 19th in UTC
    published(date=late)
    published(date=late, series=series("utc", time_zone="UTC"), title="in UTC")
    assertContains(client.get("/2026/11/20/"), "/global-ai/2026-11-20-0700/")
    assertContains(client.get("/2026/11/19/"), "/utc/2026-11-19-2300/")
    assertNotContains(client.get("/2026/11/20/"), "/utc/")


@pytest.mark.postgresql
def test_the_address_of_a_day_outlives_another_zone_of_the_series(client: Client) -> None:
    # The 1st of January in Shanghai is the 31st of December in UTC.
    digest = published(date=datetime(2026, 1, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
    Series.objects.update(time_zone="UTC")
    assert client.get("/2026/01/01/").status_code == 200
    digest = corrected(digest, "更正。")
    for old, new in (
        ("/2026/01/01/", "/2025/12/31/"),
        ("/2026/01/", "/2025/12/"),
        ("/2026/", "/2025/"),
    ):
        assert client.get(old)["Location"] == new
        assertContains(client.get(old, follow=True), "2025")
    assert client.get("/2026/01/02/").status_code == 404
    move(digest, lifecycle.withdraw, note="错")
    assert client.get("/2026/01/01/").status_code == 404


def test_a_day_of_a_text_that_was_never_public_is_no_address(client: Client) -> None:
    digest = move(published(date=PAST), lifecycle.correct)
    move(digest, compose.edit, title="改", date=PAST - 3 * DAY, categories=[], intro="", outro="")
    digest = move(digest, lifecycle.submit)
    assert client.get("/2026/11/17/").status_code == 404
    approve(digest)
    assert client.get("/2026/11/20/")["Location"] == "/2026/11/17/"


def test_a_day_that_is_none_is_404(client: Client) -> None:
    published()
    for address in [
        *("/2026/13/", "/2026/11/31/", "/2026/00/", "/2026/11/21/", "/2026/1/", "/0000/"),
        *("/2026/2/3/", "/2025/", "/2026/10/", "/9999/12/"),
    ]:
        assert client.get(address).status_code == 404, address


@pytest.mark.postgresql
def test_a_story_that_ran_twice_in_a_day_is_read_once_where_it_ran_last(client: Client) -> None:
    item, other = story("滚动消息"), story("只在早上")
    published(item, other, title="早")
    rewrite(item, "晚上的说法。")
    published(item, title="晚", date=PAST + 4 * HOUR)
    whole = client.get("/2026/11/20/").text
    page = whole.partition("<main")[2]
    assert page.count(f'id="i-{item.pk}"') == 1 and page.count(f'id="i-{other.pk}"') == 1
    assert page.index("晚上的说法") < page.index("只在早上")
    assert "一段<strong>加粗</strong>的正文。" in page  # of the other
    assertInHTML(
        f'<p class="earlier">当天更早： <a href="{DIGEST}#i-{item.pk}">08:00</a></p>', whole
    )


def test_the_same_link_with_another_text_is_the_same_story(client: Client) -> None:
    first = story("甲公司发布模型", url="https://example.org/a?utm_source=x")
    published(first)
    again = story("甲公司的模型：后续", url="https://www.example.org/a", repeat_of=first)
    published(again, date=PAST + 4 * HOUR)
    page = client.get("/2026/11/20/").text
    assert f'id="i-{again.pk}"' in page and f'id="i-{first.pk}"' not in page
    assert f"{DIGEST}#i-{first.pk}" in page


def test_a_digest_whose_stories_all_ran_again_says_so(client: Client) -> None:
    item = story()
    published(item)
    published(item, date=PAST + 4 * HOUR)
    assertContains(client.get("/2026/11/20/"), "其中各条当天稍后都再次刊出。")


@pytest.mark.postgresql
def test_days_with_something_are_neighbours(client: Client) -> None:
    for days in (0, 3, 9):
        published(date=PAST - days * DAY)
    page = client.get("/2026/11/17/").text
    assert '<link rel="prev" href="/2026/11/11/">' in page
    assert '<link rel="next" href="/2026/11/20/">' in page


def test_days_name_their_zones_where_these_differ(client: Client) -> None:
    published()
    for address in ("/2026/11/", "/2026/11/20/"):
        assertNotContains(client.get(address), 'class="zone"')
    published(series=series("utc", time_zone="UTC"), date=PAST + HOUR)
    for address in ("/2026/11/", "/2026/11/20/"):
        assertContains(client.get(address), '<span class="zone">UTC+08:00</span>')


# Lists go on by place


@pytest.mark.postgresql
def test_a_long_list_goes_on_where_it_ended(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the database can do is asked once.
    assert connection.features.supports_json_field
    monkeypatch.setattr("digests.public.pages.DIGESTS_PER_PAGE", 4)
    for hours in range(11):
        published(date=PAST - hours * HOUR, title=f"第{hours}期")
    # Two of one moment, at the end of a page: none is skipped, none comes twice.
    Digest.objects.filter(title="第4期").update(live_date=PAST - 3 * HOUR)
    seen, costs, address = [], set[int](), "/global-ai/"
    while address:
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address).text
        # The edition is asked for where there are no parameters.
        costs.add(len(asked) + ("?" in address))
        seen += listed(page)
        onward = re.search(r'rel="next" href="(\?before=[^"]*)"', page)
        address = f"/global-ai/{onward[1]}" if onward else ""
    assert len(seen) == len(set(seen)) == 11
    assert len(costs) == 1
    assert max(costs) <= MADE_AGAIN


@pytest.mark.parametrize("address", ["/global-ai/", "/categories/AI 发展/", "/corrections/"])
def test_a_place_that_is_none_is_404(client: Client, address: str) -> None:
    published()
    for before in ("x", "1-", "-1", "99999999999999999999-1", "1-1-1"):
        assert client.get(address, {"before": before}).status_code == 404, before


@pytest.mark.postgresql
def test_a_category_lists_what_was_filed_under_it(client: Client) -> None:
    published(title="甲", categories=("研究 & 论文",))
    published(title="乙", categories=("政策",), date=PAST + HOUR)
    page = client.get("/categories/研究 & 论文/")
    assertContains(page, "甲")
    assertNotContains(page, "乙")
    index = client.get("/categories/").text
    assert 'href="/categories/%E7%A0%94%E7%A9%B6%20&amp;%20%E8%AE%BA%E6%96%87/"' in index
    assert client.get("/categories/没有/").status_code == 404


def test_a_category_of_a_correction_in_work_is_not_public(client: Client) -> None:
    digest = published(categories=("旧类",))
    move(digest, lifecycle.correct)
    digest = Digest.objects.get()
    from_draft = draft(categories=("新类",), date=PAST + HOUR)
    move(
        digest, compose.edit,
        title=digest.title, date=digest.date, intro="", outro="",
        categories=list(from_draft.categories.all()),
    )  # fmt: skip
    index = client.get("/categories/").text
    assert "旧类" in index and "新类" not in index
    assert client.get("/categories/新类/").status_code == 404


@pytest.mark.postgresql
def test_sources_are_those_whose_stories_are_public(client: Client) -> None:
    used, unused = source("Used"), source("Unused")
    published(story(source=used))
    draft(story(source=unused), date=PAST + HOUR)
    page = client.get("/sources/")
    assertContains(page, f'href="/search/?source={used.pk}"')
    assertNotContains(page, "Unused")


# One story


@pytest.mark.postgresql
def test_a_story_shows_its_last_text_and_where_it_ran(client: Client) -> None:
    item = story("甲", body="早上。")
    published(item, title="早")
    rewrite(item, "晚上。")
    published(item, title="晚", date=PAST + 4 * HOUR)
    page = client.get(f"/i/{item.pk}/").text
    assert "晚上。" in page and "早上。" not in page
    runs = re.findall(r'href="(/global-ai/[^"]*)#i-', page)
    assert runs == ["/global-ai/2026-11-20-1200/", DIGEST]


@pytest.mark.postgresql
def test_a_story_counts_the_runs_of_its_repeats(client: Client) -> None:
    first = story("甲")
    published(first)
    again = story("甲：后续", url=first.url, repeat_of=first)
    published(again, date=PAST + 4 * HOUR)
    page = client.get(f"/i/{first.pk}/").text
    assert "甲：后续" in page and f"{DIGEST}#i-{first.pk}" in page


def test_a_repeat_is_the_story_it_repeats(client: Client) -> None:
    first = story("甲")
    published(first)
    again = story("甲：后续", url=first.url, repeat_of=first)
    published(again, date=PAST + 4 * HOUR)
    pages = [client.get(f"/i/{item.pk}/").text for item in (first, again)]
    assert pages[0] == pages[1]
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/i/{first.pk}/">' in pages[0]


def test_a_story_is_no_other_story_before_that_is_approved(client: Client) -> None:
    one, other = story("甲"), story("乙")
    published(one)
    digest = published(other, date=PAST + 4 * HOUR)
    move(digest, lifecycle.correct)
    other.refresh_from_db()
    entry = Entry(other.headline, other.byline, one.url, other.body)
    items.edit(other, entry, by=person(), version=other.version, repeat_of=one)
    assertNotContains(client.get(f"/i/{one.pk}/?now"), "乙")


def test_a_mark_that_was_never_published_makes_no_story(client: Client) -> None:
    one, other = story("甲"), story("乙")
    published(one)
    repeat = story("丙", url=one.url, repeat_of=one)
    lifecycle.submit(draft(repeat, date=PAST + HOUR), by=person(), version=2)
    assert client.get(f"/i/{repeat.pk}/").status_code == 404
    assert client.get(f"/i/{other.pk}/").status_code == 404


def test_a_series_whose_digests_are_all_withdrawn_keeps_its_address(client: Client) -> None:
    move(published(), lifecycle.withdraw, note="错")
    for address in ("/global-ai/", "/global-ai/feed.atom"):
        assert client.get(address).status_code == 200
    assertNotContains(client.get("/sitemap-pages.xml"), "/global-ai/")


def test_a_story_that_nobody_published_is_404_and_one_withdrawn_410(client: Client) -> None:
    item, waiting = story(), story()
    digest = published(item)
    draft(waiting, date=PAST + HOUR)
    assert client.get(f"/i/{waiting.pk}/").status_code == 404
    assert client.get("/i/999999/").status_code == 404
    move(digest, lifecycle.withdraw, note="错")
    gone = client.get(f"/i/{item.pk}/")
    assert gone.status_code == 410
    assert item.headline not in gone.text


# Corrections


def test_a_correction_is_told_with_its_note_and_time(client: Client) -> None:
    digest = published(story("甲", body="旧。"))
    corrected(digest, "新。", told="数字有误，已改。")
    row = Correction.objects.get()
    local = row.at.astimezone(ZoneInfo("Asia/Shanghai"))
    page = client.get(DIGEST).text
    assertInHTML(
        f'<p><strong>更正于</strong> <time datetime="{local.isoformat(timespec="seconds")}">'
        f"{local:%Y}年{local.month}月{local.day}日 {local:%H:%M}"
        ' <span class="zone">UTC+08:00</span></time></p>',
        page,
    )
    assertInHTML("<p>数字有误，已改。</p>", page)
    everything = client.get("/corrections/").text
    assert "数字有误，已改。" in everything and DIGEST in everything


def test_what_the_newsroom_noted_is_not_told_to_readers(client: Client) -> None:
    digest = corrected(published(story("甲", body="旧。")), "新。")
    for address in (DIGEST, "/corrections/", "/", "/feed.atom", f"/i/{digest.items.get().pk}/"):
        assertNotContains(client.get(address), "内部")


def test_a_first_publication_and_a_return_of_the_same_text_are_no_corrections(
    client: Client,
) -> None:
    digest = published()
    move(digest, lifecycle.withdraw, note="误撤")
    move(digest, lifecycle.reopen)
    approve(move(digest, lifecycle.submit))
    assert not Correction.objects.exists()
    assertNotContains(client.get(DIGEST), "更正于")


def test_a_correction_of_nothing_is_refused_with_its_words_kept(client: Client) -> None:
    digest = move(published(), lifecycle.correct)
    digest = move(digest, lifecycle.submit)
    with pytest.raises(Invalid, match="there is no correction to tell"):
        lifecycle.approve(
            digest,
            by=person(REVIEWER),
            version=digest.version,
            sha256=digest.working_copy().fingerprint,
            correction="什么也没改。",
        )
    digest.refresh_from_db()
    assert digest.status == "review"
    page = signed_in(person(REVIEWER)).post(
        f"/admin/digests/digest/{digest.pk}/approve/",
        {
            "version": digest.version,
            "sha256": digest.working_copy().fingerprint,
            "correction": "什么也没改。",
        },
    )
    assertContains(page, "什么也没改。")


@pytest.mark.postgresql
def test_withdrawals_stand_among_the_corrections_which_stay(client: Client) -> None:
    stays = corrected(published(title="留下"), "改。", told="留下的改了。")
    digest = published(title="撤下的题", date=PAST + HOUR)
    digest = corrected(digest, "新。", told="撤下的改了。")
    move(digest, lifecycle.withdraw, note="来源收回了这条消息。")
    page = client.get("/corrections/").text
    assert "还没有更正" not in page
    told = ["来源收回了这条消息。", "撤下的改了。", "留下的改了。"]
    assert [page.index(note) for note in told] == sorted(page.index(note) for note in told)
    assert page.count("<strong>已撤回</strong>") == 1 and page.count("<strong>更正于</strong>") == 2
    # Of what was withdrawn nothing is shown but its series and date, and they lead to the note.
    assert "撤下的题" not in page
    gone = "/global-ai/2026-11-20-0900/"
    assert page.count(f'<a href="{gone}">Global AI · 2026-11-20 09:00</a>') == 2
    assert f'<a href="{stays.get_absolute_url()}#record">留下</a>' in page


def test_what_came_back_is_no_withdrawal_any_more(client: Client) -> None:
    digest = published()
    move(digest, lifecycle.withdraw, note="误撤了。")
    move(digest, lifecycle.reopen)
    assertContains(client.get("/corrections/"), "误撤了。")
    approve(move(digest, lifecycle.submit))
    assertNotContains(client.get("/corrections/"), "误撤了。")


@pytest.mark.postgresql
def test_corrections_and_withdrawals_go_on_in_one_order(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.public.corrections.PER_PAGE", 2)
    for number in range(3):
        digest = published(date=PAST + number * HOUR)
        corrected(digest, "改。", told=f"更正{number}。")
        if number != 1:
            move(digest, lifecycle.withdraw, note=f"撤下{number}。")
    notes: list[str] = []
    address = "/corrections/"
    while address:
        page = client.get(address).text
        notes += re.findall(r"<p>((?:更正|撤下)\d)。</p>", page)
        onward = re.search(r'rel="next" href="([^"]*)"', page)
        address = f"/corrections/{onward[1]}" if onward else ""
    assert notes == ["撤下2", "更正2", "更正1", "撤下0", "更正0"]
    for place in ("x", "1", "1-", "1.5-1", "99999999999-1"):
        assert client.get("/corrections/", {"before": place}).status_code == 404


def test_the_list_of_corrections_costs_the_same_however_long_it_is(client: Client) -> None:
    def one_more(hours: int) -> None:
        corrected(published(date=PAST + hours * HOUR), "改。", told="改了。")
        move(published(date=PAST + hours * HOUR), lifecycle.withdraw, note="撤了。")

    one_more(0)
    few = queries_of_a_first_answer(client, "/corrections/")
    assert few <= MADE_AGAIN
    one_more(1)
    assert queries_of_a_first_answer(client, "/corrections/") == few


@pytest.mark.postgresql
def test_months_are_counted_in_the_archive_as_in_their_year(client: Client) -> None:
    published(date=PAST - 40 * DAY)
    first, second = published(), published(date=PAST + HOUR)

    def counts(address: str) -> list[tuple[str, str]]:
        page = client.get(address).text
        return re.findall(r'href="(/\d+/\d+/)">.*?class="count">\s*(\d+)', page, re.DOTALL)

    assert counts("/archive/") == counts("/2026/") == [("/2026/11/", "2"), ("/2026/10/", "1")]
    move(first, lifecycle.withdraw, note="错")
    assert counts("/archive/")[0] == ("/2026/11/", "1")
    # A correction takes a digest to another month; the last of a month takes the month with it.
    digest = move(second, lifecycle.correct)
    digest = move(
        digest, compose.edit, title="改", date=PAST - 41 * DAY, categories=[], intro="", outro=""
    )
    approve(move(digest, lifecycle.submit))
    assert counts("/archive/") == counts("/2026/") == [("/2026/10/", "2")]


def test_the_masthead_names_the_archive_once(client: Client) -> None:
    published()
    page = client.get("/2026/").text
    masthead = page.partition("</header>")[0]
    assert masthead.count('href="/archive/"') == 1


def test_the_approval_page_asks_for_the_note_only_of_what_readers_have_seen(client: Client) -> None:
    reviewer = signed_in(person(REVIEWER))
    digest = lifecycle.submit(draft(story()), by=person(), version=2)
    page = f"/admin/digests/digest/{digest.pk}/approve/"
    assertNotContains(reviewer.get(page), 'name="correction"')
    approve(digest)
    move(move(digest, lifecycle.correct), lifecycle.submit)
    assertContains(reviewer.get(page), 'name="correction"')


# Review and about


def test_the_review_is_told_where_the_series_wants_it_and_it_is_true(client: Client) -> None:
    digest = published()
    line = "发布前经人工审核。"
    assertNotContains(client.get(DIGEST), line)
    Series.objects.update(shows_review=True)
    caches["pages"].clear()
    assertContains(client.get(DIGEST), line)
    # As an import makes it: public without anybody's approval.
    digest.history.filter(action="approve")._raw_delete(using="default")
    caches["pages"].clear()
    assertNotContains(client.get(DIGEST), line)


@pytest.mark.parametrize("submitted_by_another", [False, True])
def test_a_lone_approval_is_no_review(client: Client, submitted_by_another: bool) -> None:
    boss = person(ADMINISTRATOR)
    row = series()
    Series.objects.update(shows_review=True, four_eyes=True, four_eyes_override=True)
    by = person() if submitted_by_another else boss
    digest = lifecycle.submit(draft(story(by=boss), by=boss, series=row), by=by, version=2)
    lifecycle.approve(
        digest,
        by=boss,
        version=digest.version,
        sha256=digest.working_copy().fingerprint,
        alone="夜班只有我一人。",
    )
    assertNotContains(client.get(DIGEST), "发布前经人工审核。")


def test_an_administrator_writes_the_about_page(client: Client) -> None:
    admin = signed_in(person(ADMINISTRATOR))
    assert client.get("/about/").status_code == 200
    site = Site.objects.get()
    answer = admin.post(
        change(site), {"about": "我们是**谁**。<script>x</script>", "language": "zh-hans"}
    )
    assert answer.status_code == 302
    page = client.get("/about/")
    assertContains(page, "我们是<strong>谁</strong>。")
    assertContains(page, '<html lang="zh-hans">')
    assert "<script>x" not in page.text
    editor = signed_in(person())
    assert editor.post(change(site), {"about": "x", "language": "en"}).status_code == 403


# How they are answered


@pytest.mark.parametrize("address", ["/", DIGEST, "/archive/", "/feed.atom"])
def test_answers_are_compressed_for_who_can_read_that(client: Client, address: str) -> None:
    published(*(story() for _ in range(4)))
    plain = client.get(address)
    packed = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) * 0.7
    assert "Content-Encoding" not in client.get(address).headers
    tag = packed.headers["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304


@pytest.mark.postgresql
def test_a_publication_that_is_rolled_back_leaves_the_edition() -> None:
    before = Site.objects.edition()
    digest = lifecycle.submit(draft(story()), by=person(), version=2)
    with pytest.raises(RuntimeError), transaction.atomic():
        approve(digest)
        raise RuntimeError
    assert Site.objects.edition() == before


def test_no_series_can_hide_behind_an_address_of_the_site() -> None:
    first = {
        str(entry.pattern).partition("/")[0]
        for resolver in (get_resolver(), get_resolver("digests.public.urls"))
        for entry in resolver.url_patterns
    }
    # Less what holds more than a slug may, or is the place of a series itself.
    words = {word for word in first if re.fullmatch("[-a-z0-9_]+", word)}
    assert {"admin", "api", "archive", "i"} <= words <= RESERVED_SLUGS


@pytest.mark.parametrize("slug", ["about", "archive", "i", "2026", "search", "sources"])
def test_a_series_cannot_take_an_address_of_the_site(slug: str) -> None:
    row = Series(slug=slug, name="x", time_zone="UTC", language="en")
    with pytest.raises(ValidationError, match="is an address of the site"):
        row.full_clean()


def test_who_accepts_something_like_gzip_gets_no_gzip_and_spoils_it_for_nobody(
    client: Client,
) -> None:
    published(*(story() for _ in range(4)))
    strange = client.get(DIGEST, headers={"accept-encoding": "notgzipped"})
    assert "Content-Encoding" not in strange.headers
    real = client.get(DIGEST, headers={"accept-encoding": "gzip"})
    assert real.headers["Content-Encoding"] == "gzip"


def test_a_series_is_public_once_something_of_it_is(client: Client) -> None:
    published()
    Series.objects.create(slug="secret", name="Secret plan", language="en", time_zone="UTC")
    for address in ("/secret/", "/secret/feed.atom", "/api/v1/series/secret/"):
        assert client.get(address).status_code == 404
    for address in ("/", "/search/", "/sitemap-pages.xml", "/archive/"):
        assertNotContains(client.get(address), "ecret")
    assertContains(client.get("/archive/"), '<html lang="zh-hans">')


def test_dates_are_written_in_one_way_whoever_asks(client: Client) -> None:
    published()
    for language in ("en", "zh-hans"):
        page = client.get("/search/?q=a&from=02/01/2026", headers={"accept-language": language})
        assertContains(page, 'class="errorlist"')


# Search


@pytest.mark.postgresql
def test_search_shows_what_was_found_marked_and_where(client: Client) -> None:
    item = story("甲公司发布大模型", body="参数<b>很多</b>的**大模型**。")
    published(item, title="早报")
    page = client.get("/search/", {"q": "大模型"}).text
    assertInHTML(
        f'<h2><a href="{DIGEST}#i-{item.pk}">甲公司发布<mark>大模型</mark></a>'
        ' <span class="byline">Mira Okafor</span></h2>',
        page,
    )
    assert "<b>" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert "1 条结果" in page


@pytest.mark.postgresql
def test_search_is_narrowed_by_its_address(client: Client) -> None:
    one, other = source("One"), source("Other")
    published(story("模型甲", source=one), categories=("研究",))
    published(story("模型乙", source=other), categories=("政策",), date=PAST + 2 * DAY)
    found = {
        "": {"甲", "乙"},
        f"&source={one.pk}": {"甲"},
        "&category=政策": {"乙"},
        "&series=global-ai": {"甲", "乙"},
        "&from=2026-11-21": {"乙"},
        "&to=2026-11-21": {"甲"},
        "&order=relevance": {"甲", "乙"},
    }
    for address, names in found.items():
        page = client.get(f"/search/?q=模型{address}").text
        assert set(re.findall("</mark>(甲|乙)", page)) == names, address


def test_a_bad_question_is_told_where_it_is_wrong(client: Client) -> None:
    published()
    page = client.get("/search/", {"q": "词", "from": "gestern", "series": "77"})
    assert page.status_code == 200
    assert page.text.count('class="errorlist"') == 2
    assertContains(page, 'value="词"')
    assertContains(page, '<input type="text" name="from" value="gestern"')
    assertNotContains(page, 'class="count"')
    assertNotContains(page, "No results")


@pytest.mark.postgresql
def test_no_question_is_an_error(client: Client) -> None:
    published()
    for text in ['"', "*", "NEAR(", "a:b", "<->", "\\", "'", "\x00", "𠮷", "!?", "a" * 500]:
        assert client.get("/search/", {"q": text}).status_code == 200, text


def test_search_costs_the_same_however_much_is_found_and_less_within_an_edition(
    client: Client,
) -> None:
    address = "/search/?q=模型&series=global-ai"
    published(*(story("模型") for _ in range(5)))
    first, second = queries_of_a_first_answer(client, address), queries(client, address)
    assert second < first <= MADE_AGAIN
    for hours in range(1, 8):
        published(*(story("模型") for _ in range(5)), date=PAST + hours * HOUR)
    assert queries_of_a_first_answer(client, address) == first
    assert queries(client, address) == second


def test_search_is_narrowed_to_what_is_public_alone(client: Client) -> None:
    published(story(source=source("Public")), categories=("公开",))
    draft(story(source=source("Secret")), categories=("内部",), date=PAST + HOUR)
    page = client.get("/search/").text
    assert "Public" in page and "公开" in page
    assert "Secret" not in page and "内部" not in page


def test_a_search_without_results_says_what_to_try(client: Client) -> None:
    Site.objects.update(language="en")
    published(story("模型"))
    page = client.get("/search/?q=模<b&series=global-ai").text
    assert "No results for “模&lt;b”" in page
    assert "You could try:" in page
    assert 'href="?q=%E6%A8%A1%3Cb">the same search without filters</a>' in page
    assert 'class="count"' not in page
    assert "without filters" not in client.get("/search/?q=无").text
    assert "No results" in client.get("/search/?from=2027-01-01").text
    assert "No results" not in client.get("/search/?q=模型").text


def test_days_in_the_wrong_order_are_told(client: Client) -> None:
    published()
    page = client.get("/search/?q=词&from=2026-11-21&to=2026-11-20")
    assertContains(page, "这一天早于起始日期。")


@pytest.mark.postgresql
def test_the_pages_of_a_search_lead_on_and_back_to_the_first(client: Client) -> None:
    published(*(story(f"模型{number}") for number in range(25)))
    first = client.get("/search/?q=模型").text
    onward = re.search(r'rel="next" href="([^"]*)"', first)
    assert onward
    second = client.get(f"/search/{onward[1].replace('&amp;', '&')}").text
    assert second.count("<li>") == 5
    assert 'href="?q=%E6%A8%A1%E5%9E%8B"' in second


def test_the_archive_costs_the_same_however_long_it_is(client: Client) -> None:
    addresses = ["/archive/", "/2026/", "/2026/11/", "/2026/11/20/", "/categories/"]
    published()
    few = [queries_of_a_first_answer(client, address) for address in addresses]
    assert max(few) <= MADE_AGAIN
    for hours in range(1, 6):
        published(story(), story(), date=PAST + hours * HOUR)
    assert [queries_of_a_first_answer(client, address) for address in addresses] == few


def test_the_file_is_there_as_markdown(client: Client) -> None:
    digest = published(title="早报")
    answer = client.get(f"{DIGEST[:-1]}.md")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text == live_revision(digest).text
    move(digest, lifecycle.withdraw, note="错")
    assert client.get(f"{DIGEST[:-1]}.md").status_code == 410
    assert client.get("/global-ai/2020-01-01-0000.md").status_code == 404


def test_dates_on_pages_say_their_moment(client: Client) -> None:
    published()
    moment = re.search(r'<time datetime="([^"]*)"', client.get(DIGEST).text)
    assert moment and datetime.fromisoformat(moment[1]) == PAST
