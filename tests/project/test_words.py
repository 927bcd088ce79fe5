"""The words on screens: one for each thing, as in docs/glossary.md, in the house's own style."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from digests.text.style.typography import typography
from tests.embedded import ROOT
from tests.translatable import messages

CATALOGUE = ROOT / "digests/locale/zh_Hans/LC_MESSAGES/django.po"
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{+\s*\w*\s*\}+")
NUMBER = re.compile(r"%\(\w+\)d|%\((?:count|counter|number|minutes|most|least)\)s")
# Phrases that were translated word by word once, beside the glossary's own.
POOR = (
    *("anew", "four eyes", "stands", "the least", "the most", "taken out", "dissolve"),
    *("somebody", "quarter of an hour", "such page", "you may not", "in step with"),
)

# What users asked to read, in English and in Chinese.
ASKED = {
    "Manage": "管理",
    "Filters": "筛选",
    "just now": "刚刚",
    "No problems found.": "没有问题。",
    "Previous": "上一期",
    "Next": "下一期",
    "Due within 24 hours": "24 小时内待发布",
    "promotion": "软文/广告",
    "Allowed hosts of links": "允许的链接域名",
    "Claimed for 15 minutes: %(what)s": "已由您认领 15 分钟：%(what)s",
    "Interface language. Leave empty to use the browser’s.": "界面语言。留空则使用浏览器的语言。",
    "Nothing is waiting for you. Digests come here when they are submitted.": (
        "暂无待审。简报提交之后会出现在这里。"
    ),
}


def terms() -> Iterator[list[str]]:
    """The rows of the glossary: English, Chinese, meaning, rejected words."""
    for line in GLOSSARY.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("English", "---"):
            yield cells


def rejected() -> list[str]:
    words = [word for *_, words in terms() for word in words.split(", ") if word != "—"]
    return [*words, *POOR]


def english() -> list[str]:
    """What screens say, as it stands in code and templates."""
    texts = [text for _, *forms in messages() for text in forms if text]
    return [PLACE.sub("…", text) for text in texts]


def chinese() -> list[str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    strings = [
        each.string if isinstance(each.string, str) else (each.string or [""])[0]
        for each in catalogue
        if each.id and each.context != "date format"
    ]
    # A number is spaced like a Latin word; what else is filled in may be Chinese.
    return [PLACE.sub("……", NUMBER.sub("1", text)) for text in strings]


def translated() -> dict[str, str]:
    """The Chinese of each English text that is one for every number."""
    with CATALOGUE.open("rb") as file:
        pairs = [(each.id, each.string) for each in read_po(file)]
    return {
        text: string for text, string in pairs if isinstance(text, str) and isinstance(string, str)
    }


def breaches(words: list[str], texts: list[str]) -> list[str]:
    latin = [re.compile(rf"\b{re.escape(word)}s?\b", re.I) for word in words if word.isascii()]
    other = [re.compile(re.escape(word)) for word in words if not word.isascii()]
    return [
        f"{pattern.pattern}: {text}"
        for pattern in (*latin, *other)
        for text in texts
        if pattern.search(text)
    ]


def straight(texts: list[str]) -> list[str]:
    """The texts with an apostrophe of the typewriter."""
    return [text for text in texts if re.search(r"[A-Za-z]'", text)]


def remarks(texts: list[str]) -> list[str]:
    return [
        f"{found.code}: {text}"
        for text in texts
        for found in typography(text, "", "spaced", is_markdown=False)
    ]


def test_no_text_uses_a_word_that_the_glossary_rejects() -> None:
    assert not breaches(rejected(), [*english(), *chinese()])


def test_the_glossary_has_each_term_once_in_both_languages() -> None:
    rows = list(terms())
    assert len(rows) >= 40
    for column in (0, 1):
        words = [row[column] for row in rows]
        assert all(words)
        assert len(set(words)) == len(words)


def test_texts_that_users_asked_for_are_there_in_both_languages() -> None:
    said = {text for _, *forms in messages() for text in forms}
    assert set(ASKED) <= said
    found = translated()
    assert {text: found[text] for text in ASKED} == ASKED


def test_a_reader_is_addressed_politely_in_chinese() -> None:
    guides = [path.read_text() for path in (ROOT / "docs").rglob("*zh*.md")]
    assert guides
    assert not [text for text in [*chinese(), *guides] if "你" in text]


def test_chinese_texts_keep_the_house_style() -> None:
    assert not remarks(chinese())


def test_english_texts_have_the_apostrophe_of_print() -> None:
    assert not straight(english())
    assert straight(["Don't.", "The series' zone."])


@pytest.mark.parametrize("planted", ["This item is old.", "注销", "Deliveries"])
def test_a_rejected_word_would_be_found(planted: str) -> None:
    assert breaches(rejected(), [planted])


@pytest.mark.parametrize("planted", ["没有,请再试", "共1条", "无法保存:"])
def test_poor_typography_would_be_found(planted: str) -> None:
    assert remarks([planted])
