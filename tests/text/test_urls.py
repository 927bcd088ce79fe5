"""Links: written safely into a file, and recognised in another spelling."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digests.text.markdown.html import PLAIN
from digests.text.urls import (
    MAX_KEY,
    absolute_links,
    canonical_url,
    safe_url,
    x_posted_at,
    x_status,
)

SAFE = [
    ("HTTPS://Example.ORG/Path", "https://example.org/Path"),
    ("https://example.org", "https://example.org"),
    ("https://example.org:443/?utm_source=a#b", "https://example.org:443/?utm_source=a#b"),
    ("  https://example.org/a b ", "https://example.org/a%20b"),
    ("https://example.org/a(b)", "https://example.org/a%28b%29"),
    ("https://example.org/<\"'`>", "https://example.org/%3C%22%27%60%3E"),
    ("https://example.org/\\{}^[]|", "https://example.org/%5C%7B%7D%5E%5B%5D%7C"),
    ("https://example.org/{{ x }}", "https://example.org/%7B%7B%20x%20%7D%7D"),
    ("https://example.org/%e4%BD%a0", "https://example.org/%e4%BD%a0"),
    ("https://example.org/100%", "https://example.org/100%25"),
    ("https://example.org/%zz%2", "https://example.org/%25zz%252"),
    (
        "https://example.org/新闻?词=值",
        "https://example.org/%E6%96%B0%E9%97%BB?%E8%AF%8D=%E5%80%BC",
    ),
    ("https://example.org/a\u200bb\u3000", "https://example.org/a%E2%80%8Bb%E3%80%80"),
    ("https://example.org/a_b*c~d!e$f;g,h@i", "https://example.org/a_b*c~d!e$f;g,h@i"),
    ("https://example.org/?a=1&copy;=2", "https://example.org/?a=1&copy;=2"),
    ("https://example.org/#/收件箱", "https://example.org/#/%E6%94%B6%E4%BB%B6%E7%AE%B1"),
    ("https://新闻.example.org/", "https://xn--efvy88h.example.org/"),
    ("https://Bücher.example。org", "https://xn--bcher-kva.example.org"),
    ("https://ＥＸＡＭＰＬＥ．org/", "https://example.org/"),
    ("https://foo_bar.example.org/", "https://foo_bar.example.org/"),
    ("https://r3---a.example.org/", "https://r3---a.example.org/"),
    ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/"),
    ("http://[2001:DB8:0::1]:80/", "http://[2001:db8::1]:80/"),
    ("https://example.org./a//b/../c", "https://example.org./a//b/../c"),
]


@pytest.mark.parametrize(("url", "safe"), SAFE)
def test_an_address_is_written_safely_and_in_full(url: str, safe: str) -> None:
    assert safe_url(url) == safe
    assert safe_url(safe) == safe


REFUSED = [
    ("", "http"),
    ("example.org/a", "http"),
    ("/a/b", "http"),
    ("//example.org/a", "http"),
    ("?a=1", "http"),
    ("mailto:a@example.org", "http"),
    ("javascript:alert(1)", "http"),
    ("data:text/html,a", "http"),
    ("ftp://example.org/", "http"),
    ("https:", "no host"),
    ("https:example.org", "no host"),
    ("https:/example.org", "no host"),
    ("https:///a", "no host"),
    ("https://?a", "no host"),
    ("https://a:b@example.org/", "username"),
    ("https://a@example.org/", "username"),
    ("https://example.org\\@evil.example.org/", "username"),
    ("https://example.org\\a", "host"),
    ("https://exa mple.org/", "host"),
    ("https://example..org/", "host"),
    ("https://.example.org/", "host"),
    ("https://-中.example.org/", "host"),
    ("https://exam%70le.org/", "host"),
    ("https://<b>.example.org/", "host"),
    ("https://[::1/", "host"),
    ("https://[::1%25eth0]/", "host"),
    ("https://[example]/", "host"),
    (f"https://{'a' * 64}.example.org/", "host"),
    (f"https://{'a.' * 130}org/", "host"),
    ("https://:80/", "host"),
    ("https://example.org:0/", "port"),
    ("https://example.org:65536/", "port"),
    ("https://example.org:8o/", "port"),
    ("https://example.org:８０/", "port"),
    (f"https://example.org:{'9' * 5000}/", "port"),
    ("https://example.org/\n", "control"),
    ("https://example.org/a\tb", "control"),
    ("https://exam\x00ple.org/", "control"),
    ("https://example.org/\x7f", "control"),
    ("https://example.org/\x85", "control"),
    ("https://example.org/\ud800", "control"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_what_is_not_a_web_address_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"^The [^\n]*{reason}[^\n]*\.$"):
        safe_url(url)
    with pytest.raises(ValueError, match=rf"^The [^\n]*{reason}[^\n]*\.$"):
        canonical_url(url)


URLS = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["example.org", "WWW.Example.org:443", "新闻.example.org", "[::1]", "x.com"]),
    st.sampled_from(["", "/", "/en/status/1", "//"]) | st.text().map("/{}".format),
    st.sampled_from(["", "?", "?utm_source=a&&b=1&ref=c.example"]) | st.text().map("?{}".format),
    st.sampled_from(["", "#", "#a", "#/a#b", "#!a?b"]) | st.text().map("#{}".format),
)


def refused(url: str) -> bool:
    try:
        safe_url(url)
    except ValueError:
        return True
    return False


WEB = URLS.filter(lambda url: not refused(url))


@given(WEB)
@settings(max_examples=200)
@example("https://example.org/%%41%4")
def test_a_safe_address_is_ascii_and_stays_as_it_is(url: str) -> None:
    safe = safe_url(url)
    assert safe.isascii()
    assert not set(safe) & set(" ()<>\"'`\\{}^|")
    assert safe_url(safe) == safe
    assert urlsplit(safe).scheme in ("http", "https")


@given(WEB)
def test_markdown_keeps_a_safe_address(url: str) -> None:
    safe = safe_url(url)
    escaped = safe.replace("&", "&amp;")
    assert PLAIN.render(f"[a]({escaped})") == f'<p><a href="{escaped}">a</a></p>\n'


@given(WEB)
@settings(max_examples=200)
@example("https://example.org/?#/?utm_source=a")
@example("https://x.com/?utm_source=a#!/a/status/1")
@example("https://ｘ.com.:443/a/status/1")
def test_a_canonical_address_is_its_own_and_keeps_its_key(url: str) -> None:
    canonical, key = canonical_url(url)
    assert canonical_url(canonical) == (canonical, key)
    assert canonical_url(safe_url(url)) == (canonical, key)
    assert safe_url(canonical) == canonical
    assert len(key) <= MAX_KEY


# Each group is one thing in several spellings; no two groups are the same thing.
GROUPS = [
    [
        "https://example.org/a",
        "http://example.org/a",
        "https://www.example.org/a",
        "https://m.example.org/a/",
        "https://mobile.example.org/a",
        "HTTPS://EXAMPLE.ORG:443/a",
        "http://example.org:80/a",
        "https://example.org./a",
        "https://example.org:/a",
        "https://example.org/a#comments",
        "https://example.org/a?",
        "https://example.org/a?utm_source=x&utm_medium=y&UTM_Campaign=z",
        "https://example.org/a?mtm_campaign=x&hsa_acc=1&spm=a.b",
        "https://example.org/a?fbclid=1&gclid=2&msclkid=3&mc_eid=4&mc_cid=5",
        "https://example.org/a?igsh=1&si=2&vd_source=3&share_id=4&chksm=5",
        "https://example.org/a?ref=other.example",
        "https://example.org/a?ref=https%3A%2F%2Fwww.other.example%2F",
    ],
    ["https://example.org/A"],
    ["https://example.org/a/b", "https://example.org/a/b/"],
    ["https://example.org//a"],
    ["https://example.org", "http://example.org/", "https://www.example.org/?utm_id=1"],
    ["https://example.org:8443/a", "http://www.example.org:8443/a"],
    ["http://example.org:443/a"],
    ["https://news.example.org/a", "https://www.news.example.org/a"],
    [
        "https://example.org/a?id=1",
        "https://example.org/a/?id=1&utm_term=x",
        "http://example.org/a?&id=1",
    ],
    ["https://example.org/a?id=2"],
    ["https://example.org/a?id"],
    ["https://example.org/a?ref=main", "https://www.example.org/a?ref=main#L10"],
    ["https://example.org/a?ref=v1.2"],
    ["https://example.org/a?source=utm_a"],
    ["https://example.org/#/inbox", "https://www.example.org#/inbox"],
    ["https://example.org/#!inbox"],
    [
        "https://example.org/新闻",
        "https://example.org/%E6%96%B0%E9%97%BB",
        "https://example.org/%e6%96%b0%e9%97%bb/",
    ],
    ["https://example.org/a b", "https://example.org/a%20b"],
    ["https://example.org/a+b"],
    ["https://example.org/a%2Fb", "https://example.org/a%2fb"],
    ["https://新闻.example.org/", "https://xn--efvy88h.example.org", "https://新闻。example.org"],
    ["https://www.com/", "http://www.com"],
    ["https://m.com/"],
    ["https://com/"],
    ["https://x:1932/"],
    [
        "https://x.com/inventedhandle/status/1932",
        "http://x.com/inventedhandle/status/1932/",
        "https://twitter.com/inventedhandle/status/1932?s=20&t=abc",
        "https://www.twitter.com/InventedHandle/status/1932",
        "https://mobile.twitter.com/inventedhandle/statuses/1932",
        "https://m.twitter.com/inventedhandle/status/1932/photo/1",
        "https://twitter.com/#!/inventedhandle/status/1932",
        "https://fxtwitter.com/inventedhandle/status/1932/en",
        "https://d.fxtwitter.com/inventedhandle/status/1932",
        "https://vxtwitter.com/inventedhandle/status/1932",
        "https://fixupx.com/inventedhandle/status/1932",
        "https://d.fixvx.com/inventedhandle/status/1932#m",
        "https://x.com/i/web/status/1932",
        "https://x.com/i/status/1932",
        "https://x.com/renamedhandle/status/1932",
    ],
    ["https://x.com/inventedhandle/status/1933"],
    ["https://x.com/inventedhandle"],
    ["https://x.com/inventedhandle/status/1932abc"],
    ["https://x.com.example.org/inventedhandle/status/1932"],
    ["https://example.org/x.com/inventedhandle/status/1932"],
    ["https://max.com/inventedhandle/status/1932"],
]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_spellings_of_one_thing_have_one_key(group: list[str]) -> None:
    assert len({canonical_url(url)[1] for url in group}) == 1


def test_different_things_have_different_keys() -> None:
    keys = [canonical_url(group[0])[1] for group in GROUPS]
    assert len(set(keys)) == len(GROUPS)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.org:80/a/?b=1&utm_source=c#d", "http://example.org/a/?b=1"),
        ("https://www.example.org", "https://www.example.org"),
        ("https://example.org/%e4%bd%a0(1)", "https://example.org/%E4%BD%A0%281%29"),
        ("https://example.org/?a=b%20c&fbclid=1&d=é", "https://example.org/?a=b%20c&d=%C3%A9"),
        ("https://example.org/a#/b?utm_source=c", "https://example.org/a#/b?utm_source=c"),
        (
            "https://mobile.twitter.com/Inv_Handle/status/1?s=20",
            "https://x.com/Inv_Handle/status/1",
        ),
        ("https://twitter.com/i/web/status/1", "https://x.com/i/status/1"),
    ],
)
def test_the_canonical_address_can_still_be_opened(url: str, canonical: str) -> None:
    assert canonical_url(url)[0] == canonical


def test_a_long_key_is_bounded_and_still_tells_addresses_apart() -> None:
    long = "https://example.org/" + "a" * 3000
    assert len(canonical_url(long)[1]) == MAX_KEY
    assert canonical_url(long)[1] == canonical_url(long.replace("https", "http", 1) + "/")[1]
    assert canonical_url(long)[1] != canonical_url(long + "b")[1]
    assert canonical_url(long)[0] == long


def test_a_post_on_x_is_known_by_handle_and_id() -> None:
    url = "https://fxtwitter.com/Invented_1/status/1932530409684005048?s=46"
    assert x_status(url) == ("Invented_1", 1932530409684005048)
    assert x_status("https://x.com/i/web/status/12") == ("i", 12)
    assert x_status("https://x.com/invented") is None
    assert x_status("https://example.org/a/status/12") is None


@pytest.mark.parametrize(
    ("status_id", "posted"),
    [
        (1932079865001623747, datetime(2025, 6, 9, 14, 18, 30, 781_000, tzinfo=UTC)),
        (29_700_859_247, datetime(2010, 11, 4, 1, 43, 1, 738_000, tzinfo=UTC)),
    ],
)
def test_the_id_of_a_post_says_when_it_was_written(status_id: int, posted: datetime) -> None:
    assert x_posted_at(status_id) == posted


@pytest.mark.parametrize("status_id", [0, 20, 29_700_859_246])
def test_an_id_from_before_snowflakes_says_nothing(status_id: int) -> None:
    assert x_posted_at(status_id) is None


@given(st.integers(0, 10**19 - 1))
def test_every_id_of_a_post_has_a_time_or_none(status_id: int) -> None:
    posted = x_posted_at(status_id)
    assert posted is None or posted.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/b/">b</a>', '<a href="https://example.org/b/">b</a>'),
        ('<a href="../c" title="x>y">', '<a href="https://example.org/c" title="x>y">'),
        ('<a title="href=" href="#d">', '<a title="href=" href="https://example.org/a/#d">'),
        (
            '<img alt="" src="/e?f=1&amp;g=2">',
            '<img alt="" src="https://example.org/e?f=1&amp;g=2">',
        ),
        ('<a href="//other.example/h">', '<a href="https://other.example/h">'),
        ('<a href="">', '<a href="https://example.org/a/">'),
    ],
)
def test_links_of_a_page_are_made_absolute(html: str, expected: str) -> None:
    assert absolute_links(html, "https://example.org/a/") == expected


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org?">a</a>',
        '<a href="mailto:a@example.org">a</a>',
        '<a href="//[b">b</a>',
        'href="/c" &lt;a href="/d"&gt;',
        '<p title=" href=">',
    ],
)
def test_what_is_absolute_or_no_link_stays_as_it_is(html: str) -> None:
    assert absolute_links(html, "https://example.org/a/") == html
