"""Copying the whole database into a file and back, on SQLite and on PostgreSQL."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from django.apps import apps
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from psycopg import sql

# What is counted in a copy, to tell whether it is whole.
COUNTED = ("digests_user", "digests_item", "digests_digest", "digests_revision")

type Counts = dict[str, int]
# Gives the rows that a statement finds.
type Ask = Callable[[str], list[Any]]


def dump(file: Path) -> tuple[list[str], Counts]:
    """Copy the database as it is at one moment into `file`, while others write to it. Returns the
    migrations and the numbers of rows in the copy."""
    if connection.vendor == "postgresql":
        return _dump_postgresql(file)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    with closing(sqlite3.connect(file)) as copy:
        return _content(lambda statement: copy.execute(statement).fetchall())


def check(file: Path, counts: Counts) -> None:
    """Refuse a copy that is damaged, as far as it shows before it is loaded."""
    if connection.vendor == "postgresql":
        _run("pg_restore", "--list", str(file))
        return
    try:
        with closing(sqlite3.connect(file)) as copy:
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            _, counted = _content(lambda statement: copy.execute(statement).fetchall())
    except sqlite3.DatabaseError as error:
        raise CommandError(f"The database in the backup is damaged: {error}.") from error
    if found != "ok" or counted != counts:
        raise CommandError(f"The database in the backup is damaged: {found}.")


def load(file: Path) -> None:
    """Replace the database by the copy, all or nothing."""
    if connection.vendor == "postgresql":
        _load_postgresql(file)
    else:
        _load_sqlite(file)


def holds_data() -> bool:
    """Whether anybody would lose something with this database."""
    try:
        tables = set(connection.introspection.table_names()) & set(COUNTED)
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 (a name of ours)
                if cursor.fetchone():
                    return True
    except DatabaseError:
        # A damaged file: what it holds may still be of use to somebody.
        return True
    return False


def other_sessions() -> int:
    """How many others are connected to the database, as far as it knows: SQLite does not."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def _content(ask: Ask) -> tuple[list[str], Counts]:
    migrations = ask("SELECT app || '.' || name FROM django_migrations ORDER BY id")
    counts = {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in COUNTED}  # noqa: S608 (ours)
    return [name for (name,) in migrations], counts


def _load_sqlite(file: Path) -> None:
    target = Path(connection.settings_dict["NAME"])
    connection.close()
    try:
        _copy_sqlite(file, target)
    except sqlite3.OperationalError as error:
        raise CommandError(f"The database cannot be replaced now: {error}.") from error
    except sqlite3.DatabaseError:
        # What stands there is no database any more, so that nothing of it is lost by removing it.
        for name in (target.name, f"{target.name}-wal", f"{target.name}-shm"):
            target.with_name(name).unlink(missing_ok=True)
        _copy_sqlite(file, target)


def _copy_sqlite(file: Path, target: Path) -> None:
    """Copy a database over another in one transaction of SQLite itself.

    A file that took the other's name would find the other's log, and those who have it open would
    go on with the old one.
    """
    with closing(sqlite3.connect(file)) as copy, closing(sqlite3.connect(target)) as database:
        database.execute("PRAGMA synchronous=FULL")
        copy.backup(database)
    target.chmod(0o600)


def _dump_postgresql(file: Path) -> tuple[list[str], Counts]:
    tables = [f"--table={prefix}*" for prefix in _prefixes()]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone() or ("",)

        def ask(statement: str) -> list[Any]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        content = _content(ask)
        _run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={snapshot}", f"--file={file}", *tables,
        )  # fmt: skip
    return content


def _load_postgresql(file: Path) -> None:
    with TemporaryDirectory(dir=file.parent) as folder:
        drops, script = Path(folder, "drops.sql"), Path(folder, "script.sql")
        drops.write_text(_drops())
        # Into a file first: of a pipe that broke, psql would commit what it got.
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
        connection.close()
        _run(
            "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
            "--output=/dev/null", f"--file={drops}", f"--file={script}",
        )  # fmt: skip


def _drops() -> str:
    """Statements that drop our tables, those too that the copy does not know."""
    tables = [
        sql.Identifier(table)
        for table in connection.introspection.table_names()
        if table.startswith(_prefixes())
    ]
    drops = [sql.SQL("DROP TABLE {} CASCADE;\n").format(table) for table in tables]
    return sql.Composed([sql.SQL("SET statement_timeout = 0;\n"), *drops]).as_string()


def _prefixes() -> tuple[str, ...]:
    return tuple(sorted({f"{app.label}_" for app in apps.get_app_configs()} | {"django_"}))


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on the database; its error becomes a sentence."""
    done = subprocess.run(  # noqa: S603 (ours)
        [_program(program), *arguments],
        env=os.environ | _environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"{program} failed: {' '.join(done.stderr.split())}")


def _environment() -> dict[str, str]:
    """The parameters of the connection, which among the arguments everybody could read."""
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    given = connection.get_connection_params()
    return {names[key]: str(value) for key, value in given.items() if key in names}


def _program(name: str) -> str:
    """The program of the oldest version that knows this server: a newer one may write what the
    server does not understand."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        (number,) = cursor.fetchone() or (0,)
    server = int(number) // 10_000
    versions = {path: _version(path) for path in _candidates(name)}
    fitting = {path: version for path, version in versions.items() if version >= server}
    if not fitting:
        raise CommandError(
            f"{name} of PostgreSQL {server} is needed here and was not found: install the client"
            " programs of PostgreSQL, or add their folder to PATH."
        )
    return str(min(fitting, key=lambda path: fitting[path]))


def _candidates(name: str) -> list[Path]:
    """Where the program may be: on PATH, or in Debian's folders."""
    on_path = shutil.which(name)
    found = [Path(on_path)] if on_path else []
    return found + sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))


def _version(program: Path) -> int:
    """The major version of a program of PostgreSQL; 0 if it does not run here."""
    try:
        done = subprocess.run(  # noqa: S603 (what is to be run anyway)
            [program, "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    found = re.search(r"(\d+)(?:\.\d+|beta|rc|devel)", done.stdout)
    return int(found[1]) if found else 0
