"""Triage: the same verb for one item or for many, and what was pasted."""

from collections.abc import Callable
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from digests import editorial
from digests.api.desk.problems import REFUSED
from digests.api.desk.schemas import Number, Version
from digests.api.desk.who import actor
from digests.models import Digest, Item

router = Router(tags=["triage"])

type Verb = Literal["shortlist", "reject", "reopen", "undo", "approve"]
VERBS: dict[str, Callable[..., Item]] = {
    "shortlist": editorial.shortlist,
    "reject": editorial.reject,
    "reopen": editorial.reopen,
    "undo": editorial.undo,
    "approve": editorial.approve_item,
}


class Row(Schema):
    id: Number
    version: Version = Field(description="The version the row was loaded with.")

    def pair(self) -> tuple[Item, int]:
        return Item(pk=self.id), self.version


class Rows(Schema):
    rows: list[Row] = Field(min_length=1, max_length=200)

    def pairs(self) -> list[tuple[Item, int]]:
        return [row.pair() for row in self.rows]


class Rejection(Schema):
    reason: str = Field("", description="Of a rejection: one of the reasons.")
    note: str = Field("", max_length=2000, description="Of a rejection: “other” needs one.")


class Act(Rows, Rejection):
    pass


class Done(Schema):
    id: int
    version: int
    status: str


class NotDone(Schema):
    id: int
    detail: str


class Outcome(Schema):
    done: list[Done]
    refused: list[NotDone] = Field(description="What stayed as it was, and why.")


class Claimed(Schema):
    until: str = Field(description="When the claim ends by itself.")


@router.post("/items/{verb}/", response={200: Outcome, **REFUSED}, operation_id="triage")
def triage(request: HttpRequest, verb: Verb, act: Act) -> Outcome:
    """Do a verb to each of the items; the refused ones keep no other back."""
    given = {"reason": act.reason, "note": act.note} if verb == "reject" else {}
    return _outcome(editorial.each(VERBS[verb], act.pairs(), by=actor(request), **given))


@router.post("/digests/{pk}/take-in/", response={200: Outcome, **REFUSED}, operation_id="take_in")
def take_in(request: HttpRequest, pk: int, act: Rows) -> Outcome:
    """Place the items at the end of a draft."""
    return _outcome(editorial.take_in(Digest(pk=pk), act.pairs(), by=actor(request)))


@router.post("/digests/{pk}/take-out/", response={200: Outcome, **REFUSED}, operation_id="take_out")
def take_out(request: HttpRequest, pk: int, act: Rows) -> Outcome:
    """Undo `take_in`."""
    return _outcome(editorial.take_out(Digest(pk=pk), act.pairs(), by=actor(request)))


@router.post("/claims/{pk}/", response={200: Claimed, **REFUSED}, operation_id="claim")
def claim(request: HttpRequest, pk: int) -> Claimed:
    """Tell the others that one works on an item."""
    return Claimed(until=editorial.claim(Item(pk=pk), by=actor(request)).until.isoformat())


@router.delete("/claims/{pk}/", response={204: None, **REFUSED}, operation_id="release")
def release(request: HttpRequest, pk: int) -> Status[None]:
    """Let go of an item."""
    editorial.release(Item(pk=pk), by=actor(request))
    return Status(204, None)


def _outcome(outcome: editorial.Outcome) -> Outcome:
    return Outcome(
        done=[Done(id=i.pk, version=i.version, status=i.status) for i in outcome.done],
        refused=[NotDone(id=i.pk, detail=said) for i, said in outcome.refused],
    )
