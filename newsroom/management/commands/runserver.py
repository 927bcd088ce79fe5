"""`manage.py runserver`: the site and its tasks for development, restarted at each change."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.servers.basehttp import get_internal_wsgi_application, run
from django.db import connections
from django.utils import autoreload

from digests.accounts import links
from newsroom.embedded import Engine
from newsroom.management.commands import up


class Command(up.Command):
    """The development server. Django starts a command of this name even when our code cannot be
    imported, and waits for the mistake to be fixed; under another name it would end."""

    help = (
        "Serves the site and runs its tasks from the source, and starts again when a file changes:"
        " for development, with DEBUG=true."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "This server is for development and wants DEBUG=true, which `make dev` sets."
                " To serve the site, run `manage.py up`."
            )
        if os.environ.get(autoreload.DJANGO_AUTORELOAD_ENV) == "true":
            return autoreload.run_with_reloader(self.serve)
        with self.prepared():
            self.announce(links.first_administrator_link())
            connections.close_all()
            autoreload.run_with_reloader(self.serve)

    def serve(self) -> None:
        """Serve from the process that is restarted at each change."""
        autoreload.raise_last_exception()
        self.check()
        connections.close_all()
        Engine().start()
        run(
            settings.HOST,
            settings.PORT,
            get_internal_wsgi_application(),
            ipv6=":" in settings.HOST,
            threading=True,
        )
