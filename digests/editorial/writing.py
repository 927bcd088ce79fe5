"""Writing one item: its claim, the house style that applies to it, and the item to write next."""

from django.db import transaction

from digests.editorial import items
from digests.editorial.collaboration import claim, drop_draft
from digests.editorial.guards import Actor, allowed, available, lock_row, require
from digests.models import Claim, Item, Placement, Series, Source, User
from digests.text.format import Entry
from digests.text.format.normal import normal_entry
from digests.text.style.house import HouseStyle


def claim_for_writing(item: Item, *, by: User, take_over: bool = False) -> Claim:
    """Claim an item while its editor is open; to be repeated, because it lasts two minutes."""
    return claim(item, by=by, lasts=Claim.FOR_WRITING, take_over=take_over)


def style_for(item: Item, by: User) -> HouseStyle:
    """The house style that applies to an item: that of the digest it stands in, else of the
    digest this user works on, else one without thresholds. Costs two queries."""
    wanted = Placement.objects.filter(item=item).order_by("-pk").values("digest__series")[:1]
    series = list(Series.objects.filter(pk__in=wanted)) or list(
        Series.objects.filter(digests=by.current_digest_id) if by.current_digest_id else []
    )
    bylines = Source.objects.bylines()
    return series[0].house_style(bylines) if series else HouseStyle(bylines=bylines)


def may_approve_ready(item: Item, by: Actor) -> bool:
    """Whether this user may approve the item; the text is checked by `approve_ready`."""
    on_the_way = {"shortlist", "approve"}.intersection(available(item, by))
    is_ready = item.status == Item.Status.APPROVED or bool(on_the_way)
    return allowed(by, "approve_item") and is_ready


@transaction.atomic
def save_text(item: Item, entry: Entry, *, by: User, version: int, undecided: bool = False) -> Item:
    """Save the text from the item's editor, and drop this user's unsaved text for the item, unless
    they have not decided about it yet. A text that changes nothing leaves no history entry."""
    require(by, "change_item")
    row = lock_row(item, version)
    if normal_entry(entry) != row.entry():
        row = items.edit(row, entry, by=by, version=version)
    if not undecided:
        drop_draft(row, by=by)
    return row


@transaction.atomic
def approve_ready(item: Item, *, by: Actor, version: int) -> Item:
    """Approve an item; one that is still in the inbox is shortlisted on the way, and one that is
    approved already stays so."""
    require(by, "approve_item")
    row = lock_row(item, version)
    if row.status == Item.Status.APPROVED:
        return row
    if row.status == Item.Status.INBOX:
        row = items.shortlist(row, by=by, version=version)
    return items.approve(row, by=by, version=row.version)


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
