"""The article of a page is found, and by what it was found is said."""

import pytest
from cssselect import SelectorError

from digests.ingest.feeds.fulltext import (
    MAX_SELECTOR,
    FullText,
    Method,
    check_selector,
    full_text,
)
from tests.ingest.feeds.saved import page

URL = "https://lab.example/blog/small-models"


def test_readability_finds_the_article_of_a_blog() -> None:
    found = full_text(page("blog_json_ld"), "", URL)
    assert found.by is Method.READABILITY
    assert "Small language models have become much better" in found.text
    assert "- Order matters, in all families.\n- Size matters less" in found.text
    for foreign in ("Home", "rights reserved", "track("):
        assert foreign not in found.text


def test_paragraphs_stay_apart() -> None:
    found = full_text(page("blog_plain"), "", "https://notes.example/")
    assert [text.split()[0] for text in found.text.split("\n\n")] == ["Tokenizers", "This"]


def test_the_selector_of_the_source_comes_first() -> None:
    found = full_text(page("blog_json_ld"), "", URL, "article > ul")
    assert found == FullText(
        "- Order matters, in all families.\n- Size matters less, below nine billion.",
        Method.SELECTOR,
    )


def test_what_is_selected_within_a_selected_element_comes_once() -> None:
    html = "<div class=a>one<div class=a>two</div></div><p class=a>three</p>"
    assert full_text(html.encode(), "", URL, ".a").text == "one\n\ntwo\n\nthree"


def test_a_selector_that_finds_nothing_is_passed_over_and_that_is_said() -> None:
    found = full_text(page("blog_json_ld"), "", URL, "#no-such-thing")
    assert found.by is Method.READABILITY


def test_an_article_of_a_wechat_account_has_its_place() -> None:
    found = full_text(page("wechat"), "", "https://mp.weixin.qq.com/s/abc")
    assert found == FullText(
        "　　今天凌晨，团队发布了新的开源模型。\n\n要点：成本降到十分之一。", Method.SITE
    )


def test_the_place_of_another_host_means_nothing() -> None:
    found = full_text(page("wechat"), "", "https://a.example/mp.weixin.qq.com/")
    assert found.by is not Method.SITE


@pytest.mark.parametrize("body", [b"", b"\0", b"<html></html>", b"<script>x</script>", b"<!-- -->"])
def test_a_page_without_text_has_none(body: bytes) -> None:
    assert full_text(body, "text/html", URL) == FullText()


@pytest.mark.parametrize("selector", ["#", "p >", "::before", "a[", "p" * (MAX_SELECTOR + 1)])
def test_a_selector_that_is_none_is_refused(selector: str) -> None:
    with pytest.raises(SelectorError):
        check_selector(selector)


@pytest.mark.parametrize("selector", ["#js_content", "article .body > p", "div, section"])
def test_a_selector_is_one(selector: str) -> None:
    check_selector(selector)
