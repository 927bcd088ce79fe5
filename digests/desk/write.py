"""The editor of one item: its original beside its text, with remarks on style as one types."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, get_row
from digests.desk.attempts import (
    attempt,
    attempt_row,
    errors_from,
    question_without_text,
    report_errors,
)
from digests.desk.drafts import (
    ListedStories,
    held_from,
    next_in_digest,
    next_to_write,
    style_for,
)
from digests.desk.editor.fields import EditorField
from digests.desk.frames import screen
from digests.desk.moment import moment_of
from digests.desk.navigation import back_to, row_url
from digests.desk.next_slots import NEXT, next_slots, posted_series
from digests.desk.outcomes import report_outcome
from digests.desk.regions import answer, redirect, wants_regions
from digests.desk.remarks import add_source_url, remarks
from digests.desk.steps import ITEM_STEPS, buttons
from digests.desk.versions import VersionedForm, posted_version
from digests.editorial import collaboration, compose, items, slots
from digests.editorial import writing as verbs
from digests.editorial.errors import Held, Invalid
from digests.editorial.guards import available
from digests.editorial.items import refuse_if_in_approved_digest
from digests.models import Claim, Digest, Item, ItemDraft, Placement, Slot, User
from digests.models import Entry as FrozenEntry
from digests.models.numbers import parse_pk
from digests.text.characters import in_quotes
from digests.text.diff import Span, entry_diff
from digests.text.format import ENTRY_FIELDS, Entry
from digests.text.format.editable import editable
from digests.text.format.normal import normal_entry
from digests.text.style.house import seen
from digests.text.style.lint import lint_entry

HISTORY_MAX = 6  # entries; the page of the history has all


class EntryForm(forms.Form):
    """The text of an item, as it would stand in a document."""

    headline = forms.CharField(label=_("Headline"), max_length=500, strip=False)
    byline = forms.CharField(label=_("Byline"), max_length=200, required=False, strip=False)
    url = forms.CharField(label=_("Link"), max_length=2000, required=False)
    body = EditorField(label=_("Body"), required=False)

    def entry(self) -> Entry:
        return Entry(**{name: self.cleaned_data[name] for name in ENTRY_FIELDS})


class WritingForm(VersionedForm, EntryForm):
    """The text of an existing item, with its version."""


class Writing:
    """An item in a user's editor: who else works on it, and what the user left unsaved."""

    def __init__(self, item: Item, user: User) -> None:
        self.item = item
        self.user = user
        self.may_edit = items.may_edit(item, user)

    @cached_property
    def held(self) -> str:
        """Who else holds the item, as a sentence; empty while nobody does."""
        claims = Claim.objects.current().select_related("user", "item").exclude(user=self.user)
        claim = claims.filter(item=self.item).first() if self.may_edit else None
        return str(Held(claim)) if claim else ""

    @cached_property
    def unsaved(self) -> ItemDraft | None:
        """What this user typed and did not save, if it differs from the item."""
        draft = ItemDraft.objects.filter(item=self.item, user=self.user).first()
        return draft if draft and normal_entry(draft.entry()) != self.item.entry() else None

    @cached_property
    def barred(self) -> list[str]:
        """Why nobody may change the item, as sentences: it stands in an approved digest."""
        if self.may_edit:
            return []
        return errors_from(partial(refuse_if_in_approved_digest, self.item))

    def unsaved_text(self) -> dict[str, str]:
        return _text(self.unsaved) if self.unsaved else {}

    def saved_text(self) -> dict[str, str]:
        return _text(self.item)

    def unsaved_differs(self) -> list[Span]:
        return entry_diff(self.item.entry(), self.unsaved.entry()) if self.unsaved else []

    @cached_property
    def ran(self) -> list[FrozenEntry]:
        return FrozenEntry.objects.earlier_runs([self.item]).get(self.item.pk, [])


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the item's editor; by POST, do what the pressed button says."""
    item = get_row(request, Item, pk, "source", "changed_by")
    if request.method != "POST":
        return _render(request, item)
    name = request.POST.get("do", "")
    act = _put_into_next if name.startswith(NEXT) else ACTS.get(name)
    if act is None:
        raise BadRequest("No such act.")
    return act(request, item)


