"""The feeds of a website are found where it names them."""

import pytest

from digests.ingest.feeds.discovery import MAX_CANDIDATES, Candidate, discover, usual_addresses
from tests.ingest.feeds.saved import page


def found(html: str, url: str = "https://a.example/blog/") -> list[str]:
    return [candidate.url for candidate in discover(html.encode(), "text/html", url)]


def link(address: str, kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{address}">'


def test_a_blog_names_its_feeds_with_their_titles() -> None:
    body = page("blog_json_ld")
    assert discover(body, "text/html", "https://lab.example/blog/small-models") == (
        Candidate("https://lab.example/feed.xml", "Example Lab"),
        Candidate("https://lab.example/blog/feed.json", "Example Lab (JSON)"),
        Candidate("https://lab.example/comments/feed/", "Comments"),
    )


def test_a_base_moves_what_is_relative() -> None:
    body = page("blog_plain")
    (candidate,) = discover(body, "text/html", "https://notes.example/archive/tokenizers.html")
    assert candidate == Candidate("https://notes.example/atom.xml")


def test_the_page_of_a_handle_names_the_feed_of_its_channel() -> None:
    (candidate,) = discover(page("youtube_channel"), "text/html", "https://www.youtube.com/@lab")
    assert candidate.url == (
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"
    )


@pytest.mark.parametrize(
    "kind",
    [
        "application/rss+xml",
        "application/atom+xml",
        "Application/RSS+XML; charset=utf-8",
        "text/xml",
    ],
)
def test_kinds_of_feeds(kind: str) -> None:
    assert found(link("feed", kind)) == ["https://a.example/blog/feed"]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0",
        "no page",
        "<html></html>",
        link("https://a.example/wp-json/wp/v2/posts/1", "application/json"),
        link("https://a.example/wp-json/oembed/1.0/embed", "application/json+oembed"),
        link("https://a.example/fr/", "text/html"),
        link("https://a.example/style.css", rel="stylesheet"),
        link("javascript:alert(1)"),
        link("file:///etc/passwd"),
        link("https://user:password@a.example/feed"),
        link(""),
        "<!-- " + link("https://a.example/feed") + " -->",
    ],
)
def test_what_is_no_feed_of_the_page_is_not_named(html: str) -> None:
    assert found(html) == []


def test_a_feed_is_named_once_and_not_too_many_are() -> None:
    assert found(link("/feed") + link("https://a.example/feed")) == ["https://a.example/feed"]
    assert len(found("".join(link(f"/feed/{n}") for n in range(100)))) == MAX_CANDIDATES


def test_a_page_that_declares_an_encoding_as_xml_does_is_read() -> None:
    assert found(f'<?xml version="1.0" encoding="utf-8"?><html>{link("/feed")}</html>')


def test_titles_are_chinese_where_the_page_is() -> None:
    html = '<meta charset="gbk"><link rel="alternate" type="text/xml" title="新闻" href="/f">'
    (candidate,) = discover(html.encode("gbk"), "text/html", "https://a.example/")
    assert candidate.title == "新闻"


def test_where_a_feed_usually_is() -> None:
    assert usual_addresses("https://a.example") == (
        "https://a.example/atom.xml",
        "https://a.example/feed.xml",
        "https://a.example/feed/",
        "https://a.example/index.xml",
        "https://a.example/rss.xml",
        "https://a.example/rss/",
    )
    below = usual_addresses("https://a.example/blog?page=2#top")
    assert below[0] == "https://a.example/blog/atom.xml"
    assert below[6] == "https://a.example/atom.xml"
    assert len(below) == 12
