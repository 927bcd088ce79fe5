"""Static files are collected when the server starts, and only when there is something new."""

import os
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from newsroom import static


@pytest.fixture
def source(settings: Settings, tmp_path: Path) -> Path:
    """A folder with the only static file that there is, for a root that is empty."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "root"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.static.StaticFiles"}
    }
    return source


def collected(root: Path) -> dict[str, int]:
    """When each file was written."""
    return {path.name: path.stat().st_mtime_ns for path in root.iterdir()}


def test_files_are_collected_once(source: Path, settings: Settings) -> None:
    static.collect()
    before = collected(settings.STATIC_ROOT)
    assert {"a.css", "staticfiles.json"} < before.keys()
    static.collect()
    assert collected(settings.STATIC_ROOT) == before


def test_a_file_that_is_new_or_has_another_text_is_collected(
    source: Path, settings: Settings
) -> None:
    static.collect()
    (source / "b.css").write_text("b {}")
    static.collect()
    before = collected(settings.STATIC_ROOT)
    assert "b.css" in before
    # Of the same length, and a moment later, as an upgrade would be.
    (source / "b.css").write_text("c {}")
    os.utime(source / "b.css", (2**32, 2**32))
    static.collect()
    assert (settings.STATIC_ROOT / "b.css").read_text() == "c {}"
    assert len(collected(settings.STATIC_ROOT)) > len(before)


def test_what_broke_off_is_done_again(source: Path, settings: Settings) -> None:
    static.collect()
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    # The copies are newer than the manifest.
    os.utime(manifest, (1, 1))
    static.collect()
    assert manifest.stat().st_mtime > 1
    manifest.unlink()
    static.collect()
    assert manifest.exists()
    assert static.are_collected()
