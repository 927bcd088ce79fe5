"""Verbs on many items at once: one that is refused stays as it was and does not stop the others."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext

from digests.editorial.compose import append, finish_removal, make_placeable, refuse_if_full
from digests.editorial.errors import Forbidden, Invalid, WrongState
from digests.editorial.guards import Actor, lock, lock_row, locked, require, require_state
from digests.editorial.items import undo
from digests.editorial.transactions import in_transaction
from digests.models import Digest, Item, Refusal

# Items, each with the version at which it was loaded.
type Rows = Collection[tuple[Item, int]]


@dataclass(frozen=True)
class Outcome:
    """The result of a verb on several items: those it changed, and those it refused with the
    reasons."""

    done: list[Item]
    refused: list[tuple[Item, str]]
    # The primary keys of those that `add_to_digest` took from the inbox.
    shortlisted: Collection[int] = ()


@in_transaction
def each(verb: Callable[..., Item], rows: Rows, *, by: Actor, **given: str) -> Outcome:
    """Apply a verb to each of several items, given with their versions."""
    # In one order, so that two such calls never wait for each other.
    ordered = sorted(rows, key=lambda pair: pair[0].pk)
    return _outcome(lambda item, version: verb(item, by=by, version=version, **given), ordered)


@in_transaction
def add_to_digest(digest: Digest, rows: Rows, *, by: Actor) -> Outcome:
    """Place items at the end of a draft, in their order; those in the inbox are shortlisted.

    No version of the digest is needed: an addition at the end disturbs nothing that anybody
    looked at. An item that stands in it already is refused, and stays where it is.
    """
    digest = _open(digest, rows, by)
    standing = set(digest.placements.values_list("item", flat=True))
    shortlisted = set()

    def add(item: Item, version: int) -> Item:
        row = lock_row(item, version)
        if row.pk in standing:
            raise WrongState(gettext("“%s” is already in this digest.") % row)
        refuse_if_full(len(standing))
        make_placeable(row, digest, by=by)
        if row.version != version:
            shortlisted.add(row.pk)
        standing.add(row.pk)
        return row

    outcome = _outcome(add, rows)
    append(digest, outcome.done, by=by)
    return replace(outcome, shortlisted=shortlisted)


@in_transaction
def undo_add(digest: Digest, rows: Rows, *, shortlisted: Collection[int], by: Actor) -> Outcome:
    """Undo `add_to_digest`: items that were shortlisted by it return to the inbox."""
    digest = _open(digest, rows, by)

    def back(item: Item, version: int) -> Item:
        row = lock_row(item, version)
        removed, _by_model = digest.placements.filter(item=row).delete()
        if not removed:
            raise Invalid(gettext("This story is not in this digest."))
        return undo(row, by=by, version=version) if row.pk in shortlisted else row

    outcome = _outcome(back, rows)
    if outcome.done:
        finish_removal(digest, outcome.done, by=by)
    return outcome


def _open(digest: Digest, rows: Rows, by: Actor) -> Digest:
    """Lock a draft and then the items, by primary key as every verb does."""
    require(by, "change_digest")
    current = lock(digest)
    require_state(current, Digest.COMPOSABLE)
    list(locked(Item.objects.filter(pk__in=[item.pk for item, _version in rows])))
    return current


def _outcome(act: Callable[[Item, int], Item], rows: Rows) -> Outcome:
    outcome = Outcome([], [])
    for item, version in rows:
        try:
            # A savepoint for each: what a refusal leaves half done is rolled back.
            with transaction.atomic():
                outcome.done.append(act(item, version))
        except Forbidden:
            raise  # because it is about the user, not about one item
        except Refusal as refusal:
            outcome.refused.append((item, str(refusal)))
    return outcome
