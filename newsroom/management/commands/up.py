"""`manage.py up`: prepares and runs everything on one machine."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from digests.accounts import links
from newsroom import static
from newsroom.embedded import EmbeddedServer
from newsroom.lock import locked
from newsroom.ports import try_port


class Command(BaseCommand):
    help = (
        "Prepares the data folder and the database, then serves the site and runs its tasks in one"
        " process until Ctrl-C. With REDIS_URL set, further workers may share the tasks."
    )

    # They query the database's features, and must not be the first thing to fail.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with self.prepared():
            link = links.first_administrator_link()
            static.collect()
            # The process that serves is forked from this one, and must not share its connections.
            connections.close_all()
            EmbeddedServer(when_ready=lambda: self.announce(link)).run()

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Refuse a configuration that cannot work, lock the data folder and migrate the
        database."""
        refuse_endless_redirects()
        for name in ("DATA_DIR", "EXPORT_ROOT"):
            refuse_unwritable(name, getattr(settings, name))
        with locked(settings.DATA_DIR):
            refuse_busy_port(settings.HOST, settings.PORT)
            try:
                self.check()
                call_command("migrate", interactive=False, verbosity=0)
            except DatabaseError as error:
                reason = " ".join(str(error).split())
                raise CommandError(f"The database cannot be used: {reason}") from error
            yield

    def announce(self, link: str | None) -> None:
        self.stdout.write(f"\nNewsroom is at {settings.SITE_URL}/ until you press Ctrl-C.\n\n")
        if link:
            self.stdout.write(
                "Nobody can administer it yet. Make yourself the first administrator here,"
                f" once:\n{link}\n\n"
            )
        self.stdout.flush()


def refuse_endless_redirects() -> None:
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        raise CommandError(
            f"SITE_URL is {settings.SITE_URL}, but this server speaks plain http and would redirect"
            " every request for ever: put a proxy that speaks https in front and set"
            " TRUSTED_PROXIES to 1."
        )


def refuse_unwritable(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(
            f"{name} must be a folder that the server may write in: {folder} is not"
            f" ({error.strerror})."
        ) from error


def refuse_busy_port(host: str, port: int) -> None:
    try:
        try_port(host, port)
    except OSError as error:
        raise CommandError(
            f"The server cannot listen on {host} port {port} ({error.strerror}):"
            " set HOST and PORT to an address of this machine and a free port."
        ) from error
