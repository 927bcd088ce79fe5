"""Lists of feeds come in and go out with their folders."""

import pytest

from digests.ingest.feeds.opml import (
    MAX_BYTES,
    MAX_OUTLINES,
    Opml,
    OpmlError,
    Outline,
    Reason,
    Skipped,
    read_opml,
    write_opml,
)


def opml(body: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><body>{body}</body></opml>'.encode()


def feed(title: str = "A", url: str = "https://a.example/feed") -> str:
    return f'<outline type="rss" text="{title}" xmlUrl="{url}"/>'


LIST = (
    Outline("量子位", "https://qbitai.example/feed", "https://qbitai.example/"),
    Outline("A & B", "https://ab.example/?a=1&b=2", "", ("英文", "Labs & co")),
    Outline("机器之心", "https://jiqizhixin.example/rss", "", ("中文",)),
    Outline("C <d>", "https://c.example/", "", ("英文",)),
)


def test_a_list_comes_back_as_it_was_written() -> None:
    written = write_opml(LIST, "Newsroom 来源")
    assert set(read_opml(written).outlines) == set(LIST)
    assert read_opml(written).skipped == ()


def test_a_list_that_came_back_is_written_the_same_again() -> None:
    written = write_opml(LIST, "T")
    assert write_opml(read_opml(written).outlines, "T") == written


def test_folders_of_one_name_in_different_folders_are_two() -> None:
    one = Outline("a", "https://a.example/", "", ("x", "z"))
    other = Outline("b", "https://b.example/", "", ("y", "z"))
    assert read_opml(write_opml([one, other], "T")).outlines == (one, other)


def test_an_empty_list_is_a_list() -> None:
    assert read_opml(write_opml([], "T")) == Opml(())


def test_folders_are_read_from_outside_in() -> None:
    body = f'<outline text="AI"><outline title="开源">{feed()}</outline></outline>{feed("B", A2)}'
    first, second = read_opml(opml(body)).outlines
    assert first.folders == ("AI", "开源")
    assert second.folders == ()


A2 = "https://b.example/feed"


def test_a_feed_is_no_folder_of_those_within_it() -> None:
    within = feed("B", A2)
    body = f'<outline text="A" xmlUrl="https://a.example/feed">{within}</outline>'
    assert [outline.folders for outline in read_opml(opml(body)).outlines] == [(), ()]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_names_are_read_without_a_declaration(charset: str) -> None:
    text = opml(feed("新智元与机器之心的每日新闻")).decode()
    (outline,) = read_opml(text.encode(charset)).outlines
    assert outline.title == "新智元与机器之心的每日新闻"


def test_a_declaration_that_is_wrong_does_no_harm() -> None:
    body = opml(feed("新智元"), head='<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert read_opml(body).outlines[0].title == "新智元"


def test_other_programs_write_it_in_their_own_ways() -> None:
    body = opml('<OUTLINE TITLE="A" XMLURL="https://a.example/?a=1&b=2" HTMLURL="javascript:x"/>')
    assert read_opml(body).outlines == (Outline("A", "https://a.example/?a=1&b=2"),)


def test_a_feed_without_a_name_is_called_by_its_address() -> None:
    (outline,) = read_opml(opml('<outline xmlUrl="https://a.example/feed"/>')).outlines
    assert outline.title == "https://a.example/feed"


def test_what_is_not_taken_is_said() -> None:
    lines = [
        feed("A"),
        feed("A again", "http://www.a.example/feed/"),
        feed("B", "javascript:alert(1)"),
        feed("C", "file:///etc/passwd"),
        feed("D", "https://user:password@d.example/feed"),
    ]
    read = read_opml(opml("\n".join(lines)))
    assert [outline.title for outline in read.outlines] == ["A"]
    assert read.skipped == (
        Skipped(Reason.DUPLICATE, "A again", "http://www.a.example/feed/", 2),
        Skipped(Reason.ADDRESS, "B", "javascript:alert(1)", 3),
        Skipped(Reason.ADDRESS, "C", "file:///etc/passwd", 4),
        Skipped(Reason.ADDRESS, "D", "https://user:password@d.example/feed", 5),
    )


BOMB = "<!DOCTYPE opml [" + "".join(
    f'<!ENTITY a{n} "{"x" if n == 0 else f"&a{n - 1};" * 10}">' for n in range(12)
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (opml("", head="<!DOCTYPE opml>"), "DOCTYPE"),
        (opml('<outline text="&a11;"/>', head=BOMB + "]>"), "DOCTYPE"),
        (opml("", head='<!DOCTYPE opml SYSTEM "file:///etc/passwd">'), "DOCTYPE"),
        (opml(feed() * (MAX_OUTLINES + 1)), "more than 2000 entries"),
        (b" " * (MAX_BYTES + 1), "larger than 5 MB"),
        (b"", "not valid XML \\(line 1\\)"),
        (b"<opml><body>\n\n<outline></body></opml>", "not valid XML \\(line 3\\)"),
        (b"<rss><channel/></rss>", "not an OPML file"),
    ],
)
def test_a_file_that_is_no_list_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(OpmlError, match=message):
        read_opml(body)


def test_as_many_lines_as_are_allowed_are_read() -> None:
    lines = "".join(feed(str(n), f"https://a.example/{n}") for n in range(MAX_OUTLINES))
    assert len(read_opml(opml(lines)).outlines) == MAX_OUTLINES
