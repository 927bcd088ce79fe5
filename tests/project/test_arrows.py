"""Which module may import which: the table of docs/architecture.md, checked in the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.embedded import ROOT


def table() -> dict[str, list[str]]:
    """What each room may import beside itself; a name with a dot opens only that module."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = page.partition("| room | may import |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", lines, re.MULTILINE)
    return {room: re.findall(r"[\w.]+", allowed) for room, allowed in rows}


ARROWS = table()
SOURCES = [
    path.relative_to(ROOT)
    for room in ("digests", "newsroom")
    for path in (ROOT / room).rglob("*.py")
]


def imports(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, full name) of everything a module imports, wherever the import stands."""
    package = path.with_suffix("").parts if path.name == "__init__.py" else path.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(filter(None, [above, node.module]))
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def dodges(path: PurePosixPath, tree: ast.Module) -> Iterator[int]:
    """Lines that import our packages in a function, or by a string."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        # Django loads the models after the app's own module, and calls this method then.
        if (path.name, getattr(function, "name", "")) == ("apps.py", "ready"):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [name for _, name in imports(path, ast.Module([node], []))]
                if any(name.split(".")[0] in ("digests", "newsroom") for name in names):
                    yield node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = called.id if isinstance(called, ast.Name) else called
            if name in ("import_module", "import_string", "__import__"):
                yield node.lineno


def room_of(path: PurePosixPath) -> str:
    """The room that a module belongs to; "" for the app itself, which belongs to none."""
    package, inside, *_ = path.with_suffix("").parts
    return package if package == "newsroom" else inside.removeprefix("__init__")


def violations(path: PurePosixPath, source: str) -> list[str]:
    tree = ast.parse(source)
    found = [f"{path}:{line} dodges the arrows" for line in dodges(path, tree)]
    room = room_of(path)
    allowed = ARROWS[room] if room else []
    if allowed == ["all"]:
        return found
    for line, name in imports(path, tree):
        package, _, rest = name.partition(".")
        if package == "newsroom" or (room == "text" and package in ("django", "celery")):
            found.append(f"{path}:{line} {room} may not import {name}")
        if package == "digests" and not any(
            (rest + ".").startswith(right + ".") for right in [room, *allowed]
        ):
            found.append(f"{path}:{line} {room} may not import {name}")
    return found


def test_the_table_has_a_line_for_each_room() -> None:
    rooms = {room_of(PurePosixPath(path)) for path in SOURCES} - {""}
    assert rooms == set(ARROWS)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_import_follows_an_arrow(path: Path) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert violations(PurePosixPath(path), source) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("digests/text/style/lint.py", "from django.db import models"),
        ("digests/text/style/lint.py", "from digests.models import Item"),
        ("digests/text/style/lint.py", "from ...models import Item"),
        ("digests/editorial/nudge.py", "import digests.tasks"),
        ("digests/models/item.py", "from digests import editorial"),
        ("digests/models/item.py", "from newsroom import settings"),
        ("digests/delivery/folder/live.py", "from digests.editorial import items"),
        ("digests/desk/inbox.py", "from digests.ingest import x_posts"),
        ("digests/desk/inbox.py", "from digests.ingest.pasted import all"),
        ("digests/public/pages.py", "def view():\n    from digests.models import Digest"),
        ("digests/public/pages.py", "import_string('digests.editorial.items')"),
        ("digests/public/pages.py", "importlib.import_module('digests.editorial')"),
        ("newsroom/urls.py", "def late():\n    import digests.desk.admin"),
    ],
)
def test_a_forbidden_import_is_found(path: str, source: str) -> None:
    assert violations(PurePosixPath(path), source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("digests/desk/inbox.py", "from digests.ingest.paste import capture"),
        ("digests/desk/inbox.py", "from digests.ingest import paste"),
        ("digests/desk/admin/site.py", "from digests.desk.inbox import inbox"),
        ("digests/text/style/lint.py", "from .house import HouseStyle"),
        ("digests/public/pages.py", "from django.http import HttpResponse"),
        ("newsroom/urls.py", "from digests.desk.admin import site"),
    ],
)
def test_an_allowed_import_passes(path: str, source: str) -> None:
    assert violations(PurePosixPath(path), source) == []
