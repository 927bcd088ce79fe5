"""Undo: the last acts of triage, newest last, kept in the session."""

from typing import TypedDict

from django.http import HttpRequest

from digests.desk.access import actor
from digests.editorial import items, triage
from digests.models import Digest, Item

KEY = "triage"
UNDOABLE = {"shortlist", "reject", "place"}
MAX_ACTS = 20
MAX_ROWS = 2_000  # of all acts together: every request loads the session
MAX_REASONS = 3


class Act(TypedDict):
    """What was done to which stories, and what was left as it was."""

    name: str
    rows: list[tuple[int, int]]  # their numbers, and the versions that the act left
    digest: int | None  # that they were put into
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
    """Keep an act. One that `continues` is a further portion of the last, and gives both as one."""
    acts: list[Act] = request.session.get(KEY, [])
    is_portion = continues and acts and acts[-1]["name"] == name
    act = acts.pop() if is_portion else _empty(name, digest)
    act["rows"] += [(item.pk, item.version) for item in outcome.done]
    act["refused"] += len(outcome.refused)
    reasons = [*act["reasons"], *(sentence for _item, sentence in outcome.refused)]
    act["reasons"] = list(dict.fromkeys(reasons))[:MAX_REASONS]
    # What cannot be undone is kept for its next portion alone.
    request.session[KEY] = _newest([*_undoable(acts), act])
    return act


def undo(request: HttpRequest) -> triage.Outcome | None:
    """Take the last act back, once; None where there is none."""
    acts = _undoable(request.session.get(KEY, []))
    if not acts:
        return None
    *request.session[KEY], last = acts
    rows = [(Item(pk=pk), version) for pk, version in last["rows"]]
    if last["digest"] is None:
        return triage.each(items.undo, rows, by=actor(request))
    digest = Digest.objects.filter(pk=last["digest"]).first()
    return triage.undo_add(digest, rows, by=actor(request)) if digest else None


def _empty(name: str, digest: Digest | None) -> Act:
    pk = digest.pk if digest else None
    return {"name": name, "rows": [], "digest": pk, "refused": 0, "reasons": []}


def _undoable(acts: list[Act]) -> list[Act]:
    return [act for act in acts if act["name"] in UNDOABLE and act["rows"]]


def _newest(acts: list[Act]) -> list[Act]:
    """As many as a session should carry, and the last one however long it is."""
    acts = acts[-MAX_ACTS:]
    while len(acts) > 1 and sum(len(act["rows"]) for act in acts) > MAX_ROWS:
        acts = acts[1:]
    return acts
