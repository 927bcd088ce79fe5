"""Live revisions → files. The folder is a copy of the database, made equal again by each sweep."""

from digests.delivery.folder.disk import ExportError
from digests.delivery.folder.live import sweep
from digests.delivery.folder.reconcile import Sweep

__all__ = ["ExportError", "Sweep", "sweep"]
