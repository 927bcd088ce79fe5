"""Triage: the same act for one item or for many, and which they are."""

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from digests import editorial
from digests.api.desk.problems import REFUSED
from digests.api.desk.schemas import Number, Version
from digests.api.desk.who import actor
from digests.desk.candidates import Candidates
from digests.models import Digest, Item

router = Router(tags=["triage"])


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


class Triaged(Rows, Rejection):
    pass


class Asked(Schema):
    """As the address of the inbox says it; what is not known is passed over."""

    state: str = ""
    source: str = ""
    language: str = ""
    hours: str = ""
    mine: str = ""
    q: str = ""


class Found(Schema):
    rows: list[Row]


class Done(Schema):
    id: int
    version: int


class NotDone(Schema):
    id: int
    detail: str


class Outcome(Schema):
    done: list[Done]
    refused: list[NotDone] = Field(description="What stayed as it was, and why.")


@router.get("/items/", response={200: Found, **REFUSED}, operation_id="find_items")
def find(request: HttpRequest, asked: Query[Asked]) -> Found:
    """All items that an address of the inbox asks for, on every page of it."""
    items = Candidates(asked.dict(), actor(request, "view_item")).items()
    pairs = items.values_list("pk", "version")
    return Found(rows=[Row(id=pk, version=version) for pk, version in pairs])


@router.post("/triage/{act}/", response={200: Outcome, **REFUSED}, operation_id="triage")
def triage(request: HttpRequest, act: editorial.Act, given: Triaged) -> Outcome:
    """Do the same to each of the items; the refused ones keep no other back."""
    return _outcome(
        editorial.triage(
            act, given.pairs(), by=actor(request), reason=given.reason, note=given.note
        )
    )


@router.post(
    "/digests/{number:pk}/take-in/", response={200: Outcome, **REFUSED}, operation_id="take_in"
)
def take_in(request: HttpRequest, pk: int, given: Rows) -> Outcome:
    """Place the items at the end of a draft."""
    return _outcome(editorial.take_in(Digest(pk=pk), given.pairs(), by=actor(request)))


@router.post(
    "/digests/{number:pk}/take-out/", response={200: Outcome, **REFUSED}, operation_id="take_out"
)
def take_out(request: HttpRequest, pk: int, given: Rows) -> Outcome:
    """Undo `take_in`."""
    return _outcome(editorial.take_out(Digest(pk=pk), given.pairs(), by=actor(request)))


@router.post("/claims/{number:pk}/", response={204: None, **REFUSED}, operation_id="claim")
def claim(request: HttpRequest, pk: int) -> Status[None]:
    """Tell the others that one works on an item, for a quarter of an hour."""
    editorial.claim(Item(pk=pk), by=actor(request))
    return Status(204, None)


@router.delete("/claims/{number:pk}/", response={204: None, **REFUSED}, operation_id="release")
def release(request: HttpRequest, pk: int) -> Status[None]:
    """Let go of an item."""
    editorial.release(Item(pk=pk), by=actor(request))
    return Status(204, None)


def _outcome(outcome: editorial.Outcome) -> Outcome:
    return Outcome(
        done=[Done(id=i.pk, version=i.version) for i in outcome.done],
        refused=[NotDone(id=i.pk, detail=said) for i, said in outcome.refused],
    )
