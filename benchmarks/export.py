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
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

DIGESTS = 5_000
ROUNDS = 3
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        # The environment's own settings are somebody's newsroom.
        for name in ("DATABASE_URL", "REDIS_URL", "EXPORT_ROOT", "DEBUG"):
            os.environ.pop(name, None)
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
        django.setup()
        run(Path(folder))


def run(folder: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from digests.export import sweep
    from digests.models import Delivery

    call_command("migrate", verbosity=0)
    files = publish()
    plain, full = [], []
    for _ in range(ROUNDS):
        plain.append(timed(lambda: write_plainly(folder / "plain", files)))
        shutil.rmtree(folder / "plain")
        shutil.rmtree(settings.EXPORT_ROOT, ignore_errors=True)
        Delivery.objects.all().delete()
        full.append(timed(sweep))
    assert {f.name: f.read_bytes() for f in settings.EXPORT_ROOT.glob("*.md")} == files
    idle = [timed(sweep) for _ in range(5)]
    figures = {
        "plain_s": statistics.median(plain),
        "full_s": statistics.median(full),
        "full_vs_plain": statistics.median(full) / statistics.median(plain),
        "idle_s": statistics.median(idle),
    }
    size = sum(map(len, files.values()))
    print(f"{DIGESTS} files, {size / 1e6:.1f} MB; medians of {ROUNDS} rounds")
    print(f"plain loop: write, fsync, rename  {figures['plain_s']:7.2f} s")
    print(f"sweep into an empty folder        {figures['full_s']:7.2f} s")
    print(f"sweep with nothing to do          {figures['idle_s']:7.2f} s")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def publish() -> dict[str, bytes]:
    """Live digests as an archive's import leaves them, but made in bulk; returns their files."""
    from hashlib import sha256

    from digests.models import Digest, Revision, Series
    from digests.text.document import DigestDocument, Section, dump
    from digests.text.snapshot import to_json

    series = Series.objects.create(slug="series", name="Series", time_zone="UTC", language="en")
    documents = [
        DigestDocument(
            title=f"Digest {number}",
            date=FIRST + timedelta(hours=4 * number),
            categories=("Research", "Industry"),
            intro="",
            sections=(Section("", "", tuple(entry(number, place) for place in range(8))),),
            outro="",
            extra=(),
        )
        for number in range(DIGESTS)
    ]
    digests = Digest.objects.bulk_create(
        Digest(series=series, title=document.title, date=document.date) for document in documents
    )
    texts = [dump(document) for document in documents]
    revisions = Revision.objects.bulk_create(
        Revision(
            digest=digest,
            number=1,
            document=to_json(document, "en"),
            dated=document.date,
            day=document.date.date(),
            language="en",
            document_sha256="",
            text=text,
            text_sha256=sha256(text.encode()).hexdigest(),
        )
        for digest, document, text in zip(digests, documents, texts, strict=True)
    )
    for digest, revision in zip(digests, revisions, strict=True):
        digest.slug = f"{digest.date:%Y-%m-%d-%H%M}"
        digest.path = f"{digest.slug}.md"
        digest.live_revision, digest.published_at = revision, digest.date
        digest.status = Digest.Status.PUBLISHED
    Digest.objects.bulk_update(
        digests, ["slug", "path", "live_revision", "published_at", "status"], batch_size=500
    )
    return {f"{digest.slug}.md": text.encode() for digest, text in zip(digests, texts, strict=True)}


def entry(number: int, place: int) -> object:
    from digests.text.document import Entry

    body = f"Story {place} of digest {number} tells **what happened** in some detail. " * 8
    url = f"https://example.org/{number}/{place}"
    return Entry(f"Headline {place}", "Mira Okafor", url, body.strip())


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
