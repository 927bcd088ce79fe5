"""Which files may be in the repository."""

import io
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.embedded import ROOT

TOP_LEVEL = {
    ".ci", ".github", ".gitignore", ".python-version", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "Makefile", "README.md", "SECURITY.md", "benchmarks", "deploy", "digests", "docs",
    "manage.py", "newsroom", "pyproject.toml", "requirements-dev.txt", "requirements.txt",
    "samples", "templates", "tests",
}  # fmt: skip


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("This is no git checkout, so nothing is tracked.")
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[Path, str]:
    """Every tracked text file; pictures and compiled translations are none."""
    found = {}
    for path in tracked():
        data = (ROOT / path).read_bytes()
        if b"\0" not in data:
            found[path] = data.decode("utf-8")
    return found


def test_the_top_level_holds_only_what_a_reader_expects() -> None:
    assert {path.parts[0] for path in tracked()} <= TOP_LEVEL


def foreign_names(text: str) -> list[str]:
    """Lines that name a folder of somebody's machine, or where packages come from."""
    sources = r"pypi\.|pythonhosted|/simple/|--(extra-)?index-url|--find-links"
    folders = r"(?<![\w.:])(/(work|home|Users)/[\w.-]+|/root/\w|/opt/\w)|[A-Z]:\\Users"
    return [line for line in text.splitlines() if re.search(f"{sources}|{folders}", line)]


def test_no_file_names_a_machine_or_a_package_index() -> None:
    found = {path: foreign_names(text) for path, text in texts().items()}
    found.pop(Path("tests/project/test_repository.py"))
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "cd /home/mira/newsroom",
        '"/Users/mira/x.py"',
        "see /opt/notes",
        "uv --index-url https://packages.example.org",
        "https://pypi.example.org/simple/django/",
    ],
)
def test_a_foreign_name_is_found(line: str) -> None:
    assert foreign_names(f"before\n{line}\nafter") == [line]


@pytest.mark.parametrize(
    "line", ["https://example.org/home/page", "newsroom/home/x", "the root/folder"]
)
def test_a_harmless_line_is_not(line: str) -> None:
    assert foreign_names(line) == []


def test_no_line_of_a_template_is_past_160_characters() -> None:
    templates = {path: text for path, text in texts().items() if "templates" in path.parts}
    assert len(templates) > 50
    long = {
        f"{path}:{number}": len(line)
        for path, text in templates.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > 160
    }
    assert long == {}


def test_no_script_has_a_lookbehind() -> None:
    """Safari before 16.4 reads nothing of a script with one."""
    scripts = {path: text for path, text in texts().items() if "static" in path.parts}
    assert len(scripts) > 30
    assert [path for path, text in scripts.items() if re.search(r"\(\?<[=!]", text)] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_pins_every_package_by_version_and_hash_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"(?<!\\)\n", text)
    for entry in filter(None, (entry.strip() for entry in entries)):
        if not entry.startswith("#"):
            assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[\w.+!]+ ", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    pins = r"^([a-z0-9-]+(?:\[[a-z,]+\])?==\S+)"
    runtime, development = (
        set(re.findall(pins, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime <= development


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for requirement in project["project"]["dependencies"]:
        name = re.split(r"[\[<>=!~ ]", requirement)[0]
        assert re.search(rf"^{name}==", locked, re.MULTILINE), name


@pytest.mark.parametrize("source", sorted((ROOT / "digests/locale").rglob("*.po")))
def test_a_compiled_translation_says_what_its_source_says(source: Path) -> None:
    compiled = io.BytesIO()
    with source.open("rb") as text:
        write_mo(compiled, read_po(text))
    assert source.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make messages`"


@pytest.mark.parametrize("name", ["run", "uv", "environment"])
def test_the_scripts_of_make_can_be_run(name: str) -> None:
    assert os.access(ROOT / ".ci" / name, os.X_OK)
    subprocess.run(["sh", "-n", ROOT / ".ci" / name], check=True)
