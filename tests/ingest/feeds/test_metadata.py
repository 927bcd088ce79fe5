"""What a page says of itself is read, the most reliable first."""

import json
from datetime import UTC, datetime

import pytest

from digests.ingest.feeds.metadata import Metadata, metadata_of
from tests.ingest.feeds.saved import page

LD = '<script type="application/ld+json">'


def read(html: str, url: str = "https://a.example/1") -> Metadata:
    return metadata_of(html.encode(), "text/html; charset=utf-8", url)


def ld(**node: object) -> Metadata:
    return read(f"{LD}{json.dumps(node)}</script>")


def test_a_blog_with_json_ld() -> None:
    assert metadata_of(
        page("blog_json_ld"), "", "https://lab.example/blog/x?utm_source=y"
    ) == Metadata(
        title="Small models, large gains",
        author="Ada Lovelace, Alan Turing",
        published=datetime(2026, 11, 30, 7, 15, tzinfo=UTC),
        site="Example Lab",
        language="en-GB",
        description="What we & others learnt.",
        url="https://lab.example/blog/small-models",
        image="https://lab.example/images/1.png",
    )


def test_a_blog_without() -> None:
    assert metadata_of(page("blog_plain"), "", "https://notes.example/x") == Metadata(
        title="Notes on tokenizers",
        author="Grace Hopper",
        published=datetime(2026, 11, 29, tzinfo=UTC),
        description="Why they matter.",
    )


def test_an_article_of_a_wechat_account() -> None:
    read = metadata_of(page("wechat"), "", "https://mp.weixin.qq.com/s/abc")
    assert read.title == "国产大模型再突破：推理成本降到十分之一"
    assert (read.site, read.author) == ("新智元", "张三")
    assert read.published == datetime.fromtimestamp(1796026500, UTC)


def test_a_post_on_x() -> None:
    read = metadata_of(page("x_post"), "", "https://x.com/ClementDelangue/status/1")
    assert read.author == "clem 🤗"
    assert read.description == "We are open-sourcing the whole pipeline"
    assert read.url == "https://x.com/ClementDelangue/status/1932079865001623747"


def test_a_video_on_youtube() -> None:
    read = metadata_of(page("youtube"), "", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=5")
    assert read.title == "A talk on agents"
    assert (read.author, read.site) == ("Example Lab", "YouTube")
    assert read.published == datetime(2026, 11, 28, 17, tzinfo=UTC)
    assert read.url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_a_paper_names_its_authors_one_by_one() -> None:
    read_ = read(
        '<meta name="citation_title" content="On Things"><meta name="citation_author" '
        'content="Lovelace, Ada"><meta name="citation_author" content="Turing, Alan">'
        '<meta name="citation_date" content="2026/11/30">'
    )
    assert (read_.title, read_.author) == ("On Things", "Lovelace, Ada, Turing, Alan")
    assert read_.published == datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ada", "Ada"),
        ({"name": "Ada"}, "Ada"),
        (["Ada", {"name": "Alan"}], "Ada, Alan"),
        ({"name": ["Ada", "x"]}, "Ada"),
        ("https://facebook.example/ada", ""),
        ({"@id": "#ada"}, ""),
        (5, ""),
        (None, ""),
    ],
)
def test_authors_are_written_in_many_ways(author: object, expected: str) -> None:
    assert ld(**{"@type": "NewsArticle", "headline": "x", "author": author}).author == expected


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-30T08:15:00Z",
        "2026-11-30T08:15:00.000+00:00",
        "2026-11-30 16:15:00+08:00",
        "Mon, 30 Nov 2026 08:15:00 GMT",
        "1796026500",
        "1796026500000",
        "2026/11/30 08:15",
        "2026年11月30日 08:15",
    ],
)
def test_times_are_written_in_many_ways(written: str) -> None:
    assert ld(**{"@type": "Article", "datePublished": written}).published == datetime(
        2026, 11, 30, 8, 15, tzinfo=UTC
    )


@pytest.mark.parametrize("written", ["", "yesterday", "1970-01-01", "0000-00-00", "9" * 400])
def test_what_is_no_time_is_none(written: str) -> None:
    assert ld(**{"@type": "Article", "datePublished": written}).published is None


def test_a_time_that_cannot_be_read_does_not_hide_one_that_can() -> None:
    html = (
        LD + '{"@type": "Article", "datePublished": "soon"}</script>'
        '<meta property="article:published_time" content="2026-11-30T08:15:00Z">'
    )
    assert read(html).published == datetime(2026, 11, 30, 8, 15, tzinfo=UTC)


def test_the_language_is_that_of_the_page_where_nothing_else_says_so() -> None:
    assert read('<html lang="zh-CN"><title>x</title>').language == "zh-CN"
    assert read('<html lang="en"><meta property="og:locale" content="zh_CN">').language == "zh-CN"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0\0",
        "plain words",
        f"{LD}{'[' * 50_000}</script>",
        f'{LD}"text"</script>',
        f"{LD}</script>",
        f'{LD}{{"@type": {{"a": 1}}, "@graph": 5}}</script>',
        '<link rel="canonical" href="javascript:alert(1)">',
        '<meta property="og:image" content="data:image/png;base64,AA">',
        '<base href="http://[">' + '<link rel="canonical">',
    ],
)
def test_a_page_that_says_nothing_has_no_metadata(html: str) -> None:
    assert read(html) == Metadata()


def test_html_and_control_characters_in_a_title_do_nothing() -> None:
    found = ld(**{"@type": "Article", "headline": "<b>A</b> &amp; B\u0000\u000b\ud800"})
    assert found.title == "A & B"
