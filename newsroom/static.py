"""Static files: named by their content, scripts that import others included, and collected once."""

import filecmp
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

COLLECTED = "collected.json"  # the list of all files, written after the last of them


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it ships no types
    support_js_module_import_aggregation = True

    def post_process(self, *args: Any, **options: Any) -> Iterator[Any]:
        """The last step of `collectstatic`, which leaves a list of all files when it is done."""
        yield from super().post_process(*args, **options)
        if not options.get("dry_run"):
            root = Path(self.location)
            (root / COLLECTED).write_text(json.dumps(sorted(files(root))))


def collect() -> None:
    """Collect the static files, which takes seconds, unless they were collected as they are."""
    if not are_collected():
        call_command("collectstatic", interactive=False, verbosity=0)


def are_collected() -> bool:
    """Whether each file was copied, and the list, which is written last, is no older than the
    copies, and than the rules above, and names no file that is missing."""
    root = Path(settings.STATIC_ROOT)
    try:
        written = (root / COLLECTED).stat().st_mtime
        return (
            Path(__file__).stat().st_mtime <= written
            and files(root).issuperset(json.loads((root / COLLECTED).read_text()))
            and all(
                (root / path).stat().st_mtime <= written
                and filecmp.cmp(source, root / path, shallow=False)
                for path, source in found()
            )
        )
    except (FileNotFoundError, ValueError):
        return False


def files(root: Path) -> set[str]:
    """The paths of all files below a folder, compressed ones and those named by content too."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def found() -> Iterator[tuple[str, str]]:
    """Every static file, by its path below the root; of two with one path the first counts."""
    seen = set()
    for finder in get_finders():
        for path, storage in finder.list(StaticFilesConfig.ignore_patterns):
            if path not in seen:
                seen.add(path)
                yield path, storage.path(path)
