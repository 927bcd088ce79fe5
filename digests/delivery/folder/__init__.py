"""Writing live revisions as files. Each sweep makes the export folder a copy of the database."""

from digests.delivery.folder.disk import ExportError
from digests.delivery.folder.live import sweep
from digests.delivery.folder.reconcile import NewerFolder, Sweep

__all__ = ["ExportError", "NewerFolder", "Sweep", "sweep"]
