"""Static files are collected when the server starts, if there is something new or missing."""

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
    (source / "a.css").write_text("a {}" * 100)  # long enough to be compressed
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
    done = settings.STATIC_ROOT / static.COLLECTED
    # The copies are newer.
    os.utime(done, (1, 1))
    static.collect()
    assert done.stat().st_mtime > 1
    done.write_text(done.read_text()[:-9])
    assert not static.are_collected()
    done.unlink()
    static.collect()
    assert static.are_collected()


def test_a_collection_that_ends_between_the_manifest_and_the_compressed_files_is_not_done(
    source: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(static.StaticFiles, "compress_files", fail)
        with pytest.raises(OSError, match="killed"):
            static.collect()
    assert (settings.STATIC_ROOT / "staticfiles.json").exists()
    static.collect()
    assert (settings.STATIC_ROOT / "a.css.gz").exists()


@pytest.mark.parametrize("pattern", ["a.css.gz", "a.*.css", "a.*.css.gz", "staticfiles.json"])
def test_a_file_that_is_missing_is_made_again(
    source: Path, settings: Settings, pattern: str
) -> None:
    static.collect()
    [made] = settings.STATIC_ROOT.glob(pattern)
    made.unlink()
    static.collect()
    assert made.exists()
