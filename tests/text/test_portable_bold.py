"""Bold beside Chinese punctuation, written so that plain CommonMark shows it, and read back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings

from digests.text.format import dump, parse
from digests.text.format.normal import normal_body
from digests.text.format.roundtrip import check
from digests.text.markdown.emphasis import portable, readable
from digests.text.markdown.html import FRIENDLY, PLAIN
from tests.cost import cpu_seconds
from tests.embedded import ROOT
from tests.hostile import bodies

SEED_TWIN = (ROOT / "tests/data/seed_twin.md").read_bytes().decode()

WRITTEN = {
    "**要点：**内容": "**要点：**&#20869;容",
    "这是**重点。**然后": "这是**重点。**&#28982;后",
    "**“引号”**文字": "**“引号”**&#25991;字",
    "他说**“引号”**文字": "他&#35828;**“引号”**&#25991;字",
    "他说**“引号”**。": "他&#35828;**“引号”**。",
    "读了**《书名》**后": "读&#20102;**《书名》**&#21518;",
    "模型**（测试版）**发布": "模&#22411;**（测试版）**&#21457;布",
    "接近**100%**的用户": "接近**100%**&#30340;用户",
    "约**$100**元": "&#32422;**$100**元",
    "用**C++**写": "用**C++**&#20889;",
    "调用**`run()`**函数": "调&#29992;**`run()`**&#20989;数",
    "见**[链接](https://example.org)**文": "&#35265;**[链接](https://example.org)**&#25991;",
    "*（斜体）*字": "*（斜体）*&#23383;",
    "***“粗斜”***字": "***“粗斜”***&#23383;",
    "删~~“旧”~~新": "&#21024;~~“旧”~~&#26032;",
    "한국어**(강조)**입니다": "한국&#50612;**(강조)**&#51077;니다",
    "これは**「強調」**です": "これ&#12399;**「強調」**&#12391;す",
    "**“文心”**OpenAI": "**“文心”**&#79;penAI",
    "发布**文心(Ernie)**API": "发布**文心(Ernie)**&#65;PI",
    "*“文心”*4.5，~~“旧”~~New": "*“文心”*&#52;.5，~~“旧”~~&#78;ew",
    "A**（甲）**B": "&#65;**（甲）**&#66;",
    "**“a”**中**“b”**": "**“a”**&#20013;**“b”**",
    "> - 说**“甲”**\n>   说**“乙”**": "> - &#35828;**“甲”**\n>   &#35828;**“乙”**",
    "# 说**“题”**了": "# &#35828;**“题”**&#20102;",
    "| `说**“码”**` | 说**“格”** |\n|-|-|": "| `说**“码”**` | &#35828;**“格”** |\n|-|-|",
    "| a \\| b | 说**“格”**了 |\n|-|-|": "| a \\| b | &#35828;**“格”**&#20102; |\n|-|-|",
}
UNTOUCHED = [
    "在**全球100个不同城市**同步",
    "他说“**引号**”文字",
    "调用__init__方法",
    "他说 **“引号”** 文字",
    "a **(b)** c",
    "**要点**：内容",
    "他说，**“引号”**，文字",
    "`他说**“引号”**文字`",
    "    他说**“引号”**文字",
    "```\n他说**“引号”**文字\n```",
    "<https://example.org/说**“a”**了>",
    "2**3",
    "**未完",
    "a*“b",
    "**“Ernie”**OpenAI",  # holds no Chinese: as CommonMark has it
    "文心**“Ernie” and “GPT”**OpenAI",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_neighbour_is_written_as_a_reference_where_it_must_be(text: str) -> None:
    written = portable(text)
    assert written == WRITTEN[text]
    assert PLAIN.render(text) != FRIENDLY.render(text)
    assert PLAIN.render(written) == FRIENDLY.render(written) == FRIENDLY.render(text)


@pytest.mark.parametrize("text", WRITTEN)
def test_the_reference_is_read_back(text: str) -> None:
    assert readable(portable(text)) == text


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_needs_no_reference_has_none(text: str) -> None:
    assert portable(text) == text
    assert readable(text) == text


def test_the_twin_of_the_seed_has_no_reference() -> None:
    assert "&#" not in SEED_TWIN
    assert dump(parse(SEED_TWIN)) == SEED_TWIN


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("他&#35828;**“引号”**&#25991;字", "他说**“引号”**文字"),
        ("在&#22312;**城市**&#21516;步", "在在**城市**同步"),
        ("&#97;**b**&#99;", "&#97;**b**&#99;"),  # would give the runs other powers
        ("在&#22312;城市", "在&#22312;城市"),  # not beside emphasis
        ("&#x5728;**城市**", "&#x5728;**城市**"),  # not a reference that dump writes
        ("`&#22312;**城市**`", "`&#22312;**城市**`"),
        ("    &#22312;**城市**", "    &#22312;**城市**"),
        ("\\&#22312;**城市**", "\\&#22312;**城市**"),
        ("\\\\&#22312;**城市**", "\\\\在**城市**"),
        ("&#42;**城市**", "&#42;**城市**"),  # a star, a space, a control are no letters
        ("&#32;**城市**", "&#32;**城市**"),
        ("&#8203;**城市**", "&#8203;**城市**"),
        ("&#9999999;**城市**", "&#9999999;**城市**"),
        ("e&#769;**城市**", "e&#769;**城市**"),  # would join the letter before it
        ("&#97;**“b”**", "&#97;**“b”**"),  # our page needs it too
        ("<a**&#98;@c.de>", "<a**&#98;@c.de>"),  # would become a link
    ],
)
def test_only_references_that_say_nothing_else_are_turned_back(text: str, read: str) -> None:
    assert readable(text) == read
    assert FRIENDLY.render(read) == FRIENDLY.render(text)
    assert readable(read) == read


def test_a_file_keeps_only_the_references_it_needs() -> None:
    text = SEED_TWIN.replace("在**全球", "&#22312;**全球").replace("模型（LLM）", "模型**（LLM）**")
    document = parse(text)
    written = dump(document)
    assert "在**全球" in written
    assert "模&#22411;**（LLM）**&#35757;练" in written
    assert "模型**（LLM）**训练" in document.sections[0].entries[1].body
    assert dump(parse(written)) == written


def test_every_part_of_a_digest_is_written_portably() -> None:
    text = "他说**“引号”**文字"
    twin = parse(SEED_TWIN)
    (section,) = twin.sections
    named = replace(section, heading="题", intro=text)
    document = replace(twin, intro=text, sections=(section, named), outro=text)
    assert dump(document).count(WRITTEN[text]) == 3
    assert parse(dump(document), [entry.byline for entry in section.entries]) == document
    assert check(document, dump(document)) == []


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(bodies)
@example("他&#35828;**“引号”**&#25991;字")
@example("&#97;**&#98;**（c）**&#100;")
def test_normal_text_survives_the_references(text: str) -> None:
    text = normal_body(text)
    written = portable(text)
    assert readable(written) == text
    assert FRIENDLY.render(written) == FRIENDLY.render(text)


HOSTILE = {
    "runs": "中**“",
    "references": "&#20013;**“",
    "references in code": "`&#20013;**“",
    "letters": "&#97;**&#98;**",
    "mixed": "中**“a”**b~~（c）~~_d_&#20013;***",
    "brackets": "[中**“](",
    "cells": "|中**“a”**b",
    "tags": "<b",
    "braces": "{{",
    "escapes": "\\<a\\{{",
    "images": "![<b",
    "quotes": "> 中**“\n",
    "lists": "- 中**“\n",
    "definitions": "[a]:<b\n\n",
    "fences": "```\n<b>\n",
    "paragraphs": "中**“a”**b\n\n",
}


@pytest.mark.parametrize("step", [normal_body, portable])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_shape_takes_half_a_second(name: str, step: Callable[[str], str]) -> None:
    text = (HOSTILE[name] * 10_000)[:10_000]
    assert cpu_seconds(lambda: step(text)) < 0.5
