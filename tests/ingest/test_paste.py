"""Pasted lines become items at once; what cannot be read comes back with its reason."""

from datetime import UTC, datetime

import pytest

from digests.editorial import collaboration, items
from digests.editorial.errors import Forbidden
from digests.ingest.headlines import headline_of
from digests.ingest.paste import capture, stories
from digests.models import HistoryEntry, Item
from digests.text.urls import x_posted_at
from tests.factories import person, source, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

CLEM = "https://x.com/ClementDelangue/status/1932079865001623747"
POSTED = datetime(2025, 6, 9, 14, 18, 30, 781000, tzinfo=UTC)


def read(text: str) -> list[tuple[str, str]]:
    return [(pasted.headline, pasted.url) for pasted in stories(text)]


def test_a_post_on_x_tells_its_author_and_its_time() -> None:
    item = capture(f"{CLEM}?s=20&t=abc", by=person()).added[0]
    assert (item.byline, item.url, item.posted_at) == ("ClementDelangue", CLEM, POSTED)
    assert item.headline == "@ClementDelangue, 2025-06-09 14:18 UTC"
    assert (item.status, item.source) == ("inbox", None)
    assert item.history.get().action == HistoryEntry.Action.ADD


def test_a_known_account_gives_its_byline_and_language() -> None:
    clem = source("clem", url="https://twitter.com/clementdelangue", byline="clem 🤗")
    item = capture(CLEM.replace("x.com", "mobile.twitter.com"), by=person()).added[0]
    assert (item.source, item.byline, item.language) == (clem, "clem 🤗", "en")


