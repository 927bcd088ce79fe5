"""Composing: every change of a digest is saved at once, over the version the page shows."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
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


class Order(Versioned):
    items: list[Number] = Field(description="Every item of the digest once.")


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


class Note(Versioned):
    note: str = ""


@router.post("/digests/{pk}/place/", response={200: Saved, **ANSWERS}, operation_id="compose_place")
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
    "/digests/{pk}/remove/", response={200: Saved, **ANSWERS}, operation_id="compose_remove"
)
def remove(request: HttpRequest, pk: int, given: Removing) -> Saved:
    """Take a story out of the digest."""
    by = actor(request)
    digest = editorial.remove(Digest(pk=pk), Item(pk=given.item), by=by, version=given.version)
    return Saved(version=digest.version)


@router.post(
    "/digests/{pk}/order/", response={200: Saved, **ANSWERS}, operation_id="compose_reorder"
)
def reorder(request: HttpRequest, pk: int, given: Order) -> Saved:
    """Put all stories into an order, each within its section."""
    digest = editorial.reorder(Digest(pk=pk), given.items, by=actor(request), version=given.version)
    return Saved(version=digest.version)


@router.post(
    "/digests/{pk}/sections/", response={200: Saved, **ANSWERS}, operation_id="compose_add_section"
)
def add_section(request: HttpRequest, pk: int, given: SectionText) -> Saved:
    digest = editorial.add_section(Digest(pk=pk), by=actor(request), **given.dict())
    return Saved(version=digest.version)


@router.put(
    "/digests/{pk}/sections/{section}/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_edit_section",
)
def edit_section(request: HttpRequest, pk: int, section: int, given: SectionText) -> Saved:
    digest = editorial.edit_section(
        Digest(pk=pk), Section(pk=section), by=actor(request), **given.dict()
    )
    return Saved(version=digest.version)


@router.post(
    "/digests/{pk}/sections/{section}/move/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_move_section",
)
def move_section(request: HttpRequest, pk: int, section: int, given: SectionPlace) -> Saved:
    digest = editorial.move_section(
        Digest(pk=pk), Section(pk=section), by=actor(request), **given.dict()
    )
    return Saved(version=digest.version)


@router.post(
    "/digests/{pk}/sections/{section}/dissolve/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_remove_section",
)
def remove_section(request: HttpRequest, pk: int, section: int, given: Versioned) -> Saved:
    """Dissolve a section; its stories join the one before it."""
    digest = editorial.remove_section(
        Digest(pk=pk), Section(pk=section), by=actor(request), version=given.version
    )
    return Saved(version=digest.version)


@router.put("/items/{int:item}/", response={200: Saved, **ANSWERS}, operation_id="edit_item")
def edit_item(request: HttpRequest, item: int, given: ItemText) -> Saved:
    """Change the text of a story; the version is the story's."""
    by = actor(request)
    row = editorial.edit_item(Item(pk=item), given.entry(), by=by, version=given.version)
    said = _("“%(row)s” is now %(status)s.") % {"row": row, "status": row.get_status_display()}
    return Saved(version=row.version, said=said)


@router.post(
    "/digests/items/{item}/approve/",
    response={200: Saved, **ANSWERS},
    operation_id="compose_approve_item",
)
def approve_item(request: HttpRequest, item: int, given: Versioned) -> Saved:
    """Approve a story; the version is the story's."""
    row = editorial.approve_item(Item(pk=item), by=actor(request), version=given.version)
    said = _("“%(row)s” is now %(status)s.") % {"row": row, "status": row.get_status_display()}
    return Saved(version=row.version, said=said)


@router.post(
    "/digests/approve-items/",
    response={200: Approved, **ANSWERS},
    operation_id="compose_approve_items",
)
def approve_items(request: HttpRequest, given: Several) -> Approved:
    """Approve every story that is ready; those that are not keep no other back."""
    rows = [(Item(pk=each.item), each.version) for each in given.items]
    outcome = editorial.each(editorial.approve_item, rows, by=actor(request))
    count = len(outcome.done)
    said = ngettext("%(count)d story approved.", "%(count)d stories approved.", count)
    return Approved(
        said=said % {"count": count}, refused=[sentence for _item, sentence in outcome.refused]
    )


@router.post(
    "/digests/{pk}/submit/", response={200: Saved, **ANSWERS}, operation_id="compose_submit"
)
def submit(request: HttpRequest, pk: int, given: Note) -> Saved:
    digest = editorial.submit(Digest(pk=pk), by=actor(request), **given.dict())
    return _moved(digest)


@router.post(
    "/digests/{pk}/send-back/", response={200: Saved, **ANSWERS}, operation_id="compose_send_back"
)
def send_back(request: HttpRequest, pk: int, given: Note) -> Saved:
    digest = editorial.send_back(Digest(pk=pk), by=actor(request), **given.dict())
    return _moved(digest)


def _moved(digest: Digest) -> Saved:
    said = _("“%(row)s” is now %(status)s.")
    status = digest.get_status_display()
    return Saved(version=digest.version, said=said % {"row": digest, "status": status})
