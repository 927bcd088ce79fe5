"""Bytes are read in the charset they are in, whatever they are labelled."""

import codecs

import pytest

from digests.ingest.feeds.charset import decode
from digests.ingest.feeds.parsing import parse_feed

SIMPLIFIED = "人工智能公司今天发布新的开源模型，朱镕基的名字也在其中"
TRADITIONAL = "人工智慧公司今天發佈新的開源模型，粵語𨋢也在其中"
JAPANESE = "人工知能の会社は今日、新しいモデルを発表しました"
FRENCH = "Le modèle a été présenté à Paris, où l'été fut très chaud"
RUSSIAN = "Компания сегодня выпустила новую языковую модель"


def feed(text: str, declared: str = "") -> str:
    encoding = f' encoding="{declared}"' if declared else ""
    return (
        f'<?xml version="1.0"{encoding}?><rss version="2.0"><channel><title>{text}</title>'
        f"<item><title>{text}</title></item></channel></rss>"
    )


@pytest.mark.parametrize(
    ("text", "codec", "declared", "label"),
    [
        (SIMPLIFIED, "gb18030", "gbk", ""),
        (SIMPLIFIED, "gb18030", "gb2312", ""),  # which has no 镕
        (SIMPLIFIED, "gb18030", "GB2312", "text/xml; charset=gb2312"),
        (SIMPLIFIED, "gb18030", "", "text/xml; charset=gbk"),
        (SIMPLIFIED, "gb18030", "utf-8", "application/xml; charset=GB18030"),
        (SIMPLIFIED, "gb18030", "", ""),
        (SIMPLIFIED, "gb18030", "utf-8", ""),
        (SIMPLIFIED, "gb18030", "utf-8", "text/xml; charset=utf-8"),
        (SIMPLIFIED, "utf-8", "gbk", ""),
        (SIMPLIFIED, "utf-8", "gbk", "text/xml; charset=gbk"),
        (SIMPLIFIED, "utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        (SIMPLIFIED, "utf-8-sig", "gbk", "text/xml; charset=big5"),
        (SIMPLIFIED, "utf-16", "utf-16", ""),
        (SIMPLIFIED, "utf-16", "", "text/xml; charset=utf-8"),
        (SIMPLIFIED, "utf-16-le", "utf-16", ""),
        (SIMPLIFIED, "utf-16-be", "utf-16", ""),
        (SIMPLIFIED, "utf-8", "utf-16", "text/xml; charset=utf-16"),
        (SIMPLIFIED, "utf-32", "utf-32", ""),
        (TRADITIONAL, "big5hkscs", "big5", ""),
        (TRADITIONAL, "big5hkscs", "", "text/xml; charset=Big5"),
        (TRADITIONAL, "big5hkscs", "big5-hkscs", ""),
        (TRADITIONAL, "big5hkscs", "", ""),
        (JAPANESE, "cp932", "Shift_JIS", ""),
        (JAPANESE, "euc_jp", "euc-jp", ""),
        (JAPANESE, "iso2022_jp", "iso-2022-jp", ""),
        (JAPANESE, "cp932", "", ""),
        (FRENCH, "cp1252", "iso-8859-1", ""),
        (FRENCH, "cp1252", "", ""),
        ("“Quoted” – dashed", "cp1252", "iso-8859-1", ""),
        (RUSSIAN, "cp1251", "windows-1251", ""),
        (RUSSIAN, "koi8-r", "", ""),
        (SIMPLIFIED, "gb18030", "no-such-charset", "text/xml; charset=x-unknown"),
        ("plain", "ascii", "utf-16", "text/xml; charset=ebcdic-cp-be"),
    ],
)
def test_a_feed_is_read_in_its_charset(text: str, codec: str, declared: str, label: str) -> None:
    parsed = parse_feed(feed(text, declared).encode(codec), {"Content-Type": label})
    assert [entry.title for entry in parsed.entries] == [text]
    assert parsed.title == text


@pytest.mark.parametrize("markup", ['<meta charset="gb2312">', "<META CHARSET=gbk>"])
def test_a_page_declares_its_charset(markup: str) -> None:
    page = f"<html><head>{markup}<title>{SIMPLIFIED}</title></head></html>"
    assert decode(page.encode("gb18030"), "text/html") == page


def test_a_page_declares_its_charset_in_the_old_way() -> None:
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=big5">'
    page = f"<html><head>{meta}<title>{TRADITIONAL}</title></head></html>"
    assert decode(page.encode("big5hkscs"), "text/html") == page


def test_a_character_that_is_cut_does_not_change_the_others() -> None:
    assert decode(feed(SIMPLIFIED).encode() + b"\xe4\xb8", "text/xml").startswith(feed(SIMPLIFIED))
    broken = feed(SIMPLIFIED, "gbk").encode("gb18030").replace(b"</item>", b"\xff</item>")
    assert SIMPLIFIED in decode(broken)


def test_a_large_body_is_guessed_by_a_sample() -> None:
    body = feed("plain" * 100_000).replace("</item>", f"</item><!--{SIMPLIFIED * 2000}-->")
    assert decode(body.encode("gb18030")) == body


@pytest.mark.parametrize("label", ["utf-7", "unicode_escape", "rot13", "hex", "idna", "cp037"])
def test_codecs_that_are_no_charset_of_the_web_are_not_believed(label: str) -> None:
    body = SIMPLIFIED.encode("gb18030")
    assert decode(body, f"text/html; charset={label}") == SIMPLIFIED


@pytest.mark.parametrize(
    "body",
    [
        b"a\x00b\x0b\x1b\x7f",
        "a\x85b\x9f".encode(),
        "a\ufffeb\uffff".encode(),
        codecs.BOM_UTF16_LE + "a\ud800b".encode("utf-16-le", "surrogatepass"),
        codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00",
        b"a\xed\xa0\x80b",
    ],
)
def test_no_control_character_and_no_half_of_a_pair_gets_out(body: bytes) -> None:
    text = decode(body)
    assert text.replace("\ufffd", "")[:2] == "ab" or text.startswith("a")
    assert not any(
        ord(character) in range(0x20) or 0x7F <= ord(character) < 0xA0 for character in text
    )
    assert text.encode()
    assert "\ufffe" not in text and "\uffff" not in text


def test_tabs_and_line_ends_stay() -> None:
    assert decode(b"a\tb\r\nc") == "a\tb\r\nc"
