"""Undo: the last acts on several stories, newest last, kept in the session."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, TypedDict

from django.http import HttpRequest
from django.utils.translation import gettext

from digests.desk.access import actor
from digests.editorial import items, triage
from digests.editorial.errors import Invalid
from digests.models import Digest, Item, Source, User

KEY = "triage"
FILL = "fill"  # a digest from its window
MAX_ACTS = 20
MAX_ROWS = 2_000  # in all acts together: every request loads the session
MAX_REASONS = 3


# What an edit changes: for each column its former values as text, each with the numbers of the
# stories that had it.
type Before = dict[str, dict[str, list[int]]]


class Act(TypedDict):
    """An act of triage: what was done to which stories, and why others were left as they were."""

    name: str
    rows: list[tuple[int, int]]  # the items' numbers, and their versions after the act
    digest: int | None  # the one that they were put into
    shortlisted: list[int]  # the numbers of those that were taken from the inbox for it
    before: Before
    refused: int
    reasons: list[str]


def remember(
    request: HttpRequest,
    name: str,
    outcome: triage.Outcome,
    digest: Digest | None = None,
    *,
    before: Mapping[int, Mapping[str, str]] | None = None,
    continues: bool = False,
) -> Act:
    """Keep an act; of an edit also what its stories had `before`, by number. One that `continues`
    the last, on the same digest if on any, is a further portion of it: they become one act."""
    acts: list[Act] = request.session.get(KEY, [])
    new = _empty(name, digest)
    is_portion = continues and acts and _kind(acts[-1]) == _kind(new)
    act = acts.pop() if is_portion else new
    act["rows"] += [(item.pk, item.version) for item in outcome.done]
    act["shortlisted"] += sorted(outcome.shortlisted)
    if before:
        _group(act["before"], {item.pk: before[item.pk] for item in outcome.done})
    act["refused"] += len(outcome.refused)
    reasons = [*act["reasons"], *(sentence for _item, sentence in outcome.refused)]
    act["reasons"] = list(dict.fromkeys(reasons))[:MAX_REASONS]
    # An act that cannot be undone is kept only for its next portion.
    request.session[KEY] = _newest([*_undoable(acts), act])
    return act


def undo(request: HttpRequest) -> triage.Outcome | None:
    """Undo the last act, once; None if there is none."""
    acts = _undoable(request.session.get(KEY, []))
    if not acts:
        return None
    *request.session[KEY], last = acts
    rows = [(Item(pk=pk), version) for pk, version in last["rows"]]
    if last["name"] == "edit":
        before = _by_number(last["before"])
        return triage.each(partial(_edit_back, before), rows, by=actor(request))
    if last["digest"] is None:
        return triage.each(items.undo, rows, by=actor(request))
    # A digest that had a story cannot be deleted.
    digest = Digest(pk=last["digest"])
    return triage.undo_add(digest, rows, shortlisted=last["shortlisted"], by=actor(request))


def last_fill(request: HttpRequest, digest: Digest) -> int:
    """How many stories the last act put into this digest, if it was to fill it; 0 otherwise."""
    acts = _undoable(request.session.get(KEY, []))
    if not acts or _kind(acts[-1]) != (FILL, digest.pk):
        return 0
    return len(acts[-1]["rows"])


def refuse_if_too_many(count: int) -> None:
    """Refuse an edit of more stories than a session should remember."""
    if count > MAX_ROWS:
        raise Invalid(
            gettext(
                "At most %(most)s stories can be changed at once, so that it can be undone. "
                "You selected %(count)s."
            )
            % {"most": MAX_ROWS, "count": count}
        )


def details_of(rows: triage.Rows, columns: Collection[str]) -> dict[int, dict[str, str]]:
    """These columns of the stories as they are now, by number. Costs a query."""
    found = Item.objects.filter(pk__in=[item.pk for item, _version in rows])
    return {
        pk: dict(zip(columns, (str(value or "") for value in values), strict=True))
        for pk, *values in found.values_list("pk", *columns)
    }


def _group(before: Before, details: Mapping[int, Mapping[str, str]]) -> None:
    for pk, values in details.items():
        for column, value in values.items():
            before.setdefault(column, {}).setdefault(value, []).append(pk)


def _by_number(before: Before) -> dict[int, dict[str, str]]:
    details: dict[int, dict[str, str]] = defaultdict(dict)
    for column, groups in before.items():
        for value, numbers in groups.items():
            for pk in numbers:
                details[pk][column] = value
    return details


def _edit_back(
    before: Mapping[int, Mapping[str, str]], item: Item, *, by: User, version: int
) -> Item:
    details: dict[str, Any] = dict(before[item.pk])
    if "source" in details:
        details["source"] = Source.objects.filter(pk=details["source"] or 0).first()
    return items.edit_details(item, by=by, version=version, **details)


def _empty(name: str, digest: Digest | None) -> Act:
    return {
        "name": name,
        "rows": [],
        "digest": digest.pk if digest else None,
        "shortlisted": [],
        "before": {},
        "refused": 0,
        "reasons": [],
    }


def _kind(act: Act) -> tuple[str, int | None]:
    return act["name"], act["digest"]


def _undoable(acts: list[Act]) -> list[Act]:
    """The acts that changed something and can be undone: what the verb `undo` accepts, what put
    stories into a digest, and edits."""
    return [
        act
        for act in acts
        if act["rows"] and (act["digest"] or act["name"] == "edit" or act["name"] in items.UNDOABLE)
    ]


def _newest(acts: list[Act]) -> list[Act]:
    """The newest acts, as many as a session should carry; the last one however long it is."""
    acts = acts[-MAX_ACTS:]
    while len(acts) > 1 and sum(len(act["rows"]) for act in acts) > MAX_ROWS:
        acts = acts[1:]
    return acts
