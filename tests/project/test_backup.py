"""`manage.py backup` and `restore`: what is written, what is put back, and what is refused."""

import gzip
import io
import json
import os
import signal
import sqlite3
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import post_migrate
from pytest_django import Settings

from digests.delivery.folder import sweep
from digests.delivery.folder.manifest import MANIFEST
from digests.models import Digest
from newsroom import backup, dumps
from newsroom.lock import locked
from tests.conftest import empty_search_index
from tests.exported import corrected, files, live_files, path_of, withdrawn
from tests.factories import published, story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """A data folder with a key of its own and a picture."""
    data = tmp_path / "data"
    settings.DATA_DIR, settings.MEDIA_ROOT = data, data / "media"
    settings.EXPORT_ROOT = data / "export"
    settings.MEDIA_ROOT.mkdir(parents=True)
    (data / "media" / "a.png").write_bytes(b"a picture")
    (data / "secret_key").write_text(settings.SECRET_KEY)
    return data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "news.tar.gz"


def back_up(file: Path) -> str:
    out = StringIO()
    call_command("backup", str(file), stdout=out)
    return out.getvalue()


def restore(file: Path, *options: str) -> str:
    out = StringIO()
    # It is for the tests alone, and would empty what was restored.
    post_migrate.disconnect(empty_search_index)
    try:
        call_command("restore", str(file), *options, stdout=out)
    finally:
        post_migrate.connect(empty_search_index)
    return out.getvalue()


