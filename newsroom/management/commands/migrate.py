"""`manage.py migrate`: Django's command, which here refuses a database that it cannot upgrade, and
closes what is kept to other users."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from newsroom.modes import make_private

# Migrations that only states between two releases have: before the first, and after 0008.
UNRELEASED = {"0001_initial", "0009_readers", "0010_steps", "0011_live", "0012_words"}


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        close_to_others(options["database"])
        refuse_foreign_database(options["database"])
        super().handle(*args, **options)


def close_to_others(alias: str) -> None:
    connection = connections[alias]
    is_file = connection.vendor == "sqlite"
    try:
        make_private(settings.DATA_DIR, Path(connection.settings_dict["NAME"]) if is_file else None)
    except OSError as error:
        raise CommandError(
            f"DATA_DIR must be a folder that the server may write in: {settings.DATA_DIR} is not"
            f" ({error.strerror})."
        ) from error


def refuse_foreign_database(alias: str) -> None:
    loader = MigrationLoader(connections[alias])
    applied = {name for app, name in loader.applied_migrations if app == "digests"}
    if unreleased := sorted(UNRELEASED & applied):
        raise CommandError(
            "The database was made by an unreleased state of Newsroom, whose migration"
            f" {unreleased[-1]} no version has, and cannot be upgraded: export its digests with the"
            " state that made it, start with an empty database, and import them with"
            " `manage.py import_digests`. A demo starts again with `make demo RESET=1`."
        )
    known = {name for app, name in loader.disk_migrations if app == "digests"}
    if unknown := sorted(applied - known):
        raise CommandError(
            f"The database was made by a newer version of Newsroom, whose migration {unknown[-1]}"
            " is unknown here: run that version, or restore a backup."
        )
