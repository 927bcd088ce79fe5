"""The sweep: writes the live revisions from the database to the folder, and reports on it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from digests.delivery.folder.disk import (
    ExportError,
    Folder,
    NotOurs,
    Reason,
    reason_of,
    wait_for,
)
from digests.delivery.folder.reconcile import NewerFolder, Sweep, reconcile
from digests.models import ExportedFile, ExportMark, LiveDigest, Revision, Site, SweepReport, clock
from digests.text.finding import N_

# Any number will do, as long as every host of one database uses the same.
ADVISORY_LOCK = 0x6E657773
LOOK_AROUND = timedelta(minutes=5)  # between two searches for foreign files
LISTED = 50  # paths of each kind that a report names
ROWS = 500  # in one statement, because databases limit the number of its parameters

State = ExportedFile.State
NO_REASON = Reason("", {})


class Live(NamedTuple):
    """A live revision and the SHA-256 of its file."""

    revision: int
    sha256: str


class Report(NamedTuple):
    """The fields of an ExportedFile except its path and its time."""

    revision: int
    sha256: str
    state: str
    error: str
    error_params: dict[str, str | int]


def sweep(root: Path | None = None, *, check: bool = False, force: bool = False) -> Sweep:
    """Make the export folder equal to the set of live revisions, and report on it.

    Another `root` has its own manifest and no ExportedFile. With `check` nothing is written
    anywhere; `force` takes over another database's folder, makes a newer one like the database, and
    removes any number of files. Raises `ExportError` if nothing could be done at all.
    """
    started_at = clock.now()
    reporting = root is None and not check
    try:
        done = _sweep(root, check=check, force=force)
    except Exception as error:
        if reporting:
            plan = _stored(error) if isinstance(error, NewerFolder) else None
            _report(started_at, reason_of(error), plan)
        raise
    if reporting:
        # The failures of single files are recorded in their ExportedFile.
        _report(started_at, NO_REASON, foreign=done.foreign)
    return done


def _sweep(other: Path | None, *, check: bool, force: bool) -> Sweep:
    root = other or Path(settings.EXPORT_ROOT)
    if check and not root.exists():
        return Sweep(written=list(_live()))
    try:
        with (
            Folder(root, create=not check) as folder,
            folder.locked(create=not check),
            _only_host(),
        ):
            # Read only under the lock: until then another sweep may have written something newer.
            live = _live()
            done = reconcile(
                folder,
                {path: revision.sha256 for path, revision in live.items()},
                lambda paths: _texts(live, paths),
                instance=str(Site.objects.get().uuid),
                marks=KnownMarks(),
                delivered=() if other else _delivered(),
                look_around=not other and _should_look_around(),
                check=check,
                force=force,
            )
            if not (other or check):
                _update_exported_files(live, done)
            return done
    except (OSError, NotOurs) as error:
        raise ExportError(
            N_("The export folder %(folder)s cannot be used: %(why)s."),
            folder=str(root),
            why=str(reason_of(error)).rstrip("."),
        ) from error


def _live() -> dict[str, Live]:
    """Live revisions by path, newest first: those matter most when much is to be written."""
    rows = LiveDigest.objects.values_list("path", "live_revision_id", "live_revision__text_sha256")
    return {path: Live(revision, sha256) for path, revision, sha256 in rows}


def _texts(live: Mapping[str, Live], paths: Sequence[str]) -> dict[str, bytes]:
    wanted = {live[path].revision: path for path in paths}
    rows = Revision.objects.filter(pk__in=wanted).values_list("pk", "text")
    return {wanted[pk]: text.encode() for pk, text in rows}


def _delivered() -> frozenset[str]:
    """The paths that a sweep has written, as far as this database knows."""
    written = ExportedFile.objects.filter(state=State.WRITTEN)
    return frozenset(written.values_list("path", flat=True))


class KnownMarks:
    """The marks that this database has given to its folders, or taken from them."""

    def __contains__(self, mark: str) -> bool:
        return ExportMark.objects.filter(pk=mark).exists()

    def confirmed(self, mark: str) -> bool:
        return ExportMark.objects.filter(pk=mark).exclude(confirmed_by=None).exists()

    def add(self, mark: str) -> None:
        try:
            with _on_disk(), transaction.atomic(durable=True):
                ExportMark.objects.get_or_create(pk=mark)
        except DatabaseError as error:
            raise OSError(f"The database does not store the folder's mark: {error}") from error


@contextmanager
def _on_disk() -> Iterator[None]:
    """Let SQLite wait until what is committed here, and before, is on the disk.

    Otherwise a power cut could take back a mark that the folder has got, and the publications in
    that folder, too: it would be newer than its database.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def _only_host() -> Iterator[None]:
    """On PostgreSQL, lock out other hosts, whose file locks may be invisible in a shared folder."""
    if connection.vendor != "postgresql":
        yield
        return
    wait_for(lambda: _ask("SELECT pg_try_advisory_lock(%s)"))
    try:
        yield
    finally:
        _ask("SELECT pg_advisory_unlock(%s)")


