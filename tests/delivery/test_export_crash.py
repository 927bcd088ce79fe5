"""A sweep killed at every step it takes, on the real file system: the next one repairs it."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from digests.delivery.folder.disk import TEMPORARY, ExportError, Folder, Stamp
from digests.delivery.folder.manifest import MANIFEST
from tests.exported import claim_afterwards, files, mark_afterwards, sweep_texts, traces

pytestmark = pytest.mark.processes

SAME = {"same-1.md": "same", "a/same-2.md": "same"}
BEFORE = SAME | {"changed.md": "old", "b/changed.md": "old", "gone.md": "gone", "d/gone.md": "gone"}
NEXT = SAME | {"changed.md": "new\n" * 3000, "b/changed.md": "new", "c/d/new.md": "new"}
# What the editors may have decided by the time the next sweep runs.
LATER = {
    "nothing more": NEXT,
    "to have it back": BEFORE,
    "something else": SAME | {"changed.md": "newer", "b/changed.md": "newer"},
}
FOREIGN = {"foreign.md": b"not ours", "b/foreign.md": b"not ours"}
COMPLETE = {
    path: {texts[path].encode() for texts in (BEFORE, NEXT) if path in texts}
    for path in BEFORE | NEXT
} | {path: {data} for path, data in FOREIGN.items()}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A killed process loses nothing that it wrote: what fsync is for, only the plug can show.
    monkeypatch.setattr(os, "fsync", lambda file: None)
    return tmp_path / "export"


def test_i1_to_i5_hold_wherever_a_sweep_is_killed(root: Path) -> None:
    assert list(violations(root)) == []


def test_the_test_sees_files_written_in_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Folder.write

    def write_in_place(
        folder: Folder, path: str, data: bytes, *, replacing: Stamp | None
    ) -> Stamp | None:
        if path == MANIFEST:
            return write(folder, path, data, replacing=replacing)
        with folder._parent(path, create=True) as (parent, name):
            file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=parent)
            while data:
                data = data[os.write(file, data) :]
            os.close(file)
        return folder.stamp(path)

    monkeypatch.setattr(Folder, "write", write_in_place)
    assert any("I1" in violation for violation in violations(root))


def test_the_test_sees_files_that_were_not_claimed_before_they_appeared(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim_afterwards(monkeypatch)
    assert any("I2" in violation for violation in violations(root))


def test_the_test_sees_a_mark_that_the_database_learns_too_late(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_afterwards(monkeypatch)
    assert any("newer than its database" in violation for violation in violations(root))


def violations(root: Path) -> Iterator[str]:
    """Kill a sweep before each of its steps, and tell what is wrong then or after the next."""
    for decision, later in LATER.items():
        step = 0
        while prepare(root) and killed(lambda: sweep_texts(root, NEXT), step):
            where = f"killed at step {step}, and then the editors want {decision}"
            for path, data in files(root).items():
                if data not in COMPLETE[path]:
                    yield f"I1, {where}: {path} is neither the old text nor the new"
            try:
                done = sweep_texts(root, later)
            except ExportError as error:
                yield f"I2, {where}: {error}"
                step += 1
                continue
            wanted = {path: text.encode() for path, text in later.items()}
            if files(root) != wanted | FOREIGN or done.conflicts or done.failed:
                yield f"I2 or I5, {where}: {sorted(files(root))}, {done}"
            before = traces(root)
            if not sweep_texts(root, later).idle or traces(root) != before:
                yield f"I3, {where}"
            if list(root.rglob(f"{TEMPORARY}*")):
                yield f"I4, {where}"
            step += 1
        assert step > 20, "a sweep takes more steps than these"


def prepare(root: Path) -> bool:
    """The folder as a sweep left it, with two files that are none of ours."""
    shutil.rmtree(root, ignore_errors=True)
    sweep_texts(root, BEFORE)
    for path, data in FOREIGN.items():
        (root / path).write_bytes(data)
    return True


def killed(act: Callable[[], object], step: int) -> bool:
    """Do it in a process that is killed before its `step`th change; whether it got that far."""
    child = os.fork()
    if child == 0:
        try:
            die_before(step)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), "the sweep failed by itself"
    return status == signal.SIGKILL


def die_before(step: int) -> None:
    """Count every call that changes the disk, and let a write take a page at a time."""
    left = step

    def count() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def counted(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> object:
            if name != "open" or args[1] & os.O_CREAT:
                count()
            if name == "write":
                args = args[0], args[1][:4096]
            return real(*args, **options)

        return call

    for name in ("open", "write", "rename", "unlink", "mkdir", "rmdir"):
        setattr(os, name, counted(name))
