"""Making a folder equal to a set of wanted files, whatever happened to it before.

The manifest is written ahead: it claims a file before the file appears, so that after a crash at
any moment the next sweep knows what is ours. A file whose bytes are not what the manifest says was
touched by somebody else, and stays as it is.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import NamedTuple, Protocol
from uuid import uuid4

from digests.delivery.folder.disk import (
    ExportError,
    Folder,
    NotOurs,
    Reason,
    Stamp,
    printable,
    reason_of,
)
from digests.delivery.folder.manifest import MANIFEST, Manifest, Owned
from digests.text.finding import N_
from digests.text.format.paths import check_path

FULL_CHECK = 3600.0  # seconds for which a file with an unchanged stamp is trusted unread
BATCH = 50  # texts held in memory at once
FEW = 10  # removals that are always allowed, however small the folder

_CHANGED = N_("Someone changed the file by hand. Move it away, and the next sweep writes it again.")
_CHANGED_AND_WITHDRAWN = N_(
    "Someone changed the file by hand. It is not public any more: move it away."
)

# Loads the bytes of the wanted files at these paths; a path without any is left out.
type Load = Callable[[Sequence[str]], Mapping[str, bytes]]


@dataclass
class Sweep:
    """What a sweep did, or with `check` would do; conflicts and failures hold reasons by path.

    `foreign` are the files that somebody else put into the folder; None if nobody looked.
    """

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    conflicts: dict[str, Reason] = field(default_factory=dict)
    failed: dict[str, Reason] = field(default_factory=dict)
    unchanged: int = 0
    foreign: list[str] | None = None

    @property
    def idle(self) -> bool:
        """Whether the folder was exactly as wanted already, so that nothing was done."""
        return not (self.written or self.removed or self.conflicts or self.failed)


class Marks(Protocol):
    """The marks of the folder that a database knows: those that it gave, and those over which
    somebody may let its own state win."""

    def __contains__(self, mark: str) -> bool: ...

    def add(self, mark: str) -> None:
        """Store a mark, durably; `OSError` if that fails."""

    def confirmed(self, mark: str) -> bool:
        """Whether somebody decided that the database's state replaces a folder with this mark."""


@dataclass(frozen=True)
class Plan:
    """The files of a newer folder that a sweep would remove, overwrite, or write although the
    folder's own database has removed them."""

    removed: list[str]
    overwritten: list[str]
    brought_back: list[str]

    def __bool__(self) -> bool:
        return bool(self.removed or self.overwritten or self.brought_back)


