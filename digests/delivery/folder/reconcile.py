"""Making a folder equal to a set of wanted files, whatever happened to it before.

The manifest is written ahead: it claims a file before the file appears, so that after a crash at
any moment the next sweep knows what is ours. A file whose bytes are not what the manifest says was
touched by somebody else, and stays as it is.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import NamedTuple

from digests.delivery.folder.disk import ExportError, Folder, NotOurs, Stamp
from digests.delivery.folder.manifest import MANIFEST, Manifest, Owned
from digests.text.format.paths import check_path

FULL_CHECK = 3600.0  # seconds for which a file with an unchanged stamp is trusted unread
BATCH = 50  # texts held in memory at once
FEW = 10  # removals that are always allowed, however small the folder

# Loads the bytes of the wanted files at these paths; a path without any is left out.
type Load = Callable[[Sequence[str]], Mapping[str, bytes]]


@dataclass
class Sweep:
    """What a sweep did, or with `check` would do; conflicts and failures hold reasons by path."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def idle(self) -> bool:
        """Whether the folder was exactly as wanted already, so that nothing was done."""
        return not (self.written or self.removed or self.conflicts or self.failed)


class OnDisk(NamedTuple):
    """A file of ours found on the disk."""

    sha256: str
    stamp: Stamp


def reconcile(
    folder: Folder,
    wanted: Mapping[str, str],
    load: Load,
    *,
    instance: str,
    check: bool = False,
    force: bool = False,
) -> Sweep:
    """Make our files in the locked folder exactly the `wanted` ones (path → SHA-256).

    With `check`, every byte is read and nothing written. Raises `ExportError` if the manifest
    names another `instance` or too much would be removed; `force` goes on nevertheless. An error
    with one file stops no other and is reported in the result.
    """
    manifest = Manifest.load(folder)
    if manifest.instance not in ("", instance) and not force:
        raise ExportError(
            f"The export folder belongs to another database, {manifest.instance}; this one"
            f" is {instance}. If the folder shall be this one's from now on, use --force."
        )
    now = time.time()
    full = check or not 0 <= now - manifest.checked_at < FULL_CHECK
    header = Manifest(instance, now if full else manifest.checked_at)
    work = _Reconciliation(folder, manifest, header, wanted)
    work.compare(trust=not full)
    if len(work.remove) > max(FEW, len(manifest.files) / 2) and not force:
        raise ExportError(
            f"{len(work.remove)} of {len(manifest.files)} files would be removed. If that is"
            " right, use --force."
        )
    if check:
        work.sweep.written, work.sweep.removed = list(work.write), list(work.remove)
    else:
        work.carry_out(load)
    return work.sweep


class _Reconciliation:
    """The work of one sweep: `files` begins as the manifest's and becomes that of the next
    manifest, which otherwise is like `header`."""

    def __init__(
        self, folder: Folder, manifest: Manifest, header: Manifest, wanted: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.saved = manifest
        self.header = header
        self.wanted = wanted
        self.files = dict(manifest.files)
        self.write: dict[str, OnDisk | None] = {}
        self.remove: dict[str, OnDisk] = {}
        self.gone: list[str] = []
        self.sweep = Sweep()

    def compare(self, *, trust: bool) -> None:
        """Find what has to be done; `trust` relies on the stamp instead of reading the file."""
        for path in self.wanted:
            with self.noting_errors(path):
                check_path(path)
                self.judge(path, trust)
        for path in [path for path in self.files if path not in self.wanted]:
            with self.noting_errors(path):
                self.judge(path, trust)

    def judge(self, path: str, trust: bool) -> None:
        owned, wanted = self.files.get(path), self.wanted.get(path)
        found = self.find(path, owned if trust else None)
        if found is None:
            if wanted is None:
                self.gone.append(path)
            else:
                self.write[path] = None
        elif found.sha256 == wanted:
            # Also a file that we did not write: nothing is lost by taking it over.
            self.files[path] = Owned((wanted,), found.stamp)
            self.sweep.unchanged += 1
        elif owned is None:
            raise NotOurs(
                "A file that the newsroom did not write stands there. Move it away, and the next"
                " sweep writes ours."
            )
        elif found.sha256 not in owned.hashes:
            remedy = (
                "It is not public any more: move it away."
                if wanted is None
                else "Move it away, and the next sweep writes it again."
            )
            raise NotOurs(f"Somebody changed the file by hand. {remedy}")
        elif wanted is None:
            self.remove[path] = found
        else:
            self.write[path] = found

    def find(self, path: str, trusted: Owned | None) -> OnDisk | None:
        if trusted and trusted.stamp and self.folder.stamp(path) == trusted.stamp:
            return OnDisk(trusted.hashes[0], trusted.stamp)
        found = self.folder.sha256(path)
        return found and OnDisk(*found)

    def carry_out(self, load: Load) -> None:
        for subfolder in {path.rpartition("/")[0] for path in self.files | self.write} | {""}:
            self.folder.remove_temporaries(subfolder)
        try:
            self.write_files(load)
        finally:
            # A withdrawal happens whatever became of the writing, on a full disk too.
            self.remove_files()
            with self.noting_errors(MANIFEST):
                self.save()

    def write_files(self, load: Load) -> None:
        for path, found in self.write.items():
            new = self.wanted[path]
            self.files[path] = Owned((found.sha256, new) if found else (new,))
        try:
            self.save()
        except OSError as error:
            self.sweep.failed |= dict.fromkeys(self.write, _reason(error))
            return
        for batch in batched(self.write, BATCH):
            texts = load(batch)
            for path in batch:
                with self.noting_errors(path):
                    self.write_file(path, texts.get(path, b""))

    def write_file(self, path: str, data: bytes) -> None:
        sha256, found = self.wanted[path], self.write[path]
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError("The stored text is not the one that was approved.")
        stamp = self.folder.write(path, data, replacing=found and found.stamp)
        self.files[path] = Owned((sha256,), stamp)
        self.sweep.written.append(path)

    def remove_files(self) -> None:
        for path, found in self.remove.items():
            with self.noting_errors(path):
                self.folder.remove(path, found.stamp)
                del self.files[path]
                self.sweep.removed.append(path)
        for path in self.gone:
            del self.files[path]
            self.folder.prune(path)

    def save(self) -> None:
        manifest = replace(self.header, files=dict(self.files))
        if manifest != self.saved:
            manifest.save(self.folder)
            self.saved = manifest

    @contextmanager
    def noting_errors(self, path: str) -> Iterator[None]:
        """Note an error with one file, so that it stops no other."""
        try:
            yield
        except NotOurs as error:
            self.sweep.conflicts[path] = str(error)
        except (OSError, ValueError) as error:
            self.sweep.failed[path] = _reason(error)


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
