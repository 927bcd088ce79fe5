"""Writing an item: remarks as one types, unsaved text, and who holds the item."""

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from digests.desk.api.auth import actor
from digests.desk.api.schemas import ANSWERS, Version
from digests.desk.drafts import style_for
from digests.desk.remarks import add_source_url
from digests.editorial import collaboration
from digests.editorial.errors import Held, sentence
from digests.models import Claim, Item
from digests.text.finding import Finding
from digests.text.format import Entry
from digests.text.markdown.html import MAX_BODY
from digests.text.style.house import seen
from digests.text.style.lint import lint_entry

router = Router(tags=["writing"])


class Text(Schema):
    headline: str = Field(max_length=5_000)
    byline: str = Field("", max_length=5_000)
    url: str = Field("", max_length=5_000)
    body: str = Field("", max_length=MAX_BODY)

    def entry(self) -> Entry:
        return Entry.of(self)


class Remark(Schema):
    severity: str
    code: str
    field: str = Field(description="headline, byline, url or body; empty: the item as a whole.")
    sentence: str
    line: int | None = Field(description="Of the field's text, from 1.")
    start: int | None = Field(description="Where it begins, in code points of the text as sent.")
    end: int | None
    fix: str | None = Field(description="What to put in its place, where that is certain.")


class Remarks(Schema):
    remarks: list[Remark]
    seen: int = Field(description="How many characters of the body readers see.")
    add_source: str = Field(description="Where to add the source of an unknown byline, or empty.")


class Unsaved(Text):
    version: Version = Field(description="Of the item, over which it was written.")


class Hold(Schema):
    held: str = Field(description="Who else works on it, as a sentence; empty: this user does.")
    version: int = Field(description="The item's latest version.")


@router.post(
    "/items/{number:pk}/lint/", response={200: Remarks, **ANSWERS}, operation_id="lint_item"
)
def lint(request: HttpRequest, pk: int, text: Text) -> Remarks:
    """The remarks on a text, as it is typed."""
    user = actor(request, "view_item")
    findings = lint_entry(text.entry(), style_for(Item(pk=pk), user))
    return Remarks(
        remarks=[_remark(finding) for finding in findings],
        seen=seen(text.body),
        add_source=add_source_url(findings, Item(pk=pk), user),
    )


@router.put("/items/{number:pk}/draft/", response={204: None, **ANSWERS}, operation_id="keep_draft")
def keep_draft(request: HttpRequest, pk: int, text: Unsaved) -> Status[None]:
    """Keep text that was typed and is not saved."""
    collaboration.keep_draft(Item(pk=pk), text.entry(), by=actor(request), version=text.version)
    return Status(204, None)


@router.delete(
    "/items/{number:pk}/draft/", response={204: None, **ANSWERS}, operation_id="drop_draft"
)
def drop_draft(request: HttpRequest, pk: int) -> Status[None]:
    """Delete the user's own unsaved text."""
    collaboration.drop_draft(Item(pk=pk), by=actor(request))
    return Status(204, None)


@router.post("/items/{number:pk}/hold/", response={200: Hold, **ANSWERS}, operation_id="hold_item")
def hold(request: HttpRequest, pk: int) -> Hold:
    """Renew the claim on an item while its editor is open."""
    held = ""
    try:
        collaboration.claim(Item(pk=pk), by=actor(request), lasts=Claim.FOR_WRITING)
    except Held as refusal:
        held = str(refusal)
    return Hold(held=held, version=Item.objects.get(pk=pk).version)


def _remark(finding: Finding) -> Remark:
    start, end = finding.span or (None, None)
    return Remark(
        severity=finding.severity,
        code=finding.code,
        field=finding.field,
        sentence=sentence(finding),
        line=finding.line,
        start=start,
        end=end,
        fix=finding.fix,
    )
