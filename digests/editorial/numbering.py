"""Numbering the sections and the stories of a digest, so that no two ever share a position."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet

from digests.models import Digest, Item, Placement, Section

# Added to every position before renumbering; more than a digest ever had sections or stories, also
# before there was a bound.
_OUT_OF_THE_WAY = 1_000_000


def renumber(rows: QuerySet[Any], order: Sequence[Placement | Section], *fields: str) -> None:
    """Give the rows the positions 1..n in this order, in two updates, so that no two ever collide,
    on a database that checks each row as well as on one that checks at the end. Further fields
    are saved with the positions."""
    rows.update(position=F("position") + _OUT_OF_THE_WAY)
    for position, row in enumerate(order, start=1):
        row.position = position
    rows.bulk_update(order, ["position", *fields])


def number_placements(
    digest: Digest, order: list[Placement], sections: list[Section], *fields: str
) -> None:
    """Number the placements 1..n in this order, section by section."""
    places = {section.pk: section.position for section in sections}
    order.sort(key=lambda p: places[p.section_id] if p.section_id else 0)
    renumber(digest.placements.all(), order, *fields)


def new_placements(digest: Digest, items: Sequence[Item]) -> list[Placement]:
    """New placements, whose positions are beyond all others until they are numbered."""
    return Placement.objects.bulk_create(
        Placement(digest=digest, item=item, position=position)
        for position, item in enumerate(items, start=2 * _OUT_OF_THE_WAY)
    )


def position_label(placement: Placement, order: list[Placement], sections: list[Section]) -> str:
    """The position of a placement among those in order, as the screens number it: its section, if
    any, and the number within it. In no language, because the history keeps it."""
    together = [each for each in order if each.section_id == placement.section_id]
    section = next((s for s in sections if s.pk == placement.section_id), None)
    number = together.index(placement) + 1
    return f"{section} {number}" if section else str(number)