class NewerFolder(ExportError):
    """The folder was written by a later state of its database, or by a copy of it."""

    def __init__(self, mark: str, plan: Plan) -> None:
        super().__init__(
            N_(
                "The export folder is newer than its database, which may be a restored backup or a"
                " copy, so nothing in it is changed. A sweep would remove, overwrite and bring back"
                " %(removed)s, %(overwritten)s and %(brought_back)s files. Take in what is newer"
                " with `manage.py import_digests`; or, to make the folder like the database, use"
                " --force or let an administrator decide on Today."
            ),
            removed=len(plan.removed),
            overwritten=len(plan.overwritten),
            brought_back=len(plan.brought_back),
        )
        self.mark = mark
        self.plan = plan


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
    marks: Marks,
    delivered: Collection[str] = (),
    look_around: bool = False,
    check: bool = False,
    force: bool = False,
) -> Sweep:
    """Make our files in the locked folder exactly the `wanted` ones (path → SHA-256).

    `delivered` are the paths that the database knows to have been written. With `look_around`, or
    with `check`, foreign files are looked for; with `check` every byte is read and nothing written.
    Raises `ExportError` if the manifest names another `instance`, if the folder is newer than its
    database and would lose anything, or if too much would be removed; `force` goes on nevertheless.
    An error with one file stops no other and is reported in the result.
    """
    manifest = Manifest.load(folder)
    if manifest.instance not in ("", instance) and not force:
        raise ExportError(
            N_(
                "The export folder belongs to another database, %(other)s; this one is %(own)s. If"
                " the folder shall be this one’s from now on, use --force."
            ),
            other=manifest.instance,
            own=instance,
        )
    now = time.time()
    full = check or not 0 <= now - manifest.checked_at < FULL_CHECK
    header = Manifest(instance, now if full else manifest.checked_at, manifest.mark)
    work = _Reconciliation(folder, manifest, header, wanted)
    work.compare(trust=not full)
    is_newer = bool(manifest.mark) and manifest.mark not in marks
    if is_newer and not force and (plan := work.plan(delivered)):
        raise NewerFolder(manifest.mark, plan)
    if (
        len(work.remove) > max(FEW, len(manifest.files) / 2)
        and not force
        and not marks.confirmed(manifest.mark)
    ):
        raise ExportError(
            N_("%(removed)s of %(all)s files would be removed. If that is right, use --force."),
            removed=len(work.remove),
            all=len(manifest.files),
        )
    if check or look_around:
        work.look_around()
    if check:
        work.sweep.written, work.sweep.removed = list(work.write), list(work.remove)
        return work.sweep
    if is_newer:
        # Nothing of the folder would be lost, so that this database has caught up with it.
        marks.add(manifest.mark)
    work.carry_out(load, marks)
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
                N_(
                    "A file that the newsroom did not write is there. Move it away, and the"
                    " next sweep writes ours."
                )
            )
        elif found.sha256 not in owned.hashes:
            raise NotOurs(_CHANGED if wanted else _CHANGED_AND_WITHDRAWN)
        elif wanted is None:
            self.remove[path] = found
        else:
            self.write[path] = found

    def find(self, path: str, trusted: Owned | None) -> OnDisk | None:
        if trusted and trusted.stamp and self.folder.stamp(path) == trusted.stamp:
            return OnDisk(trusted.hashes[0], trusted.stamp)
        found = self.folder.sha256(path)
        return found and OnDisk(*found)

    def look_around(self) -> None:
        """Find the files that are not ours. What begins with an underscore belongs to a site's
        generator, such as Hugo's `_index.md`."""
        ours = self.files.keys() | self.wanted.keys()
        self.sweep.foreign = sorted(
            printable(path)
            for path in self.folder.visible_files()
            if path not in ours and not path.startswith("_") and "/_" not in path
        )

    def plan(self, delivered: Collection[str]) -> Plan:
        return Plan(
            removed=list(self.remove),
            overwritten=[path for path, found in self.write.items() if found],
            brought_back=[
                path for path, found in self.write.items() if not found and path in delivered
            ],
        )

    def carry_out(self, load: Load, marks: Marks) -> None:
        for subfolder in {path.rpartition("/")[0] for path in self.files | self.write} | {""}:
            self.folder.remove_temporaries(subfolder)
        try:
            self.draw_mark(marks)
        except OSError as error:
            self.sweep.failed |= dict.fromkeys([*self.write, MANIFEST], reason_of(error))
            # Until there is a new mark the manifest stays, so that the next sweep draws one.
            self.remove_files()
            return
        try:
            self.write_files(load)
        finally:
            # A withdrawal happens whatever became of the writing, on a full disk too.
            self.remove_files()
            with self.noting_errors(MANIFEST):
                self.save()

    def draw_mark(self, marks: Marks) -> None:
        """Give the folder another mark if it is to be changed, or was since the last."""
        if self.write or self.remove or self.gone:
            mark = uuid4().hex
            # The database first: a mark that it did not know would look like a newer folder.
            marks.add(mark)
            self.header = replace(self.header, mark=mark)

    def write_files(self, load: Load) -> None:
        for path, found in self.write.items():
            new = self.wanted[path]
            self.files[path] = Owned((found.sha256, new) if found else (new,))
        try:
            self.save()
        except OSError as error:
            self.sweep.failed |= dict.fromkeys(self.write, reason_of(error))
            return
        for batch in batched(self.write, BATCH):
            texts = load(batch)
            for path in batch:
                with self.noting_errors(path):
                    self.write_file(path, texts.get(path, b""))

    def write_file(self, path: str, data: bytes) -> None:
        sha256, found = self.wanted[path], self.write[path]
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(N_("The stored text is not the one that was approved."))
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
            self.sweep.conflicts[path] = error.reason
        except (OSError, ValueError) as error:
            self.sweep.failed[path] = reason_of(error)
