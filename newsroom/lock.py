"""The lock on the data folder: only one process at a time may serve from it or replace it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

# Not the name of the sweep's lock, because EXPORT_ROOT may be the same folder.
NAME = ".server.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder, or refuse and name the process that does.

    The lock dies with the process and with those forked from it, which serve in its place.
    """
    file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode()
            raise CommandError(
                f"Process {holder} is working in DATA_DIR ({folder}): end it first, or set DATA_DIR"
                " to another folder."
            ) from None
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        yield
    finally:
        os.close(file)
