"""File modes: what Newsroom keeps is for the user it runs as, and for nobody else."""

import logging
import stat
from pathlib import Path

logger = logging.getLogger(__name__)

FOLDER, FILE = 0o700, 0o600


def make_private(folder: Path, database: Path | None) -> None:
    """Make the data folder and the file of an SQLite database, or close them to others.

    SQLite gives the files beside a database the mode of the database.
    """
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    _tighten(folder, FOLDER)
    if database is None:
        return
    database.touch(FILE)
    for name in ("", "-wal", "-shm"):
        _tighten(database.with_name(database.name + name), FILE)


def _tighten(path: Path, mode: int) -> None:
    try:
        found = path.stat().st_mode
        # A folder with the sticky bit, such as /tmp, belongs to everybody.
        if stat.S_IMODE(found) != mode and not found & stat.S_ISVTX:
            path.chmod(mode)
    except FileNotFoundError:
        pass
    except PermissionError:
        # Another user's, as a mounted volume may be; it can be used all the same.
        logger.warning("Others may read %s, because its mode cannot be changed.", path)