def _render(
    request: HttpRequest, item: Item, form: WritingForm | None = None, *, is_refused: bool = False
) -> TemplateResponse:
    """The editor with the saved text, or with the text in the form; for a script, only the regions
    that an act changes."""
    form = form or WritingForm(initial=_saved_text(item))
    writing = Writing(item, actor(request))
    context = {
        "item": item,
        "form": form,
        "writing": writing,
        "buttons": _buttons(writing),
        "is_stale": form.is_stale(item),
        "is_refused": is_refused,
        "asked": request.POST.get("do") == "approve" and not (is_refused or item.body),
    }
    if wants_regions(request):
        report_errors(request, form)
        return TemplateResponse(request, "desk/write_regions.html", context)
    style = style_for(item, writing.user)
    form.fields["body"].widget.attrs |= {
        "lang": item.language,
        "data-most": style.body_max or "",
        "data-seen": seen(item.body),
    }
    findings = lint_entry(item.entry(), style)
    # Once the unsaved text is back in the form, there is nothing left to decide.
    is_offered = request.method != "POST" or "undecided" in request.POST
    digest = opened_from(request)
    return screen(
        request,
        "write.html",
        item.headline,
        **context,
        opened_from=digest,
        opened_from_url=row_url(digest) if digest else "",
        unsaved=writing.unsaved if is_offered else None,
        findings=remarks(findings),
        add_source=add_source_url(findings, item, writing.user),
        placements=(placements := list(item.placements.select_related("digest"))),
        next_slots=_next_slots(writing, placements, moment_of(request)),
        entries=item.history.select_related("actor").order_by("-pk")[:HISTORY_MAX],
        may_approve=verbs.may_approve_ready(item, writing.user),
    )


def _next_slots(writing: Writing, placements: list[Placement], now: datetime) -> list[Slot]:
    """The slots that the story can be put into; none while it stands in a digest on its way."""
    may_be_placed = compose.may_be_placed(writing.item, writing.user)
    if not may_be_placed or any(each.digest.published_at is None for each in placements):
        return []
    return next_slots(writing.user, now)


def _buttons(writing: Writing) -> list[Any]:
    """The buttons of the item's steps; approving has a button of its own that saves the text
    first."""
    verbs = available(writing.item, writing.user)
    saves_first = {"approve"} if writing.may_edit else set()
    return buttons(writing.item, ITEM_STEPS, [verb for verb in verbs if verb not in saves_first])


def _saved_text(item: Item) -> dict[str, Any]:
    return {"version": item.version, **_text(item)}


def _text(row: Item | ItemDraft) -> dict[str, str]:
    """The text of a row as its form shows it."""
    entry = row.entry()
    return asdict(replace(entry, body=editable(entry.body)))


# Acts


def _save(request: HttpRequest, item: Item) -> HttpResponse:
    form = WritingForm(request.POST)
    saved = _saved(request, item, form)
    if saved is None:
        return _refused(request, item, form)
    messages.success(request, draft_again(item, saved) or gettext("Saved."))
    return _done(request, saved)


def draft_again(before: Item, saved: Item) -> str:
    """What saving another text did to an approved story, as a sentence; empty if it did nothing.
    Costs a query if it did."""
    if saved.status == before.status:
        return ""
    placed = saved.placements.filter(digest__status=Digest.Status.REVIEW)
    placement = placed.select_related("digest").first()
    if placement is None:
        return gettext("Saved. The story is a draft again.")
    sentence = gettext(
        "Saved. The story is a draft again, so “%(digest)s” cannot be approved until the story is."
    )
    return sentence % {"digest": in_quotes(str(placement.digest))}


def _approve(request: HttpRequest, item: Item) -> HttpResponse:
    """Save the text, approve it and go on to the next story."""
    by = actor(request)
    form = WritingForm(request.POST)
    saved = _saved(request, item, form)
    if saved is None:
        return _refused(request, item, form)
    approved = None
    if question := question_without_text(request, saved):
        form.add_error(None, question)
    else:
        approve = partial(verbs.approve_ready, saved, by=by, version=saved.version)
        approved = attempt_row(form, approve)
    if approved is None:
        # The text is saved all the same: the form goes on from there.
        going_on = WritingForm({**form.cleaned_data, "version": saved.version})
        going_on.add_error(None, form.non_field_errors())
        return _render(request, saved, going_on)
    return _go_on(request, approved)


