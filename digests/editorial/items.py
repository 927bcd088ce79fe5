"""Verbs on items: from the inbox to approved, or rejected with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext

from digests.editorial.errors import Duplicate, Invalid, WrongState, refuse_errors
from digests.editorial.guards import (
    Actor,
    allowed,
    lock,
    lock_row,
    locked,
    record,
    require,
    require_state,
    save_change,
    save_step,
    saving,
    transition,
)
from digests.editorial.transactions import in_transaction
from digests.models import Claim, Digest, HistoryEntry, Item, Source, clock
from digests.text.characters import in_quotes, normal_lines
from digests.text.diff import entry_diff, written
from digests.text.finding import Finding
from digests.text.format import Entry, normal_entry
from digests.text.format.errors import entry_errors
from digests.text.urls import canonical_url

Status = Item.Status

# Steps that the user who took them may undo.
UNDOABLE = {HistoryEntry.Action.SHORTLIST, HistoryEntry.Action.REJECT, HistoryEntry.Action.APPROVE}
EDITABLE = {Status.INBOX, Status.DRAFT, Status.APPROVED}


def may_edit(item: Item, by: Actor) -> bool:
    """Whether this user may edit the item; the text is checked by `edit`. May cost a query."""
    return allowed(by, "change_item") and item.status in EDITABLE and _approved_digest(item) is None


@in_transaction
def add(
    entry: Entry,
    *,
    by: Actor,
    language: str,
    source: Source | None = None,
    captured: str = "",
    repeat_of: Item | None = None,
    posted_at: datetime | None = None,
) -> Item:
    """Put a story into the inbox. A link that another item has is refused, naming that item,
    unless the new item is marked as a repeat of it."""
    require(by, "add_item")
    if repeat_of:
        # So that its link does not change meanwhile.
        repeat_of = lock(repeat_of)
    item = Item(
        source=source,
        language=language,
        captured=captured,
        repeat_of=repeat_of,
        posted_at=posted_at,
        changed_by=by,
    )
    _write(item, entry)
    _check_link(item)
    with _saving(item):
        item.save()
    record(item, HistoryEntry.Action.ADD, by=by, before="")
    return item


class Details(TypedDict, total=False):
    """An item's fields beside its text; those left out of an edit stay unchanged."""

    source: Source | None
    language: str
    captured: str
    repeat_of: Item | None
    posted_at: datetime | None


@in_transaction
def edit(item: Item, entry: Entry, *, by: Actor, version: int, **details: Unpack[Details]) -> Item:
    """Change a story. An approved item becomes a draft again; one that stands in an approved,
    unpublished digest cannot be changed; in a published digest nothing public changes."""
    require(by, "change_item")
    row = lock_row(item, version)
    require_state(row, EDITABLE)
    refuse_if_in_approved_digest(row)
    before = row.status
    old = row.entry()
    old_key = row.url_key
    text_changed = old != _write(row, entry)
    for name, value in details.items():
        setattr(row, name, value)
    if row.url_key != old_key:
        _refuse_if_repeated(row)
    _check_link(row)
    if text_changed and before == Status.APPROVED:
        row.status = Status.DRAFT
    with _saving(row):
        save_change(row, by)
    changes = entry_diff(old, row.entry()) if text_changed else []
    record(row, HistoryEntry.Action.EDIT, by=by, before=before, note=written(changes))
    return row


@in_transaction
def edit_details(
    item: Item, *, by: Actor, version: int, byline: str | None = None, **details: Unpack[Details]
) -> Item:
    """Change a story's byline and the fields beside its text; one that has them already stays as it
    is, without a line in its history. An approved story is refused another byline, because nobody
    reads the story that would become a draft again."""
    require(by, "change_item")
    row = lock_row(item, version)
    entry = row.entry()
    if byline is not None:
        entry = replace(entry, byline=byline)
    is_same_text = normal_entry(entry) == row.entry()
    if is_same_text and all(getattr(row, name) == value for name, value in details.items()):
        return row
    if not is_same_text and row.status == Status.APPROVED:
        raise WrongState(
            gettext(
                "An approved story would become a draft again: "
                "change its byline in the story itself."
            )
        )
    return edit(row, entry, by=by, version=version, **details)


@in_transaction
def set_embargo(item: Item, *, by: Actor, version: int, not_before: datetime | None) -> Item:
    """Let no digest with this story be published before a time, or at any time again. That may be
    learnt at any moment, so an approved digest does not stand in its way. Raises `Invalid` if the
    time has passed."""
    require(by, "change_item")
    approved = Digest.objects.filter(status=Digest.Status.APPROVED, placements__item=item)
    # So that none of them is being published.
    list(locked(Digest.objects.filter(pk__in=approved.values("pk"))))
    row = lock_row(item, version)
    if not_before and not_before != row.not_before and not_before <= clock.now():
        raise Invalid(gettext("Choose a time in the future."))
    row.not_before = not_before
    save_step(row)
    shown = row.not_before.isoformat(" ", "minutes") if row.not_before else ""
    record(row, HistoryEntry.Action.EMBARGO, by=by, before=row.status, note=shown)
    return row


@in_transaction
def complete(
    item: Item, *, by: Actor, captured: str = "", headline: str = "", provisional: str = ""
) -> Item:
    """Give a story what it lacks: the captured original where there is none, and in the inbox the
    headline in the place of a `provisional` one, which nobody wrote, unless somebody else has
    claimed the story. Needs no version, because it overwrites nothing."""
    require(by, "change_item")
    row = lock(item)
    entry = row.entry()
    is_provisional = row.status == Status.INBOX and entry.headline == provisional
    if headline and is_provisional and not _is_claimed_by_others(row, by):
        entry = replace(entry, headline=headline)
    captured = row.captured or captured
    if entry == row.entry() and captured == row.captured:
        return row
    return edit(row, entry, by=by, version=row.version, captured=captured)


