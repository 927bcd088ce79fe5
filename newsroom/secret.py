"""The secret key that a fresh installation makes for itself."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from newsroom.modes import FOLDER


def secret_key(path: Path) -> str:
    """The key in `path`, made at the first call; processes that start together get the same one.

    The key is written in full beside `path`, mode 600, and then linked to it: the link fails if
    another process was first, and no process can read half a key.
    """
    try:
        path.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
        if not path.exists():
            with NamedTemporaryFile("w", dir=path.parent, prefix=".secret_key-") as file:
                file.write(get_random_secret_key())
                file.flush()
                os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(file.name, path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"The secret key cannot be kept in {path} ({error}):"
            " DATA_DIR must be a folder that the server may write in."
        ) from error
    if not key:
        raise ImproperlyConfigured(f"{path} is empty: remove it, and a new key will be made.")
    return key
