"""Static files: named by their content, scripts that import others included, and collected once."""

import filecmp
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it ships no types
    support_js_module_import_aggregation = True


def collect() -> None:
    """Collect the static files, which takes seconds, unless they were collected as they are."""
    if not are_collected():
        call_command("collectstatic", interactive=False, verbosity=0)


def are_collected() -> bool:
    """Whether each file was copied, and the manifest, which is written last, is no older than the
    copies, and than the rules above."""
    root = Path(settings.STATIC_ROOT)
    try:
        written = (root / StaticFiles.manifest_name).stat().st_mtime
        return Path(__file__).stat().st_mtime <= written and all(
            (root / path).stat().st_mtime <= written
            and filecmp.cmp(source, root / path, shallow=False)
            for path, source in found()
        )
    except FileNotFoundError:
        return False


def found() -> Iterator[tuple[str, str]]:
    """Every static file, by its path below the root; of two with one path the first counts."""
    seen = set()
    for finder in get_finders():
        for path, storage in finder.list(StaticFilesConfig.ignore_patterns):
            if path not in seen:
                seen.add(path)
                yield path, storage.path(path)
