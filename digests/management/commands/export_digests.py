"""`manage.py export_digests`: runs a sweep by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from digests.delivery.folder import ExportError, NewerFolder, sweep
from digests.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = (
        "Makes the export folder equal to the set of public digests. Ends with 1 where the folder"
        " is not that set afterwards, or with --check where it is not that set now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            type=Path,
            metavar="DIR",
            help="another folder than EXPORT_ROOT, with its own manifest; nothing is reported",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="read every byte, list what would change and write nothing",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="take over another database's folder, make a newer one like this database, and"
            " remove however many files; what somebody else wrote or changed stays nevertheless",
        )

    def handle(self, *args: Any, to: Path | None, check: bool, force: bool, **options: Any) -> None:
        try:
            done = sweep(to, check=check, force=force)
        except NewerFolder as error:
            self.list(
                {
                    "would be removed": error.plan.removed,
                    "would be overwritten": error.plan.overwritten,
                    "would be brought back": error.plan.brought_back,
                }
            )
            raise CommandError(str(error)) from error
        except ExportError as error:
            raise CommandError(str(error)) from error
        verbs = ("would be written", "would be removed") if check else ("written", "removed")
        self.list(dict(zip(verbs, (done.written, done.removed), strict=True)))
        for path, why in done.conflicts.items():
            self.stdout.write(f"{path}: conflict, left as it is: {why}")
        for path, why in done.failed.items():
            self.stdout.write(f"{path}: failed: {why}")
        for path in done.foreign or ():
            self.stdout.write(f"{path}: not of this newsroom, left alone")
        summary = (
            f"{len(done.written)} {verbs[0]}, {len(done.removed)} {verbs[1]},"
            f" {done.unchanged} unchanged, {len(done.conflicts)} in conflict,"
            f" {len(done.failed)} failed."
        )
        if done.conflicts or done.failed or (check and not done.idle):
            raise CommandError(summary)
        self.stdout.write(summary)

    def list(self, changes: Mapping[str, Sequence[str]]) -> None:
        for change, paths in changes.items():
            for path in paths:
                self.stdout.write(f"{path}: {change}")
