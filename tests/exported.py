"""Helpers of the export tests: the folder, and the digests that belong in it."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from digests.accounts.roles import REVIEWER
from digests.delivery.folder.disk import Folder
from digests.delivery.folder.manifest import Manifest
from digests.delivery.folder.reconcile import Load, Marks, Sweep, _Reconciliation, reconcile
from digests.editorial import compose, lifecycle
from digests.models import Digest, LiveDigest
from tests.factories import approve, person


def files(root: Path) -> dict[str, bytes]:
    """The folder's visible files by path, in sub-folders too."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def traces(root: Path) -> dict[str, tuple[int, int, int]]:
    """The inode and times of the folder and of all in it, which any write would change."""
    found = {".": root.lstat()} | {str(path): path.lstat() for path in root.rglob("*")}
    return {name: (stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns) for name, stat in found.items()}


def path_of(digest: Digest) -> str:
    """The file that the digest is exported to, relative to the folder."""
    assert digest.path is not None
    return digest.path


def live_files() -> dict[str, bytes]:
    """The files that the folder must hold, by path."""
    rows = LiveDigest.objects.values_list("path", "live_revision__text")
    return {path: text.encode() for path, text in rows if path}


class MarkFile:
    """The marks of a folder, kept in a hidden file in it as a database keeps them: for good."""

    def __init__(self, root: Path) -> None:
        self.path = root / ".marks-of-the-tests"

    def __contains__(self, mark: str) -> bool:
        return self.path.exists() and mark in self.path.read_text()

    def add(self, mark: str) -> None:
        with self.path.open("a") as file:
            file.write(mark)

    def confirmed(self, mark: str) -> bool:
        return False


def sweep_texts(root: Path, texts: dict[str, str], *, force: bool = False) -> Sweep:
    """A sweep of the folder alone, with these texts instead of a database."""
    data = {path: text.encode() for path, text in texts.items()}
    with Folder(root) as folder, folder.locked():
        return reconcile(
            folder,
            {path: sha256(text).hexdigest() for path, text in data.items()},
            lambda paths: {path: data[path] for path in paths},
            instance="a database",
            marks=MarkFile(root),
            force=force,
        )


def claim_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a bug: the manifest is not written ahead of the files that it claims."""
    save = Manifest.save

    def save_afterwards(manifest: Manifest, folder: Folder) -> None:
        if all(owned.stamp for owned in manifest.files.values()):
            save(manifest, folder)

    monkeypatch.setattr(Manifest, "save", save_afterwards)


def mark_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a bug: the folder gets its mark before the database knows it."""
    carry_out = _Reconciliation.carry_out

    def carry_out_first(work: _Reconciliation, load: Load, marks: Marks) -> None:
        drawn = MemoryMarks()
        carry_out(work, load, drawn)
        for mark in drawn:
            marks.add(mark)

    monkeypatch.setattr(_Reconciliation, "carry_out", carry_out_first)


class MemoryMarks(set[str]):
    def confirmed(self, mark: str) -> bool:
        return False


def corrected(digest: Digest, intro: str) -> Digest:
    """The digest published again with another intro."""
    by = person(REVIEWER)
    digest = lifecycle.correct(digest, by=by, version=digest.version)
    digest = compose.edit(
        digest,
        by=by,
        version=digest.version,
        title=digest.title,
        date=digest.date,
        categories=[row.category for row in digest.filed_under.select_related("category")],
        intro=intro,
        outro=digest.outro,
    )
    return approve(lifecycle.submit(digest, by=by, version=digest.version), by=by)


def withdrawn(digest: Digest) -> Digest:
    return lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note="撤稿")


def opened_outside(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Watch every call that opens or changes a file; the returned list fills with those outside
    `root`."""
    outside: list[str] = []

    def inside(path: str | Path, folder: int | None) -> bool:
        if folder is None:
            return Path(path) == root
        known = [root, *(found for found in root.rglob("*") if found.is_dir())]
        return (
            any(os.path.samestat(os.fstat(folder), found.lstat()) for found in known)
            and "/" not in str(path)
            and str(path) not in (".", "..")
        )

    def watch(name: str) -> None:
        real = getattr(os, name)

        def watched(path: str | Path, *args: object, **options: Any) -> object:
            if not inside(path, options.get("dir_fd", options.get("src_dir_fd"))):
                outside.append(f"{name} {path}")
            return real(path, *args, **options)

        monkeypatch.setattr(os, name, watched)

    for name in ("open", "unlink", "rename", "mkdir", "rmdir"):
        watch(name)
    return outside
