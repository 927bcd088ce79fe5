"""Commands of the newsroom's own, on a database that has its tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from digests.models import Digest


class NewsroomCommand(BaseCommand):
    """A command that needs the tables, and says so where they are missing."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        if Digest._meta.db_table not in connection.introspection.table_names():
            raise CommandError(
                "There is no newsroom in this database yet: `manage.py migrate` or the first start"
                " makes it. DATA_DIR and DATABASE_URL say which database is meant."
            )
        return super().execute(*args, **options)
