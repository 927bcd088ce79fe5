"""Stores a filled database of this release, on SQLite and PostgreSQL, for tests of later upgrades.

Run once for each release: `.venv/bin/python -m tests.store_databases`. What is stored is never
changed again.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.embedded import ROOT, environment
from tests.services import Postgresql

MODULE = "tests.store_databases"
DATABASES = ROOT / "tests" / "data" / "databases"


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    path = str(DATABASES / project["version"])
    with tempfile.TemporaryDirectory() as folder:
        fill(DATA_DIR=folder)
        write(Path(f"{path}.sqlite3.gz"), snapshot(Path(folder)))
    server = Postgresql()
    with tempfile.TemporaryDirectory() as folder, server.database() as url:
        fill(DATA_DIR=folder, DATABASE_URL=url)
        write(Path(f"{path}.sql.gz"), dump(url))


def fill(**settings: str) -> None:
    """Fill an empty database with the demo's content and with what `further` does to it."""
    for command in (["manage.py", "demo", "--fill", "--no-serve"], ["-m", MODULE, "further"]):
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment(**settings), check=True
        )


def further() -> None:
    """What a demo does not reach: a correction, a withdrawal, work in progress."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    django.setup()
    from digests.editorial import collaboration, compose, items, lifecycle
    from digests.models import Item, LiveDigest, User

    chief, editor = User.objects.get(username="demo"), User.objects.get(username="editor")
    first, second = LiveDigest.objects.filter(series__slug="tech-week")[:2]
    digest = lifecycle.correct(first, by=chief, version=first.version)
    filed = digest.filed_under.select_related("category")
    digest = compose.edit(
        digest,
        by=chief,
        version=digest.version,
        title=digest.title,
        date=digest.date,
        categories=[line.category for line in filed],
        intro=f"{digest.intro}\n\nCorrected.".strip(),
        outro=digest.outro,
    )
    digest = lifecycle.submit(digest, by=editor, version=digest.version, note="The intro.")
    lifecycle.approve(
        digest,
        by=chief,
        version=digest.version,
        sha256=digest.working_copy().fingerprint,
        correction="The introduction was incomplete.",
    )
    lifecycle.withdraw(second, by=chief, version=second.version, note="It was a test.")
    rejected, kept, claimed = Item.objects.filter(status=Item.Status.INBOX)[:3]
    items.reject(
        rejected, by=editor, version=rejected.version, reason=Item.Reason.OFF_TOPIC, note="Sport."
    )
    collaboration.keep_draft(kept, kept.entry(), by=editor, version=kept.version)
    collaboration.claim(claimed, by=editor)


def snapshot(folder: Path) -> bytes:
    """The bytes of a copy of the database in a data folder, without its log."""
    copy = folder / "copy.sqlite3"
    with sqlite3.connect(folder / "newsroom.sqlite3") as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    return copy.read_bytes()


def dump(url: str) -> bytes:
    """The database as statements that any client can execute, one after the other."""
    options = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges")
    done = subprocess.run(["pg_dump", *options, url], check=True, capture_output=True)
    # psql's own commands stand at both ends, and before the first table settings that another
    # version of the server may not know.
    _, create, rest = done.stdout.partition(b"CREATE TABLE")
    return create + rest.partition(b"\n\\unrestrict")[0]


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    further() if sys.argv[1:] == ["further"] else main()
