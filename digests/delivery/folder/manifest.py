"""The manifest: which files in the export folder are ours, and the bytes they may hold."""

import json
import logging
import re
from dataclasses import dataclass, field, replace
from typing import Any, Self

from digests.delivery.folder.disk import ExportError, Folder, Stamp
from digests.text.finding import N_
from digests.text.format.paths import check_path

MANIFEST = ".newsroom.json"
FORMAT = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MARK = re.compile(r"([0-9a-f]{32})?")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Owned:
    """A file of ours: the SHA-256 (hex) that its bytes may have, two while it is being replaced.

    The stamp is that of the file when it had only one hash.
    """

    hashes: tuple[str, ...]
    stamp: Stamp | None = None


@dataclass(frozen=True)
class Manifest:
    """The list of our files in the export folder.

    `instance` names the database the folder belongs to; "" if it was never swept.
    `checked_at` (Unix time) is when every byte was last read. `mark` is a random name that each
    sweep which changes the folder draws and tells the database first, so that a folder is known
    that was written by a later state of its database, or by a copy; "" from 0.1.0.
    """

    instance: str = ""
    checked_at: float = 0.0
    mark: str = ""
    files: dict[str, Owned] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Folder) -> Self:
        """Read the folder's manifest, whose content is not trusted.

        A name that could lead out of the folder is dropped, and so is anything malformed.
        """
        data = folder.read(MANIFEST)
        if data is None:
            return cls()
        try:
            content = json.loads(data)
            files = content["files"].items()
            known = content["format"] == FORMAT
            mark = content.get("mark", "")
            known = known and bool(_MARK.fullmatch(mark))
            manifest = cls(str(content["instance"]), float(content["checked_at"]), mark)
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            known = False
        if not known:
            raise ExportError(
                N_(
                    "%(file)s in the export folder is damaged, or of a newer version. Move it away:"
                    " the next sweep makes another and takes back the files it finds unchanged."
                ),
                file=MANIFEST,
            )
        return replace(manifest, files={path: owned for path, owned in map(_owned, files) if owned})

    def save(self, folder: Folder) -> None:
        content = {
            "format": FORMAT,
            "instance": self.instance,
            "checked_at": self.checked_at,
            "mark": self.mark,
            "files": {
                path: {"sha256": owned.hashes, "stamp": owned.stamp}
                for path, owned in sorted(self.files.items())
            },
        }
        # It must not forget a file's old hash before the new bytes are safely on the disk.
        folder.settle()
        folder.write(MANIFEST, json.dumps(content).encode(), replacing=folder.stamp(MANIFEST))
        folder.settle()


def _owned(item: tuple[str, Any]) -> tuple[str, Owned | None]:
    path, entry = item
    try:
        check_path(path)
        hashes = tuple(entry["sha256"])
        if not all(_SHA256.fullmatch(sha256) for sha256 in hashes):
            raise ValueError("A hash is none.")
        stamp = entry["stamp"] and Stamp(*map(int, entry["stamp"]))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        logger.warning("The export folder's manifest names %r, which is ignored: %s", path, error)
        return path, None
    return path, Owned(hashes, stamp or None)
