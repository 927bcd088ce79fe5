"""`manage.py rebuild_search`: makes the search index again."""

import sys
from itertools import batched
from typing import Any

import click
from django.core.management.base import BaseCommand

from digests import search

# On SQLite editors wait while a batch is written.
BATCH = 25


class Command(BaseCommand):
    help = (
        "Makes the search index of all public digests again, batch by batch. The site may run:"
        " readers find everything meanwhile, and what is published or withdrawn stays so."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # What is published from now on is indexed by its publication.
        digests = search.live_digests()
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=len(digests), file=sys.stderr, hidden=hidden) as bar:
            for batch in batched(digests, BATCH):
                search.renew(batch)
                bar.update(len(batch))
        search.remove_others()
        self.stdout.write(f"{len(digests)} indexed.")
