"""Characters and line ends: the ones that stored texts may have, and their normal form.

The ranges of East Asian scripts are to be put between the brackets of a pattern.
"""

import re
from collections.abc import Iterable
from unicodedata import normalize

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, with the mark that repeats one and the zero."""

KANA = "\u3040-\u30ff"
"""Hiragana and katakana, with their marks."""

HANGUL = "\uac00-\ud7a3"
"""The syllables of Korean."""

# Zero-width space, word joiner, byte order mark, directional overrides and isolates, controls,
# halves of surrogate pairs and noncharacters. Joiners and variation selectors stay: emoji and
# several scripts need them.
_DROPPED = re.compile(
    "[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Characters that XML 1.0 cannot hold in any spelling, some of which UTF-8 cannot hold either.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BREAK = re.compile(" *[\t\n\x0b\x0c\r\x85\u2028\u2029][ \t\n\x0b\x0c\r\x85\u2028\u2029]*")
_INNER_QUOTES = str.maketrans("“”", "‘’")
_FULL_WIDTH = ("。", "！", "？", "：", "；")
_BLANK_LINE = re.compile("^[ \t]+$", re.MULTILINE)


def normal_line(text: str) -> str:
    """Return text as one line: every break one space, edges stripped, NFC."""
    return normalize("NFC", _DROPPED.sub("", _BREAK.sub(" ", text))).strip()


def normal_lines(text: str) -> str:
    """Return text with LF line ends and empty blank lines, none of them at its edges, NFC.

    Only spaces and tabs make a line blank; an ideographic space is a character.
    """
    text = normalize("NFC", _DROPPED.sub("", _LINE_END.sub("\n", text)))
    return _BLANK_LINE.sub("", text).lstrip("\n").rstrip(" \t\n")


def join_sentences(sentences: Iterable[str]) -> str:
    """Return sentences or labels as one text, as `joined` in texts.js puts them."""
    *before, last = [*sentences] or [""]
    return "".join(map(spaced, before)) + last


def spaced(text: str) -> str:
    """Return text with the space before what follows: after a full-width mark stands none."""
    return text if text.endswith(_FULL_WIDTH) else f"{text} "


def in_quotes(text: str) -> str:
    """Return text for use between quotation marks: its own become single ones."""
    return text.translate(_INNER_QUOTES)


def for_xml(text: str) -> str:
    """Return text with U+FFFD in place of characters that would break a feed. No verb lets such a
    character in, but one row that has one must not break the feed for all readers."""
    return _NOT_XML.sub("\ufffd", text)
