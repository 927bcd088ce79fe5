"""How long a sweep takes: 5,000 digests into an empty folder, and nothing to do.

Beside the full export stands a plain loop that writes, fsyncs and renames the same bytes: what
the disk alone costs. Rounds alternate, so that a busy machine is unfair to neither.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support.archive import Size, full
from benchmarks.support.command import parser
from tests import prepared
from tests.embedded import setting_names


@dataclass(frozen=True)
class Scale:
    archive: Size
    rounds: int
    idle: int


FULL, SMOKE = Scale(full(5_000), rounds=3, idle=5), Scale(full(20), rounds=1, idle=1)


def main() -> None:
    scale = SMOKE if parser(__doc__).parse_args().smoke else FULL
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        os.environ |= dict.fromkeys(setting_names(), "")  # An empty value counts as none.
        prepared.data_folder(Path(folder))
        os.environ |= {"DATA_DIR": folder, "LOG_LEVEL": "WARNING"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        django.setup()
        run(Path(folder), scale)


def run(folder: Path, scale: Scale) -> None:
    from django.conf import settings

    from benchmarks.support.filling import fill
    from digests.delivery.folder import sweep
    from digests.models import ExportedFile, LiveDigest

    fill(scale.archive)
    texts = LiveDigest.objects.values_list("path", "live_revision__text")
    files = {str(path): str(text).encode() for path, text in texts}
    assert len(files) == scale.archive.digests
    plain, whole = [], []
    for _ in range(scale.rounds):
        plain.append(timed(lambda: write_plainly(folder / "plain", files)))
        shutil.rmtree(folder / "plain")
        shutil.rmtree(settings.EXPORT_ROOT, ignore_errors=True)
        ExportedFile.objects.all().delete()
        whole.append(timed(sweep))
    assert {file.name: file.read_bytes() for file in settings.EXPORT_ROOT.glob("*.md")} == files
    idle = [timed(sweep) for _ in range(scale.idle)]
    figures = {
        "plain_s": statistics.median(plain),
        "full_s": statistics.median(whole),
        "full_vs_plain": statistics.median(whole) / statistics.median(plain),
        "idle_s": statistics.median(idle),
    }
    size = sum(map(len, files.values()))
    print(f"{len(files)} files, {size / 1e6:.1f} MB; medians of {scale.rounds} rounds")
    print(f"plain loop: write, fsync, rename  {figures['plain_s']:7.2f} s")
    print(f"sweep into an empty folder        {figures['full_s']:7.2f} s")
    print(f"sweep with nothing to do          {figures['idle_s']:7.2f} s")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def write_plainly(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        temporary = folder / f".{name}"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(folder / name)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
