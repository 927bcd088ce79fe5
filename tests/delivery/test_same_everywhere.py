"""A site that Hugo builds from the export folder says, entry by entry, what our own pages say."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from digests.delivery.folder.live import sweep
from digests.models import LiveDigest
from tests.embedded import ROOT
from tests.exported import files, path_of
from tests.factories import PAST, live_revision, published, story
from tests.text.test_hugo import built_pages

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
SAMPLES = ROOT / "samples" / "digests"
# Elements without an end tag.
VOID = {"br", "hr", "img", "input", "link", "meta"}


@dataclass
class Entry:
    """What one entry of a page says: all its text but its number, its links in order, its bold."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads the entries of a page: the items of the outermost ordered lists of its main part."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    @property
    def in_entry(self) -> bool:
        return "main" in self.open and "li" in self.open and "ol" in self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in VOID:
            return
        self.open.append(tag)
        if "main" in self.open and self.open[-2:] == ["ol", "li"] and self.open.count("ol") == 1:
            self.entries.append(Entry())
        if not self.in_entry:
            return
        if tag == "a" and given.get("class") != "number":
            self.entries[-1].links.append(given["href"] or "")
        elif tag == "strong":
            self.entries[-1].bold.append("")
        elif given.get("class") == "byline":
            self.entries[-1].text += "-"

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.in_entry:
            said = re.sub(r"\s+", "", data)
            self.entries[-1].text += said
            if "strong" in self.open:
                self.entries[-1].bold[-1] += said


def test_hugo_and_our_pages_say_the_same_entry_by_entry(client: Client, tmp_path: Path) -> None:
    for name, zone, language in (
        ("global-ai", "Asia/Shanghai", "zh-hans"),
        ("tech-week", "Europe/London", "en"),
    ):
        options = {"series": name, "time_zone": zone, "language": language}
        call_command("import_digests", str(SAMPLES / name), stdout=StringIO(), **options)
    hostile = story(
        "“引号”<i>不是标签</i> & [方括号] 与*星号* 👩‍💻",
        byline="A-B & C",
        body="他说**“你好”**，**要点：**正文，`**代码**`。\n\n1. 甲\n2. **乙**\n\n> 引文 [链接](https://example.org/?a=1&b=2)",
    )
    published(hostile, story("没有链接的一条", url="", byline=""), date=PAST + timedelta(days=9))
    sweep(tmp_path / "export")
    exported = files(tmp_path / "export")
    digests = list(LiveDigest.objects.all())
    assert len(digests) == len(exported) > 8
    texts = [exported[path_of(digest)].decode() for digest in digests]
    for digest, page in zip(digests, built_pages(texts, tmp_path / "site"), strict=True):
        ours = Reader(client.get(digest.get_absolute_url()).text).entries
        assert len(ours) == live_revision(digest).entries.count() > 0
        assert Reader(page).entries == ours, digest


def test_the_comparison_sees_what_differs() -> None:
    page = "<main><ol><li><p><a href='x'>甲-乙</a></p><p>一<strong>二</strong></p></li></ol></main>"
    (entry,) = Reader(page).entries
    assert entry == Entry("甲-乙一二", ["x"], ["二"])
    for other in (
        page.replace("二", "三"),
        page.replace("'x'", "'y'"),
        page.replace("strong", "em"),
    ):
        assert Reader(other).entries != [entry]
