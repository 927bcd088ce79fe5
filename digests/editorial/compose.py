"""Verbs that compose a digest: its text, its sections and the order of its items."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from digests.editorial.errors import Invalid
from digests.editorial.filing import file_under
from digests.editorial.guards import (
    Actor,
    allowed,
    finish_step,
    lock,
    lock_row,
    may,
    record,
    require,
    require_state,
    require_step,
    save_change,
    saving,
)
from digests.editorial.numbering import new_placements, number_placements, position_label, renumber
from digests.editorial.order import KEEPS_SECTIONS, added_since, changes_since
from digests.editorial.transactions import in_transaction
from digests.models import (
    Category,
    Digest,
    HistoryEntry,
    Item,
    Placement,
    Section,
    Series,
    Slot,
)
from digests.models.digest import now_to_the_second
from digests.text.format import DigestDocument, normal, normal_section
from digests.text.format import Section as DocumentSection
from digests.text.format.errors import MAX_DIGEST_ITEMS, MAX_SECTIONS


def may_compose(digest: Digest, by: Actor) -> bool:
    """Whether this user may compose the digest in its current state."""
    return allowed(by, "change_digest") and digest.is_composable


def may_be_placed(item: Item, by: Actor) -> bool:
    """Whether this user may place an item in its state: one from the inbox is shortlisted by it."""
    if item.status == Item.Status.INBOX:
        return may(item, by, "shortlist")
    return item.status in Item.PLACEABLE


@in_transaction
def new(
    series: Series,
    title: str,
    *,
    by: Actor,
    date: datetime | None = None,
    categories: Sequence[Category] = (),
    intro: str = "",
    outro: str = "",
    slot: Slot | None = None,
) -> Digest:
    """Create an empty draft, owned by its creator; its date is now unless given.

    The owner of one for a slot is the slot's.
    """
    require(by, "add_digest")
    digest = Digest(series=series, owner=slot.owner() if slot else by, changed_by=by)
    _write(digest, title, date or now_to_the_second(), intro, outro)
    with saving(digest):
        digest.save()
    file_under(digest, categories)
    record(digest, HistoryEntry.Action.ADD, by=by, before="", slot=slot)
    return digest


@in_transaction
def edit(
    digest: Digest,
    *,
    by: Actor,
    version: int,
    title: str,
    date: datetime,
    categories: Sequence[Category],
    intro: str,
    outro: str,
) -> Digest:
    row = _open(digest, by, version)
    _require_date_of_slot(row, date)
    _write(row, title, date, intro, outro)
    file_under(row, categories)
    with saving(row):
        return _close(row, by, HistoryEntry.Action.EDIT)


@in_transaction
def add_section(
    digest: Digest, heading: str, *, by: Actor, version: int, intro: str = ""
) -> Digest:
    """Add a section at the end."""
    row = _open(digest, by, version)
    # Sections are numbered without gaps.
    count = row.sections.count()
    if count >= MAX_SECTIONS:
        message = gettext("A digest holds at most %(most)d sections.")
        raise Invalid(message % {"most": MAX_SECTIONS})
    section = Section(digest=row, position=count + 1)
    _write_section(section, heading, intro)
    with saving(section):
        section.save()
    return _close(row, by, HistoryEntry.Action.ADD_SECTION, section.heading)


@in_transaction
def edit_section(
    digest: Digest, section: Section, *, by: Actor, version: int, heading: str, intro: str = ""
) -> Digest:
    row = _open(digest, by)
    changes_since(row, version, KEEPS_SECTIONS)
    mine = _own_section(row, section)
    _write_section(mine, heading, intro)
    with saving(mine):
        mine.save(update_fields=["heading", "intro"])
    return _close(row, by, HistoryEntry.Action.EDIT_SECTION, mine.heading)


@in_transaction
def move_section(
    digest: Digest, section: Section, position: int, *, by: Actor, version: int
) -> Digest:
    """Move a section, with what stands in it, to a position from 1."""
    row = _open(digest, by)
    changes_since(row, version)
    mine = _own_section(row, section)
    order = [other for other in row.sections.all() if other != mine]
    order.insert(max(position - 1, 0), mine)
    renumber(row.sections.all(), order)
    number_placements(row, list(row.placements.all()), list(row.sections.all()))
    return _close(row, by, HistoryEntry.Action.MOVE_SECTION, mine.heading)


@in_transaction
def remove_section(digest: Digest, section: Section, *, by: Actor, version: int) -> Digest:
    """Dissolve a section; its items join the section before it."""
    row = _open(digest, by)
    changes_since(row, version, KEEPS_SECTIONS)
    mine = _own_section(row, section)
    before = row.sections.filter(position__lt=mine.position).last()
    row.placements.filter(section=mine).update(section=before)
    mine.delete()
    renumber(row.sections.all(), list(row.sections.all()))
    return _close(row, by, HistoryEntry.Action.REMOVE_SECTION, mine.heading)


@in_transaction
def place(
    digest: Digest,
    item: Item,
    *,
    by: Actor,
    version: int,
    section: Section | None = None,
    position: int | None = None,
    before: Item | None = None,
) -> Digest:
    """Place an item in a section: at a position from 1 counted within it, before another item, or
    at its end.

    An item that already stands in the digest is moved there; one from the inbox is shortlisted.
    Where it goes may depend on the order that the editor saw, for which the version stands: it
    does when an item is moved or gets a position, and not when one is added. Positions count the
    items that the editor saw; those that were added since stay behind their neighbours.
    """
    if before and position is not None:
        raise ValueError("An item goes to a position or before another one.")
    row = _open(digest, by)
    others = list(row.placements.select_related("item"))
    placement = next((p for p in others if p.item_id == item.pk), None)
    is_of_order = placement is not None or position is not None
    unseen = added_since(row, version) if is_of_order else set()
    sections = list(row.sections.all())
    if section and section not in sections:
        raise _no_section()
    stood = position_label(placement, others, sections) if placement else ""
    if placement:
        others.remove(placement)
    else:
        placement = _new_placement(row, item, len(others), by)
    neighbour = next((p for p in others if before and p.item_id == before.pk), None)
    placement.section = section
    if neighbour:
        placement.section_id = neighbour.section_id
    together = [p for p in others if p.section_id == placement.section_id]
    rest = [p for p in others if p.section_id != placement.section_id]
    if position is not None:
        seen = [p for p in together if p.item_id not in unseen]
        neighbour = next(iter(seen[max(position - 1, 0) :]), None)
    together.insert(together.index(neighbour) if neighbour else len(together), placement)
    # The section is saved with the numbers, so that a move costs the same wherever it leads.
    stands = position_label(placement, together, sections)
    number_placements(row, together + rest, sections, "section")
    action = HistoryEntry.Action.REORDER if stood else HistoryEntry.Action.PLACE
    where = f"{stood} → {stands}" if stood else stands
    return _close(row, by, action, f"{placement.item.headline} ({where})")


def _new_placement(digest: Digest, item: Item, count: int, by: Actor) -> Placement:
    """The placement of another item in a digest that has so many."""
    refuse_if_full(count)
    current = lock(item)
    make_placeable(current, digest, by=by)
    [placement] = new_placements(digest, [current])
    return placement


def append(digest: Digest, items: Sequence[Item], *, by: Actor) -> Digest:
    """Place items at the end of the stories before the first section, all at once. The digest and
    its items must be locked, and the items placeable. Without items nothing is done."""
    if not items:
        return digest  # an entry without a story would be taken for one by `order.added_since`
    sections, order = list(digest.sections.all()), list(digest.placements.all())
    added = new_placements(digest, items)
    order += added
    number_placements(digest, order, sections)
    stories = (f"{each.item.headline} ({position_label(each, order, sections)})" for each in added)
    return _close(digest, by, HistoryEntry.Action.PLACE, *stories)


@in_transaction
def remove(digest: Digest, item: Item, *, by: Actor) -> Digest:
    """Take an item out of the digest; the item itself stays. Means the same wherever it stands, so
    it needs no version."""
    row = _open(digest, by)
    placement = row.placements.select_related("item").filter(item=item.pk).first()
    if placement is None:
        raise Invalid(gettext("This story is not in this digest."))
    placement.delete()
    return finish_removal(row, [placement.item], by=by)


def finish_removal(digest: Digest, removed: Sequence[Item], *, by: Actor) -> Digest:
    """Number the stories of a locked digest again, once the placements of these items are deleted,
    and record that they were taken out."""
    number_placements(digest, list(digest.placements.all()), list(digest.sections.all()))
    return _close(digest, by, HistoryEntry.Action.REMOVE, *(item.headline for item in removed))


def refuse_if_full(count: int) -> None:
    """Refuse to place another item in a digest that has so many."""
    if count >= MAX_DIGEST_ITEMS:
        message = gettext("A digest holds at most %(most)d stories.")
        raise Invalid(message % {"most": MAX_DIGEST_ITEMS})


def make_placeable(item: Item, digest: Digest, *, by: Actor) -> None:
    """Bring a locked item into a state in which it may stand in the digest: one from the inbox is
    shortlisted, by a user who may do that."""
    if item.status == Item.Status.INBOX:
        require_step(item, by, "shortlist")
        finish_step(item, "shortlist", by=by, note=str(digest))
    elif item.status not in Item.PLACEABLE:
        raise Invalid(
            gettext("“%(item)s” is %(status)s, so it cannot be added.")
            % {"item": item, "status": item.get_status_display()}
        )


def _open(digest: Digest, by: Actor, version: int | None = None) -> Digest:
    """The locked row of a digest that may be composed; without a version it may be any."""
    require(by, "change_digest")
    row = lock(digest) if version is None else lock_row(digest, version)
    require_state(row, Digest.COMPOSABLE)
    return row


def _close(row: Digest, by: Actor, action: HistoryEntry.Action, *notes: str) -> Digest:
    """Save the digest as its next version, with an entry in its history for each note."""
    save_change(row, by)
    for note in notes or [""]:
        record(row, action, by=by, before=row.status, note=note)
    return row


def _require_date_of_slot(digest: Digest, date: datetime) -> None:
    slot = Slot.objects.filter(digest=digest).first()
    if slot and slot.due_at != date:
        raise Invalid(
            gettext(
                "The date is that of its slot. Move the digest to another slot, or take it out"
                " of this one."
            )
        )


def _own_section(digest: Digest, section: Section) -> Section:
    mine = digest.sections.filter(pk=section.pk).first()
    if mine is None:
        raise _no_section()
    return mine


def _no_section() -> Invalid:
    # Without its name, because a URL holds only its number.
    return Invalid(gettext("This digest has no such section."))


def _write(digest: Digest, title: str, date: datetime, intro: str, outro: str) -> None:
    text = normal(DigestDocument(title, date, (), intro, (), outro, ()))
    digest.title, digest.date = text.title, text.date
    digest.intro, digest.outro = text.intro, text.outro


def _write_section(section: Section, heading: str, intro: str) -> None:
    text = normal_section(DocumentSection(heading, intro, ()))
    section.heading, section.intro = text.heading, text.intro
