"""Which module may import which: the arrows of docs/architecture.md, checked in the source."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.embedded import ROOT

# A room may import itself and what stands right of it; a longer name opens only that module.
ARROWS = {
    "text": [],
    "models": ["text"],
    "search": ["models", "text"],
    "accounts": ["models"],
    "editorial": ["search", "models", "text"],
    "ingest": ["editorial", "models", "text"],
    "delivery": ["models", "text"],
    "public": ["converters", "search", "models", "text"],
    "desk": ["converters", "accounts", "editorial", "search", "ingest.paste", "models", "text"],
    "converters": ["models"],
    "templatetags": ["models", "text"],
    "migrations": ["models"],
    "apps": ["accounts", "models"],
    "tasks": ["editorial", "ingest", "delivery", "models", "text"],
    "management": [
        *("accounts", "editorial", "ingest", "delivery", "public", "desk", "search"),
        *("models", "text"),
    ],
}
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


def violations(path: PurePosixPath, source: str) -> list[str]:
    tree = ast.parse(source)
    found = [f"{path}:{line} dodges the arrows" for line in dodges(path, tree)]
    if path.parts[0] == "newsroom":  # may import all of digests
        return found
    room = path.with_suffix("").parts[1]
    if room == "__init__":
        allowed, room = [], ""
    else:
        allowed = ARROWS[room]
    for line, name in imports(path, tree):
        package, _, rest = name.partition(".")
        if package == "newsroom" or (room == "text" and package in ("django", "celery")):
            found.append(f"{path}:{line} {room} may not import {name}")
        if package == "digests" and not any(
            (rest + ".").startswith(right + ".") for right in [room, *allowed]
        ):
            found.append(f"{path}:{line} {room} may not import {name}")
    return found


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
        ("digests/desk/inbox.py", "from digests.ingest import feeds"),
        ("digests/desk/inbox.py", "from digests.ingest.pastes import all"),
        ("digests/public/views.py", "def view():\n    from digests.models import Digest"),
        ("digests/public/views.py", "import_string('digests.editorial.approve')"),
        ("digests/public/views.py", "importlib.import_module('digests.editorial')"),
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
        ("digests/desk/admin/site.py", "from digests.desk.views import inbox"),
        ("digests/text/style/lint.py", "from .document import parse"),
        ("digests/public/views.py", "from django.http import HttpResponse"),
        ("newsroom/urls.py", "from digests.desk.admin import site"),
    ],
)
def test_an_allowed_import_passes(path: str, source: str) -> None:
    assert violations(PurePosixPath(path), source) == []