def test_a_known_site_is_known_by_how_its_addresses_begin() -> None:
    paper = source("paper", url="https://example.org/")
    column = source("column", url="https://www.example.org/column")
    item = capture("https://example.org/column/2026/a-new-model", by=person()).added[0]
    assert item.source == column
    assert item.headline == "A new model"
    other = capture("https://example.org/columnists/x-y", by=person()).added[0]
    assert other.source == paper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("标题 https://example.org/a", [("标题", "https://example.org/a")]),
        ("https://example.org/a 标题", [("标题", "https://example.org/a")]),
        ("标题：https://example.org/a。", [("标题", "https://example.org/a")]),
        ("Title - https://example.org/a", [("Title", "https://example.org/a")]),
        ("(see https://example.org/a_(b))", [("(see )", "https://example.org/a_(b)")]),
        ("a\n\nb", [("a", ""), ("b", "")]),
        (
            "https://a.example/1\nhttps://a.example/2",
            [
                ("", "https://a.example/1"),
                ("", "https://a.example/2"),
            ],
        ),
        (
            "https://a.example/1 https://a.example/2，https://a.example/2",
            [("", "https://a.example/1"), ("", "https://a.example/2")],
        ),
        ("https://a.example/1 - https://a.example/1", [("", "https://a.example/1")]),
        (
            "旧闻 https://web.example/https://a.example/1",
            [("旧闻", "https://web.example/https://a.example/1")],
        ),
        (f"两行\n的帖子\n{CLEM}", [("两行", CLEM)]),
        ("www.example.org/a", [("", "https://www.example.org/a")]),
        ("标题：www.example.org/a", [("标题", "https://www.example.org/a")]),
        ("[标题](https://example.org/a)", [("标题", "https://example.org/a")]),
        ('- [标题](https://example.org/a_(b) "题")', [("标题", "https://example.org/a_(b)")]),
        ("[标题](www.example.org/a)", [("标题", "https://www.example.org/a")]),
        ("awww.example.org", [("awww.example.org", "")]),
        (f"别的\n\n{CLEM}", [("别的", ""), ("", CLEM)]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_lines_are_read_as_people_paste_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


def test_a_whole_post_is_kept_as_the_original() -> None:
    item = capture(f"第一行\n第二行\n{CLEM}", by=person()).added[0]
    assert (item.headline, item.captured, item.language) == ("第一行", "第一行\n第二行", "zh-hans")


NOAH = "https://x.com/noahwidget/status/1932079865001623747"

SAID = "We shipped it.\nTry it."
POSTS = {
    "name and handle": f"Noah Widget (@noahwidget)\n{SAID}\n10:15 AM · Jun 9, 2025\n{NOAH}",
    "handle in its own line": (
        f"Noah Widget\n@noahwidget\n{SAID}\n10:15 AM · Jun 9, 2025 · 12.3K Views\n{NOAH}"
    ),
    "in Chinese": (
        f"Noah Widget\n@NoahWidget\n·\n6月9日\n{SAID}\n上午10:15 · 2025年6月9日\n{NOAH}"
    ),
    "the time last": f"Noah Widget @noahwidget\n{SAID}\n{NOAH}?s=20\n上午10:15 · 2025年6月9日",
    "no time": f"@noahwidget\n{SAID}\n{NOAH}",
}


@pytest.mark.parametrize("how", POSTS)
def test_a_whole_post_is_one_story_however_x_shows_it(how: str) -> None:
    noah = source("noah", url="https://x.com/noahwidget", byline="Noah W.")
    done = capture(f"标题一\n\n{POSTS[how]}\n标题二", by=person())
    assert (done.refused, done.known) == ([], [])
    before, item, after = done.added
    assert (before.headline, after.headline) == ("标题一", "标题二")
    assert (item.url, item.source, item.byline) == (NOAH, noah, "Noah W.")
    assert (item.posted_at, item.headline) == (POSTED, "We shipped it.")
    assert item.captured == SAID


@pytest.mark.parametrize(
    "text",
    [
        f'Noah on X: "We “shipped” it… https://t.co/abc" / X {NOAH}',
        f'Noah on X: "We “shipped” it… https://t.co/abc" / X\n{NOAH}',
        f"Noah on X: “We “shipped” it… https://t.co/abc” / X\n{NOAH}?s=20",
        f"X 上的 Noah：“We “shipped” it… https://t.co/abc” / X {NOAH}",
    ],
)
def test_the_title_of_a_post_with_its_address_is_the_post(text: str) -> None:
    done = capture(f"标题一\n{text}\n标题二", by=person())
    assert done.refused == []
    (item,) = [item for item in done.added if item.url]
    assert (item.url, item.byline, item.posted_at) == (NOAH, "noahwidget", POSTED)
    assert item.headline == "We “shipped” it…"
    assert item.captured == "We “shipped” it… https://t.co/abc"
    assert len(done.added) == 3


def test_a_post_of_several_paragraphs_is_one_and_two_posts_are_two() -> None:
    other = NOAH.replace("623747", "623748").replace("noahwidget", "mira")
    text = f"Noah (@noahwidget)\n一\n\n二 https://t.co/a\n\n{NOAH}\n\nMira\n@mira\n三\n{other}"
    done = capture(text, by=person())
    assert [(item.headline, item.captured) for item in done.added] == [
        ("一", "一\n\n二 https://t.co/a"),
        ("三", "三"),
    ]


POSTED_WORDS = "www.example.com for [more](https://a.example/b)"


@pytest.mark.parametrize(
    "text",
    [
        f"Noah (@noahwidget)\n{POSTED_WORDS}\n{NOAH}",
        f"Noah on X: “{POSTED_WORDS}” / X\n{NOAH}",
        f"Noah on X: “{POSTED_WORDS}” / X {NOAH}",
    ],
)
def test_the_words_of_a_post_are_kept_as_they_were_pasted(text: str) -> None:
    (item,) = capture(text, by=person()).added
    assert (item.url, item.captured) == (NOAH, POSTED_WORDS)
    assert item.headline == "https://www.example.com for more https://a.example/b"


@pytest.mark.parametrize("join", ["\n", " "])
@pytest.mark.parametrize("link", ["https://example.com/lost-link", "标题 https://example.com/1"])
def test_a_link_is_never_the_name_of_the_author_below(link: str, join: str) -> None:
    done = capture(f"{link}{join}@noahwidget\n{SAID}\n{NOAH}", by=person())
    assert done.refused == []
    assert [item.url for item in done.added if item.url] == [link.split()[-1], NOAH]


def test_a_broken_link_above_a_handle_comes_back_with_its_reason() -> None:
    done = capture(f"ftp://bad.example/file\n@noahwidget\n{SAID}\n{NOAH}", by=person())
    assert [(item.url, item.captured) for item in done.added] == [(NOAH, SAID)]
    assert done.rest == "ftp://bad.example/file"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Somebody else's handle is no sign of this post.
        (f"见 @mira\n\n标题\n\n{NOAH}", [("见 @mira", ""), ("标题", ""), ("", NOAH)]),
        (f"标题 {NOAH}\n标题二", [("标题", NOAH), ("标题二", "")]),
        (
            "Noah on X: what he said\n10:15 的消息",
            [("Noah on X: what he said", ""), ("10:15 的消息", "")],
        ),
    ],
)
def test_what_does_not_look_like_a_post_stays_lines(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("http://", "no host"),
        ("https://", "no host"),
        ("https:/example.org/a", "no host"),
        ("ftp://bad.example/file", "must begin with http"),
        ("ftp://bad.example/file 标题", "must begin with http"),
        ("标题 ftp://bad.example/file", "must begin with http"),
        ("javascript:alert(1)", "must begin with http"),
        ("mailto:a@example.org", "must begin with http"),
        ("https://exa mple.org/a b", "not a valid name"),
        ("https://localhost/a", "not a valid name"),
        ("htp:/broken link", "must begin with http"),
        ("http//example.org/a", "must begin with http"),
        ("example.org/a-new-model", "must begin with http"),
    ],
)
def test_a_broken_or_foreign_address_is_no_headline(line: str, reason: str) -> None:
    done = capture(f"{line}\n{CLEM}", by=person())
    assert [item.url for item in done.added] == [CLEM]
    ((number, why),) = done.reasons
    assert (number, done.rest) == (1, line)
    assert reason in why


