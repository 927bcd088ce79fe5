"""`manage.py rebuild_search`: rebuilds the search index."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from digests import search
from digests.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = (
        "Makes the search index of all public digests again, one by one. The site may run:"
        " readers find everything meanwhile, and what is published or withdrawn stays so."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{search.rebuild(with_bar)} indexed.")


def with_bar(digests: list[int]) -> Iterator[int]:
    """The digests, with a bar on a terminal that shows how far it is."""
    with click.progressbar(digests, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield from bar
