"""Queries of the writing screen: the house style that applies to an item, and the item to write
next."""

from digests.models import Claim, Item, Placement, Series, Source, User
from digests.text.style.house import HouseStyle


def style_for(item: Item, by: User) -> HouseStyle:
    """The house style that applies to an item: that of the digest it stands in, else of the
    digest this user works on, else one without thresholds. Costs two queries."""
    wanted = Placement.objects.filter(item=item).order_by("-pk").values("digest__series")[:1]
    series = list(Series.objects.filter(pk__in=wanted)) or list(
        Series.objects.filter(digests=by.current_digest_id) if by.current_digest_id else []
    )
    bylines = Source.objects.bylines()
    return series[0].house_style(bylines) if series else HouseStyle(bylines=bylines)


def next_to_write(item: Item, *, by: User) -> Item | None:
    """The item to write next: the next draft in this user's current digest, after this one and
    then from its beginning; else the oldest draft that stands in no digest. Items that somebody
    else has claimed are left to them."""
    held = Claim.objects.current().exclude(user=by).values("item")
    waiting = Item.objects.filter(status=Item.Status.DRAFT).exclude(pk=item.pk)
    waiting = waiting.exclude(pk__in=held)
    if digest := by.current_draft:
        places = list(digest.placements.order_by("position").values_list("item", flat=True))
        start = places.index(item.pk) + 1 if item.pk in places else 0
        found = waiting.in_bulk(places)
        for pk in places[start:] + places[:start]:
            if pk in found:
                return found[pk]
    return waiting.unplaced().order_by("created_at", "pk").first()
