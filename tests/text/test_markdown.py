"""Markdown as our pages show it: emphasis beside Chinese, Japanese and Korean, headings, marks."""

import json
import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.template import Context, Engine
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.text.format import DigestDocument, Entry, Section
from digests.text.judgement import Judgement
from digests.text.markdown.html import (
    FRIENDLY,
    MAX_LISTS,
    MAX_QUOTES,
    PLAIN,
    SafeHTML,
    stored_html,
    to_html,
)
from digests.text.markdown.scanning import EACH, MOST_KEPT

IDEOGRAPHIC_VARIATION = "\U000e0100"

# Source, and what stands in the paragraph of its HTML.
EMPHASIS = [
    # Punctuation inside the marks, a character outside: what CommonMark leaves as it is.
    ("**要点：**内容", "<strong>要点：</strong>内容"),
    ("这是**重点。**然后", "这是<strong>重点。</strong>然后"),
    ("**“引号”**文字", "<strong>“引号”</strong>文字"),
    ("他说**“引号”**文字", "他说<strong>“引号”</strong>文字"),
    ("他说**“引号”**。", "他说<strong>“引号”</strong>。"),
    ("读了**《书名》**后", "读了<strong>《书名》</strong>后"),
    ("模型**（测试版）**发布", "模型<strong>（测试版）</strong>发布"),
    ("接近**100%**的用户", "接近<strong>100%</strong>的用户"),
    ("约**$100**元", "约<strong>$100</strong>元"),
    ("用**C++**写", "用<strong>C++</strong>写"),
    ("调用**`run()`**函数", "调用<strong><code>run()</code></strong>函数"),
    (
        "见**[链接](https://example.org/)**文",
        '见<strong><a href="https://example.org/">链接</a></strong>文',
    ),
    ("**「重要」**です", "<strong>「重要」</strong>です"),
    ("これは**『本』**です", "これは<strong>『本』</strong>です"),
    ("カタカナ**（注）**ニュース", "カタカナ<strong>（注）</strong>ニュース"),
    ("ﾆｭｰｽ**(速報)**ﾃﾞｽ", "ﾆｭｰｽ<strong>(速報)</strong>ﾃﾞｽ"),
    ("**용어(term)**를 강조", "<strong>용어(term)</strong>를 강조"),
    ("이것은 **“인용”**이다", "이것은 <strong>“인용”</strong>이다"),
    ("ᄀ**“a”**ᄀ", "ᄀ<strong>“a”</strong>ᄀ"),
    ("𠮷**（野家）**𠮷", "𠮷<strong>（野家）</strong>𠮷"),
    (f"葛{IDEOGRAPHIC_VARIATION}**“城”**市", f"葛{IDEOGRAPHIC_VARIATION}<strong>“城”</strong>市"),
    ("字。\ufe00**“b”**。", "字。\ufe00<strong>“b”</strong>。"),
    ("”\ufe01**(x)**字", "”\ufe01<strong>(x)</strong>字"),
    ("**“🎉”**发布", "<strong>“🎉”</strong>发布"),
    ("一**二：**三**四：**五", "一<strong>二：</strong>三<strong>四：</strong>五"),
    ("***“都”***要", "<em><strong>“都”</strong></em>要"),
    ("**外“*内”*外**", "<strong>外“<em>内”</em>外</strong>"),
    # Our addition to the rule: Chinese in closing quotes or brackets, and a Latin letter after it.
    ("**“文心”**OpenAI", "<strong>“文心”</strong>OpenAI"),
    ("阿里**‘通义’**Qwen", "阿里<strong>‘通义’</strong>Qwen"),
    ("发布**文心(Ernie)**API", "发布<strong>文心(Ernie)</strong>API"),
    ("*“文心”*4.5", "<em>“文心”</em>4.5"),
    ("**“Ernie”**OpenAI", "**“Ernie”**OpenAI"),
    # Single marks and strikethrough follow the same rule.
    ("这是*强调。*然后", "这是<em>强调。</em>然后"),
    ("*（注）*说明", "<em>（注）</em>说明"),
    ("原价~~（99元）~~现价", "原价<s>（99元）</s>现价"),
    ("~~旧闻。~~新闻", "<s>旧闻。</s>新闻"),
    # What CommonMark does already.
    ("他说“**引号**”文字", "他说“<strong>引号</strong>”文字"),
    ("中文**重点**中文", "中文<strong>重点</strong>中文"),
    ("**Title**：正文", "<strong>Title</strong>：正文"),
    ("a **b** c", "a <strong>b</strong> c"),
    ("snake_case and _em_", "snake_case and <em>em</em>"),
    ("调用 __重点__ 方法", "调用 <strong>重点</strong> 方法"),
    # What must not become emphasis.
    ("调用__init__方法", "调用__init__方法"),
    ("变量_名称_在", "变量_名称_在"),
    ("用__“引号”__写", "用__“引号”__写"),
    ("价格** 100 **元", "价格** 100 **元"),
    ("中文 ** 中文 ** 中文", "中文 ** 中文 ** 中文"),
    ("全角**\u3000空格\u3000**内", "全角**\u3000空格\u3000**内"),
    ("未闭合**“引号”文字", "未闭合**“引号”文字"),
    (r"转义\*\*“引号”\*\*文字", "转义**“引号”**文字"),
    ("`代码**“引号”**里`", "<code>代码**“引号”**里</code>"),
    ("波浪~“引号”~文字", "波浪~“引号”~文字"),
    # The rule is about Chinese, Japanese and Korean alone.
    ('a**"b"**c', "a**&quot;b&quot;**c"),
    ("слово**«цитата»**слово", "слово**«цитата»**слово"),
    ("x🎉**“b”**🎉y", "x🎉<strong>“b”</strong>🎉y"),  # a symbol is punctuation to CommonMark
    ("a**⭐b⭐**c", "a**⭐b⭐**c"),  # a wide emoji is not Chinese
    ("a**🎉b🎉**c", "a**🎉b🎉**c"),
    ("a**㊙b㊙**c", "a<strong>㊙b㊙</strong>c"),  # a wide text symbol is
    ("2*3*4中", "2<em>3</em>4中"),
]