def rows() -> dict[str, list[Any]]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 (a table's own name)
            found[table] = sorted(map(repr, cursor.fetchall()))
        return found


def refused(file: Path, *options: str) -> str:
    """The sentence with which a restore is refused; it changes nothing."""
    before = rows(), tree(file.parent / "data")
    with pytest.raises(CommandError) as error:
        restore(file, *options)
    assert (rows(), tree(file.parent / "data")) == before
    return str(error.value)


def tree(folder: Path) -> dict[str, bytes]:
    """The files of the data folder, but for its lock and the database."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".server.lock"
    }


def empty_newsroom(data: Path) -> None:
    call_command("flush", interactive=False, verbosity=0)
    for path in (data / "export").iterdir():
        path.unlink()


def go_on(data: Path, digest: Digest) -> None:
    """What a newsroom does after its backup."""
    story()
    corrected(digest, "更正。")
    published()
    sweep()
    (data / "media" / "b.png").write_bytes(b"another")
    (data / "media" / "a.png").write_bytes(b"damaged")


def test_a_restore_puts_everything_back_and_leaves_the_export_folder(
    data: Path, file: Path, settings: Settings
) -> None:
    digest = published()
    withdrawn(published())
    sweep()
    before = rows()
    assert "2 digests" in back_up(file)
    go_on(data, digest)
    exported = tree(data / "export")

    assert "2 digests" in restore(file, "--force")
    assert rows() == before
    assert tree(data / "export") == exported
    assert (data / "secret_key").read_text() == settings.SECRET_KEY
    # Pictures of digests that are newer are wanted when these are imported.
    assert files(data / "media") == {"a.png": b"a picture", "b.png": b"another"}
    assert story().pk
    with pytest.raises(CommandError, match="newer than its database"):
        call_command("export_digests", stdout=StringIO())
    call_command("export_digests", "--force", stdout=StringIO())
    assert files(data / "export") == live_files()


def test_an_empty_newsroom_is_filled_and_its_folder_written(data: Path, file: Path) -> None:
    published()
    sweep()
    exported = files(data / "export")
    back_up(file)
    empty_newsroom(data)
    restore(file)
    assert (data / "export" / MANIFEST).exists()
    assert sweep().failed == {}
    assert files(data / "export") == exported
    assert sweep().idle


def test_the_manifest_is_not_put_into_a_folder_that_holds_anything(data: Path, file: Path) -> None:
    published()
    sweep()
    back_up(file)
    (data / "export" / MANIFEST).unlink()
    restore(file, "--force")
    assert not (data / "export" / MANIFEST).exists()


def test_a_backup_made_during_a_publication_fills_an_empty_folder(
    data: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = published(story("早些"))
    sweep()
    dump = dumps.dump

    def dump_and_publish(copy: Path) -> tuple[list[str], dict[str, int]]:
        done = dump(copy)
        published(story("晚些"))
        sweep()
        return done

    with monkeypatch.context() as patch:
        patch.setattr(dumps, "dump", dump_and_publish)
        back_up(file)
    empty_newsroom(data)
    restore(file)
    sweep()
    assert files(data / "export").keys() == {path_of(digest)}


def test_a_backup_is_for_its_owner_and_whole_when_it_has_its_name(file: Path) -> None:
    back_up(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == [file.name]
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert names == ["newsroom.json", "database", "secret_key", "media/a.png"]


def test_a_backup_that_fails_leaves_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_add_file", fail)
    with pytest.raises(CommandError, match="No space left"):
        back_up(file)
    assert [path.name for path in file.parent.iterdir()] == ["data"]


def test_what_killed_backups_left_is_removed_by_the_next_and_nothing_else(file: Path) -> None:
    # Backups that are made each night have names of their own.
    killed, of_last_night, at_work, foreign = names = [
        file.with_name(name)
        for name in (
            f".{file.name}-killed{backup.UNFINISHED}",
            f".2026-11-29.tar.gz-killed{backup.UNFINISHED}",
            f".{file.name}-at-work{backup.UNFINISHED}",
            f".{file.name}-of-somebody",
        )
    ]
    for folder in names:
        folder.mkdir()
        (folder / backup.DATABASE).write_bytes(b"half")
    with backup._held(at_work):
        back_up(file)
    assert not killed.exists()
    assert not of_last_night.exists()
    left = {path.name for path in file.parent.iterdir()}
    assert left == {at_work.name, foreign.name, file.name, "data"}


def test_two_backups_that_begin_at_once_leave_each_other_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = backup._held

    @contextmanager
    def begun_meanwhile(folder: Path) -> Iterator[None]:
        """Another backup begins after a folder was made and before it is locked."""
        monkeypatch.setattr(backup, "_held", held)
        back_up(file.with_name("second.tar.gz"))
        with held(folder):
            yield

    monkeypatch.setattr(backup, "_held", begun_meanwhile)
    back_up(file)
    left = {path.name for path in file.parent.iterdir()}
    assert left == {file.name, "second.tar.gz", "data"}


def test_a_backup_overwrites_nothing(file: Path) -> None:
    file.write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        back_up(file)
    assert file.read_text() == "mine"


def test_a_key_of_the_environment_is_not_stored(data: Path, file: Path, settings: Settings) -> None:
    settings.SECRET_KEY = "of the environment"
    back_up(file)
    with tarfile.open(file) as archive:
        assert "secret_key" not in archive.getnames()


def test_a_restore_over_data_asks_for_force(file: Path) -> None:
    back_up(file)
    story()
    assert "use --force" in refused(file)
    restore(file, "--force")
    restore(file)


def test_a_restore_with_force_is_refused_while_others_are_connected(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(file)
    monkeypatch.setattr(dumps, "other_sessions", lambda: 2)
    assert "2 other connections" in refused(file, "--force")
    restore(file, "--force", "--while-connected")


def test_a_restore_is_refused_while_a_server_runs(data: Path, file: Path) -> None:
    back_up(file)
    with locked(data):
        assert f"Process {os.getpid()} is working in DATA_DIR" in refused(file, "--force")


def change(file: Path, **members: bytes) -> None:
    """Write the backup again with other members."""
    held = members_of(file) | members
    with tarfile.open(file, "w:gz") as archive:
        for name, content in held.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def members_of(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {
            member.name: opened.read()
            for member in archive
            if (opened := archive.extractfile(member))
        }


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"format": 2}, "which is newer than this version"),
        ({"version": "9.0", "migrations": ["digests.0999_future"]}, "made by Newsroom 9.0"),
        ({"engine": "oracle"}, "set or remove DATABASE_URL"),
        ({"later": 1}, "no whole backup"),
    ],
)
def test_a_backup_that_is_not_for_this_newsroom_is_refused(
    file: Path, header: dict[str, Any], reason: str
) -> None:
    story()
    back_up(file)
    told = json.loads(members_of(file)["newsroom.json"]) | header
    change(file, **{"newsroom.json": json.dumps(told).encode()})
    assert reason in refused(file, "--force")


@pytest.mark.parametrize(
    "name", ["../outside", "/outside", "media/../../outside", "other", "media/../database/x"]
)
def test_a_member_that_does_not_belong_in_a_backup_is_refused(file: Path, name: str) -> None:
    story()
    back_up(file)
    change(file, **{name: b"x"})
    assert "no whole backup" in refused(file, "--force")
    assert not (file.parent / "outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_plain_file_is_refused(file: Path, kind: bytes) -> None:
    back_up(file)
    data = gzip.decompress(file.read_bytes())
    file.write_bytes(gzip.compress(data))
    with tarfile.open(file) as archive:
        held = archive.getmembers()
    added = io.BytesIO()
    with tarfile.open(fileobj=added, mode="w") as archive:
        link = tarfile.TarInfo("media/link.png")
        link.type, link.linkname = kind, "secret_key"
        archive.addfile(link)
    end = held[-1].offset_data + (held[-1].size + 511) // 512 * 512
    file.write_bytes(gzip.compress(data[:end] + added.getvalue()))
    assert "does not belong in it" in refused(file, "--force")


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_or_damaged_backup_is_refused_before_anything_is_touched(
    file: Path, part: float
) -> None:
    story()
    back_up(file)
    whole = file.read_bytes()
    at = int(len(whole) * part)
    file.write_bytes(whole[:at])
    assert "no whole backup" in refused(file, "--force")
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    assert "no whole backup" in refused(file, "--force")


def test_a_damaged_copy_of_the_database_is_refused(file: Path) -> None:
    story()
    back_up(file)
    change(file, database=b"no database" * 1000)
    assert refused(file, "--force")


def test_a_restore_that_fails_in_the_middle_changes_nothing(
    data: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story()
    (data / "media" / "a.png").write_bytes(b"of then")
    back_up(file)
    story()
    (data / "media" / "a.png").write_bytes(b"of now")
    plant_failure(monkeypatch)
    assert refused(file, "--force")


def plant_failure(monkeypatch: pytest.MonkeyPatch, *without: str) -> None:
    """Let PostgreSQL find an error at the end of what it is given, and SQLite a locked database."""
    run = dumps._run

    def fail(program: str, *arguments: str) -> None:
        run(program, *(argument for argument in arguments if argument not in without))
        for argument in arguments:
            if program == "pg_restore" and argument.startswith("--file="):
                with Path(argument.removeprefix("--file=")).open("a") as script:
                    script.write("SELECT 1/0;\n")

    monkeypatch.setattr(dumps, "_run", fail)

    class Locked(sqlite3.Connection):
        def backup(self, *args: Any, **options: Any) -> None:
            raise sqlite3.OperationalError("database is locked")

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path: connect(path, factory=Locked))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite copies in one call")
def test_a_restore_in_more_than_one_transaction_would_be_seen(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story()
    back_up(file)
    story()
    plant_failure(monkeypatch, "--single-transaction")
    with pytest.raises(AssertionError):
        refused(file, "--force")


def content(database: Path) -> tuple[str, int]:
    """Whether a database of SQLite is whole, and how much it holds."""
    with closing(sqlite3.connect(database)) as opened:
        (found,) = opened.execute("PRAGMA integrity_check").fetchone()
        (count,) = opened.execute("SELECT count(*) FROM t").fetchone()
    return str(found), int(count)


def killed_while_copying(folder: Path, copy: Callable[[Path, Path], None]) -> None:
    """Whenever a copy over a database in use is killed, the one or the other is there whole."""
    old, new = folder / "old.sqlite3", folder / "new.sqlite3"
    for database, rows in ((old, 3_000), (new, 60_000)):
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("PRAGMA journal_mode=WAL")
            opened.execute("CREATE TABLE t (x)")
            opened.executemany("INSERT INTO t VALUES (?)", ((f"row {n}" * 9,) for n in range(rows)))
    with closing(sqlite3.connect(new)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    for step in range(12):
        with closing(sqlite3.connect(old)) as opened, opened:
            opened.execute("INSERT INTO t VALUES ('in the log')")
            before = content(old)[1] + 1
            child = os.fork()
            if not child:
                os.kill(os.getpid(), signal.SIGSTOP)
                copy(new, old)
                os._exit(0)
        os.waitpid(child, os.WUNTRACED)
        os.kill(child, signal.SIGCONT)
        time.sleep(step * 0.004)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        whole, count = content(old)
        assert whole == "ok"
        assert count in (before, 60_000)


@pytest.mark.processes
def test_whenever_a_restore_is_killed_one_database_is_there_whole(tmp_path: Path) -> None:
    killed_while_copying(tmp_path, dumps._copy_sqlite)


@pytest.mark.processes
def test_a_database_that_is_copied_like_any_file_would_be_seen(tmp_path: Path) -> None:
    def copy(new: Path, old: Path) -> None:
        data = new.read_bytes()
        with old.open("r+b") as file:
            for at in range(0, len(data), 4096):
                file.write(data[at : at + 4096])
                file.flush()
                time.sleep(0.0001)

    with pytest.raises((AssertionError, sqlite3.DatabaseError)):
        killed_while_copying(tmp_path, copy)
