"""Search tokens: what a text is found by, and where in it a query is found."""

import re
from collections.abc import Iterable
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digests.text.index.highlight import _folded, _pieces, marked, snippet
from digests.text.index.tokens import (
    MAX_PHRASES,
    MAX_QUERY,
    MAX_WORD,
    fold,
    phrases,
    prose,
    tokens,
)
from digests.text.markdown.visible import visible_text

# Characters that have troubled search engines, beside any others.
TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            "人工智能机器的𠮷野家〇々アｶﾞ한국어ㄅgGＧ4４½ßİıſﬁé\u0301\u0307\u200b\ufe0f葛\U000e0100👩‍💻"
        ),
        st.sampled_from(" \t\n　，。、-_'\"*:()\\%\x00"),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("人工智能", "人工 工智 智能 能"),
        ("机", "机"),
        ("人工，智能", "人工 工 智能 能"),
        ("用GPT-4写", "用 gpt 4 写"),
        ("GPT4", "gpt 4"),
        ("ＧＰＴ－４　模型", "gpt 4 模型 型"),
        ("ｶﾞｲﾄﾞ", "ガイ イド ド"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("二〇二六", "二〇 〇二 二六 六"),
        ("인공지능", "인공 공지 지능 능"),
        ("Straße STRASSE", "strasse strasse"),
        ("İstanbul", "istanbul"),
        ("cafe\u0301 café", "café café"),
        ("葛\U000e0100城", "葛城 城"),
        ("人\u200b工", "人工 工"),
        ("👩‍💻🚀 ⚡️", "0x1f469 0x1f4bb 0x1f680 0x26a1"),
        ("发布🎉新版", "发布 布 0x1f389 新版 版"),
        ("C++ C＋＋17 c+++", "c 0x2b2b c 0x2b2b 17 c"),
        ("A+轮，a+b，5G+", "a 0x2b 轮 a b 5 g 0x2b"),
        ("C#语言 Issue#12 # 1", "c 0x23 语言 言 issue 12 1"),
        ("用C#12写，#12，f#.", "用 c 0x23 12 写 12 f 0x23"),
        ("人工★智能 ✓→⬆🠖 ⭐✅❤️", "人工 工 智能 能 0x2b50 0x2705 0x2764"),
        (".NET 用.NET写 asp.net 1.5 ...and", "0x2e net 用 0x2e net 写 asp net 1 5 and"),
        ("1️⃣ 版", "1 版"),
        ("snake_case", "snake case"),
        ("Привет, Ελλάς", "привет ελλάσ"),
    ],
)
def test_a_text_is_found_by_words_and_pairs_of_characters(text: str, found: str) -> None:
    assert tokens(text) == (f" {found} " if found else "")


@given(TEXTS)
@example("\ud800")
def test_tokens_are_letters_and_digits_whatever_the_text(text: str) -> None:
    for token in tokens(text).split():
        assert len(token) <= MAX_WORD
        # Beyond ASCII no character means anything to a database.
        assert re.fullmatch(r"[a-z0-9\x80-\U0010ffff]+", token), token
        assert token == fold(token)


@given(TEXTS)
def test_spellings_that_look_the_same_have_the_same_tokens(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert tokens(normalize(form, text)) == tokens(text)


SIGNED = ["a++", "a+", "a#", "a#4", "g#", ".a", "a++4", "人🚀", "🚀🚀", "🚀a", "a.a", "4.a", "a#人"]


@given(st.text(st.sampled_from("人工智能aAg4 -，+#.🚀"), max_size=30))
@example("a+++")
@example("a.a")
def test_a_query_is_a_part_of_the_tokens_exactly_where_its_pattern_is_found(text: str) -> None:
    plain = ("人", "智能", "人工智", "a", "a4", "人a", "a人", "4人工", "工，智", "aag", "4-aaa")
    for query in (*plain, *SIGNED):
        (phrase,) = phrases(query)
        stands = f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}" in tokens(text)
        assert stands == bool(phrase.pattern.search(prose(fold(text)))), query


@pytest.mark.parametrize(
    "query",
    ["", " ", "　", '"', "*", "-", "!?", "()", "+", "++", "#", ". ?", "\x00", "\ud800", "' \\ %_"],
)
def test_a_query_without_letters_asks_for_nothing(query: str) -> None:
    assert phrases(query) == ()


def test_only_the_last_word_is_a_beginning_and_only_if_it_is_long_enough() -> None:
    def opened(query: str) -> list[str]:
        return [" ".join(phrase.tokens) for phrase in phrases(query) if phrase.is_open]

    assert opened("Orb") == opened("weft Orb") == ["orb"]
    assert opened("Orb weft") == ["weft"]
    assert opened("GPT-orb") == ["gpt orb"]
    assert opened("AI") == opened("orb 2026") == opened("orb 智能") == opened("C++") == []
    assert opened("прив") == ["прив"]
    assert len(phrases("orb orb")) == 2  # the word, and a word that begins with it