def _ask(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [ADVISORY_LOCK])
        row = cursor.fetchone()
        return bool(row and row[0])


def _update_exported_files(live: Mapping[str, Live], done: Sweep) -> None:
    """Bring the ExportedFile rows up to date; an idle sweep only reads them."""
    rows = ExportedFile.objects.values_list("path", "revision_id", *Report._fields[1:])
    known = {row[0]: Report(*row[1:]) for row in rows}
    reports = {path: _reported(path, revision, done) for path, revision in live.items()}
    for path in known.keys() & (done.conflicts.keys() | done.failed.keys()) - reports.keys():
        # The file of a withdrawn digest, which is still there.
        reports[path] = _reported(path, Live(known[path].revision, known[path].sha256), done)
    now = clock.now()
    changed = [
        ExportedFile(
            path=path,
            revision_id=report.revision,
            sha256=report.sha256,
            state=report.state,
            error=report.error,
            error_params=report.error_params,
            at=now,
        )
        for path, report in reports.items()
        if known.get(path) != report
    ]
    with transaction.atomic():
        for paths in batched(known.keys() - reports.keys(), ROWS):
            ExportedFile.objects.filter(path__in=paths).delete()
        ExportedFile.objects.bulk_create(
            changed,
            batch_size=ROWS,
            update_conflicts=True,
            unique_fields=["path"],
            update_fields=[*Report._fields, "at"],
        )
        for paths in batched([file.path for file in changed], ROWS):
            written_first = ExportedFile.objects.filter(
                path__in=paths, state=State.WRITTEN, first_revision=None
            )
            written_first.update(first_revision=F("revision"), first_at=F("at"))


def _reported(path: str, revision: Live, done: Sweep) -> Report:
    state, why = State.WRITTEN, NO_REASON
    if path in done.conflicts:
        state, why = State.CONFLICT, done.conflicts[path]
    elif path in done.failed:
        state, why = State.FAILED, done.failed[path]
    return Report(revision.revision, revision.sha256, state, why.message, why.params)


def _should_look_around() -> bool:
    """Whether nobody has looked for foreign files for a while; it takes a walk of the folder."""
    looked_at = SweepReport.objects.values_list("foreign_at", flat=True).first()
    return looked_at is None or not timedelta() <= clock.now() - looked_at < LOOK_AROUND


def _report(
    started_at: datetime,
    why: Reason,
    plan: dict[str, Any] | None = None,
    foreign: list[str] | None = None,
) -> None:
    ended_at = clock.now()
    report = {
        "started_at": started_at,
        "ended_at": ended_at,
        "error": why.message,
        "error_params": why.params,
        "plan": plan,
    }
    if foreign is not None:
        report |= {"foreign_at": ended_at, "foreign": _counted(foreign)}
    SweepReport.objects.update_or_create(pk=1, defaults=report)


def _counted(paths: Sequence[str]) -> dict[str, Any]:
    return {"count": len(paths), "paths": sorted(paths)[:LISTED]}


def _stored(newer: NewerFolder) -> dict[str, Any]:
    """What Today shows of a newer folder: its mark, how many files would change, and the first."""
    return {"mark": newer.mark} | {
        change: _counted(paths) for change, paths in asdict(newer.plan).items()
    }
