"""The editor of one item: its original beside its text, with the house's remarks as one types."""

from dataclasses import asdict
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from digests import editorial
from digests.desk.base import (
    VersionedForm,
    actor,
    attempt,
    attempt_in,
    get_row,
    refusal_of,
    remarks,
    row_url,
    screen,
)
from digests.desk.editor.fields import EditorField
from digests.desk.steps import ITEM_STEPS, buttons
from digests.editorial.items import refuse_if_gated
from digests.models import Claim, Item, ItemDraft, User
from digests.models import Entry as Ran
from digests.text.diff import Span, entry_diff
from digests.text.format import ENTRY_FIELDS, Entry
from digests.text.format.normal import normal_entry
from digests.text.style.lint import lint_entry

MOVES = 6  # of its history; all are on its own page


class EntryForm(forms.Form):
    """The text of an item, as it would stand in a document."""

    headline = forms.CharField(label=_("Headline"), max_length=500, strip=False)
    byline = forms.CharField(label=_("Byline"), max_length=200, required=False, strip=False)
    url = forms.CharField(label=_("Link"), max_length=2000, required=False)
    body = EditorField(label=_("Body"), required=False)

    def entry(self) -> Entry:
        return Entry(**{name: self.cleaned_data[name] for name in ENTRY_FIELDS})


class WritingForm(VersionedForm, EntryForm):
    """The text of an item that is there."""


class Writing:
    """An item as somebody writes it: who else is at it, and what they left unsaved."""

    def __init__(self, item: Item, user: User) -> None:
        self.item = item
        self.user = user
        self.may_edit = editorial.may_edit(item, user)

    @cached_property
    def held(self) -> str:
        """Who works on the item instead, as a sentence; empty while nobody does."""
        claims = Claim.objects.current().select_related("user", "item").exclude(user=self.user)
        claim = claims.filter(item=self.item).first() if self.may_edit else None
        return str(editorial.Held(claim)) if claim else ""

    @cached_property
    def unsaved(self) -> ItemDraft | None:
        """What this user typed and did not save, if the item reads otherwise."""
        draft = ItemDraft.objects.filter(item=self.item, user=self.user).first()
        return draft if draft and normal_entry(draft.entry()) != self.item.entry() else None

    @cached_property
    def barred(self) -> list[str]:
        """Why nobody may change the item, as sentences: it stands in an approved digest."""
        return [] if self.may_edit else refusal_of(partial(refuse_if_gated, self.item))

    def unsaved_text(self) -> dict[str, str]:
        return _text(self.unsaved) if self.unsaved else {}

    def saved_text(self) -> dict[str, str]:
        return _text(self.item)

    def unsaved_differs(self) -> list[Span]:
        return entry_diff(self.item.entry(), self.unsaved.entry()) if self.unsaved else []

    @cached_property
    def ran(self) -> list[Ran]:
        return Ran.objects.earlier_runs([self.item]).get(self.item.pk, [])


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The item's editor; by POST, what its buttons do without a script."""
    item = get_row(request, Item, pk, "source", "changed_by")
    user = actor(request)
    form = WritingForm(initial=_shown(item))
    if request.method == "POST":
        form = WritingForm(request.POST)
        answer = _act(request, item, form)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
        item.refresh_from_db()
    form.fields["body"].widget.attrs["lang"] = item.language
    writing = Writing(item, user)
    # Once it is back in the form there is nothing left to decide about.
    is_offered = request.method != "POST" or "undecided" in request.POST
    return screen(
        request,
        "write.html",
        item.headline,
        item=item,
        form=form,
        is_stale=form.is_bound and str(form["version"].value()) != str(item.version),
        writing=writing,
        unsaved=writing.unsaved if is_offered else None,
        findings=remarks(lint_entry(item.entry(), editorial.style_for(item, user))),
        placements=item.placements.select_related("digest"),
        moves=item.moves.select_related("actor").order_by("-pk")[:MOVES],
        buttons=_buttons(writing),
        may_approve=editorial.may_approve_ready(item, user),
    )


def _buttons(writing: Writing) -> list[Any]:
    """The steps of the item's way; of approving there is a button that saves the text first."""
    verbs = editorial.available(writing.item, writing.user)
    saves_first = {"approve"} if writing.may_edit else set()
    return buttons(writing.item, ITEM_STEPS, [verb for verb in verbs if verb not in saves_first])


def _shown(item: Item) -> dict[str, Any]:
    return {"version": item.version, **_text(item)}


def _text(row: Item | ItemDraft) -> dict[str, str]:
    return asdict(row.entry())


def _act(request: HttpRequest, item: Item, form: WritingForm) -> HttpResponse | WritingForm:
    """Do what the button says; a form that comes back must be shown again."""
    user, here = actor(request), HttpResponseRedirect(row_url(item))
    match request.POST.get("do"):
        case "take-over":
            attempt(request, lambda: editorial.claim_for_writing(item, by=user, take_over=True))
            return here
        case "restore":
            draft = ItemDraft.objects.filter(item=item, user=user).first()
            return WritingForm(initial=_shown(item) | (_text(draft) if draft else {}))
        case "discard":
            editorial.drop_draft(item, by=user)
            return here
        case "save" | "approve" as act:
            return _save(request, item, form, and_approve=act == "approve")
        case str(act) if act.startswith("save-over:"):
            # Over the text that was shown beside one's own.
            over = {**request.POST.dict(), "version": act.removeprefix("save-over:")}
            return _save(request, item, WritingForm(over), and_approve=False)
    raise BadRequest("No such button.")


def _save(
    request: HttpRequest, item: Item, form: WritingForm, *, and_approve: bool
) -> HttpResponse | WritingForm:
    user = actor(request)
    if not form.is_valid():
        return form
    saved = item

    def save() -> None:
        nonlocal saved
        saved = editorial.save_text(
            item,
            form.entry(),
            by=user,
            version=form.cleaned_data["version"],
            undecided="undecided" in request.POST,
        )

    if not attempt_in(form, save):
        return form
    if not and_approve:
        messages.success(request, _now("“%(row)s” is saved.") % {"row": saved})
        return HttpResponseRedirect(row_url(saved))
    if not attempt_in(form, lambda: editorial.approve_ready(saved, by=user, version=saved.version)):
        # The text is saved all the same: the form goes on from there.
        going_on = WritingForm({**form.cleaned_data, "version": saved.version})
        going_on.add_error(None, form.non_field_errors())
        return going_on
    following = editorial.next_to_write(saved, by=user)
    if following is None:
        messages.success(request, _now("Approved. That was the last one."))
    return HttpResponseRedirect(row_url(following or saved))