@pytest.mark.parametrize(
    "line",
    [
        "HTTPS: a history",
        "Data: 新的石油",
        "更新:今天",
        "Re:Invent 2026",
        "File: 存档",
        "3://2 的比分",
        "Node.js/React 的比较",
        "GPT-4.5/5",
    ],
)
def test_a_colon_makes_no_address(line: str) -> None:
    assert read(line) == [(line, "")]
    assert [pasted.trouble for pasted in stories(line)] == [""]


def test_a_known_link_points_to_its_item_and_says_who_turned_it_down_and_why() -> None:
    editor = person(first_name="Ann")
    known = story(url="https://example.org/a", status=Item.Status.INBOX)
    items.reject(known, by=editor, version=known.version, reason="old", note="上周的")
    done = capture("https://www.example.org/a?utm_source=x", by=person())
    assert (done.added, done.refused) == ([], [])
    ((item, sentence),) = done.known
    assert item == known
    assert "Ann" in sentence and "old · 上周的" in sentence
    assert Item.objects.count() == 1


def test_a_wrong_line_comes_back_with_its_reason_and_keeps_no_other_back() -> None:
    done = capture(
        f"http://user:pass@example.org/\n{CLEM}\n{'长' * 600} https://example.org/b", by=person()
    )
    assert [item.url for item in done.added] == [CLEM]
    # The numbers are those of the lines that are left in the box.
    assert [number for number, _reason in done.reasons] == [1, 2]
    assert "username" in done.reasons[0][1]
    assert done.rest.splitlines()[0] == "http://user:pass@example.org/"
    assert Item.objects.count() == 1


def test_of_two_links_among_words_none_is_taken_for_the_headline() -> None:
    text = "见 https://example.org/a 与 https://example.org/b"
    done = capture(f"{text}\n{CLEM} https://example.org/c", by=person())
    assert [item.url for item in done.added] == [CLEM, "https://example.org/c"]
    assert not any("://" in item.headline for item in done.added)
    ((number, reason),) = done.reasons
    assert (number, done.rest) == (1, text)
    assert "several links" in reason


def test_a_link_of_markdown_comes_back_as_it_was_pasted() -> None:
    text = "[甲](https://example.org/a) 与 [乙](https://example.org/b)"
    done = capture(f"好的\n{text}", by=person())
    assert (done.rest, done.without_link) == (text, 1)