@pytest.mark.parametrize(("source", "inner"), EMPHASIS)
def test_emphasis_is_as_a_reader_of_the_language_expects(source: str, inner: str) -> None:
    assert FRIENDLY.render(source) == f"<p>{inner}</p>\n"


SPAN = st.text(
    st.characters(exclude_categories=["Z", "C"], exclude_characters="*_~`\\[]<>&!\"'"), min_size=1
)


@given(
    before=st.sampled_from("中あア한ﾆ。（𠮷"), span=SPAN, after=st.sampled_from("文いイ글ｽ，）𠮷")
)
def test_any_span_between_chinese_characters_can_be_bold(
    before: str, span: str, after: str
) -> None:
    html = FRIENDLY.render(f"{before}**{span}**{after}")
    assert html == f"<p>{before}<strong>{span}</strong>{after}</p>\n"


NOT_CJK = "aZ9é я«»“”‘’…—(),.:;%$#!?-+=/\\&<>[]`\"'\n\t★🎉⭐\u200d\ufe0fعא"


@given(st.lists(st.sampled_from(["*", "**", "***", "_", "__", "~~", *NOT_CJK])).map("".join))
@settings(max_examples=200)
def test_text_without_chinese_is_plain_commonmark(text: str) -> None:
    assert FRIENDLY.render(text) == PLAIN.render(text)


def test_the_plain_parser_keeps_the_rule_of_commonmark() -> None:
    assert PLAIN.render("他说**“引号”**文字") == "<p>他说**“引号”**文字</p>\n"
    assert PLAIN.render("a ~~b~~ c") == "<p>a <s>b</s> c</p>\n"


def test_headings_in_a_body_do_not_outrank_the_page() -> None:
    html = to_html("# one\n\n## two\n\nthree\n-----\n\n###### six")
    assert html == "<h2>one</h2>\n<h3>two</h3>\n<h3>three</h3>\n<h6>six</h6>\n"


def test_a_table_keeps_its_cells() -> None:
    html = to_html("| 项 | 值 |\n|:-:|---|\n| a | **b** |\n| c")
    assert "<th>项</th>" in html
    assert "<td><strong>b</strong></td>" in html
    assert html.count("<td>") == 4


def test_code_keeps_its_language_and_a_list_its_start() -> None:
    assert '<code class="language-python">' in to_html("```python\nx\n```")
    assert '<ol start="3">' in to_html("3. c\n4. d")


def test_links_and_images_stay_as_written() -> None:
    html = to_html("[a](/b?c=1&d=2) ![e](f.png 'g')")
    assert '<a href="/b?c=1&amp;d=2" rel="noopener noreferrer nofollow ugc">a</a>' in html
    assert '<img src="f.png" alt="e" title="g">' in html


