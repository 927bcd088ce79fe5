"""Backups: one file with the database, the uploads, the secret key and the folder's manifest."""

import fcntl
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory, mkdtemp
from typing import IO

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from digests.delivery.folder.disk import Folder, NotOurs
from digests.delivery.folder.manifest import MANIFEST
from newsroom import dumps

FORMAT = 1
# The members of a backup; those of MEDIA stand below it.
HEADER, DATABASE, KEY, FOLDER, MEDIA = "newsroom.json", "database", "secret_key", MANIFEST, "media"
UNPACKED = ".restore-"  # how the names of unpacked backups begin, in DATA_DIR
UNFINISHED = ".unfinished-backup"  # how the names of folders end in which backups are written


@dataclass(frozen=True)
class Header:
    """What a backup says of itself, in its first member."""

    format: int
    version: str
    engine: str
    at: str
    migrations: list[str]
    counts: dict[str, int]

    @property
    def contents(self) -> str:
        """The numbers of rows, as words."""
        counted = self.counts.items()
        return ", ".join(f"{n:,} {table.removeprefix('digests_')}s" for table, n in counted)


def write(target: Path) -> Header:
    """Write a backup while the newsroom goes on. It has its name when it is whole."""
    with _unfinished(target) as folder, _written(target, folder) as file:
        copy = folder / DATABASE
        # Before the database, which so knows the mark that the manifest names.
        manifest = _manifest()
        migrations, counts = dumps.dump(copy)
        at = timezone.now().isoformat(timespec="seconds")
        header = Header(FORMAT, settings.RELEASE, connection.vendor, at, migrations, counts)
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            _add(archive, HEADER, json.dumps(asdict(header), indent=2).encode())
            _add_file(archive, DATABASE, copy)
            if key := _own_key():
                _add(archive, KEY, key)
            if manifest is not None:
                _add(archive, FOLDER, manifest)
            # After the database, which so names no picture that is missing here.
            for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
                name = path.relative_to(settings.MEDIA_ROOT).as_posix()
                _add_file(archive, f"{MEDIA}/{name}", path)
    return header


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A folder beside a backup for what is not whole yet. Those of processes that were killed are
    removed, whatever their backups were called: a lock tells them, which dies with its process."""
    for stale in target.parent.glob(f".*-*{UNFINISHED}"):
        # Another process may be at work in it, or remove it at this moment.
        with suppress(OSError), _held(stale):
            shutil.rmtree(stale)
    folder = Path(mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        with _held(folder):
            # Only now under a name that other processes look for.
            folder = folder.rename(f"{folder}{UNFINISHED}")
            yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Lock a folder; raises BlockingIOError while another process has it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Header, Path]]:
    """A backup unpacked in DATA_DIR, after all of it was read and checked."""
    data = Path(settings.DATA_DIR)
    for stale in data.glob(f"{UNPACKED}*"):
        shutil.rmtree(stale, ignore_errors=True)
    with TemporaryDirectory(dir=data, prefix=UNPACKED) as folder:
        try:
            header = _unpack(source, Path(folder))
        except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error) as error:
            raise CommandError(f"{source} is no whole backup of Newsroom: {error}") from error
        dumps.check(Path(folder, DATABASE), header.counts)
        yield header, Path(folder)


def restore(folder: Path) -> None:
    """Put an unpacked backup in the place of what is here: the database first, because it is what
    may fail, and then nothing has changed.

    No picture is removed: digests that are newer than the backup, and are imported from the export
    folder afterwards, show theirs.
    """
    dumps.load(folder / DATABASE)
    media, target = folder / MEDIA, Path(settings.MEDIA_ROOT)
    for path in media.rglob("*"):
        if path.is_file():
            _move(path, target / path.relative_to(media))
    key = folder / KEY
    if key.exists() and _own_key():
        _move(key, Path(settings.DATA_DIR, KEY))
    manifest, export = folder / FOLDER, Path(settings.EXPORT_ROOT)
    # An older one over newer files would hide from the sweep that they are newer.
    if manifest.exists() and not (export.exists() and any(export.iterdir())):
        _move(manifest, export / MANIFEST)


def _unpack(source: Path, folder: Path) -> Header:
    with tarfile.open(source, "r:gz") as archive:
        first = archive.next()
        opened = archive.extractfile(first) if first and first.name == HEADER else None
        if opened is None:
            raise ValueError("it does not begin with a header")
        header = _header(opened)
        for member in archive:
            if member.name == HEADER:
                continue
            if not member.isreg() or not _is_expected(member.name):
                raise ValueError(f"“{member.name}” does not belong in it")
            archive.extract(member, folder, filter="data")
        # To the end of the compressed file, where its checksum is.
        while archive.fileobj and archive.fileobj.read(1 << 20):
            pass
    if not (folder / DATABASE).exists():
        raise ValueError("it has no database")
    return header


def _header(file: IO[bytes]) -> Header:
    """Read the header; raises CommandError where this newsroom cannot restore the backup."""
    try:
        header = Header(**json.load(file))
    except TypeError as error:
        raise ValueError(f"its header is not understood: {error}") from error
    known = {".".join(name) for name in MigrationLoader(None).disk_migrations}
    if header.format != FORMAT or set(header.migrations) - known:
        raise CommandError(
            f"The backup was made by Newsroom {header.version}, which is newer than this version,"
            f" {settings.RELEASE}: restore it with that one."
        )
    if header.engine != connection.vendor:
        raise CommandError(
            f"The backup holds a database of {header.engine}, and this newsroom has"
            f" {connection.vendor}: set or remove DATABASE_URL to restore it."
        )
    return header


def _is_expected(name: str) -> bool:
    return name in (DATABASE, KEY, FOLDER) or name.startswith(f"{MEDIA}/")


def _own_key() -> bytes | None:
    """The key that this installation made for itself; none where SECRET_KEY is set."""
    path = Path(settings.DATA_DIR, KEY)
    key = path.read_bytes() if path.exists() else b""
    return key if key.strip().decode() == settings.SECRET_KEY else None


def _manifest() -> bytes | None:
    """The export folder's manifest as it is now, if there is one."""
    try:
        with Folder(Path(settings.EXPORT_ROOT), create=False) as folder:
            return folder.read(MANIFEST)
    except (FileNotFoundError, NotOurs):
        return None


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    member.mtime = int(timezone.now().timestamp())
    archive.addfile(member, BytesIO(data))


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> None:
    """Add a plain file, unless there is none."""
    with suppress(FileNotFoundError):
        if not path.is_symlink() and path.is_file():
            archive.add(path, name, recursive=False, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _move(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as source, _written(target) as copy:
        shutil.copyfileobj(source, copy)
        os.fchmod(copy.fileno(), file.stat().st_mode & 0o777)


@contextmanager
def _written(target: Path, folder: Path | None = None) -> Iterator[IO[bytes]]:
    """A new file, for its owner alone, that gets its name when it is whole and on the disk. Until
    then it is in `folder`, or beside its name."""
    folder = folder or target.parent
    with NamedTemporaryFile(dir=folder, prefix=f".{target.name}-", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).rename(target)
        except BaseException:
            Path(file.name).unlink()
            raise
    _sync(target.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
