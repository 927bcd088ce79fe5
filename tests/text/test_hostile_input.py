"""Every input that could break the file or a site's generator, and what the file says instead."""

from datetime import UTC, datetime
from typing import Any

import pytest

from digests.text.format import DigestDocument, Entry, FormatError, Section, dump, normal, parse
from digests.text.format.escapes import json_string
from digests.text.format.roundtrip import check
from digests.text.markdown.html import FRIENDLY

DATE = datetime(2026, 3, 2, tzinfo=UTC)
URL = "https://example.org/"


def digest(*entries: Entry, **fields: Any) -> DigestDocument:
    return DigestDocument("News", DATE, sections=(Section(entries=entries),), **fields)


def body_of_file(document: DigestDocument) -> str:
    """The file after its front matter; it reads back, and everything is in its place."""
    text = dump(document)
    assert dump(parse(text)) == text
    assert not [finding for finding in check(normal(document), text) if finding.severity == "error"]
    return text.split("---\n\n", 1)[1]


def reason_against(document: DigestDocument) -> str:
    with pytest.raises(FormatError) as caught:
        dump(document)
    return caught.value.reason


HEADLINES = {
    "a\\b": "a\\\\b",
    "[a] (b)": "\\[a\\] (b)",
    "](https://evil.example)": "\\](https://evil.example)",
    "*a* _b_ `c`": "\\*a\\* \\_b\\_ \\`c\\`",
    "a<b> <!-- c": "a&lt;b> &lt;!-- c",
    "~~a~~": "&#126;&#126;a&#126;&#126;",
    "a|b": "a&#124;b",
    "{{ a }} {% b %} {c": "&#123;&#123; a }} &#123;% b %} &#123;c",
    "^1 a^b": "&#94;1 a^b",
    "AT&T &amp; &#35; &x": "AT&T &amp;amp; &amp;#35; &x",
    "a\nb\tc\r\n d\x85e\u2028f\x0bg": "a b c d e f g",
    "a\u200bb\u2060c\ufeffd\u202ee\u2066f\x00g\x9fh\x7fi\ud800j\ufffek": "abcdefghijk",
    "👩\u200d💻 ❤\ufe0f می\u200cخواهم אב": "👩\u200d💻 ❤\ufe0f می\u200cخواهم אב",
    "e\u0301 \u212b": "é Å",
    "  a  b\u3000": "a  b",
    "标题：“引号”—（一）": "标题：“引号”—（一）",
    "![i](u)": "!\\[i\\](u)",
    "https://example.org a@example.org": "https://example.org a@example.org",
}


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_hostile_headline_cannot_break_the_link(headline: str) -> None:
    body = body_of_file(digest(Entry(headline, "", URL)))
    assert body == f"1.  [{HEADLINES[headline]}]({URL})"


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_hostile_byline_cannot_break_the_link(headline: str) -> None:
    body = body_of_file(digest(Entry("A", headline, URL)))
    escaped = HEADLINES[headline].replace("&#94;", "^")  # special only where the label begins
    assert body == f"1.  [A-{escaped}]({URL})"


PLAIN_HEADLINES = {
    "# a": "\\# a",
    "> a": "\\> a",
    "+ a": "\\+ a",
    "- a": "\\- a",
    "10. a": "10\\. a",
    "1) a": "1\\) a",
    "1.5 a": "1\\.5 a",
    "10 a": "10 a",
    "---": "\\---",
    "***": "\\*\\*\\*",
    "===": "===",
    "```": "\\`\\`\\`",
    "~~~": "&#126;&#126;&#126;",
    "| a | b |": "&#124; a &#124; b &#124;",
    "[a]: b": "\\[a\\]: b",
    "[x] done": "\\[x\\] done",
    "<div>": "&lt;div>",
    "    code": "code",
    "see https://example.org there": "see https&#58;//example.org there",
    "see https://my-site.example.org there": "see https&#58;//my-site.example.org there",
    "see www.example.org there": "see www&#46;example.org there",
    "ask a@example.org": "ask a&#64;example.org",
    "联系@小满": "联系@小满",
}


