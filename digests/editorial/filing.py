"""Filing digests, and the drafts of a series, under categories."""

from collections.abc import Iterable
from typing import Any

from digests.editorial.errors import Gone
from digests.editorial.guards import Actor, locked, require
from digests.editorial.transactions import in_transaction
from digests.models import Category, Digest, Series


@in_transaction
def file_drafts(series: Series, categories: Iterable[Category], *, by: Actor) -> None:
    """File the drafts that will be made for a series under these categories, in this order."""
    require(by, "change_series")
    row = locked(Series.objects.filter(pk=series.pk)).first()
    if row is None:
        raise Gone
    file_under(row, categories)


def file_under(row: Digest | Series, categories: Iterable[Category]) -> None:
    """Set the categories of a locked or a new row, in this order."""
    places: Any = row.filed_under  # of either model
    places.all().delete()
    places.model.objects.bulk_create(
        places.model(**{places.field.name: row}, category=category, position=position)
        for position, category in enumerate(dict.fromkeys(categories), start=1)
    )