def _go_on(request: HttpRequest, approved: Item) -> HttpResponse:
    """Go on to the next story of the digest or the list that this one was opened from. After the
    last of a digest its page follows; after the last of a list the editor stays."""
    by = actor(request)
    asked = request.GET.get("list")
    listed = ListedStories(asked, by) if asked else None
    digest = opened_from(request)
    if digest:
        following = next_in_digest(digest, approved, by=by)
        left = Item.objects.filter(status=Item.Status.DRAFT, placements__digest=digest)
    elif listed:
        following, left = listed.after(approved), listed.candidates.items()
    else:
        following = next_to_write(approved, by=by)
        left = Item.objects.filter(status=Item.Status.DRAFT).unplaced()
    if following:
        report_outcome(request, approved, "approve")
        return redirect(request, _page(request, following), version=approved.version)
    if left.filter(pk__in=held_from(by)).exists():
        sentence = gettext("“%(what)s” is approved. Others are working on what is left.")
    elif digest:
        sentence = gettext("“%(what)s” is approved, and so are all stories of this digest.")
    else:
        sentence = gettext("“%(what)s” is approved. That was the last one.")
    messages.success(request, sentence % {"what": in_quotes(str(approved))})
    if digest:
        return redirect(request, back_to(digest), version=approved.version)
    return _done(request, approved)


def opened_from(request: HttpRequest) -> Digest | None:
    """The digest from whose pages the editor was opened, as its address says; None if from none."""
    try:
        return Digest.objects.filter(pk=parse_pk(request.GET.get("digest", ""))).first()
    except ValueError:
        return None


def _page(request: HttpRequest, item: Item) -> HttpResponseRedirect:
    """The editor of an item, which goes on in the list that this one was opened from."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(row_url(item) + query)


def _take_over(request: HttpRequest, item: Item) -> HttpResponse:
    lasts = Claim.FOR_WRITING
    take = partial(collaboration.claim, item, by=actor(request), lasts=lasts, take_over=True)
    return _done(request, item, done=attempt(request, take))


def _restore(request: HttpRequest, item: Item) -> HttpResponse:
    """Put the user's unsaved text into the form; a script does that by itself."""
    draft = ItemDraft.objects.filter(item=item, user=actor(request)).first()
    unsaved = _text(draft) if draft else {}
    return _render(request, item, WritingForm(initial=_saved_text(item) | unsaved))


def _discard(request: HttpRequest, item: Item) -> HttpResponse:
    collaboration.drop_draft(item, by=actor(request))
    return _done(request, item)


def _put_into_next(request: HttpRequest, item: Item) -> HttpResponse:
    """Put the story into the next slot of the series that the button names."""
    version, by = posted_version(request), actor(request)

    def put() -> None:
        series = posted_series(request.POST["do"])
        digest, outcome = slots.put_into_next([(item, version)], series, by=by)
        for _item, reason in outcome.refused:
            raise Invalid(reason)
        sentence = gettext("Added to “%(digest)s”: %(what)s")
        messages.success(request, sentence % {"digest": digest, "what": item})

    return _done(request, item, done=attempt(request, put))


ACTS: dict[str, Callable[[HttpRequest, Item], HttpResponse]] = {
    "save": _save,
    "approve": _approve,
    "take-over": _take_over,
    "restore": _restore,
    "discard": _discard,
}


def _saved(request: HttpRequest, item: Item, form: WritingForm) -> Item | None:
    """Save the posted text. Returns the item, or None if the form says why it is not saved."""
    if not form.is_valid():
        return None
    save = partial(
        verbs.save_text,
        item,
        form.entry(),
        by=actor(request),
        version=form.cleaned_data["version"],
        undecided="undecided" in request.POST,
    )
    return attempt_row(form, save)


def _done(request: HttpRequest, item: Item, *, done: bool = True) -> HttpResponse:
    return answer(request, _page(request, item), lambda: _render(request, item), done=done)


def _refused(request: HttpRequest, item: Item, form: WritingForm) -> HttpResponse:
    """The editor with the item as it is now, beside the posted text and why it was refused."""
    item.refresh_from_db()
    return _render(request, item, form, is_refused=True)
