"""One module renders Markdown and marks text as safe; nothing else of the product does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded import ROOT

RENDERER = "digests/text/markdown/html.py"
# Where HTML that to_html made earlier comes back from the database.
# They make plain text of what others wrote.
READERS = {"digests/ingest/feeds/plain.py", "digests/ingest/mail.py"}
STORED = {RENDERER, "digests/models/rendering.py", "digests/text/page.py"}

# Data in a script, in which no text can end it: tests/public/test_metadata.py tries.
DATA = "digests/public/metadata.py"

LIBRARIES = {"markdown_it", "mdit_py_plugins", "markdown", "mistune", "commonmark", "nh3", "bleach"}
MARKS = {"mark_safe", "SafeString", "SafeText", "SafeData", "html_safe", "Markup", "markdownify"}
MADE_ONCE = {"MarkdownIt", "SafeHTML"}
UNESCAPED = re.compile(
    r"\|\s*safe(?:seq)?\b|\bautoescape\s+(?:off|false)\b|\|\s*markdownify\b", re.I
)


def findings(path: str, source: str) -> list[str]:
    """Return what the file at a path below the root does although only the renderer may."""
    if not path.endswith(".py"):
        return UNESCAPED.findall(source)
    if path == RENDERER:
        return []
    return [finding for node in ast.walk(ast.parse(source)) for finding in _in_node(path, node)]


def _in_node(path: str, node: ast.AST) -> Iterator[str]:
    in_text = path.startswith("digests/text/")
    match node:
        case ast.Import(names=names):
            found = {name.name for name in names if name.name.partition(".")[0] in LIBRARIES}
            yield from found - ({"nh3"} if path in READERS else set())
        case ast.ImportFrom(module=str(module), level=0, names=names):
            imported = {name.name for name in names}
            # The parts of the parser, as document.py and its kin need them, render nothing.
            parses = in_text and re.match(r"markdown_it(?!\.renderer|\.main)\b", module)
            if module.partition(".")[0] in LIBRARIES and not parses:
                yield module
            if not in_text:
                yield from imported & {"PLAIN", "FRIENDLY"}
            yield from imported & MARKS
            if path not in STORED:
                yield from imported & {"stored_html"}
        case ast.Name(id=name) | ast.Attribute(attr=name):
            if name in MARKS or (name == "stored_html" and path not in STORED):
                yield name
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MADE_ONCE:
            yield f"{name}()"
        case ast.ClassDef(bases=bases) if any(ast.unparse(b).endswith("SafeHTML") for b in bases):
            yield "SafeHTML"
        case ast.FunctionDef(name="__html__"):
            yield "__html__"
        case ast.Constant(value=str(text)):
            yield from UNESCAPED.findall(text)


def product_files() -> Iterator[Path]:
    yield from ROOT.glob("*.py")
    for folder in ("digests", "newsroom", "templates", "benchmarks"):
        for suffix in ("py", "html", "txt", "xml", "svg"):
            yield from (ROOT / folder).rglob(f"*.{suffix}")


def test_only_one_module_renders_and_marks_text_safe() -> None:
    files = {str(path.relative_to(ROOT)): path for path in product_files()}
    assert RENDERER in files
    found = {path: findings(path, file.read_text("utf-8")) for path, file in files.items()}
    assert set(found.pop(DATA)) == {"SafeString", "mark_safe"}
    # The settings that Ninja gives its own page, as JSON: no text of anybody's is among them.
    assert found.pop("templates/ninja/swagger.html") == ["|safe"]
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("digests/public/views.py", "import markdown"),
        ("digests/public/views.py", "import nh3 as cleaner"),
        ("digests/public/views.py", "def view():\n    from markdown_it import MarkdownIt"),
        ("digests/text/style/lint.py", "from markdown_it.renderer import RendererHTML"),
        ("digests/text/style/lint.py", "parser = MarkdownIt()"),
        ("digests/admin/forms.py", "from markdown_it.token import Token"),
        ("digests/admin/forms.py", "from markdownx.utils import markdownify"),
        ("digests/admin/forms.py", "from digests.text.markdown.html import FRIENDLY"),
        ("digests/admin/forms.py", "from django.utils.safestring import mark_safe"),
        ("digests/admin/forms.py", "safestring.mark_safe('a')"),
        ("digests/admin/forms.py", "SafeString('a')"),
        ("digests/admin/forms.py", "markdown.SafeHTML('a')"),
        ("digests/admin/forms.py", "class Mine(SafeHTML): pass"),
        ("digests/admin/forms.py", "class Mine:\n    def __html__(self): return 'a'"),
        ("digests/admin/forms.py", "from digests.text.markdown.html import stored_html"),
        ("digests/admin/forms.py", "markdown.stored_html('a')"),
        ("digests/admin/forms.py", "Template('{{ body|safe }}')"),
        ("templates/digest.html", "{{ body|safe }}"),
        ("templates/digest.html", "{{ bodies | safeseq }}"),
        ("templates/digest.html", "{% autoescape off %}{{ body }}{% endautoescape %}"),
        ("digests/templates/mail.txt", "{{ body|markdownify }}"),
    ],
)
def test_a_second_renderer_would_be_found(path: str, source: str) -> None:
    assert findings(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("digests/public/views.py", "from digests.text.markdown.html import SafeHTML, to_html"),
        (
            "digests/text/format/__init__.py",
            "from digests.text.markdown.html import FRIENDLY, PLAIN",
        ),
        ("digests/text/format/__init__.py", "from markdown_it.token import Token"),
        ("digests/text/format/__init__.py", "from markdown_it import MarkdownIt"),
        ("digests/text/format/__init__.py", "from .markdown import PLAIN"),
        ("digests/text/page.py", "from digests.text.markdown.html import stored_html"),
        ("digests/models/rendering.py", "html = stored_html(self.html)"),
        ("digests/admin/forms.py", "from markdownx.widgets import MarkdownxWidget"),
        ("templates/digest.html", "{{ body }} {{ name|safely }} {% autoescape on %}"),
    ],
)
def test_a_caller_of_the_renderer_is_not_found(path: str, source: str) -> None:
    assert not findings(path, source)
