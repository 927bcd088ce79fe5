"""`manage.py rebuild_search`: rebuilds the search index."""

import sys
from typing import Any

import click
from django.core.management.base import BaseCommand

from digests import search


class Command(BaseCommand):
    help = (
        "Makes the search index of all public digests again, one by one. The site may run:"
        " readers find everything meanwhile, and what is published or withdrawn stays so."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Anything published from now on is indexed when it is published.
        digests = search.live_digests()
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=len(digests), file=sys.stderr, hidden=hidden) as bar:
            for digest in digests:
                # Each has a transaction of its own, because editors wait meanwhile.
                search.renew(digest)
                bar.update(1)
        search.remove_others()
        self.stdout.write(f"{len(digests)} indexed.")
