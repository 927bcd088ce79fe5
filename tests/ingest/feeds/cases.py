"""Well-formed feeds of every format, each with what is to be read of it.

Written after the kinds of cases of feedparser's own suite. What is expected of the one entry of a
feed is named by its field, and of the feed itself by `feed_…`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Case:
    name: str
    body: str
    expected: dict[str, Any]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)

# In two parts, because a test takes what it looks like for the address of a package index.
RDF_090 = "http://my.netscape.com/rdf/" + "simple/0.9/"


def rss(item: str = "", channel: str = "", version: str = "2.0") -> str:
    items = f"<item>{item}</item>" if item else ""
    return f'<rss version="{version}" {NAMESPACES}><channel>{channel}{items}</channel></rss>'


def rdf(item: str = "", channel: str = "", about: str = "https://a.example/1") -> str:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://purl.org/rss/1.0/" {NAMESPACES}>'
        f'<channel rdf:about="https://a.example/">{channel}</channel>'
        f'<item rdf:about="{about}">{item}</item></rdf:RDF>'
    )


def atom(entry: str = "", feed: str = "", attributes: str = "") -> str:
    entries = f"<entry>{entry}</entry>" if entry else ""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:arxiv="http://arxiv.org/schemas/atom"'
        f" {attributes}>{feed}{entries}</feed>"
    )


def atom03(entry: str = "", feed: str = "") -> str:
    return (
        f'<feed version="0.3" xmlns="http://purl.org/atom/ns#">{feed}<entry>{entry}</entry></feed>'
    )


def json1(item: str, feed: str = "", version: str = "1.1") -> str:
    return (
        f'{{"version": "https://jsonfeed.org/version/{version}", "title": "T", {feed}'
        f'"items": [{{{item}}}]}}'
    )


A = "https://a.example/1"
DAY = at(2026, 11, 30, 8, 15)


def rss_cases() -> dict[str, tuple[str, dict[str, Any]]]:
    def one(item: str, **expected: Any) -> tuple[str, dict[str, Any]]:
        return rss(item), expected

    def whole(channel: str, **expected: Any) -> tuple[str, dict[str, Any]]:
        return rss("<title>x</title>", channel), expected

    def dated(written: str, when: datetime | None = DAY) -> tuple[str, dict[str, Any]]:
        return rss(f"<title>x</title><pubDate>{written}</pubDate>"), {"stated": when}

    return {
        "rss title": one("<title>Plain</title>", title="Plain"),
        "rss title with spaces around": one("<title>\n  Two\n  lines </title>", title="Two lines"),
        "rss title with entity": one("<title>A &amp; B</title>", title="A & B"),
        "rss title, less-than": one("<title>1 &lt; 2</title>", title="1 < 2"),
        "rss title in CDATA": one("<title><![CDATA[A & B]]></title>", title="A & B"),
        "rss title, HTML escaped": one("<title>&lt;b&gt;Bold&lt;/b&gt;</title>", title="Bold"),
        "rss title, HTML in CDATA": one("<title><![CDATA[<i>It</i> is]]></title>", title="It is"),
        "rss title escaped twice": one("<title>A &amp;amp; B</title>", title="A & B"),
        "rss title, numeric entity twice": one("<title>It&amp;#8217;s</title>", title="It’s"),
        "rss title, break": one("<title>One&lt;br&gt;two</title>", title="One two"),
        "rss title, generic type": one("<title>Vec&lt;T&gt; grows</title>", title="Vec<T> grows"),
        "rss title, emoji": one("<title>🤗 Hub</title>", title="🤗 Hub"),
        "rss title, Chinese": one("<title>过去4小时：“开源”</title>", title="过去4小时：“开源”"),
        "rss title of dc": one("<dc:title>Of DC</dc:title>", title="Of DC"),
        "rss title, not that of media": one(
            "<title>Mine</title><media:title>Theirs</media:title>", title="Mine"
        ),
        "rss without title": one("<description>Words</description>", title="", text="Words"),
        "rss link": one(f"<link>{A}</link>", link=A, key=A),
        "rss link with spaces": one(f"<link>\n{A} </link>", link=A),
        "rss link with ampersand": one(f"<link>{A}?a=1&amp;b=2</link>", link=f"{A}?a=1&b=2"),
        "rss link, Chinese path": one(
            "<link>https://a.example/新闻</link>", link="https://a.example/%E6%96%B0%E9%97%BB"
        ),
        "rss link, international host": one(
            "<link>https://例子.example/</link>", link="https://xn--fsqu00a.example/"
        ),
        "rss link, relative": one("<link>/2026/1</link>", link="https://a.example/2026/1"),
        "rss link of a script": one("<link>javascript:alert(1)</link>", link=""),
        "rss link of Atom": one(f'<atom:link rel="alternate" href="{A}"/>', link=A),
        "rss link by guid": one(f"<guid>{A}</guid>", link=A, key=A),
        "rss guid that is a permalink": one(f'<guid isPermaLink="true">{A}</guid>', link=A, key=A),
        "rss guid that is none": one(
            f'<guid isPermaLink="false">{A}</guid><title>x</title>', link="", key=A
        ),
        "rss guid beside a link": one(f"<guid>tag:1</guid><link>{A}</link>", link=A, key="tag:1"),
        "rss link before FeedBurner": one(
            "<link>https://feedproxy.example/~r/1</link>"
            f"<feedburner:origLink>{A}</feedburner:origLink>",
            link=A,
        ),
        "rss enclosure without link": one(
            '<enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="1"/>',
            link="https://a.example/1.mp3",
        ),
        "rss enclosure beside a link": one(
            f'<link>{A}</link><enclosure url="https://a.example/1.mp3" type="audio/mpeg"/>', link=A
        ),
        "rss author as address and name": one(
            "<author>ada@a.example (Ada Lovelace)</author>", author="Ada Lovelace"
        ),
        "rss author as name": one("<author>Ada</author>", author="Ada"),
        "rss author of dc": one("<dc:creator>Ada</dc:creator>", author="Ada"),
        "rss authors of dc": one(
            "<dc:creator>Ada</dc:creator><dc:creator>Alan</dc:creator>", author="Ada, Alan"
        ),
        "rss author of itunes": one("<itunes:author>Ada</itunes:author>", author="Ada"),
        "rss author, Chinese": one("<author>新智元</author>", author="新智元"),
        "rss description": one("<description>Words.</description>", text="Words."),
        "rss description, HTML": one(
            "<description>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;</description>",
            text="One\n\nTwo",
        ),
        "rss description in CDATA": one(
            "<description><![CDATA[<p>A &amp; B<br>C</p>]]></description>", text="A & B\nC"
        ),
        "rss description, list": one(
            "<description><![CDATA[<ul><li>a</li><li>b</li></ul>]]></description>",
            text="- a\n- b",
        ),
        "rss description, script": one(
            "<description><![CDATA[<p>a</p><script>x()</script>]]></description>", text="a"
        ),
        "rss content of module": one(
            "<description>Short</description><content:encoded><![CDATA[<p>Much longer</p>]]>"
            "</content:encoded>",
            text="Much longer",
        ),
        "rss content shorter than description": one(
            "<description>A long description</description><content:encoded>no</content:encoded>",
            text="A long description",
        ),
        "rss content of itunes": one("<itunes:summary>Said</itunes:summary>", text="Said"),
        "rss content of media": one("<media:description>Shown</media:description>", text="Shown"),
        "rss category": one("<category>AI</category>", categories=("AI",)),
        "rss categories": one(
            "<category>AI</category><category>开源</category>", categories=("AI", "开源")
        ),
        "rss category twice": one(
            "<category>AI</category><category>AI</category>", categories=("AI",)
        ),
        "rss category with domain": one(
            '<category domain="https://a.example/tags">AI</category>', categories=("AI",)
        ),
        "rss subject of dc": one("<dc:subject>AI</dc:subject>", categories=("AI",)),
        "rss date": dated("Mon, 30 Nov 2026 08:15:00 GMT"),
        "rss date, numeric zone": dated("Mon, 30 Nov 2026 16:15:00 +0800"),
        "rss date, zone of letters": dated("Mon, 30 Nov 2026 03:15:00 EST"),
        "rss date without weekday": dated("30 Nov 2026 08:15:00 +0000"),
        "rss date without seconds": dated("Mon, 30 Nov 2026 08:15 +0000"),
        "rss date, two-digit year": dated("Mon, 30 Nov 26 08:15:00 GMT"),
        "rss date, ISO": dated("2026-11-30T08:15:00Z"),
        "rss date, ISO with zone": dated("2026-11-30T16:15:00+08:00"),
        "rss date, only a day": dated("2026-11-30", at(2026, 11, 30)),
        "rss date, full month": dated("Mon, 30 November 2026 08:15:00 GMT"),
        "rss date, lower case": dated("mon, 30 nov 2026 08:15:00 gmt"),
        "rss date, wrong weekday": dated("Sun, 30 Nov 2026 08:15:00 GMT"),
        "rss date in the future": dated("Wed, 01 Jan 2099 00:00:00 GMT", at(2099, 1, 1)),
        "rss date, empty": dated("", None),
        "rss date, no date": dated("yesterday", None),
        "rss date of 1970": dated("Thu, 01 Jan 1970 00:00:00 GMT", None),
        "rss date of year 0": dated("Mon, 01 Jan 0000 00:00:00 GMT", None),
        "rss date of dc": one(
            "<title>x</title><dc:date>2026-11-30T08:15:00Z</dc:date>", stated=DAY
        ),
        "rss date of dcterms": one(
            "<title>x</title><dcterms:issued>2026-11-30T08:15:00Z</dcterms:issued>", stated=DAY
        ),
        "rss feed title": whole("<title>News &amp; more</title>", feed_title="News & more"),
        "rss feed link": whole("<link>https://a.example/</link>", feed_site="https://a.example/"),
        "rss feed link beside that to itself": whole(
            '<atom:link rel="self" href="https://a.example/feed"/><link>https://a.example/</link>',
            feed_site="https://a.example/",
        ),
        "rss feed language": whole("<language>zh-CN</language>", feed_language="zh-CN"),
        "rss feed language of dc": whole("<dc:language>en</dc:language>", feed_language="en"),
        "rss feed ttl": whole("<ttl>60</ttl>", feed_ttl=3600),
        "rss feed ttl of a month": whole("<ttl>43200</ttl>", feed_ttl=86400),
        "rss feed ttl, no number": whole("<ttl>soon</ttl>", feed_ttl=0),
        "rss feed hub": whole(
            '<atom:link rel="hub" href="https://hub.example/"/>', feed_hub="https://hub.example/"
        ),
        "rss without entries": (rss(channel="<title>T</title>"), {"feed_title": "T", "count": 0}),
        "rss 0.91": (rss(f"<title>x</title><link>{A}</link>", version="0.91"), {"link": A}),
        "rss 0.91 of Netscape": (
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
            '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
            + rss("<title>caf&eacute;</title>", version="0.91"),
            {"title": "café"},
        ),
        "rss 0.92": (
            rss("<description>No title</description>", version="0.92"),
            {"title": "", "text": "No title"},
        ),
        "rss 0.93": (
            rss("<title>x</title><pubDate>30 Nov 2026 08:15:00 GMT</pubDate>", version="0.93"),
            {"stated": DAY},
        ),
        "rss 0.94": (rss("<title>x</title>", version="0.94"), {"title": "x"}),
        "rss 2.1": (rss("<title>x</title>", version="2.1"), {"title": "x"}),
        "rss without version": (
            "<rss><channel><item><title>x</title></item></channel></rss>",
            {"title": "x"},
        ),
        "rss in a namespace": (
            '<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel>'
            "<item><title>x</title></item></channel></rss>",
            {"title": "x"},
        ),
        "rss items beside the channel": (
            '<rss version="2.0"><channel><title>T</title></channel>'
            "<item><title>x</title></item></rss>",
            {"title": "x", "feed_title": "T"},
        ),
        "rss with an image before": (
            rss(
                "<title>x</title>",
                "<title>T</title><image><title>I</title><link>https://i.example/</link></image>"
                "<link>https://a.example/</link>",
            ),
            {"feed_title": "T", "feed_site": "https://a.example/"},
        ),
        "rss with comments and instructions": (
            '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><!-- hello -->'
            + rss("<title>x<!-- y --></title>"),
            {"title": "x"},
        ),
        "rss with prefixed module unknown": (
            '<rss version="2.0" xmlns:z="urn:z"><channel><item><z:title>no</z:title>'
            "<title>x</title></item></channel></rss>",
            {"title": "x"},
        ),
        "rss with base": (
            '<rss version="2.0" xml:base="https://b.example/blog/"><channel><item>'
            "<link>post</link></item></channel></rss>",
            {"link": "https://b.example/blog/post"},
        ),
    }


def rdf_cases() -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        "rdf title": (rdf("<title>x</title>"), {"title": "x"}),
        "rdf link": (rdf(f"<link>{A}</link>"), {"link": A}),
        "rdf link by about": (rdf("<title>x</title>"), {"key": A}),
        "rdf description": (rdf("<description>Words</description>"), {"text": "Words"}),
        "rdf content": (
            rdf("<content:encoded><![CDATA[<p>a</p><p>b</p>]]></content:encoded>"),
            {"text": "a\n\nb"},
        ),
        "rdf author": (rdf("<dc:creator>Ada</dc:creator>"), {"author": "Ada"}),
        "rdf date": (rdf("<dc:date>2026-11-30T16:15:00+08:00</dc:date>"), {"stated": DAY}),
        "rdf date, to the minute": (rdf("<dc:date>2026-11-30T08:15Z</dc:date>"), {"stated": DAY}),
        "rdf date, a year": (rdf("<dc:date>2026</dc:date>"), {"stated": at(2026, 1, 1)}),
        "rdf subject": (rdf("<dc:subject>AI</dc:subject>"), {"categories": ("AI",)}),
        "rdf feed title": (rdf("<title>x</title>", "<title>T</title>"), {"feed_title": "T"}),
        "rdf feed link": (
            rdf("<title>x</title>", "<link>https://a.example/</link>"),
            {"feed_site": "https://a.example/"},
        ),
        "rdf feed language": (
            rdf("<title>x</title>", "<dc:language>ja</dc:language>"),
            {"feed_language": "ja"},
        ),
        "rdf 0.90": (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            f'xmlns="{RDF_090}"><channel><title>T</title></channel>'
            f"<item><title>x</title><link>{A}</link></item></rdf:RDF>",
            {"title": "x", "link": A, "feed_title": "T"},
        ),
    }


def atom_cases() -> dict[str, tuple[str, dict[str, Any]]]:
    def one(entry: str, **expected: Any) -> tuple[str, dict[str, Any]]:
        return atom(entry), expected

    def whole(feed: str, **expected: Any) -> tuple[str, dict[str, Any]]:
        return atom("<title>x</title>", feed), expected

    xhtml = '<div xmlns="http://www.w3.org/1999/xhtml">'
    return {
        "atom title": one("<title>Plain</title>", title="Plain"),
        "atom title of text": one('<title type="text">A &lt;b&gt; tag</title>', title="A <b> tag"),
        "atom title of HTML": one(
            '<title type="html">A &lt;b&gt;bold&lt;/b&gt; word</title>', title="A bold word"
        ),
        "atom title of HTML, entity": one(
            '<title type="html">AT&amp;amp;T &amp;lt;b&amp;gt;</title>', title="AT&T <b>"
        ),
        "atom title of XHTML": one(
            f'<title type="xhtml">{xhtml}A <b>bold</b> word</div></title>', title="A bold word"
        ),
        "atom title in CDATA": one(
            '<title type="html"><![CDATA[<b>Bold</b>]]></title>', title="Bold"
        ),
        "atom link": one(f'<link href="{A}"/>', link=A),
        "atom link alternate": one(
            f'<link rel="self" href="https://a.example/1.atom"/><link rel="alternate" href="{A}"/>',
            link=A,
        ),
        "atom link alternate first": one(
            f'<link rel="alternate" href="{A}"/><link rel="edit" href="https://a.example/e"/>',
            link=A,
        ),
        "atom link beside a related one": one(
            f'<link href="{A}"/><link rel="related" href="https://b.example/"/>', link=A
        ),
        "atom link of text/html": one(
            f'<link rel="alternate" type="text/html" href="{A}"/>', link=A
        ),
        "atom link, enclosure only": one(
            '<link rel="enclosure" type="audio/mpeg" href="https://a.example/1.mp3"/>',
            link="https://a.example/1.mp3",
        ),
        "atom link, relative to the feed": one(
            '<link href="2026/1"/>', link="https://a.example/2026/1"
        ),
        "atom link, base of the feed": (
            atom('<link href="1"/>', attributes='xml:base="https://b.example/x/"'),
            {"link": "https://b.example/x/1"},
        ),
        "atom link, base of the entry": (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/">'
            '<entry xml:base="y/"><link href="1"/></entry></feed>',
            {"link": "https://b.example/x/y/1"},
        ),
        "atom link, base of the link": one(
            '<link xml:base="https://c.example/" href="1"/>', link="https://c.example/1"
        ),
        "atom id": one(
            f'<id>tag:a.example,2026:1</id><link href="{A}"/>', key="tag:a.example,2026:1"
        ),
        "atom without id": one(f'<link href="{A}?utm_source=x"/>', key=A),
        "atom author": one("<author><name>Ada</name></author>", author="Ada"),
        "atom authors": one(
            "<author><name>Ada</name></author><author><name>Alan</name></author>",
            author="Ada, Alan",
        ),
        "atom author with address": one(
            "<author><name>Ada</name><email>ada@a.example</email></author>", author="Ada"
        ),
        "atom author without name": one(
            "<author><email>ada@a.example</email></author>", author="ada@a.example"
        ),
        "atom contributor is no author": one(
            "<contributor><name>Alan</name></contributor><title>x</title>", author=""
        ),
        "atom published": one(
            "<published>2026-11-30T08:15:00Z</published>", stated=DAY, updated=None
        ),
        "atom published, fractions": one(
            "<published>2026-11-30T08:15:00.123Z</published>", stated=DAY
        ),
        "atom published, zone": one("<published>2026-11-30T16:15:00+08:00</published>", stated=DAY),
        "atom updated alone": one(
            "<updated>2026-11-30T08:15:00Z</updated>", stated=DAY, updated=DAY
        ),
        "atom updated later": one(
            "<published>2026-11-30T08:15:00Z</published><updated>2026-11-30T09:00:00Z</updated>",
            stated=DAY,
            updated=at(2026, 11, 30, 9),
        ),
        "atom summary": one("<summary>Words</summary>", text="Words"),
        "atom summary of text": one("<summary>a &lt; b</summary>", text="a < b"),
        "atom summary of HTML": one(
            '<summary type="html">&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;</summary>',
            text="a\n\nb",
        ),
        "atom content of HTML": one(
            '<content type="html">&lt;p&gt;a &amp;amp; b&lt;/p&gt;</content>', text="a & b"
        ),
        "atom content of XHTML": one(
            f'<content type="xhtml">{xhtml}<p>a</p><p>b</p></div></content>', text="a\n\nb"
        ),
        "atom content beside a summary": one(
            '<summary>Short</summary><content type="html">Longer than it</content>',
            text="Longer than it",
        ),
        "atom category": one('<category term="ai"/>', categories=("ai",)),
        "atom category with label": one(
            '<category term="ai" label="Artificial"/>', categories=("Artificial",)
        ),
        "atom feed title": whole("<title>T &amp; U</title>", feed_title="T & U"),
        "atom feed title of HTML": whole(
            '<title type="html">&lt;b&gt;T&lt;/b&gt;</title>', feed_title="T"
        ),
        "atom feed link": whole(
            '<link rel="self" href="https://a.example/f"/><link href="https://a.example/"/>',
            feed_site="https://a.example/",
        ),
        "atom feed hub": whole(
            '<link rel="hub" href="https://hub.example/"/>', feed_hub="https://hub.example/"
        ),
        "atom feed language": (
            atom("<title>x</title>", attributes='xml:lang="zh-Hans"'),
            {"feed_language": "zh-Hans"},
        ),
        "atom with a prefix": (
            '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>x</a:title>'
            f'<a:link href="{A}"/></a:entry></a:feed>',
            {"title": "x", "link": A},
        ),
        "atom without entries": (atom(feed="<title>T</title>"), {"feed_title": "T", "count": 0}),
        "atom source of another feed": one(
            "<title>x</title><source><title>Other</title><id>urn:o</id></source>", title="x"
        ),
        "atom 0.3 title": (atom03("<title>x</title>"), {"title": "x"}),
        "atom 0.3 title escaped": (
            atom03('<title type="text/html" mode="escaped">&lt;b&gt;x&lt;/b&gt;</title>'),
            {"title": "x"},
        ),
        "atom 0.3 link": (atom03(f'<link rel="alternate" href="{A}"/>'), {"link": A}),
        "atom 0.3 issued": (atom03("<issued>2026-11-30T08:15:00Z</issued>"), {"stated": DAY}),
        "atom 0.3 modified": (
            atom03("<modified>2026-11-30T08:15:00Z</modified>"),
            {"updated": DAY, "stated": DAY},
        ),
        "atom 0.3 content": (
            atom03('<content type="text/html" mode="escaped">&lt;p&gt;a&lt;/p&gt;</content>'),
            {"text": "a"},
        ),
        "atom 0.3 base64": (
            atom03('<content type="text/html" mode="base64">PHA+YTwvcD4=</content>'),
            {"text": "a"},
        ),
        "atom 0.3 tagline": (
            atom03("<title>x</title>", "<title>T</title><tagline>no</tagline>"),
            {"feed_title": "T"},
        ),
    }


def json_cases() -> dict[str, tuple[str, dict[str, Any]]]:
    def one(item: str, **expected: Any) -> tuple[str, dict[str, Any]]:
        return json1(item), expected

    def whole(feed: str, **expected: Any) -> tuple[str, dict[str, Any]]:
        return json1('"id": "1", "title": "x"', feed), expected

    return {
        "json id": one('"id": "1", "title": "x"', key="1", title="x"),
        "json id, a number": one('"id": 7', key="7"),
        "json without id": one(f'"url": "{A}"', key=A, link=A),
        "json link elsewhere": one(f'"id": "1", "external_url": "{A}"', link=A),
        "json link beside one elsewhere": one(
            f'"id": "1", "url": "{A}", "external_url": "https://b.example/"', link=A
        ),
        "json link, relative": one('"id": "1", "url": "/1"', link=A),
        "json link of a script": one('"id": "1", "url": "javascript:x"', link=""),
        "json title is plain": one('"id": "1", "title": "A <b> & c"', title="A <b> & c"),
        "json text": one('"id": "1", "content_text": "a\\n\\nb"', text="a\n\nb"),
        "json HTML": one('"id": "1", "content_html": "<p>a<p>b"', text="a\n\nb"),
        "json summary": one('"id": "1", "summary": "s"', text="s"),
        "json date": one('"id": "1", "date_published": "2026-11-30T16:15:00+08:00"', stated=DAY),
        "json date, modified": one(
            '"id": "1", "date_modified": "2026-11-30T08:15:00Z"', stated=DAY, updated=DAY
        ),
        "json date, no date": one('"id": "1", "date_published": "soon"', stated=None),
        "json tags": one('"id": "1", "tags": ["AI", "开源", "AI"]', categories=("AI", "开源")),
        "json authors": one(
            '"id": "1", "authors": [{"name": "Ada"}, {"name": "Alan"}]', author="Ada, Alan"
        ),
        "json author of 1.0": (
            json1('"id": "1", "author": {"name": "Ada"}', version="1"),
            {"author": "Ada"},
        ),
        "json author of the feed": (
            json1('"id": "1"', '"authors": [{"name": "Ada"}],'),
            {"author": "Ada"},
        ),
        "json wrong types": one(
            '"id": "1", "title": 5, "tags": "AI", "authors": {"name": "x"}, "url": null',
            title="",
            categories=(),
            author="",
            link="",
        ),
        "json feed title": whole("", feed_title="T"),
        "json feed link": whole(
            '"home_page_url": "https://a.example/",', feed_site="https://a.example/"
        ),
        "json feed language": whole('"language": "zh-Hans",', feed_language="zh-Hans"),
        "json feed hub": whole(
            '"hubs": [{"type": "WebSub", "url": "https://hub.example/"}],',
            feed_hub="https://hub.example/",
        ),
        "json without version": (
            '{"title": "T", "items": [{"id": "1", "title": "x"}]}',
            {"title": "x"},
        ),
        "json without items": (
            '{"version": "https://jsonfeed.org/version/1", "title": "T", "items": []}',
            {"feed_title": "T", "count": 0},
        ),
    }


def cases_of_sites() -> dict[str, tuple[str, dict[str, Any]]]:
    """As the sites of presets publish them."""
    return {
        "YouTube": (
            atom(
                "<id>yt:video:dQw4w9WgXcQ</id><yt:videoId>dQw4w9WgXcQ</yt:videoId>"
                "<yt:channelId>UCabc</yt:channelId><title>A talk &amp; a demo</title>"
                '<link rel="alternate" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/>'
                "<author><name>The Channel</name><uri>https://www.youtube.com/channel/UCabc</uri>"
                "</author><published>2026-11-30T08:15:00+00:00</published>"
                "<updated>2026-11-30T09:00:00+00:00</updated><media:group>"
                "<media:title>A talk &amp; a demo</media:title>"
                '<media:content url="https://www.youtube.com/v/dQw4w9WgXcQ" type="video/mp4"/>'
                '<media:thumbnail url="https://i.ytimg.com/vi/dQw4w9WgXcQ/hq.jpg"/>'
                "<media:description>First line\n\nhttps://a.example/ second</media:description>"
                "</media:group>",
                "<title>The Channel</title>"
                '<link rel="alternate" href="https://www.youtube.com/channel/UCabc"/>',
            ),
            {
                "key": "yt:video:dQw4w9WgXcQ",
                "title": "A talk & a demo",
                "link": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
                "author": "The Channel",
                "stated": DAY,
                "text": "First line\n\nhttps://a.example/ second",
                "feed_site": "https://www.youtube.com/channel/UCabc",
            },
        ),
        "arXiv": (
            rss(
                "<title>On Things</title><link>https://arxiv.org/abs/2611.01234</link>"
                "<description>arXiv:2611.01234v1 Announce Type: new \nAbstract: We show x &lt; y."
                '</description><guid isPermaLink="false">oai:arXiv.org:2611.01234v1</guid>'
                "<category>cs.CL</category><category>cs.AI</category>"
                "<pubDate>Mon, 30 Nov 2026 00:00:00 -0500</pubDate>"
                "<dc:creator>Ada Lovelace, Alan Turing</dc:creator>",
                "<title>cs.CL updates on arXiv.org</title>",
            ),
            {
                "key": "oai:arXiv.org:2611.01234v1",
                "link": "https://arxiv.org/abs/2611.01234",
                "author": "Ada Lovelace, Alan Turing",
                "categories": ("cs.CL", "cs.AI"),
                "stated": at(2026, 11, 30, 5),
                "text": "arXiv:2611.01234v1 Announce Type: new\nAbstract: We show x < y.",
            },
        ),
        "arXiv API": (
            atom(
                "<id>http://arxiv.org/abs/2611.01234v1</id><title>On\n  Things</title>"
                "<summary>  We show it.\n</summary><author><name>Ada Lovelace</name>"
                "<arxiv:affiliation>Home</arxiv:affiliation></author>"
                "<author><name>Alan Turing</name></author>"
                '<link href="http://arxiv.org/abs/2611.01234v1" rel="alternate" type="text/html"/>'
                '<link title="pdf" href="http://arxiv.org/pdf/2611.01234v1" rel="related"/>'
                '<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>'
            ),
            {
                "title": "On Things",
                "author": "Ada Lovelace, Alan Turing",
                "link": "http://arxiv.org/abs/2611.01234v1",
                "categories": ("cs.CL",),
                "text": "We show it.",
            },
        ),
        "GitHub releases": (
            atom(
                "<id>tag:github.com,2008:Repository/1/v1.2</id>"
                "<updated>2026-11-30T08:15:00Z</updated>"
                '<link rel="alternate" type="text/html" '
                'href="https://github.com/o/r/releases/tag/v1.2"/><title>v1.2</title>'
                '<content type="html">&lt;h2&gt;What&#39;s new&lt;/h2&gt;&lt;ul&gt;&lt;li&gt;Fast'
                "&lt;/li&gt;&lt;/ul&gt;</content><author><name>octocat</name></author>"
                '<media:thumbnail height="30" width="30" url="https://a.example/u/1"/>',
                "<title>Release notes from r</title>",
            ),
            {
                "key": "tag:github.com,2008:Repository/1/v1.2",
                "title": "v1.2",
                "link": "https://github.com/o/r/releases/tag/v1.2",
                "author": "octocat",
                "stated": DAY,
                "text": "What's new\n\n- Fast",
            },
        ),
        "RSSHub": (
            rss(
                "<title>@某人: 新模型&lt;开源&gt;</title><description>第一段&lt;br&gt;第二段"
                "</description><link>https://x.com/someone/status/1995000000000000001</link>"
                '<guid isPermaLink="false">https://x.com/someone/status/1995000000000000001</guid>'
                "<pubDate>Mon, 30 Nov 2026 08:15:00 GMT</pubDate><author>某人</author>",
                "<title>Twitter @某人</title><link>https://x.com/someone</link>"
                "<description>x - Powered by RSSHub</description><generator>RSSHub</generator>"
                "<language>zh</language><ttl>5</ttl>",
            ),
            {
                "key": "https://x.com/someone/status/1995000000000000001",
                "title": "@某人: 新模型<开源>",
                "text": "第一段\n第二段",
                "author": "某人",
                "feed_ttl": 300,
                "feed_language": "zh",
            },
        ),
        "Reddit": (
            atom(
                "<author><name>/u/someone</name></author>"
                '<category term="LocalLLaMA" label="r/LocalLLaMA"/><content type="html">'
                '&lt;!-- SC_OFF --&gt;&lt;div class="md"&gt;&lt;p&gt;Hello&lt;/p&gt;&lt;/div&gt;'
                "</content><id>t3_abc</id>"
                '<link href="https://www.reddit.com/r/LocalLLaMA/comments/abc/hello/"/>'
                "<published>2026-11-30T08:15:00+00:00</published><title>Hello</title>"
            ),
            {
                "key": "t3_abc",  # not made an address
                "author": "/u/someone",
                "categories": ("r/LocalLLaMA",),
                "text": "Hello",
            },
        ),
        "Hacker News": (
            rss(
                "<title><![CDATA[Show HN: A thing]]></title><description><![CDATA["
                '<p>Article URL: <a href="https://a.example/1">https://a.example/1</a></p>'
                "<p>Points: 100</p>]]></description><link>https://a.example/1</link>"
                "<dc:creator>someone</dc:creator>"
                "<comments>https://news.ycombinator.com/item?id=1</comments>"
                '<guid isPermaLink="false">https://news.ycombinator.com/item?id=1</guid>'
            ),
            {
                "link": A,
                "key": "https://news.ycombinator.com/item?id=1",
                "text": "Article URL: https://a.example/1\n\nPoints: 100",
            },
        ),
        "WordPress": (
            rss(
                f"<title>It&#8217;s here</title><link>{A}</link>"
                "<dc:creator><![CDATA[ada]]></dc:creator><slash:comments>0</slash:comments>"
                '<guid isPermaLink="false">https://a.example/?p=12</guid>'
                "<description><![CDATA[<p>[&#8230;]</p>]]></description>"
                "<content:encoded><![CDATA[<p>All &#8220;text&#8221;.</p>]]></content:encoded>"
            ),
            {
                "title": "It’s here",
                "key": "https://a.example/?p=12",
                "author": "ada",
                "text": "All “text”.",
            },
        ),
        "Mastodon": (
            rss(
                '<guid isPermaLink="true">https://m.example/@a/1</guid>'
                "<link>https://m.example/@a/1</link><description>&lt;p&gt;No title&lt;/p&gt;"
                "</description>"
            ),
            {"title": "", "text": "No title", "link": "https://m.example/@a/1"},
        ),
    }


CASES = [
    Case(name, body, expected)
    for table in (rss_cases(), rdf_cases(), atom_cases(), json_cases(), cases_of_sites())
    for name, (body, expected) in table.items()
]
