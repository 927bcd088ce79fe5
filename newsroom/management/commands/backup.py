"""`manage.py backup`: writes everything into one file, while the newsroom goes on."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from digests.management.base import NewsroomCommand
from newsroom import backup


class Command(NewsroomCommand):
    help = (
        "Writes the database, the uploads and the secret key into a new file, while the newsroom"
        " goes on. Whoever has the file has everything, passwords' hashes too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a name such as news.tar.gz")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        # Known before the work is done.
        if file.exists():
            raise CommandError(f"{file} exists already, and is left as it is.")
        try:
            header = backup.write(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes, with {header.contents}.")
