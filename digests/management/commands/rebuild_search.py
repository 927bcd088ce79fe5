"""`manage.py rebuild_search`: rebuilds the search index."""

import sys
from itertools import batched
from typing import Any

import click
from django.core.management.base import BaseCommand

from digests import search

# Small, because on SQLite editors wait while a batch is written.
BATCH = 25


class Command(BaseCommand):
    help = (
        "Makes the search index of all public digests again, batch by batch. The site may run:"
        " readers find everything meanwhile, and what is published or withdrawn stays so."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Anything published from now on is indexed when it is published.
        digests = search.live_digests()
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=len(digests), file=sys.stderr, hidden=hidden) as bar:
            for batch in batched(digests, BATCH):
                search.renew(batch)
                bar.update(len(batch))
        search.remove_others()
        self.stdout.write(f"{len(digests)} indexed.")