def test_raw_html_is_shown_as_text() -> None:
    assert to_html("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"
    assert to_html("<div>\nc\n</div>") == "<p>&lt;div&gt;\nc\n&lt;/div&gt;</p>\n"


def test_text_beyond_the_deepest_list_is_not_lost() -> None:
    assert "a" in to_html("- " * 30 + "a")
    assert "a" in to_html(">" * 30 + "a")
    assert "a" in to_html("> - " * 30 + "a")


def test_quotes_and_lists_nest_as_deep_as_anyone_needs() -> None:
    assert to_html("- " * 30 + "a").count("<ul>") == MAX_LISTS
    assert to_html(">" * 30 + "a").count("<blockquote>") == MAX_QUOTES
    lists = "".join(
        "  " * depth + f"- {depth}a\n" + "  " * depth + f"- {depth}b\n"
        for depth in range(MAX_LISTS)
    )
    assert to_html(lists).count("<li>") == 2 * MAX_LISTS
    assert to_html("> a\n\nb\n\n" * 30).count("<blockquote>") == 30
    assert to_html("- a\n\nb\n\n" * 30).count("<ul>") == 30


def test_a_table_written_out_in_full_is_never_cut() -> None:
    html = to_html("a|b\n-|-\n" + "1|2\n" * 3000)
    assert html.count("<td>") == 6000


def test_a_template_puts_the_html_in_unescaped() -> None:
    template = Engine().from_string("{{ html }}")
    html = to_html("**a** & b")
    assert template.render(Context({"html": html})) == "<p><strong>a</strong> &amp; b</p>\n"
    assert template.render(Context({"html": stored_html(str(html))})) == str(html)


def test_html_that_was_changed_is_escaped_again() -> None:
    html = to_html("a")
    for changed in (html + "<script>", html.replace("a", "<b>"), f"{html}<b>", str(html)):
        rendered = Engine().from_string("{{ html }}").render(Context({"html": changed}))
        assert "<" not in rendered
    assert "<" not in Engine().from_string("{{ html|upper }}").render(Context({"html": html}))


def test_json_and_databases_see_a_plain_string() -> None:
    html = to_html("中 **a**")
    assert json.loads(json.dumps({"html": html})) == {"html": str(html)}
    stored = sqlite3.connect(":memory:").execute("select ?", [html]).fetchone()[0]
    assert type(stored) is str
    assert stored == html
    assert type(pickle.loads(pickle.dumps(html))) is SafeHTML  # noqa: S301 (our own bytes: the cache)


def test_many_threads_may_render_at_once() -> None:
    sources = [f"{source} {n}" for n in range(10) for source, _ in EMPHASIS]
    alone = [to_html(source) for source in sources]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(to_html, sources)) == alone


@pytest.mark.parametrize("length", [1, 100, 20_000])
def test_what_is_kept_of_hostile_text_has_an_end_in_all(length: int) -> None:
    kept = PLAIN.inline._kept
    for number in range(12_000 if length == 1 else 2 * MOST_KEPT // length):
        PLAIN.inline.scan(chr(0x4E00 + number) + "*_" * (length // 2))
    assert sum(len(source) + EACH for source in kept._parsed) <= MOST_KEPT
    # What came last is there, and is not parsed again.
    source = next(reversed(kept._parsed))
    assert PLAIN.inline.scan(source) is PLAIN.inline.scan(source)


def test_what_was_parsed_before_depends_on_no_link_definition() -> None:
    undefined = "<p>见[文][1]</p>\n"
    assert FRIENDLY.render("见[文][1]") == undefined
    defined = "见[文][1]\n\n[1]: https://example.org/"
    assert FRIENDLY.render(defined) == '<p>见<a href="https://example.org/">文</a></p>\n'
    assert FRIENDLY.render("见[文][1]") == undefined


def test_what_was_compared_with_its_file_is_shown_as_before() -> None:
    body = "调用`a  b`和![图`a  b`](https://example.org/a.png)"
    shown = to_html(body)
    entry = Entry(headline="要闻", byline="", url="https://example.org/", body=body)
    document = DigestDocument(
        "一", datetime(2026, 11, 20, tzinfo=UTC), (), "", (Section("", "", (entry,)),)
    )
    assert Judgement(document).errors == []
    assert to_html(body) == shown
