"""The export folder under bad conditions: disks, links, poison, neighbours."""

import errno
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import translation
from pytest_django import Settings

from digests.delivery.folder import ExportError, sweep
from digests.delivery.folder.disk import LOCK, SYSTEM_ERRORS, NotOurs, reason_of
from digests.delivery.folder.manifest import MANIFEST
from digests.models import ExportedFile
from digests.text.characters import HAN
from tests.exported import (
    corrected,
    files,
    live_files,
    opened_outside,
    sweep_texts,
    traces,
    withdrawn,
)
from tests.factories import published

SMALL = 256 * 1024
TEXTS = {f"{number:02}.md": f"text {number}\n" * 1000 for number in range(40)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "export"


def as_bytes(texts: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}


# Disks


@pytest.fixture(params=["mounted", "pretended"])
def disk(
    request: pytest.FixtureRequest, root: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder on a disk of 256 kB: a real one for whoever may mount it, and a pretended one."""
    root.mkdir()
    if request.param == "mounted":
        if not mount(root, f"size={SMALL}"):
            pytest.skip("No disk can be mounted here (root may); the pretended one stands for it.")
        assert root.is_mount()
        yield root
        subprocess.run(["umount", root], check=True)
        return
    write = os.write

    def write_within_bounds(file: int, data: memoryview) -> int:
        used = sum(found.stat().st_size for found in root.rglob("*") if found.is_file())
        if used + 1 > SMALL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, data[: SMALL - used])

    monkeypatch.setattr(os, "write", write_within_bounds)
    yield root


def mount(folder: Path, options: str) -> bool:
    """Whether this process may mount, which takes root and more."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


def test_on_a_full_disk_no_file_is_half_and_a_withdrawal_happens(disk: Path) -> None:
    done = sweep_texts(disk, TEXTS)
    assert done.failed
    assert {str(why) for why in done.failed.values()} == {os.strerror(errno.ENOSPC)}
    there = files(disk)
    assert there
    assert there.items() <= as_bytes(TEXTS).items()
    filler = disk / "filler.bin"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            os.write(file.fileno(), b"x" * 100)
    gone = min(there)
    texts = {path: text for path, text in TEXTS.items() if path != gone}
    assert gone in sweep_texts(disk, texts).removed
    assert gone not in files(disk)
    filler.unlink()
    few = dict(list(texts.items())[:5])
    sweep_texts(disk, few, force=True)
    assert files(disk) == as_bytes(few)
    assert sweep_texts(disk, few).idle


def test_a_folder_that_may_not_be_written_is_said_and_made_good_afterwards(root: Path) -> None:
    sweep_texts(root, TEXTS)
    texts = TEXTS | {"00.md": "new", "new.md": "new"}
    before = files(root)
    with read_only(root):
        try:
            failed = {str(why) for why in sweep_texts(root, texts).failed.values()}
        except OSError as error:
            failed = {str(error.strerror)}
        assert failed <= {os.strerror(errno.EROFS), os.strerror(errno.EACCES)}
        assert failed
        assert files(root) == before
    sweep_texts(root, texts)
    assert files(root) == as_bytes(texts)
    assert sweep_texts(root, texts).idle


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    """Root may write everywhere but on a disk that was mounted read-only."""
    bind = ["mount", "--bind", str(root), str(root)]
    if os.geteuid() == 0 and subprocess.run(bind, capture_output=True).returncode == 0:
        subprocess.run(["mount", "-o", "remount,bind,ro", root], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", root], check=True)
        return
    root.chmod(0o555)
    try:
        yield
    finally:
        root.chmod(0o755)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_folder_that_cannot_be_made_is_one_clear_sentence(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings.EXPORT_ROOT = tmp_path / "file" / "export"
    with pytest.raises(ExportError, match=r"The export folder .*file/export cannot be used: Not a"):
        sweep()


# Poison


@pytest.mark.parametrize(
    "name",
    [
        "../outside.md",
        "a/../../outside.md",
        "{tmp}/outside.md",
        "./../outside.md",
        "..",
        "",
        ".newsroom.lock",
        "a//b.md",
        "link/outside.md",
    ],
)
def test_a_name_in_the_manifest_never_leads_outside(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sweep_texts(root, {"a.md": "a"})
    outside = root.parent / "outside.md"
    outside.write_text("not to be touched")
    (root / "link").symlink_to(root.parent)
    manifest = json.loads((root / MANIFEST).read_text())
    stat = outside.stat()
    manifest["files"][name.format(tmp=root.parent)] = {
        "sha256": [sha256(b"not to be touched").hexdigest()],
        "stamp": [stat.st_size, stat.st_mtime_ns, stat.st_ino],
    }
    (root / MANIFEST).write_text(json.dumps(manifest))
    before = traces(root.parent)
    watched = opened_outside(root, monkeypatch)
    for _ in range(2):
        done = sweep_texts(root, {"a.md": "a"}, force=True)
        assert (done.removed, done.written, done.failed) == ([], [], {})
    assert watched == []
    assert outside.read_text() == "not to be touched"
    assert traces(root.parent)[str(outside)] == before[str(outside)]


@pytest.mark.parametrize(
    "entry",
    [None, [], "x", {}, {"sha256": [], "stamp": 3}, {"sha256": "x", "stamp": None},
     {"sha256": ["x"], "stamp": None}, {"sha256": [1], "stamp": None},
     {"sha256": ["a" * 64], "stamp": [1, 2]}, {"sha256": ["a" * 64], "stamp": ["x", 2, 3]},
     {"sha256": ["a" * 64], "stamp": [1e999, 2, 3]}],
)  # fmt: skip
def test_nonsense_about_a_file_makes_it_somebody_elses(root: Path, entry: object) -> None:
    sweep_texts(root, {"a.md": "a", "b.md": "b"})
    manifest = json.loads((root / MANIFEST).read_text())
    manifest["files"]["b.md"] = entry
    (root / MANIFEST).write_text(json.dumps(manifest))
    done = sweep_texts(root, {"a.md": "new", "b.md": "new"})
    assert done.written == ["a.md"]
    assert list(done.conflicts) == ["b.md"]
    assert files(root) == {"a.md": b"new", "b.md": b"b"}


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"[]", b"{}", b"\xff", b'{"format": 2}', b"[" * 100_000,
     b'{"format": 1, "instance": "x", "checked_at": "soon", "files": {}}',
     b'{"format": 1, "instance": "x", "checked_at": 0, "files": []}',
     b'{"format": 2, "instance": "x", "checked_at": 0, "files": {}}'],
)  # fmt: skip
def test_a_damaged_manifest_stops_the_sweep_in_one_sentence(root: Path, content: bytes) -> None:
    sweep_texts(root, {"a.md": "a"})
    (root / MANIFEST).write_bytes(content)
    before = traces(root)
    with pytest.raises(ExportError, match="damaged, or of a newer version. Move it away"):
        sweep_texts(root, {"a.md": "new"}, force=True)
    assert traces(root) == before
    (root / MANIFEST).unlink()
    assert sweep_texts(root, {"a.md": "a"}).idle


# Links and other things in the way


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file outside that has the bytes of one of ours."""
    target = tmp_path / "target.md"
    target.write_text("a")
    return target


@pytest.mark.parametrize("wanted", ["a", "new", None])
def test_a_link_in_the_place_of_our_file_is_left_and_never_followed(
    root: Path, target: Path, monkeypatch: pytest.MonkeyPatch, wanted: str | None
) -> None:
    sweep_texts(root, {"a.md": "a", "b.md": "b"})
    (root / "a.md").unlink()
    (root / "a.md").symlink_to(target)
    watched = opened_outside(root, monkeypatch)
    done = sweep_texts(root, {"b.md": "new"} | ({"a.md": wanted} if wanted else {}))
    assert list(done.conflicts) == ["a.md"]
    assert done.written == ["b.md"]
    assert (root / "a.md").readlink() == target
    assert target.read_text() == "a"
    assert watched == []


def test_a_link_in_the_place_of_our_sub_folder_is_left_and_never_followed(
    root: Path, tmp_path: Path
) -> None:
    sweep_texts(root, {"a/1.md": "1", "a/2.md": "2", "b.md": "b"})
    elsewhere = tmp_path / "elsewhere"
    (root / "a").rename(elsewhere)
    (root / "a").symlink_to(elsewhere)
    before = traces(elsewhere)
    done = sweep_texts(root, {"a/1.md": "new", "a/3.md": "3", "b.md": "new"})
    assert set(done.conflicts) == {"a/1.md", "a/2.md", "a/3.md"}
    assert done.written == ["b.md"]
    assert traces(elsewhere) == before


@pytest.mark.parametrize("name", [MANIFEST, LOCK])
def test_a_link_in_the_place_of_our_own_files_stops_the_sweep(
    root: Path, target: Path, name: str
) -> None:
    sweep_texts(root, {"a.md": "a"})
    (root / name).unlink()
    (root / name).symlink_to(target)
    with pytest.raises((OSError, NotOurs)):
        sweep_texts(root, {"a.md": "new"})
    assert target.read_text() == "a"
    assert files(root) == {"a.md": b"a"}


def test_things_that_are_no_files_are_left_and_block_nothing(root: Path) -> None:
    root.mkdir()
    (root / "folder.md").mkdir()
    os.mkfifo(root / "pipe.md")
    (root / "file").write_text("where a sub-folder should be")
    texts = {"folder.md": "x", "pipe.md": "x", "file/a.md": "x", "good.md": "x"}
    done = sweep_texts(root, texts)
    assert set(done.conflicts) == {"folder.md", "pipe.md", "file/a.md"}
    assert done.written == ["good.md"]
    assert (root / "folder.md").is_dir()
    assert (root / "pipe.md").is_fifo()
    assert (root / "file").is_file()


@pytest.mark.parametrize("name", ["old.md", "new.md", "gone.md"])
def test_a_file_changed_while_a_sweep_runs_is_left_to_who_changed_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sweep_texts(root, {"old.md": "old", "gone.md": "gone"})
    rename = os.rename

    def rename_and_be_late(*args: Any, **options: Any) -> None:
        rename(*args, **options)  # that of the manifest, after everything was compared
        (root / name).write_text("somebody's")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", rename_and_be_late)
        done = sweep_texts(root, {"old.md": "newer", "new.md": "new"})
    assert list(done.conflicts) == [name]
    assert (root / name).read_text() == "somebody's"


# Neighbours


@pytest.mark.processes
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_four_exporters_at_once_leave_the_folder_exact(root: Path, settings: Settings) -> None:
    settings.EXPORT_ROOT = root
    digests = [published() for _ in range(6)]
    stop = root.with_name("stop")
    connections.close_all()
    exporters = [sweeping_until(stop) for _ in range(4)]
    try:
        for number in range(3):
            corrected(digests[number], "更正。" * 500)
            withdrawn(digests[3 + number])
            published()
    finally:
        stop.touch()
        ended = [os.waitpid(exporter, 0)[1] for exporter in exporters]
    assert ended == [0, 0, 0, 0]
    sweep()
    assert files(root) == live_files()
    assert sweep().idle


def sweeping_until(stop: Path) -> int:
    """A process that sweeps again and again; it ends with 0 when every sweep went well."""
    process = os.fork()
    if process:
        return process
    try:
        rounds = 0
        while not stop.exists() or not rounds:
            done = sweep()
            assert not done.failed, done.failed
            assert not done.conflicts, done.conflicts
            rounds += 1
        os._exit(0)
    except Exception:
        logging.exception("A sweep among others failed")
    finally:
        os._exit(1)


def test_what_the_system_says_of_files_is_said_in_the_readers_language() -> None:
    for number, message in SYSTEM_ERRORS.items():
        # The system's own words, as they stand in the log.
        assert message == os.strerror(number)
        file = ExportedFile(error=str(reason_of(OSError(number, "x"))))
        with translation.override("zh-hans"):
            assert re.search(f"[{HAN}]", file.reason), message
        assert file.reason == message
    unknown = OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    assert str(reason_of(unknown)) == os.strerror(errno.EXDEV)
