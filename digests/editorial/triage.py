"""Verbs on many items at once: one that is refused stays as it was and does not stop the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext, ngettext

from digests.editorial.compose import place, remove
from digests.editorial.errors import Forbidden, WrongState, gone
from digests.editorial.guards import Actor, lock_row, require
from digests.editorial.items import undo
from digests.models import Digest, HistoryEntry, Item, Refusal

# Items, each with the version at which it was loaded.
type Rows = Iterable[tuple[Item, int]]


@dataclass(frozen=True)
class Outcome:
    """The result of a verb on several items: those it changed, and those it refused with the
    reasons."""

    done: list[Item]
    refused: list[tuple[Item, str]]

    def count_approved(self) -> str:
        """How many items an approval changed, as a sentence."""
        count = len(self.done)
        said = ngettext("%(count)d story approved.", "%(count)d stories approved.", count)
        return said % {"count": count}


@transaction.atomic
def each(verb: Callable[..., Item], rows: Rows, *, by: Actor, **given: str) -> Outcome:
    """Apply a verb to each of several items, given with their versions."""
    # In one order, so that two such calls never wait for each other.
    ordered = sorted(rows, key=lambda pair: pair[0].pk)
    return _outcome(lambda item, version: verb(item, by=by, version=version, **given), ordered)


@transaction.atomic
def add_to_digest(digest: Digest, rows: Rows, *, by: Actor) -> Outcome:
    """Place items at the end of a draft, in their order; those in the inbox are shortlisted.

    No version of the digest is needed: an addition at the end disturbs nothing that anybody
    looked at. An item that stands in it already is refused, and stays where it is.
    """
    require(by, "change_digest")
    digest, rows = _locked(digest, rows)

    def add(item: Item, version: int) -> Item:
        nonlocal digest
        row = lock_row(item, version)
        if digest.placements.filter(item=row).exists():
            raise WrongState(gettext("“%s” stands in this digest already.") % row)
        digest = place(digest, row, by=by, version=digest.version)
        row.refresh_from_db()
        return row

    return _outcome(add, rows)


@transaction.atomic
def undo_add(digest: Digest, rows: Rows, *, by: Actor) -> Outcome:
    """Undo `add_to_digest`: items that were shortlisted by it return to the inbox."""
    require(by, "change_digest")
    digest, rows = _locked(digest, rows)

    def back(item: Item, version: int) -> Item:
        nonlocal digest
        row = lock_row(item, version)
        digest = remove(digest, row, by=by, version=digest.version)
        last = row.history.filter(actor=by).last()
        if last and (last.action, last.note) == (HistoryEntry.Action.SHORTLIST, str(digest)):
            return undo(row, by=by, version=row.version)
        return row

    return _outcome(back, rows)


def _locked(digest: Digest, rows: Rows) -> tuple[Digest, list[tuple[Item, int]]]:
    """Lock the digest's row and then the items, by primary key as every verb does."""
    rows = list(rows)
    locked = Digest.objects.select_for_update().get(pk=digest.pk)
    wanted = Item.objects.filter(pk__in=[item.pk for item, _version in rows])
    list(wanted.order_by("pk").select_for_update())
    return locked, rows


def _outcome(act: Callable[[Item, int], Item], rows: Rows) -> Outcome:
    outcome = Outcome([], [])
    for item, version in rows:
        try:
            # A savepoint for each: what a refusal leaves half done is rolled back.
            with transaction.atomic():
                outcome.done.append(act(item, version))
        except Forbidden:
            raise  # it would refuse every item
        except Refusal as refusal:
            outcome.refused.append((item, str(refusal)))
        except Item.DoesNotExist:
            outcome.refused.append((item, gone()))
    return outcome
