"""Reading and writing files in the export folder.

The folder is opened once. Every name is resolved from its descriptor, part by part and never
through a link, so that nothing outside the folder is ever opened.
"""

import errno
import fcntl
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Self

from digests.text.finding import N_

LOCK = ".newsroom.lock"
TEMPORARY = ".newsroom-temp-"
PATIENCE = 60.0  # seconds to wait for another sweep
DEEPEST = 30  # folders in each other that are searched for files of others

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK a named pipe in the place of a file would block the sweep for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


# What the system says of files, in its own English, so that it can be translated.
SYSTEM_ERRORS = {
    errno.EACCES: N_("Permission denied"),
    errno.EDQUOT: N_("Disk quota exceeded"),
    errno.EEXIST: N_("File exists"),
    errno.EIO: N_("Input/output error"),
    errno.EISDIR: N_("Is a directory"),
    errno.EMFILE: N_("Too many open files"),
    errno.ENAMETOOLONG: N_("File name too long"),
    errno.ENOENT: N_("No such file or directory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.EPERM: N_("Operation not permitted"),
    errno.EROFS: N_("Read-only file system"),
    errno.ESTALE: N_("Stale file handle"),
}


class Reason(NamedTuple):
    """Why something was not done: an English template and its parameters, as a `Finding` has them,
    so that it can be translated. What the system says has no parameters."""

    message: str
    params: dict[str, str | int]

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Explained(Exception):
    """An error with its `reason`."""

    def __init__(self, message: str, **params: str | int) -> None:
        self.reason = Reason(message, params)
        super().__init__(str(self.reason))


class ExportError(Explained):
    """The sweep could not be done at all; `str()` is the sentence to show in English."""


class NotOurs(Explained):
    """A file or folder that is not ours is in the way; it is left as it is."""


def reason_of(error: Exception) -> Reason:
    if isinstance(error, Explained):
        return error.reason
    if isinstance(error, OSError):
        return Reason(SYSTEM_ERRORS.get(error.errno or 0) or error.strerror or str(error), {})
    return Reason(str(error), {})


class Stamp(NamedTuple):
    """The metadata of a file that changes whenever people or programs change it by usual means."""

    size: int
    mtime_ns: int
    inode: int


class Folder:
    """An open export folder and the operations in it; close it, or use it in a `with`."""

    def __init__(self, root: Path, *, create: bool = True) -> None:
        if create:
            root.mkdir(mode=0o755, parents=True, exist_ok=True)
        # The root itself may be a link: that is the operator's choice.
        self._root = os.open(root, _FOLDER & ~os.O_NOFOLLOW)
        self._unsettled: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._root)

    @contextmanager
    def locked(self, *, create: bool = True) -> Iterator[None]:
        """Hold the folder for one sweep; the lock dies with the process.

        Without `create`, a folder that was never swept is left without a lock.
        """
        flags = os.O_RDWR | os.O_CREAT if create else os.O_RDONLY
        try:
            lock = os.open(LOCK, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=self._root)
        except FileNotFoundError:
            yield
            return
        try:
            wait_for(lambda: _try_flock(lock))
            yield
        finally:
            os.close(lock)

    def stamp(self, path: str) -> Stamp | None:
        """The stamp of the file at `path`, or None if there is nothing."""
        try:
            with self._parent(path) as (folder, name):
                return _look(folder, name)
        except FileNotFoundError:
            return None

    def read(self, path: str) -> bytes | None:
        """The content of the file at `path`, or None if there is nothing."""
        found = self._open(path)
        if found is None:
            return None
        with open(found, "rb") as file:  # noqa: PTH123 (a descriptor, not a path)
            return file.read()

    def sha256(self, path: str) -> tuple[str, Stamp] | None:
        """The SHA-256 (hex) and the stamp of the file at `path`, or None if there is nothing."""
        found = self._open(path)
        if found is None:
            return None
        with open(found, "rb") as file:  # noqa: PTH123 (a descriptor, not a path)
            # The stamp first: if the file changes while it is being read, the stamp is outdated.
            stamp = _stamp(os.fstat(found))
            return hashlib.file_digest(file, "sha256").hexdigest(), stamp

    def write(self, path: str, data: bytes, *, replacing: Stamp | None) -> Stamp:
        """Write a file in place of the one with this stamp (None: where there is none), atomically.

        The bytes are on the disk before the file gets its name; `settle` makes the name durable.
        """
        with self._parent(path, create=True) as (folder, name):
            temporary = TEMPORARY + secrets.token_hex(8)
            file = os.open(temporary, _NEW_FILE, 0o644, dir_fd=folder)
            try:
                try:
                    rest = memoryview(data)
                    while rest:
                        rest = rest[os.write(file, rest) :]
                    os.fsync(file)
                    stamp = _stamp(os.fstat(file))
                finally:
                    os.close(file)
                if _look(folder, name) != replacing:
                    raise NotOurs(N_("Someone changed the file during the sweep."))
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise
        self._unsettled.add(_above(path))
        return stamp

    def remove(self, path: str, stamp: Stamp) -> None:
        """Remove the file with this stamp, and the sub-folders that it leaves empty."""
        with self._parent(path) as (folder, name):
            if _look(folder, name) != stamp:
                raise NotOurs(N_("Someone changed the file during the sweep."))
            os.unlink(name, dir_fd=folder)
        self._unsettled.add(_above(path))
        self.prune(path)

    def prune(self, path: str) -> None:
        """Remove the sub-folders above `path` that are empty."""
        while path := _above(path):
            try:
                with self._parent(path) as (folder, name):
                    os.rmdir(name, dir_fd=folder)
            except FileNotFoundError:
                continue
            except (OSError, NotOurs):
                return
            self._unsettled.add(_above(path))

    def settle(self) -> None:
        """Wait until every name written or removed so far is on the disk.

        Call it once for many files: done for each, it would double the cost of writing them.
        """
        for subfolder in self._unsettled:
            with suppress(FileNotFoundError, NotOurs), self._inside(subfolder) as folder:
                os.fsync(folder)
        self._unsettled.clear()

    def remove_temporaries(self, subfolder: str = "") -> None:
        """Remove temporary files that a killed sweep left in the folder or in a sub-folder."""
        with suppress(OSError, NotOurs), self._inside(subfolder) as folder:
            with os.scandir(folder) as found:
                stale = [entry.name for entry in found if entry.name.startswith(TEMPORARY)]
            for name in stale:
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)

    def visible_files(self) -> Iterator[str]:
        """The paths of all files that are not hidden, and in no hidden folder; links are neither
        followed nor files. Folders deeper than `DEEPEST` are left out."""
        waiting = [""]
        while waiting:
            subfolder = waiting.pop()
            files, folders = self._visible(subfolder)
            yield from files
            if subfolder.count("/") < DEEPEST:
                waiting += folders

    def _visible(self, subfolder: str) -> tuple[list[str], list[str]]:
        """The files and the folders in a sub-folder that are not hidden; none if it is gone."""
        files: list[str] = []
        folders: list[str] = []
        with (
            suppress(OSError, NotOurs),
            self._inside(subfolder) as folder,
            os.scandir(folder) as found,
        ):
            for entry in found:
                path = f"{subfolder}/{entry.name}".removeprefix("/")
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_file(follow_symlinks=False):
                    files.append(path)
        return files, folders

    def _open(self, path: str) -> int | None:
        try:
            with self._parent(path) as (folder, name):
                found = os.open(name, _FILE, dir_fd=folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise NotOurs(N_("A symbolic link has its name.")) from None
            raise
        try:
            _stamp(os.fstat(found))
        except NotOurs:
            os.close(found)
            raise
        return found

    @contextmanager
    def _inside(self, subfolder: str) -> Iterator[int]:
        """Open a sub-folder, or the folder itself, and yield its descriptor."""
        with self._parent(f"{subfolder}/{TEMPORARY}".removeprefix("/")) as (folder, _):
            yield folder

    @contextmanager
    def _parent(self, path: str, *, create: bool = False) -> Iterator[tuple[int, str]]:
        """The descriptor of the folder that holds `path`, and the last part of `path`."""
        *parts, name = path.split("/")
        if {"", ".", ".."} & {*parts, name}:
            raise ValueError(f"“{path}” is not a path inside the folder.")
        folder = self._root
        try:
            for part in parts:
                inner = _enter(folder, part, create=create)
                if folder != self._root:
                    os.close(folder)
                folder = inner
            yield folder, name
        finally:
            if folder != self._root:
                os.close(folder)


def printable(path: str) -> str:
    """The path as text that can be stored and shown: names on the disk need not be UTF-8."""
    return os.fsencode(path).decode(errors="replace")


def _above(path: str) -> str:
    """The sub-folder that holds `path`, "" for the folder itself."""
    return path.rpartition("/")[0]


def wait_for(attempt: Callable[[], bool]) -> None:
    """Repeat `attempt` until it succeeds; `ExportError` when another sweep takes too long."""
    end = time.monotonic() + PATIENCE
    while not attempt():
        if time.monotonic() > end:
            raise ExportError(
                N_("Another sweep has held the folder for %(seconds)s seconds."),
                seconds=round(PATIENCE),
            )
        time.sleep(0.02)


def _try_flock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _look(folder: int, name: str) -> Stamp | None:
    try:
        return _stamp(os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return None


def _stamp(found: os.stat_result) -> Stamp:
    if not stat.S_ISREG(found.st_mode):
        raise NotOurs(N_("There is something that is not a plain file."))
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def _enter(folder: int, name: str, *, create: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not create:
            raise
        with suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=folder)
            os.fsync(folder)
        return os.open(name, _FOLDER, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise NotOurs(
                N_("There is something else where the folder “%(folder)s” must be."), folder=name
            ) from None
        raise