@pytest.mark.parametrize("headline", PLAIN_HEADLINES)
def test_a_headline_without_address_is_plain_text(headline: str) -> None:
    body = body_of_file(digest(Entry(headline), Entry("B", "", URL)))
    assert body == f"1.  {PLAIN_HEADLINES[headline]}\n\n2.  [B]({URL})"


HEADINGS = {
    "C#": "C&#35;",
    "a ##": "a #&#35;",
    "# a": "# a",
    "#": "&#35;",
    "a {#id}": "a &#123;#id}",
    "**a** <b>": "\\*\\*a\\*\\* &lt;b>",
    "- a": "- a",
    "a\nb": "a b",
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_hostile_heading_stays_one_heading(heading: str) -> None:
    sections = (Section(heading, "", (Entry("A"),)),)
    body = body_of_file(DigestDocument("News", DATE, sections=sections))
    assert body == f"## {HEADINGS[heading]}\n\n1.  A"


ADDRESSES = {
    "https://example.org/a b": "https://example.org/a%20b",
    "https://example.org/(a)": "https://example.org/%28a%29",
    "https://example.org/<a>\"'": "https://example.org/%3Ca%3E%22%27",
    "https://example.org/`\\{}^[]|": "https://example.org/%60%5C%7B%7D%5E%5B%5D%7C",
    "https://example.org/{{a}}": "https://example.org/%7B%7Ba%7D%7D",
    "https://example.org/中文?q=é": "https://example.org/%E4%B8%AD%E6%96%87?q=%C3%A9",
    "HTTPS://Example.ORG/A": "https://example.org/A",
    "https://例子.example.org/": "https://xn--fsqu00a.example.org/",
    "https://example.org/%41%4a%zz": "https://example.org/%41%4a%25zz",
    "https://example.org/?a&copy;=1&lt;": "https://example.org/?a&amp;copy;=1&amp;lt;",
    "https://example.org/?a=1&copy=2": "https://example.org/?a=1&copy=2",
    "https://example.org/_a_*b*~c~": "https://example.org/_a_*b*~c~",
    " https://example.org/\n": "https://example.org/",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_hostile_address_is_encoded(url: str) -> None:
    assert body_of_file(digest(Entry("A", "", url))) == f"1.  [A]({ADDRESSES[url]})"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "//example.org/",
        "/media/a.png",
        "example.org",
        "https://",
        "https:///a",
        "https://user:password@example.org/",
        "https://example.org:99999/",
        "https://exa\nmple.org/",
        "https://example.org/\x00",
        "https://exa mple.org/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    document = digest(Entry("A"), Entry("B", "", url))
    with pytest.raises(FormatError) as caught:
        dump(document)
    assert caught.value.item == 2


BODIES = {
    "a\n\n\n  \t \nb": "a\n\n\n\nb",
    "\n\n  a  \n\n": "  a",
    "a\r\nb\rc\x85d\u2028e": "a\nb\nc\nd\ne",
    "a\u200bb\x00c": "abc",
    "\u3000\n\u3000\u3000a": "\u3000\n\u3000\u3000a",
    "\tcode\n\n\tmore": "\tcode\n\n\tmore",
    "- a\n\n  - b\n\n10. x\n\n---\n\n# h": "- a\n\n  - b\n\n10. x\n\n---\n\n# h",
    "| a | b |\n|---|---|\n| 1 | 2 |": "| a | b |\n|---|---|\n| 1 | 2 |",
    "```py\n1.  [x](y)\n```": "```py\n1.  [x](y)\n```",
    "```\n1.  [x](y)\n": "```\n1.  [x](y)\n```",
    "~~~~ a\n```": "~~~~ a\n```\n~~~~",
    "> ```\n> a": "> ```\n> a",
    "a <b>c</b> <!-- d --> <?e <!f": "a &lt;b>c&lt;/b> &lt;!-- d --> &lt;?e &lt;!f",
    "\\<b>": "&lt;b>",
    "\\\\<b>": "\\\\&lt;b>",
    "a < b <3 a<b": "a < b <3 a&lt;b",
    "`<b>` <https://a.example.org> <a@b.org>": "`<b>` <https://a.example.org> <a@b.org>",
    "<div>\n\n```\n<b>\n```\n\n    <c>": "&lt;div>\n\n```\n<b>\n```\n\n    <c>",
    "![<b>](https://example.org/)": "![&lt;b>](https://example.org/)",
    "[a](<b": "[a]&#40;&lt;b",
    "[a]: <b": "[a]&#58; &lt;b",
    "| `<a>` | <a> \\| <b> |\n|-|-|": "| `<a>` | &lt;a> \\| &lt;b> |\n|-|-|",
    "{{ a }} {% b %} {# c #} {d": "&#123;&#123; a }} &#123;% b %} &#123;# c #} {d",
    "{{< a >}} {{{ b": "&#123;&#123;< a >}} &#123;&#123;&#123; b",
    "\\{{ a \\{%": "&#123;{ a &#123;%",
    "[{{a}}](https://example.org/{{b}} '{{c}}')": (
        "[&#123;&#123;a}}](https://example.org/&#123;&#123;b}} '&#123;&#123;c}}')"
    ),
    "<https://example.org/{{a}}>": "<https://example.org/%7B%7Ba}}>",
    "`{{ a }}`": "`{{ a }}`",
    "term\n: definition": "term\n&#58; definition",
    "`a`: b": "`a`: b",
    "&#20013;&copy;": "&#20013;&copy;",
    "a\\": "a\\",
    "": "",
}


@pytest.mark.parametrize("body", BODIES)
def test_a_hostile_body_stays_in_its_item(body: str) -> None:
    written = "\n".join(f"    {line}" if line else "" for line in BODIES[body].split("\n"))
    file = body_of_file(digest(Entry("A", "", URL, body), Entry("B", "", URL, body)))
    item = f"[A]({URL})\n\n{written}".rstrip("\n")
    assert file == f"1.  {item}\n\n2.  {item.replace('[A]', '[B]')}"


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("a\n\n[b]: https://example.org", 3, "definition"),
        ("> - [b]: x", 1, "definition"),
        ("[b]: x\n[B]: y", 1, "definition"),
        ("a [^1]\n\n[^1]: A note of words.", 3, "footnote"),
        ("text\n[^1]: a b c", 2, "footnote"),
        ("- a\n\n  ```\n  b", 3, "never closed"),
        ("a `b\n<script>` c", 2, "HTML"),
        ("a [b](\n<div>)", 2, "HTML"),
        ("- - - - - - a", 1, "too deep"),
        ("a\n\n> > > > > b", 3, "too deep"),
        ("x" * 20_001, None, "20001"),
        ("\n".join(["|a" * 60, "|-" * 60, *["|b"] * 60]), None, "cells"),
    ],
)
def test_a_body_that_would_leak_is_refused(body: str, line: int, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        dump(digest(Entry("A"), Entry("B", "", URL, body)))
    assert (caught.value.item, caught.value.line) == (2, line)


def test_tables_that_each_item_may_have_are_no_trouble_together() -> None:
    wide = "\n".join(["|a" * 30, "|-" * 30, *["|b"] * 20])
    assert body_of_file(digest(*[Entry("A", body=wide)] * 9)).count("|a|a") > 9


def test_an_unclosed_fence_does_not_swallow_the_next_item() -> None:
    file = body_of_file(digest(Entry("A", body="```\nx"), Entry("B")))
    assert FRIENDLY.render(file).count("<li>") == 2


@pytest.mark.parametrize(
    ("intro", "reason"),
    [
        ("```\na", "never closed"),
        ("- a\n\n  ~~~\n  b", "never closed"),
        ("a\n\n1. b", "numbered list"),
        ("1) a", "numbered list"),
        ("## a", "second-level heading"),
        ("a\n---", "second-level heading"),
        ("[a]: b", "definition"),
    ],
)
def test_an_intro_that_would_swallow_or_join_the_items_is_refused(intro: str, reason: str) -> None:
    assert reason in reason_against(digest(Entry("A"), intro=intro))
    section = Section("B", intro, (Entry("C"),))
    assert reason in reason_against(DigestDocument("News", DATE, sections=(section,)))


@pytest.mark.parametrize(
    "intro",
    ["Born in\n1986. What a year!", "- a\n- b", "> 1. a", "# a\n\n### b", "---", "<!-- a", "    a"],
)
def test_a_harmless_intro_stays_in_its_place(intro: str) -> None:
    document = digest(Entry("A"), intro=intro)
    file = body_of_file(document)
    assert file.endswith("\n\n1.  A")
    assert "<!--" not in file


@pytest.mark.parametrize("outro", ["- a", "1. b", "    code", "## c", "a", "> d", "| a |\n|-|"])
def test_an_outro_never_joins_the_last_item(outro: str) -> None:
    file = body_of_file(digest(Entry("A", body="- last"), outro=outro))
    assert file == f"1.  A\n\n    - last\n\n---\n\n{outro}"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (Entry(""), "headline"),
        (Entry(" \u200b\n"), "headline"),
        (Entry("", "Noor", URL), "headline"),
        (Entry("x" * 1001), "1001"),
        (Entry("x", "y" * 1001), "1001"),
    ],
)
def test_an_item_that_says_nothing_or_too_much_is_refused(entry: Entry, reason: str) -> None:
    assert reason in reason_against(digest(entry))


