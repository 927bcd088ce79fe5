"""Composing: every change of a digest is saved at once, over the version the page shows."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from digests import editorial
from digests.api.desk.schemas import ANSWERS, ItemText, Number, Saved, Versioned
from digests.api.desk.who import actor
from digests.models import Digest, Item, Section

router = Router(tags=["composing"])

type Position = Annotated[int, Field(ge=1, le=10_000)]


class Placing(Versioned):
    item: Number
    section: Number | None = Field(None, description="None: before the first section.")
    position: Position | None = Field(None, description="Within the section; None: its end.")


class Removing(Versioned):
    item: Number


class SectionText(Versioned):
    heading: str
    intro: str = ""


class SectionPlace(Versioned):
    position: Position


class ItemVersion(Versioned):
    item: Number


class Several(Schema):
    items: list[ItemVersion] = Field(max_length=500)


class Approved(Schema):
    said: str
    refused: list[str] = Field(description="A sentence for each that was not approved.")


@router.post(
    "/digests/{number:pk}/place/", response={200: Saved, **ANSWERS}, operation_id="compose_place"
)
def place(request: HttpRequest, pk: int, given: Placing) -> Saved:
    """Put a story into the digest, or to another place of it."""
    section = None if given.section is None else Section(pk=given.section)
    digest = editorial.place(
        Digest(pk=pk),
        Item(pk=given.item),
        by=actor(request),
        version=given.version,
        section=section,
        position=given.position,
    )
    return Saved(version=digest.version)


@router.post(
    "/digests/{number:pk}/remove/", response={200: Saved, **ANSWERS}, operation_id="compose_remove"
)
def remove(request: HttpRequest, pk: int, given: Removing) -> Saved:
    """Take a story out of the digest."""
    by = actor(request)
    digest = editorial.remove(Digest(pk=pk), Item(pk=given.item), by=by, version=given.version)
    return Saved(version=digest.version)


@router.post(
    "/digests/{number:pk}/sections/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_add_section",
)
def add_section(request: HttpRequest, pk: int, given: SectionText) -> Saved:
    digest = editorial.add_section(Digest(pk=pk), by=actor(request), **given.dict())
    return Saved(version=digest.version)


@router.put(
    "/digests/{number:pk}/sections/{number:section}/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_edit_section",
)
def edit_section(request: HttpRequest, pk: int, section: int, given: SectionText) -> Saved:
    digest = editorial.edit_section(
        Digest(pk=pk), Section(pk=section), by=actor(request), **given.dict()
    )
    return Saved(version=digest.version)


@router.post(
    "/digests/{number:pk}/sections/{number:section}/move/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_move_section",
)
def move_section(request: HttpRequest, pk: int, section: int, given: SectionPlace) -> Saved:
    digest = editorial.move_section(
        Digest(pk=pk), Section(pk=section), by=actor(request), **given.dict()
    )
    return Saved(version=digest.version)


@router.post(
    "/digests/{number:pk}/sections/{number:section}/dissolve/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_remove_section",
)
def remove_section(request: HttpRequest, pk: int, section: int, given: Versioned) -> Saved:
    """Dissolve a section; its stories join the one before it."""
    digest = editorial.remove_section(
        Digest(pk=pk), Section(pk=section), by=actor(request), version=given.version
    )
    return Saved(version=digest.version)


@router.put("/items/{number:item}/", response={200: Saved, **ANSWERS}, operation_id="edit_item")
def edit_item(request: HttpRequest, item: int, given: ItemText) -> Saved:
    """Change the text of a story; the version is the story's."""
    by = actor(request)
    row = editorial.edit_item(Item(pk=item), given.entry(), by=by, version=given.version)
    last = row.moves.last()
    is_step = last is not None and last.before != last.after
    return Saved(version=row.version, said=row.told() if is_step else "")


@router.post(
    "/digests/items/{number:item}/approve/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_approve_item",
)
def approve_item(request: HttpRequest, item: int, given: Versioned) -> Saved:
    """Approve a story; the version is the story's."""
    row = editorial.approve_item(Item(pk=item), by=actor(request), version=given.version)
    return Saved(version=row.version, said=row.told())


@router.post(
    "/digests/approve-items/",
    response={200: Approved, **ANSWERS},
    operation_id="compose_approve_items",
)
def approve_items(request: HttpRequest, given: Several) -> Approved:
    """Approve every story that is ready; those that are not keep no other back."""
    rows = [(Item(pk=each.item), each.version) for each in given.items]
    outcome = editorial.each(editorial.approve_item, rows, by=actor(request))
    refused = [sentence for _item, sentence in outcome.refused]
    return Approved(said=outcome.count_approved(), refused=refused)


@router.post(
    "/digests/{number:pk}/submit/", response={200: Saved, **ANSWERS}, operation_id="compose_submit"
)
def submit(request: HttpRequest, pk: int, given: Versioned) -> Saved:
    digest = editorial.submit(Digest(pk=pk), by=actor(request), version=given.version)
    return Saved(version=digest.version, said=digest.told())
