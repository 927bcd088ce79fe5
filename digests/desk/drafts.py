"""Queries of the writing screen: the house style that applies to an item, and the item to write
next."""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import QueryDict

from digests.desk.candidates import Candidates
from digests.models import Claim, Digest, Item, Placement, Series, Source, User
from digests.models.item import ItemQuerySet
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


class ListedStories:
    """The stories of the inbox from which an editor came to one of them, in their order."""

    def __init__(self, address: str, by: User) -> None:
        self.by = by
        self.candidates = Candidates(QueryDict(address), by)

    def after(self, item: Item) -> Item | None:
        """The first story after this one, which need not be listed any more, and then from the
        beginning; those that somebody else has claimed are left to them. Costs two queries."""
        others = self.candidates.items().exclude(pk=item.pk).exclude(pk__in=held_from(self.by))
        order: Combinable = F("created_at")
        key = item.created_at
        if self.candidates.is_by_appearance:
            order, key = Coalesce("posted_at", "created_at"), item.appeared_at
        beyond = Q(order_key__lt=key) | Q(order_key=key, pk__lt=item.pk)
        return others.alias(order_key=order).filter(beyond).first() or others.first()


def _from_after(pk: int, places: Sequence[int]) -> list[int]:
    """The numbers after this one, and then those before it."""
    start = places.index(pk) + 1 if pk in places else 0
    return [*places[start:], *places[:start]]


def held_from(by: User) -> QuerySet[Claim, int]:
    """The items that somebody else has claimed."""
    return Claim.objects.current().exclude(user=by).values_list("item", flat=True)


def next_to_write(item: Item, *, by: User) -> Item | None:
    """The item to write next: the next draft in this user's current digest, after this one and
    then from its beginning; else the oldest draft that stands in no digest. Items that somebody
    else has claimed are left to them."""
    digest = by.current_draft
    if digest and (found := next_in_digest(digest, item, by=by)):
        return found
    return _waiting(item, by).unplaced().order_by("created_at", "pk").first()


def next_in_digest(digest: Digest, item: Item, *, by: User) -> Item | None:
    """The next draft in the digest, after this item and then from its beginning."""
    places = list(digest.placements.order_by("position").values_list("item", flat=True))
    found = _waiting(item, by).in_bulk(places)
    return next((found[pk] for pk in _from_after(item.pk, places) if pk in found), None)


def _waiting(item: Item, by: User) -> ItemQuerySet:
    """The other drafts, without those that somebody else has claimed."""
    drafts = Item.objects.filter(status=Item.Status.DRAFT).exclude(pk=item.pk)
    return drafts.exclude(pk__in=held_from(by))
