"""The steps of items and digests, as POST buttons and as pages that ask for a note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from digests.desk import undo
from digests.desk.access import actor, get_row
from digests.desk.attempts import attempt, attempt_form
from digests.desk.frames import page
from digests.desk.layout import Layout
from digests.desk.navigation import asked_next, back_to, today_page
from digests.desk.outcomes import report_outcome
from digests.desk.versions import VersionedForm
from digests.editorial import items, lifecycle, triage
from digests.editorial.guards import available, why_unavailable
from digests.models import Digest, Item, User

type Words = str | Promise


class NoteForm(VersionedForm):
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )


class ReasonForm(NoteForm):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=Item.Reason.choices, widget=forms.RadioSelect
    )
    field_order = ("version", "reason", "note")


class RequiredNoteForm(NoteForm):
    note = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea({"rows": 4}))


class WithdrawalForm(RequiredNoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Note to readers")


@dataclass(frozen=True)
class Step:
    """A verb as a screen offers it. If it needs more than a version, it has a page that asks for
    it."""

    label: Words
    verb: Callable[..., Item | Digest]
    form: type[VersionedForm] = VersionedForm
    hint: Words = ""
    style: str = ""

    @property
    def asks(self) -> bool:
        return self.form is not VersionedForm


ITEM_STEPS: Mapping[str, Step] = {
    "shortlist": Step(_("Shortlist"), items.shortlist, style="go"),
    "approve": Step(_("Approve"), items.approve, style="go"),
    "reject": Step(
        _("Reject"),
        items.reject,
        ReasonForm,
        _("The story leaves the inbox; it can be reopened. “other” needs a note."),
        "stop",
    ),
    "reopen": Step(_("Reopen"), items.reopen),
}
# Approving and restoring have pages of their own.
DIGEST_STEPS: Mapping[str, Step] = {
    "submit": Step(
        _("Submit for review"),
        lifecycle.submit,
        NoteForm,
        _("The reviewers see the note. The digest is locked until they decide."),
        "go",
    ),
    "take_back": Step(_("Take back"), lifecycle.take_back),
    "send_back": Step(
        _("Send back"),
        lifecycle.send_back,
        RequiredNoteForm,
        _("The digest becomes a draft again. Its editors see the note."),
    ),
    "publish": Step(_("Publish"), lifecycle.publish, style="go"),
    "correct": Step(_("Correct"), lifecycle.correct),
    "abandon": Step(_("Abandon the correction"), lifecycle.abandon, style="stop"),
    "withdraw": Step(
        _("Withdraw"),
        lifecycle.withdraw,
        WithdrawalForm,
        _(
            "The page, the feed entry and the file are removed."
            " Readers who open its address see the note."
        ),
        "stop",
    ),
    "reopen": Step(_("Reopen"), lifecycle.reopen),
}


def take_item_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    item = get_row(request, Item, pk)
    before = item.version
    verbs = available(item, actor(request))
    answer = take(request, item, ITEM_STEPS, verb, verbs)
    if item.version != before:  # it was taken
        undo.remember(request, verb, triage.Outcome([item], []))
    return answer


def take_digest_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    verbs = available(digest, actor(request))
    unapproved = Layout(digest).unapproved() if verb == "submit" else []
    return take(request, digest, DIGEST_STEPS, verb, verbs, unapproved=unapproved)


def offered(digest: Digest, by: User) -> list[str]:
    """The available steps of a digest that its pages offer. Editors who take back what they
    submitted need not send it back, which asks for a reason."""
    verbs = available(digest, by)
    spared = {"send_back"} if "take_back" in verbs and "approve" not in verbs else set()
    return [verb for verb in verbs if verb not in spared]


def buttons(row: Item | Digest, steps: Mapping[str, Step], verbs: list[str]) -> list[Any]:
    """The buttons of a row's page: pairs of a step and its address."""
    name = f"admin:digests_{row._meta.model_name}_step"
    return [(steps[verb], reverse(name, args=[row.pk, verb])) for verb in verbs if verb in steps]


def take(
    request: HttpRequest,
    row: Item | Digest,
    steps: Mapping[str, Step],
    verb: str,
    verbs: list[str],
    **context: Any,
) -> HttpResponse:
    """Take a step by POST, or show the page that asks for what the step needs. Work goes on at the
    page that the address names as `next`, if any."""
    step = steps.get(verb)
    if step is None:
        raise Http404
    by = actor(request)
    here = asked_next(request) or back_to(row)
    if request.method != "POST" and verb not in verbs:
        messages.error(request, why_unavailable(row, by, verb))
        return here
    if request.method != "POST" and not step.asks:
        return here
    form = step.form(request.POST or None, initial={"version": row.version})
    if form.is_valid():
        act = partial(step.verb, row, by=by, **form.cleaned_data)
        if attempt_form(form, act) if step.asks else attempt(request, act):
            report_outcome(request, row, verb)
            return asked_next(request) or _next_page(row, verb, by)
        if not step.asks:
            return here
        # The page has been read again, so its button acts on the row as it is now.
        row.refresh_from_db()
        form.data = {**request.POST.dict(), "version": row.version}
    context |= {"step": step, "form": form, "back": here.url}
    return page(request, "steps.html", str(step.label), row, **context)


def _next_page(row: Item | Digest, verb: str, by: User) -> HttpResponseRedirect:
    if verb == "send_back" and isinstance(row, Digest) and row.owner_id != by.pk:
        return today_page()  # its editors go on with it
    if verb == "submit":
        # Compose follows what becomes of it.
        return HttpResponseRedirect(reverse("admin:digests_digest_compose", args=[row.pk]))
    return back_to(row)
