"""The house style: what is reported to editors, where it stands, and what one click fixes."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.utils import flatten_fieldsets
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from digests.desk.admin.series import SeriesAdmin
from digests.models import Series
from digests.text.finding import Finding
from digests.text.format import DigestDocument, Entry, Section, parse
from digests.text.format.normal import normal_body
from digests.text.judgement import Judgement
from digests.text.style.house import HouseStyle
from digests.text.style.lint import lint_entry
from digests.text.style.prose import prose_of_line, prose_of_markdown
from digests.text.style.typography import Spacing
from tests.embedded import ROOT
from tests.hostile import entries
from tests.text.test_lint import DATE, SEED_TWIN

some = settings(max_examples=150, suppress_health_check=list(HealthCheck))

URL = "https://example.org/a"
GOOD = Entry("标题", "宝玉", URL, "正文")
SAMPLES = sorted((ROOT / "samples/digests").rglob("*.md"))


def codes(entry: Entry, **style: Any) -> list[str]:
    return [finding.code for finding in lint_entry(entry, HouseStyle(**style))]


def of_body(body: str, **style: Any) -> list[Finding]:
    return lint_entry(replace(GOOD, body=body), HouseStyle(**style))


def marked(text: str, finding: Finding) -> str:
    """The part of the text that the finding points at."""
    assert finding.span is not None
    start, end = finding.span
    return text[start:end]


def mended(entry: Entry, finding: Finding) -> Entry:
    assert finding.span is not None
    assert finding.fix is not None
    text = getattr(entry, finding.field)
    start, end = finding.span
    return replace(entry, **{finding.field: text[:start] + finding.fix + text[end:]})


# What is no fault


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_in_style(path: Path) -> None:
    document = parse(path.read_bytes().decode())
    style = HouseStyle(headline_max=70, body_max=600, bold_max=50, spacing="unspaced")
    codes = {finding.code for finding in Judgement(document, style).findings}
    assert codes <= {"byline-missing", "emphasis-by-reference"}


def test_the_digest_that_the_format_comes_from_is_in_style() -> None:
    style = HouseStyle(headline_max=60, body_max=600, bold_max=50, spacing="unspaced")
    assert Judgement(parse(SEED_TWIN), style).findings == []


def test_without_a_style_nothing_is_said_of_it() -> None:
    entry = Entry("中文,标题", "", "https://example.org/?utm_source=a", "**全部**,A")
    assert lint_entry(entry) == []
    document = DigestDocument("N", DATE, sections=(Section(entries=(entry,)),))
    assert Judgement(document).findings == []


def test_the_empty_style_has_no_thresholds() -> None:
    assert codes(Entry("长" * 500, "谁", "https://anywhere.example/", "**长**" * 500)) == []


# What a series sets


def test_every_rule_but_the_bylines_is_set_by_the_series() -> None:
    rules = {field.name for field in fields(HouseStyle)} - {"bylines", "hosts"}
    style = Series(link_hosts="x.com", **dict.fromkeys(rules, 7)).house_style(["宝玉"])
    assert {name: getattr(style, name) for name in rules} == dict.fromkeys(rules, 7)
    assert (style.hosts, style.bylines) == (("x.com",), frozenset({"宝玉"}))


def test_whatever_a_series_sets_has_a_place_in_its_form() -> None:
    editable = {field.name for field in Series._meta.fields if field.editable} - {"id"}
    # The schedule may be typed in words, too, and categories are rows of their own.
    more = {"recurrence", "every", "start", "times", "days", "categories"}
    assert set(flatten_fieldsets(SeriesAdmin.fieldsets)) == editable | more


# Byline, link, lengths, bold


def test_a_missing_byline_is_remarked_on() -> None:
    assert codes(replace(GOOD, byline=" ")) == ["byline-missing"]


def test_an_unknown_byline_is_named_only_where_some_are_known() -> None:
    (finding,) = lint_entry(GOOD, HouseStyle(bylines=frozenset({"clem 🤗"})))
    assert (finding.code, finding.field) == ("byline-unknown", "byline")
    assert "“宝玉”" in finding.sentence
    assert codes(replace(GOOD, byline=" clem 🤗"), bylines=frozenset({"clem 🤗"})) == []


@pytest.mark.parametrize(
    "url", ["https://x.com/a", "https://mobile.x.com/a", "HTTPS://X.COM./a", "", "no address"]
)
def test_a_link_at_a_host_or_its_subdomain_is_in_style(url: str) -> None:
    assert "link-host" not in codes(replace(GOOD, url=url), hosts=("x.com", "example.net"))


@pytest.mark.parametrize("url", ["https://netflix.com/a", "https://x.com.example.org/", URL])
def test_a_link_elsewhere_is_remarked_on(url: str) -> None:
    (finding,) = lint_entry(replace(GOOD, url=url), HouseStyle(hosts=("x.com", "example.net")))
    assert (finding.code, finding.field) == ("link-host", "url")
    assert "x.com, example.net" in finding.sentence


def test_lengths_are_those_that_a_reader_sees() -> None:
    entry = replace(
        GOOD, headline="一二三四", body="**一二** [三](https://example.org/long)&amp;`四`"
    )
    assert codes(entry, headline_max=4, body_min=6, body_max=6) == []
    long, short = lint_entry(entry, HouseStyle(headline_max=3, body_min=7))
    assert (long.code, long.field, long.params) == (
        *("headline-long", "headline"),
        {"count": 4, "most": 3},
    )
    assert (short.code, short.params) == ("body-short", {"count": 6, "least": 7})
    assert [f.params for f in lint_entry(entry, HouseStyle(body_max=5))] == [
        {"count": 6, "most": 5}
    ]


def test_the_share_of_bold_may_reach_its_limit() -> None:
    assert of_body("**一二**三四", bold_max=50) == []
    (finding,) = of_body("**一二**三", bold_max=66)
    assert (finding.code, finding.sentence) == (
        "much-bold",
        "67% of the body is bold; the maximum is 66%.",
    )


# Trackers


def test_an_address_with_trackers_is_written_without_them() -> None:
    url = "https://example.org/a?id=1&utm_source=b"
    (finding,) = lint_entry(replace(GOOD, url=url), HouseStyle())
    assert (finding.code, finding.field) == ("link-tracking", "url")
    assert (finding.span, finding.fix) == ((0, len(url)), "https://example.org/a?id=1")


def test_no_fix_drops_the_part_of_the_page() -> None:
    (finding,) = lint_entry(replace(GOOD, url=f"{URL}?utm_source=b#results"), HouseStyle())
    assert (finding.code, finding.fix) == ("link-tracking", None)


@pytest.mark.parametrize(
    "url", [f"{URL}?id=1", f"{URL}?a=1&", f"{URL}#part", "http://a.example:80/"]
)
def test_an_address_without_trackers_is_left_alone(url: str) -> None:
    assert codes(replace(GOOD, url=url)) == []


# Punctuation


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("模型,数据", "模型，数据"),
        ("模型, 数据", "模型，数据"),
        ("GPT,模型", "GPT，模型"),
        ("为什么?", "为什么？"),
        ("太好了!", "太好了！"),
        ("时间:12:30", "时间：12:30"),
        ("《千页》;其余", "《千页》；其余"),
        ("**要点:** 内容", "**要点：** 内容"),
        ("一项新的研究.", "一项新的研究。"),
        ("一项新的研究. 另一项", "一项新的研究。另一项"),
        ("> - 引用,内容", "> - 引用，内容"),
        ("| 表,格 |\n|---|", "| 表，格 |\n|---|"),
    ],
)
def test_half_width_punctuation_beside_chinese_is_mended(body: str, after: str) -> None:
    (finding,) = of_body(body)
    assert finding.code == "half-width-punctuation"
    assert mended(replace(GOOD, body=body), finding).body == after
    assert of_body(after) == []


@pytest.mark.parametrize(
    "body",
    [
        "用1,000多芯片",
        "研究“H2: Towards, Efficient” 项目",
        "12:30开始，比分3:2",
        "`代码,中文:` 之后",
        "```\n中文,\n```",
        "    代码,中文",
        "[链接](https://example.org/中,文) ![图](/a,中 '题,目')",
        "见https://example.org/a,b?c:中",
        "<https://example.org/a,>中",
        "**要点：**&#38463;弗伦",
        r"中\,文",
        "看图![图](https://example.org/a.png)",
        "Yahoo!中国",
        "列夫.托尔斯泰说，他不知道...",
        "甲. 第一项",
        "Node.js 与 example.org，版本2.5",
    ],
)
def test_other_punctuation_is_left_alone(body: str) -> None:
    assert [f.sentence for f in of_body(body) if f.code == "half-width-punctuation"] == []


def test_a_mark_that_decides_what_is_bold_is_not_replaced_in_one_click() -> None:
    other, finding = of_body("A **中!**b")
    assert (finding.code, finding.span, finding.fix) == ("half-width-punctuation", (5, 6), None)
    assert other.code == "raw-asterisks"


def test_a_headline_is_prose_too() -> None:
    (finding,) = lint_entry(replace(GOOD, headline="发布*新*模型,*免费*"), HouseStyle())
    assert (finding.field, finding.span, finding.line) == ("headline", (7, 8), None)


def test_places_count_in_the_text_as_it_was_written() -> None:
    body = "\r\n\u200b第一行\r\n\r\n- 列表,项\r\n"
    (finding,) = of_body(body)
    assert (marked(body, finding), finding.line) == (",", 4)


# Space between Chinese and Latin


@pytest.mark.parametrize(
    ("spacing", "body", "after"),
    [
        ("spaced", "全球AI", "全球 AI"),
        ("spaced", "AI  发展", "AI 发展"),
        ("spaced", "过去 4小时", "过去 4 小时"),
        ("unspaced", "全球 AI", "全球AI"),
        ("unspaced", "过去4  小时", "过去4小时"),
    ],
)
def test_space_between_chinese_and_latin_is_mended(spacing: str, body: str, after: str) -> None:
    (finding,) = of_body(body, spacing=spacing)
    assert finding.code == "spacing"
    assert mended(replace(GOOD, body=body), finding).body == after
    assert of_body(after, spacing=spacing) == []
    assert of_body(body) == []


@pytest.mark.parametrize("spacing", ["spaced", "unspaced"])
@pytest.mark.parametrize(
    "body",
    [
        "由 @LeRobotHF 组织",
        "由@LeRobotHF组织",
        "见 https://example.org/a 全文",
        "见 `AI` 与`AI`",
        "话题 #AI 与",
        "（LLM）与“AI”",
        "中文\nAI",
        "中文  \nAI",
        "看 🤗 吧",
        "[全文](https://example.org/新A)",
    ],
)
def test_no_space_is_asked_for_beside_what_is_no_word(spacing: str, body: str) -> None:
    assert of_body(body, spacing=spacing) == []


# Whole documents


def test_findings_of_a_document_name_item_and_section() -> None:
    entry = replace(GOOD, body="模型,数据")
    document = DigestDocument(
        *("N", DATE),
        intro="导语,",
        sections=(Section(entries=(GOOD,)), Section("二", "栏目,", (entry,))),
        outro="结语,",
    )
    findings = Judgement(document, HouseStyle()).findings
    assert [(f.field, f.section, f.item) for f in findings] == [
        ("intro", None, None),
        ("section_intro", 2, None),
        ("body", 2, 2),
        ("outro", None, None),
    ]


# What was warned of before has a place, too


def test_the_tag_that_shows_as_text_is_pointed_at() -> None:
    body = "`<i>` 与 <b>中</b>"
    (finding,) = of_body(body)
    assert (finding.code, marked(body, finding), finding.fix) == ("raw-html", "<b>", None)


def test_punctuation_is_moved_out_of_bold_where_nothing_else_helps() -> None:
    body = "见图\n\n- ![中**“甲”**文](https://example.org/a.png)"
    (finding,) = of_body(body)
    assert (finding.code, finding.line) == ("emphasis", 3)
    assert mended(replace(GOOD, body=body), finding).body.endswith(
        "- ![中“**甲**”文](https://example.org/a.png)"
    )


# Marks that show otherwise than they were meant


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("**粗体 **文字", "**粗体**文字"),
        ("** 粗体**文字", "**粗体**文字"),
        ("文字** 粗体**", "文字**粗体**"),
        ("A **bold **word", "A **bold** word"),
        ("A** bold** word", "A **bold** word"),
        ("- 一\n- 二\n  **粗体 **文字", "- 一\n- 二\n  **粗体**文字"),
        ("> 引\n>\n> **甲 **乙**丙**", "> 引\n>\n> **甲 **乙**丙**"),
    ],
)
def test_bold_that_a_space_keeps_from_working_is_mended(body: str, after: str) -> None:
    findings = of_body(body)
    if body == after:  # it is bold, if not as it was meant: readers see no asterisk
        assert findings == []
        return
    (finding,) = findings
    assert (finding.severity, finding.code) == ("warning", "raw-asterisks")
    assert (finding.line, finding.field) == (body.count("\n") + 1, "body")
    assert mended(replace(GOOD, body=body), finding).body == after
    assert of_body(after) == []


@pytest.mark.parametrize(
    "body", ["**忘了关", "2 ** 3 和 4 ** 5", "** 甲 ** 乙", "|甲|\n|-|\n|**乙 **丙|"]
)
def test_asterisks_that_readers_see_are_told_of_where_no_remedy_is_certain(body: str) -> None:
    (finding,) = [f for f in of_body(body) if f.code == "raw-asterisks"]
    if finding.fix:
        assert mended(replace(GOOD, body=body), finding).body == "|甲|\n|-|\n|**乙**丙|"
    assert "Readers see the asterisks" in finding.sentence
    assert lint_entry(replace(GOOD, body=body))[0].code == "raw-asterisks"


@pytest.mark.parametrize(
    "body", ["2**10", "`**a **b`", r"\*\*a \*\*b", "```\n**a **b\n```", "**a**", "甲\n\n***"]
)
def test_asterisks_that_are_meant_are_left_alone(body: str) -> None:
    assert of_body(body) == []


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("**“重要”**内容", "“**重要**”内容"),
        ("前\n\n**要点：**内容", "前\n\n**要点**：内容"),
    ],
)
def test_bold_that_other_sites_show_by_references_is_told_of(body: str, after: str) -> None:
    (finding,) = of_body(body)
    assert (finding.code, finding.line) == ("emphasis-by-reference", body.count("\n") + 1)
    assert mended(replace(GOOD, body=body), finding).body == after
    assert of_body(after) == []
    assert lint_entry(replace(GOOD, body=body)) == []


@pytest.mark.parametrize(
    ("body", "template"),
    [
        ("见 {{ title }}", "{{"),
        ("{% if x %}", "{%"),
        ("{{< fig >}}", "{{"),
        ("一\n\n- {# c #}", "{#"),
    ],
)
def test_template_braces_are_told_of_also_as_they_are_stored(body: str, template: str) -> None:
    (finding,) = of_body(body)
    assert (finding.code, marked(body, finding), finding.fix) == ("template", template, None)
    assert f"“{template}”" in finding.sentence
    assert finding.line == body.count("\n") + 1
    (stored,) = of_body(normal_body(body))
    assert (stored.code, stored.params) == (finding.code, finding.params)


def test_template_braces_in_a_headline_are_told_of_and_those_in_code_as_code() -> None:
    (finding,) = lint_entry(replace(GOOD, headline="用 {{ 变量"), HouseStyle())
    assert (finding.code, finding.field, finding.span) == ("template", "headline", (2, 4))
    assert [f.code for f in of_body("`{{ a }}`")] == ["template-in-code"]


def test_marks_of_an_intro_are_told_of_too() -> None:
    document = DigestDocument(
        *("N", DATE),
        intro="{{ a }}",
        sections=(Section(entries=(GOOD,)),),
        outro="**甲 **乙",
    )
    assert [(f.code, f.field) for f in Judgement(document, HouseStyle()).findings] == [
        ("template", "intro"),
        ("raw-asterisks", "outro"),
    ]


# Laws


PIECES = [
    *[
        "中",
        "文",
        "A",
        "b",
        "1",
        " ",
        "  ",
        "\n",
        ",",
        ".",
        ":",
        ";",
        "!",
        "?",
        "**",
        "*",
        "~~",
        "“",
        "{{",
        "&#123;",
    ],
    *["”", "》", "）", "`", "[", "](https://example.org/a,中)", "![", "|", "\n|-|\n", "- ", "> "],
    *["@a", "#b", "https://example.org/", "&#20013;", "\\", "<b>", "\r\n", "\u200b", "e\u0301"],
]
typed = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
typed_entries = st.builds(
    Entry,
    headline=typed,
    byline=st.just("宝玉"),
    url=st.sampled_from([URL, f"{URL}?utm_source=a&b=1", "https://twitter.com/a/status/9?s=20"]),
    body=typed,
)
spacings = st.sampled_from(["", "spaced", "unspaced"])


def fixable(entry: Entry, style: HouseStyle) -> list[Finding]:
    return [finding for finding in lint_entry(entry, style) if finding.fix is not None]


@some
@given(st.one_of(entries, typed_entries), spacings)
def test_a_fix_mends_what_it_is_given_for(entry: Entry, spacing: Spacing) -> None:
    style = HouseStyle(spacing=spacing)
    for finding in fixable(entry, style)[:5]:
        there = {(f.code, f.field, f.span) for f in lint_entry(mended(entry, finding), style)}
        assert finding.span is not None
        assert finding.fix is not None
        span = (finding.span[0], finding.span[0] + len(finding.fix))
        assert (finding.code, finding.field, span) not in there
        assert mended(entry, finding) != entry


@some
@example(Entry("a", "b", URL, "中,,文 A中  A中,*,*文"), "spaced")
@given(st.one_of(entries, typed_entries), spacings)
def test_fixing_all_in_turn_comes_to_an_end(entry: Entry, spacing: Spacing) -> None:
    style = HouseStyle(spacing=spacing)
    for _turn in range(sum(map(len, [entry.headline, entry.url, entry.body])) + 2):
        if not (findings := fixable(entry, style)):
            break
        entry = mended(entry, findings[0])
    assert fixable(entry, style) == []


@some
@given(st.one_of(entries, typed_entries), spacings)
def test_a_span_lies_in_its_field_and_on_its_line(entry: Entry, spacing: Spacing) -> None:
    for finding in lint_entry(entry, HouseStyle(spacing=spacing)):
        if finding.span:
            start, end = finding.span
            assert 0 <= start < end <= len(getattr(entry, finding.field))


@some
@given(typed)
def test_prose_is_as_long_as_its_text(text: str) -> None:
    assert len(prose_of_markdown(text)) == len(prose_of_line(text)) == len(text)


@some
@given(st.one_of(entries, typed_entries))
def test_a_style_only_adds_warnings_after_what_is_said_without(entry: Entry) -> None:
    bare = lint_entry(entry)
    styled = lint_entry(entry, HouseStyle(spacing="spaced"))
    assert styled[: len(bare)] == bare
    assert {finding.severity for finding in styled[len(bare) :]} <= {"warning"}


@pytest.mark.parametrize("body", ["", " \n", "***"])
def test_a_story_without_text_is_told_of_in_every_style(body: str) -> None:
    assert [finding.code for finding in of_body(body)] == ["body-missing"]
    assert [finding.code for finding in of_body(body, body_min=40)] == ["body-missing"]
    assert lint_entry(replace(GOOD, body=body)) == []
