"""Live revisions → files. The folder is a copy of the database, made equal again by each sweep."""

from digests.export.folder import ExportError
from digests.export.live import sweep
from digests.export.reconcile import Sweep

__all__ = ["ExportError", "Sweep", "sweep"]
