"""Undo: the last acts of triage, newest last, kept in the session."""

from typing import TypedDict

from django.http import HttpRequest

from digests.desk.access import actor
from digests.editorial import items, triage
from digests.models import Digest, Item

KEY = "triage"
MAX_ACTS = 20
MAX_ROWS = 2_000  # in all acts together: every request loads the session
MAX_REASONS = 3


class Act(TypedDict):
    """An act of triage: what was done to which stories, and why others were left as they were."""

    name: str
    rows: list[tuple[int, int]]  # the items' numbers, and their versions after the act
    digest: int | None  # the one that they were put into
    shortlisted: list[int]  # the numbers of those that were taken from the inbox for it
    refused: int
    reasons: list[str]


def remember(
    request: HttpRequest,
    name: str,
    outcome: triage.Outcome,
    digest: Digest | None = None,
    *,
    continues: bool = False,
) -> Act:
    """Keep an act. One that `continues` the last, on the same digest if on any, is a further
    portion of it: they become one act."""
    acts: list[Act] = request.session.get(KEY, [])
    new = _empty(name, digest)
    is_portion = continues and acts and _kind(acts[-1]) == _kind(new)
    act = acts.pop() if is_portion else new
    act["rows"] += [(item.pk, item.version) for item in outcome.done]
    act["shortlisted"] += sorted(outcome.shortlisted)
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
    if last["digest"] is None:
        return triage.each(items.undo, rows, by=actor(request))
    # A digest that had a story cannot be deleted.
    digest = Digest(pk=last["digest"])
    return triage.undo_add(digest, rows, shortlisted=last["shortlisted"], by=actor(request))


def _empty(name: str, digest: Digest | None) -> Act:
    return {
        "name": name,
        "rows": [],
        "digest": digest.pk if digest else None,
        "shortlisted": [],
        "refused": 0,
        "reasons": [],
    }


def _kind(act: Act) -> tuple[str, int | None]:
    return act["name"], act["digest"]


def _undoable(acts: list[Act]) -> list[Act]:
    """The acts that changed something and can be undone: what the verb `undo` accepts, and what
    put stories into a digest."""
    return [act for act in acts if act["rows"] and (act["digest"] or act["name"] in items.UNDOABLE)]


def _newest(acts: list[Act]) -> list[Act]:
    """The newest acts, as many as a session should carry; the last one however long it is."""
    acts = acts[-MAX_ACTS:]
    while len(acts) > 1 and sum(len(act["rows"]) for act in acts) > MAX_ROWS:
        acts = acts[1:]
    return acts