@pytest.mark.parametrize(
    ("url", "headline"),
    [
        ("https://www.example.org/2026/openai-something", "Openai something"),
        ("https://mp.weixin.qq.com/s/ZjkBMFhNj_g", "mp.weixin.qq.com/s/ZjkBMFhNj_g"),
        ("https://mp.weixin.qq.com/s?__biz=Mz&mid=12", "mp.weixin.qq.com/s?__biz=Mz&mid=12"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://example.org/550e8400-e29b-41d4-a716", "example.org/550e8400-e29b-41d4-a716"),
        ("https://example.org/qzt-xkd-wpv", "example.org/qzt-xkd-wpv"),
        ("https://example.org/大模型-发布", "大模型 发布"),
    ],
)
def test_an_id_is_no_headline(url: str, headline: str) -> None:
    assert capture(url, by=person()).added[0].headline == headline


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("https://mp.weixin.qq.com/s/ZjkBMFhNj_g", "zh-hans"),
        ("https://www.news.cn/tech/1", "zh-hans"),
        ("A headline https://mp.weixin.qq.com/s/Zjk", "en"),
        ("https://example.com/weixin.qq.com", "en"),
    ],
)
def test_a_bare_link_to_a_chinese_site_is_chinese(line: str, language: str) -> None:
    assert capture(line, by=person()).added[0].language == language


def test_a_whole_post_completes_what_was_pasted_as_a_bare_link() -> None:
    item = capture(CLEM, by=person()).added[0]
    done = capture(f"第一行\n第二行\n{CLEM}", by=person())
    ((known, sentence),) = done.known
    known.refresh_from_db()
    assert (known, known.headline, known.captured) == (item, "第一行", "第一行\n第二行")
    assert "has been added" in sentence
    assert known.history.count() == 2


def test_a_later_paste_overwrites_nothing_that_somebody_wrote() -> None:
    editor = person()
    item = capture(f"自己写的标题 {CLEM}", by=editor).added[0]
    capture(f"第一行\n第二行\n{CLEM}", by=editor)
    capture(f"另一行\n{CLEM}", by=editor)
    item.refresh_from_db()
    assert (item.headline, item.captured) == ("自己写的标题", "第一行\n第二行")


def test_a_headline_that_is_pasted_later_takes_the_place_of_a_provisional_one() -> None:
    editor = person()
    item = capture("https://example.org/2026/a-new-model", by=editor).added[0]
    capture("一个新模型 https://example.org/2026/a-new-model", by=editor)
    capture("另一个标题 https://example.org/2026/a-new-model", by=editor)
    item.refresh_from_db()
    assert item.headline == "一个新模型"


def test_a_rejected_story_is_not_completed() -> None:
    editor = person()
    item = capture(CLEM, by=editor).added[0]
    items.reject(item, by=editor, version=item.version, reason="old")
    ((known, sentence),) = capture(f"第一行\n{CLEM}", by=editor).known
    known.refresh_from_db()
    assert (known.captured, "old" in sentence) == ("", True)


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_a_paste_never_takes_the_headline_of_a_story_that_left_the_inbox(status: str) -> None:
    url = "https://example.org/introducing-gpt-six"
    item = story("Introducing gpt six", url=url, status=status)
    ((known, _sentence),) = capture(f"看看这个 {url}", by=person()).known
    known.refresh_from_db()
    assert (known.status, known.headline) == (status, item.headline)
    assert known.version == item.version


def test_a_paste_gives_an_approved_story_the_original_it_lacked() -> None:
    item = story(headline_of(CLEM), url=CLEM)
    capture(f"第一行\n第二行\n{CLEM}", by=person())
    known = Item.objects.get(pk=item.pk)
    assert (known.status, known.headline) == ("approved", item.headline)
    assert known.captured == "第一行\n第二行"


def test_a_headline_is_left_to_whoever_has_claimed_the_story() -> None:
    url = "https://example.org/introducing-gpt-six"
    writer = person()
    item = capture(url, by=writer).added[0]
    collaboration.claim(item, by=writer)
    capture(f"看看这个 {url}", by=person())
    item.refresh_from_db()
    assert item.headline == "Introducing gpt six"
    capture(f"看看这个 {url}", by=writer)
    item.refresh_from_db()
    assert item.headline == "看看这个"


def test_the_same_link_twice_in_one_paste_makes_one_item() -> None:
    done = capture(f"{CLEM}\n{CLEM}", by=person())
    assert (len(done.added), len(done.known)) == (1, 1)


def test_who_may_not_add_items_adds_none() -> None:
    with pytest.raises(Forbidden):
        capture(CLEM, by=person(None))
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (1932079865001623747, POSTED),
        (20, None),
        (29_700_000_000, None),
        (2**62, datetime(2045, 9, 6, 21, 36, 42, 433000, tzinfo=UTC)),
    ],
)
def test_the_number_of_a_post_tells_its_time(status: int, expected: datetime | None) -> None:
    assert x_posted_at(status) == expected
