"""What newsrooms of tests and benchmarks begin with, made once and copied: a data folder with a
migrated database and the static files, and a PostgreSQL with a migrated database.

A process shares it with all that it starts. The first that needs a part makes it; others wait.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.embedded import EmbeddedServer
from tests.services import Postgresql

VARIABLE = "NEWSROOM_PREPARED"  # names the folder to the processes that are started
MIGRATED = "newsroom_migrated"


@cache
def share() -> Path:
    """The folder of what is prepared: that of the process which started this one, or else its own,
    which is gone when it ends."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="newsroom-prepared-")
        atexit.register(shutil.rmtree, os.environ[VARIABLE], ignore_errors=True)
    return Path(os.environ[VARIABLE])


def prepared(name: str, make: Callable[[Path], None]) -> Path:
    folder, is_whole = share() / name, share() / f"{name}.is-whole"
    with (share() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_whole.exists():
            make(folder)
            is_whole.touch()
    return folder


def data_folder(copy: Path) -> Path:
    """Makes a data folder, which may exist if it is empty."""
    return Path(shutil.copytree(prepared("data", make_data), copy, dirs_exist_ok=True))


def make_data(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.manage("migrate", "-v", "0")
    server.manage("collectstatic", "--no-input", "-v", "0")


def postgresql(given: str = "", *, durable: bool = False) -> Postgresql:
    """The server at an address, or else one of our own; either has a migrated database to copy."""
    if given:
        server = Postgresql(given)
        migrate(server, f"{MIGRATED}_{os.getpid()}")
        drop = f'DROP DATABASE "{server.template}" WITH (FORCE)'
        atexit.register(server.execute, drop)
        return server
    server = Postgresql(cluster=prepared("postgresql", make_cluster), durable=durable)
    server.template = MIGRATED
    return server


def make_cluster(folder: Path) -> None:
    server = Postgresql()
    migrate(server, MIGRATED)
    server.stop()
    # With its owner, who may be another user.
    subprocess.run(["cp", "-a", server.data, folder], check=True)


def migrate(server: Postgresql, name: str) -> None:
    server.execute(f'CREATE DATABASE "{name}"')
    with tempfile.TemporaryDirectory() as folder:
        url = server.address_of(name)
        EmbeddedServer(Path(folder) / "data", DATABASE_URL=url).manage("migrate", "-v", "0")
    server.template = name