def _is_claimed_by_others(item: Item, by: Actor) -> bool:
    return Claim.objects.current().filter(item=item).exclude(user=by).exists()


@in_transaction
def shortlist(item: Item, *, by: Actor, version: int) -> Item:
    with transition(item, "shortlist", by=by, version=version) as (row, _line):
        return row


@in_transaction
def reject(item: Item, *, by: Actor, version: int, reason: str, note: str = "") -> Item:
    """Reject a story. The reason is one of `Item.Reason`; “other” needs a note."""
    note = normal_lines(note).strip()
    with transition(item, "reject", by=by, version=version, note=note) as (row, line):
        if reason not in Item.Reason.values:
            raise Invalid(gettext("A rejection needs one of the reasons."))
        if reason == Item.Reason.OTHER and not line.note:
            raise Invalid(gettext("The reason “other” needs a note."))
        refuse_if_placed(row)
        row.reason = reason
    return row


@in_transaction
def reopen(item: Item, *, by: Actor, version: int) -> Item:
    """Return a rejected story to the inbox."""
    with transition(item, "reopen", by=by, version=version) as (row, _line):
        row.reason = ""
    return row


@in_transaction
def approve(item: Item, *, by: Actor, version: int) -> Item:
    with transition(item, "approve", by=by, version=version) as (row, _line):
        refuse_errors(errors_in(row))
    return row


def errors_in(item: Item) -> list[Finding]:
    """The errors for which the item cannot be approved."""
    return list(entry_errors(normal_entry(item.entry())))


@in_transaction
def undo(item: Item, *, by: Actor, version: int) -> Item:
    """Undo the user's own last step on a story, such as a rejection: its former state returns."""
    require(by, "change_item")
    row = lock_row(item, version)
    last = row.history.last()
    if last is None or last.action not in UNDOABLE or by is None or last.actor_id != by.pk:
        raise WrongState(
            gettext("“%s” cannot be undone: the last step was not yours, or cannot be undone.")
            % row
        )
    refuse_if_in_approved_digest(row)
    if last.before == Status.INBOX:
        refuse_if_placed(row)
    before, row.status, row.reason = row.status, last.before, ""
    save_step(row)
    record(row, HistoryEntry.Action.UNDO, by=by, before=before)
    return row


def refuse_if_placed(item: Item) -> None:
    if placement := item.placements.select_related("digest").first():
        raise WrongState(
            gettext("“%(item)s” is in “%(digest)s”; remove it there first.")
            % {"item": item, "digest": placement.digest}
        )


def refuse_if_in_approved_digest(item: Item) -> None:
    """Refuse to change an item in an approved digest, which is exactly what will be published."""
    if digest := _approved_digest(item):
        raise WrongState(
            gettext(
                "“%(item)s” is in the approved digest “%(digest)s”. Send the digest back first."
            )
            % {"item": item, "digest": digest}
        )


def _approved_digest(item: Item) -> Digest | None:
    return Digest.objects.filter(status=Digest.Status.APPROVED, placements__item=item).first()


def _write(item: Item, entry: Entry) -> Entry:
    """Put the entry's normal form into the row, and return that form."""
    entry = normal_entry(entry)
    item.write(entry, link_key(entry.url))
    return entry


def link_key(url: str) -> str | None:
    if not url:
        return None
    try:
        return canonical_url(url)[1]
    except ValueError as error:
        raise Invalid(gettext(str(error))) from None


def _check_link(item: Item) -> None:
    """Require that a link has one item: any other with it must name the first as `repeat_of`."""
    if first := item.repeat_of:
        item.repeat_of = first.repeat_of or first
        if item.url_key is None or item.repeat_of.url_key != item.url_key:
            raise Invalid(gettext("“%s” has another link: this story does not repeat it.") % first)
        if item.repeat_of.pk == item.pk:
            raise Invalid(gettext("A story cannot repeat itself."))
    elif item.url_key and (
        known := Item.objects.original_of(item.url_key).exclude(pk=item.pk).first()
    ):
        raise Duplicate(_known(known), known)


def _refuse_if_repeated(item: Item) -> None:
    """Require that a changed link is no other's: items that repeat this one would lose theirs."""
    if repeat := item.repeats.exclude(url_key=item.url_key).first():
        raise Invalid(
            gettext("“%(repeat)s” repeats “%(item)s”, whose link therefore stays.")
            % {"repeat": in_quotes(str(repeat)), "item": in_quotes(str(item))}
        )


def _known(item: Item) -> str:
    """The sentence that names the item that has a link already; if that item was rejected, also
    by whom and why."""
    details = {"item": item, "number": item.pk, "status": item.get_status_display()}
    rejection = (
        item.history.select_related("actor").filter(action=HistoryEntry.Action.REJECT).last()
    )
    if item.status != Status.REJECTED or rejection is None:
        return (
            gettext("This link is already in “%(item)s” (number %(number)s, %(status)s).") % details
        )
    reason = item.get_reason_display()
    return gettext(
        "This link is already in “%(item)s” (number %(number)s, %(status)s by %(who)s: %(why)s)."
    ) % {
        **details,
        "who": rejection.who,
        "why": f"{reason} · {rejection.note}" if rejection.note else reason,
    }


@contextmanager
def _saving(item: Item) -> Iterator[None]:
    """Validate an item that is saved inside. If another transaction was faster with its link, the
    refusal names the item that has it."""
    try:
        with saving(item):
            yield
    except Invalid:
        _check_link(item)
        raise
