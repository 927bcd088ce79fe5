"""Feeds that are broken, odd or evil: what can be read is, and nothing else happens."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from digests.ingest.feeds.parsed import (
    MAX_ENTRIES,
    MAX_KEY,
    MAX_LINK,
    ParsedFeed,
    Problem,
)
from digests.ingest.feeds.parsing import parse_feed
from digests.text.format.errors import MAX_URL
from tests.ingest.feeds.cases import atom, json1, rss

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def parse(text: str, url: str = "https://a.example/feed") -> ParsedFeed:
    return parse_feed(text.encode(), {}, url)


def items(*texts: str) -> str:
    inner = "".join(f"<item>{text}</item>" for text in texts)
    return f'<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", Problem.EMPTY),
        (b" \n\x00 ", Problem.EMPTY),
        (b"<!DOCTYPE html><html><body><item><title>x</title></item></body></html>", Problem.HTML),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='x'><head/></html>", Problem.HTML),
        (b"\xef\xbb\xbf<HTML>", Problem.HTML),
        (b'{"a": 1}', Problem.JSON),
        (b'{"items": [], "kind": "youtube#channelListResponse"}', Problem.JSON),
        (b"[1, 2]", Problem.JSON),
        (b'{"version": "https://jsonfeed.org/version/1", ', Problem.UNREADABLE),
        (b"[" * 100_000, Problem.UNREADABLE),
        (b"Service unavailable", Problem.UNREADABLE),
        (b"<opml version='2.0'><body><outline text='x'/></body></opml>", Problem.UNREADABLE),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", Problem.UNREADABLE),
        (bytes(range(256)) * 20, Problem.UNREADABLE),
        # At which feedparser itself fails, with errors of all kinds.
        (
            b"<rss><channel><item><category>x</item><item>y</item></category>&",
            Problem.UNREADABLE,
        ),
        (b"<rss version='2.0'><channel></width>&", Problem.UNREADABLE),
    ],
)
def test_what_is_no_feed_is_called_by_what_it_is(body: bytes, problem: Problem) -> None:
    assert parse_feed(body, {}) == ParsedFeed(problem=problem)


def test_a_lack_of_memory_is_told_from_a_broken_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_args: object, **_options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("digests.ingest.feeds.parsing.feedparser.parse", exhausted)
    with pytest.raises(MemoryError):
        parse(items())


def test_a_body_that_is_a_path_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(items("<title>secret</title>"))
    assert parse(str(secret)) == ParsedFeed(problem=Problem.UNREADABLE)
    assert parse("/etc/hostname") == ParsedFeed(problem=Problem.UNREADABLE)


@pytest.mark.parametrize("system", ["/etc/hostname", "file:///etc/hostname"])
def test_no_entity_reads_a_file(system: str) -> None:
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{system}">]>'
    feed = parse(doctype + items("<title>a&x;b</title>"))
    content = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "\0"
    assert content not in repr(feed)


def test_entities_that_multiply_are_not_expanded() -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    feed = parse(f"<!DOCTYPE rss [{entities}]>" + items("<title>&a11;</title>"))
    assert len(repr(feed)) < 10_000


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    assert [entry.title for entry in parse(items("<title>a & b</title>")).entries] == ["a & b"]
    cut = items("<title>a</title>", "<title>b</title>").removesuffix("</item></channel></rss>")
    assert [entry.title for entry in parse(cut).entries] == ["a", "b"]
    late = "\n\n" + '<?xml version="1.0"?>' + items("<title>a</title>")
    assert [entry.title for entry in parse(late).entries] == ["a"]
    unbound = items("<title>a</title><media:title>b</media:title>")
    assert [entry.title for entry in parse(unbound).entries] == ["a"]


@pytest.mark.parametrize(
    "feed",
    [
        items("<title>a\x0bb\x00c&#11;d&#0;e</title><description>\x08x&#31;</description>"),
        items("<title>a&#xD800;b&#56320;c&#99999999999;d</title>"),
        items("<title>a &amp b&#xDFFF;</title><author>&#xd800;</author></x>"),
        atom("<title type='html'>a\x0bb&amp;#11;c&amp;#55296;d</title><id>\x1b1</id>"),
        json1('"id": "1\\u0000", "title": "a\\u000b\\ud800b", "tags": ["\\u0001x"]'),
        json1('"id": "1", "content_html": "a&#11;b&#xd800;<p>c\\u0000"'),
        rss("<guid>\x0b1</guid><category>&#8;x</category><author>\x0ba</author>"),
    ],
)
def test_no_control_character_leaves_a_feed(feed: str) -> None:
    parsed = parse(feed)
    (entry,) = parsed.entries
    for text in (entry.key, entry.title, entry.text, entry.author, *entry.categories):
        assert not any(character < " " and character not in "\n\t" for character in text)
        assert text.encode().decode() == text


def test_an_entry_may_lack_everything() -> None:
    (entry,) = parse(items("<title></title>")).entries
    assert (entry.title, entry.link, entry.author, entry.stated, entry.text) == (
        "",
        "",
        "",
        None,
        "",
    )
    assert entry.key


def test_without_guid_and_link_the_words_are_the_key() -> None:
    one, other = parse(items("<title>a</title>", "<title>b</title>")).entries
    (again,) = parse(items("<title>a</title>")).entries
    assert one.key == again.key != other.key


def test_a_key_outlives_a_move_of_the_feed() -> None:
    feed = atom("<id>t3_abc</id><title>x</title>") + "\n"
    keys = {parse(feed, url).entries[0].key for url in ("http://a.example/f", "https://b.example/")}
    assert keys == {"t3_abc"}


def test_a_title_that_changed_is_the_same_entry() -> None:
    (before,) = parse(items("<guid>1</guid><title>a</title>")).entries
    (after,) = parse(items("<guid>1</guid><title>b</title>")).entries
    assert before.key == after.key


def test_an_entry_that_comes_twice_is_one() -> None:
    link = "<link>https://a.example/1</link>"
    feed = parse(items(f"<guid>1</guid><title>new</title>{link}", f"<guid>1</guid>{link}"))
    assert [entry.title for entry in feed.entries] == ["new"]
    feed = parse(items(link, "<link>https://a.example/1?utm_source=feed</link>"))
    assert len(feed.entries) == 1


def test_a_guid_that_names_several_stories_names_none() -> None:
    feed = parse(
        items(
            "<guid isPermaLink='false'>1</guid><link>https://a.example/1</link>",
            "<guid isPermaLink='false'>1</guid><link>https://a.example/2</link>",
            "<guid isPermaLink='false'>2</guid><link>https://a.example/3</link>",
        )
    )
    keys = [entry.key for entry in feed.entries]
    assert keys == ["https://a.example/1", "https://a.example/2", "2"]


def test_a_long_guid_stays_apart_from_others() -> None:
    one, other = parse(items(f"<guid>{'x' * 5000}1</guid>", f"<guid>{'x' * 5000}2</guid>")).entries
    assert one.key != other.key
    assert len(one.key) <= MAX_KEY


def test_a_date_in_the_future_is_the_time_of_the_fetch() -> None:
    date = "<pubDate>Thu, 01 Jan 2099 00:00:00 GMT</pubDate>"
    (entry,) = parse(items(f"<title>a</title>{date}")).entries
    assert entry.published(NOW) == NOW
    assert entry.stated == datetime(2099, 1, 1, tzinfo=UTC)
    (undated,) = parse(items("<title>a</title>")).entries
    assert undated.published(NOW) is None


def test_a_chinese_title_of_300_characters_is_kept_whole() -> None:
    (entry,) = parse(items(f"<title>{'智' * 300}</title>")).entries
    assert entry.title == "智" * 300


def test_a_byline_of_three_thousand_people_fits() -> None:
    authors = "".join(f"<author><name>Author {n}</name></author>" for n in range(3_000))
    (entry,) = parse(atom(authors + "<title>x</title>")).entries
    assert entry.author == "Author 0 et al."


def test_of_too_many_entries_the_newest_are_kept() -> None:
    dated = [
        f"<guid>{n}</guid><pubDate>{NOW + timedelta(minutes=n):%Y-%m-%dT%H:%M:00Z}</pubDate>"
        for n in range(MAX_ENTRIES + 50)
    ]
    feed = parse(items(*dated))
    assert len(feed.entries) == MAX_ENTRIES
    assert {entry.key for entry in feed.entries} == {str(n) for n in range(50, MAX_ENTRIES + 50)}


def test_html_in_a_title_is_gone_and_does_nothing() -> None:
    title = "<![CDATA[<img src=x onerror=alert(1)>A <script>alert(2)</script>title]]>"
    (entry,) = parse(items(f"<title>{title}</title>")).entries
    assert entry.title == "A title"


def test_nested_tags_do_not_exhaust_the_stack() -> None:
    deep = "&lt;b&gt;" * 20_000 + "x"
    (entry,) = parse(items(f"<title>a</title><description>{deep}</description>")).entries
    assert entry.text == "x"


@pytest.mark.parametrize(
    "body", ["<!-- a -->" * 5_000 + "<x/>", "<?a b?>" * 5_000 + "<x/>", " \n" * 50_000 + "<x/>"]
)
def test_what_stands_before_the_first_tag_takes_no_time(body: str) -> None:
    assert parse(body).problem is Problem.UNREADABLE


@pytest.mark.parametrize("place", ["title", "description", "author", "category", "guid"])
def test_a_million_spaces_take_no_time(place: str) -> None:
    (entry,) = parse(items(f"<{place}>a{' ' * 1_000_000}b</{place}>")).entries
    assert entry.key
    (entry,) = parse(atom(f'<summary type="text">a{" " * 1_000_000}b</summary>')).entries
    assert entry.text.startswith("a ")


def test_a_link_that_no_story_may_have_is_left_out() -> None:
    assert MAX_LINK == MAX_URL
    address = "https://a.example/".ljust(MAX_LINK, "x")
    assert parse(items(f"<link>{address}</link>")).entries[0].link == address
    assert parse(items(f"<link>{address}x</link>")).entries[0].link == ""


def test_json_of_wrong_types_is_read_as_far_as_it_goes() -> None:
    feed = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": ["x"],
            "hubs": "no",
            "authors": [5],
            "items": [5, None, {"id": {}, "url": ["x"], "title": "a", "date_published": 5}],
        }
    )
    parsed = parse(feed)
    assert [entry.title for entry in parsed.entries] == ["a"]
    assert parsed.title == ""


def test_feedparser_itself_would_open_the_file(tmp_path: Path) -> None:
    """What `test_a_body_that_is_a_path_opens_no_file` guards against is there."""
    secret = tmp_path / "feed.xml"
    secret.write_text(items("<title>secret</title>"))
    assert [entry.title for entry in feedparser.parse(str(secret).encode()).entries] == ["secret"]