def test_a_query_is_read_to_a_bound() -> None:
    assert len(phrases(" ".join("abcdefghijklmnopqrstuvwxyz"))) == MAX_PHRASES
    assert len(phrases("智" * 10_000)[0].tokens) == MAX_QUERY - 1
    assert len(phrases("智能 " * 30)) == 1


def hits(pieces: Iterable[tuple[str, bool]]) -> list[str]:
    return [text for text, is_hit in pieces if is_hit]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("人工智能与智能体", "智能", ["智能", "智能"]),
        ("用ＧＰＴ－４写的", "gpt4", ["ＧＰＴ－４"]),
        ("用GPT-4o写的", "gpt 4", ["GPT", "4"]),
        ("ChatGPT", "gpt", []),
        ("GPTs and orbweft", "orb gpt", ["GPT"]),
        ("The Orbweft", "orb", ["Orb"]),
        ("C, C+, C++ and C++17", "c++", ["C++", "C++"]),
        ("C# or C", "c#", ["C#"]),
        ("C#12 in C 12", "c#", ["C#"]),
        ("C#12 in C 12", "c#12", ["C#12"]),
        ("Issue#12", "issue12", ["Issue#12"]),
        ("人工★智能", "人工，智能", ["人工★智能"]),
        ("GPT✓4", "gpt4", ["GPT✓4"]),
        ("VB.NET on .NET", ".net", [".NET"]),
        ("发布🎉🚀新版", "🚀新", ["🚀新"]),
        ("人工智能体", "人工智能 智能体", ["人工智能体"]),
        ("哈哈哈", "哈哈", ["哈哈哈"]),
        ("Die Straße", "STRASSE", ["Straße"]),
        ("㍿和﷽", "株式会社", ["㍿"]),
        ("ﬁre", "fire", ["ﬁre"]),
        ("ｶﾞｲﾄﾞ", "ガイド", ["ｶﾞｲﾄﾞ"]),
        ("İstanbul", "istanbul", ["İstanbul"]),
        ("人\u200b工", "人工", ["人\u200b工"]),
        ("<b>人工</b>", "b", ["b", "b"]),
        ("没有", "智能", []),
        ("没有", "", []),
    ],
)
def test_hits_are_marked_in_the_text_as_it_was_written(
    text: str, query: str, found: list[str]
) -> None:
    pieces = marked(text, phrases(query))
    assert hits(pieces) == found
    assert "".join(piece for piece, _ in pieces) == text


@given(TEXTS, st.text(max_size=20))
def test_marking_changes_no_text(text: str, query: str) -> None:
    wanted = phrases(query)
    assert "".join(piece for piece, _ in marked(text, wanted)) == text
    assert len("".join(piece for piece, _ in snippet(text, wanted))) <= 162 + len(text)


@given(TEXTS)
@example("한글")
@example("각")
@example("e\u0301\u0323")
def test_a_text_is_folded_in_pieces_as_it_is_as_a_whole(text: str) -> None:
    assert "".join(map(_folded, _pieces(text))) == fold(text)


def test_a_snippet_shows_the_first_hit_amid_what_is_around_it() -> None:
    text = "前" * 300 + "智能" + "后" * 300
    pieces = snippet(text, phrases("智能"))
    assert pieces == (
        ("…", False),
        ("前" * 40, False),
        ("智能", True),
        ("后" * 118, False),
        ("…", False),
    )
    assert snippet("第一行\n\n第二行", phrases("无")) == (("第一行 第二行", False),)
    assert hits(snippet("前" * 300 + "智能", phrases("智能"))) == ["智能"]


def test_a_snippet_begins_with_a_whole_word_where_one_is_near() -> None:
    text = "abcdefgh " * 40 + "target and more"
    pieces = snippet(text, phrases("target"))
    assert pieces[1][0].startswith("abcdefgh abcdefgh")


def test_readers_see_text_without_its_markdown() -> None:
    assert (
        visible_text(
            "**要点：**人工**智能**见[这里](https://example.org/智)\n下一行 `a*b`\n\n"
            "- 一\n- 二\n\n![图](https://example.org/x.png)\n\n"
            "```\ncode\n```\n\n| a | b |\n|-|-|\n| c | d |"
        )
        == "要点：人工智能见这里\n下一行 a*b\n一\n二\n图\ncode\na\nb\nc\nd"
    )
