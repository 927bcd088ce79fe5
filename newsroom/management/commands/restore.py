"""`manage.py restore`: puts a backup in the place of the database, the uploads and the key."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom import backup, dumps
from newsroom.lock import locked


class Command(BaseCommand):
    help = (
        "Puts a file of `backup` in the place of the database, the uploads and the secret key,"
        " while no server runs. One that fails leaves the database as it was; the export folder"
        " stays as it is."
    )
    # They query the database, which may be what is to be replaced.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
        parser.add_argument(
            "--force", action="store_true", help="replace a database that holds anything"
        )
        parser.add_argument(
            "--while-connected",
            action="store_true",
            help="even while others use the database, none of which may be Newsroom's",
        )

    def handle(
        self, *args: Any, file: Path, force: bool, while_connected: bool, **options: Any
    ) -> None:
        Path(settings.DATA_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(Path(settings.DATA_DIR)):
            if not force and dumps.holds_data():
                raise CommandError(
                    "The database here holds stories, digests or users, which a restore would"
                    " replace. Make a backup of it; then use --force."
                )
            if not while_connected and (others := dumps.other_sessions()):
                raise CommandError(
                    f"{others} other connections use the database: end the web processes, the"
                    " workers and beat first. If they are none of Newsroom's, use"
                    " --while-connected."
                )
            with backup.unpacked(file) as (header, folder):
                backup.restore(folder)
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(
            f"Restored: {header.contents}, as of {header.at}.\n"
            "If the export folder is newer than that, Today and `export_digests --check` say so."
        )
