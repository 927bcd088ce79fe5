"""The next slot of each scheduled series, into which a story can be put from where it stands."""

from datetime import datetime

from django.core.exceptions import BadRequest

from digests.editorial.errors import Gone
from digests.models import Series, Slot, User
from digests.models.numbers import parse_pk

NEXT = "next-"
"""What the act of such a button begins with; the series' number follows."""


def next_slots(by: User, now: datetime) -> list[Slot]:
    """The slots that a user may put stories into. Costs a query."""
    if not by.has_perm("digests.change_digest"):
        return []
    return Slot.objects.next_of(Series.objects.scheduled(), now)


def posted_series(name: str) -> Series:
    """The series that the name of an act tells; raises Gone if it is not there any more."""
    try:
        return Series.objects.get(pk=parse_pk(name.removeprefix(NEXT)))
    except ValueError:
        raise BadRequest("No such series.") from None
    except Series.DoesNotExist:
        raise Gone from None