SCALARS = {
    'say "hi" \\ bye': '"say \\"hi\\" \\\\ bye"',
    "yes": '"yes"',
    "null": '"null"',
    "2026-03-02": '"2026-03-02"',
    "2026.03": '"2026.03"',
    "a: b # c": '"a: b # c"',
    "- a": '"- a"',
    "&a *b !c %d @e `f` {g} [h]": '"&a *b !c %d @e `f` {g} [h]"',
    "a/b": '"a/b"',
    "<script>{{ x }}": '"<script>{{ x }}"',
    "中文 🤗": '"中文 🤗"',
    "---": '"---"',
}


@pytest.mark.parametrize("text", SCALARS)
def test_a_hostile_title_is_one_scalar(text: str) -> None:
    document = DigestDocument(
        text, DATE, (text.replace("/", ""),), sections=(Section(entries=(Entry("A"),)),)
    )
    lines = dump(document).split("\n")
    assert lines[1] == f"title: {SCALARS[text]}"
    assert lines[3] == f"categories: [{SCALARS[text].replace('/', '')}]"
    assert parse(dump(document)).title == text


def test_a_scalar_never_holds_what_a_yaml_parser_takes_for_a_line_end() -> None:
    assert json_string("\x7f\x85\x9f\u2028\u2029\ufeff\n") == (
        '"\\u007f\\u0085\\u009f\\u2028\\u2029\\ufeff\\n"'
    )


def test_a_title_loses_its_controls() -> None:
    document = DigestDocument(
        "a\x85b\x00c\u2028d\ufeff", DATE, sections=(Section(entries=(Entry("A"),)),)
    )
    assert dump(document).split("\n")[1] == 'title: "a bc d"'


def test_no_categories_are_an_empty_list_and_an_empty_body_is_a_link_alone() -> None:
    assert dump(digest(Entry("A", "", URL, " \n"))) == (
        '---\ntitle: "News"\ndate: 2026-03-02T00:00:00+00:00\ncategories: []\n---\n\n'
        f"1.  [A]({URL})"
    )
