"""Where a digest is judged: what changed, what is to be said of it, the page and the exact file.

A published one is corrected, given back and withdrawn here too, beside what the public sees now.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digests import editorial
from digests.desk.base import (
    JUDGEMENTS,
    actor,
    approve_items,
    attempt,
    back_to,
    get_row,
    onward,
    page,
    posted_items,
)
from digests.desk.steps import DIGEST_STEPS, NoteForm, tell_state
from digests.desk.table import Table
from digests.models import Digest, Move, Revision, Source
from digests.text.diff import diff, folded, plain


class ApprovalForm(NoteForm):
    """What was shown is what is approved: the form carries its fingerprint."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    correction = forms.CharField(
        label=gettext_lazy("What readers are told of the correction"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Public: it stands below the digest with the time."),
        widget=forms.Textarea({"rows": 2}),
    )


class LoneApprovalForm(ApprovalForm):
    """Where the series asks for four eyes, and an administrator's are enough with a reason."""

    alone = forms.CharField(
        label=gettext_lazy("Why are your eyes enough?"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("The history keeps it."),
        widget=forms.Textarea({"rows": 2}),
    )


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what would be approved; by POST, approve it, or stories that still wait."""
    digest = get_row(request, Digest, pk, "series", "live_revision")
    user = actor(request)
    if request.method == "POST":
        answer = _act(request, digest)
        if answer is not None:
            return answer
        # Shown again, as it reads now, with what was written.
        digest = get_row(request, Digest, pk, "series", "live_revision")
    verbs = editorial.available(digest, user)
    if not JUDGEMENTS.intersection(verbs):
        # Who may do none of it has nothing to see that is not elsewhere.
        return back_to(digest, user)
    table = Table(digest, digest.series.house_style(Source.objects.bylines()))
    findings, unapproved = table.findings(), table.unapproved()
    may_approve = "approve" in verbs
    wants_others = may_approve and editorial.needs_other_eyes(digest, user)
    may_alone = wants_others and editorial.may_approve_alone(digest, user)
    stands = not unapproved and not table.judgement.errors
    form_class = LoneApprovalForm if may_alone else ApprovalForm
    shown = {"version": digest.version, "sha256": table.fingerprint}
    written = {name: request.POST.get(name, "") for name in ("note", "correction", "alone")}
    return page(
        request,
        "approve.html",
        _("Approve") if may_approve else _heading(digest),
        digest,
        form=form_class(initial=shown | written),
        text=table.judgement.text,
        remarks=findings,
        unapproved=unapproved,
        said=Move.said(digest.moves.last_steps()),
        stands=stands,
        may_approve=may_approve,
        may_approve_items=user.has_perm("digests.approve_item"),
        wants_others=wants_others,
        may_alone=may_alone,
        can_approve=may_approve and stands and (may_alone or not wants_others),
        steps=[(verb, DIGEST_STEPS[verb]) for verb in verbs if verb in JUDGEMENTS - {"approve"}],
        differs=table.differs_from_live(),
        **_changes(digest, table),
    )


def _heading(digest: Digest) -> str:
    """What the page shows to who has nothing to approve."""
    match digest.status:
        case Digest.Status.PUBLISHED:
            return _("What readers see")
        case Digest.Status.APPROVED:
            return _("What readers will see")
    return _("As readers would see it")


def _act(request: HttpRequest, digest: Digest) -> HttpResponse | None:
    """Do what was sent; nothing is answered when the page must be shown again."""
    user = actor(request)
    if request.POST.get("do") == "approve-items":
        approve_items(request, posted_items(request))
        here = reverse("admin:digests_digest_approve", args=[digest.pk])
        return HttpResponseRedirect(here)
    form = (LoneApprovalForm if "alone" in request.POST else ApprovalForm)(request.POST)
    if form.is_valid():
        act = partial(editorial.approve, digest, by=user, **form.cleaned_data)
        if attempt(request, act):
            tell_state(request, digest)
            return onward(digest, user)
    else:
        for field, errors in form.errors.items():
            label = form.fields[field].label if field in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, errors))}")
    return None


def _changes(digest: Digest, table: Table) -> dict[str, Any]:
    """How the working copy reads against what it must be read against, if there is such a text."""
    before = _before(digest)
    if before is None:
        return {"before": None, "unchanged": False, "spans": []}
    return {
        "before": before,
        "unchanged": before.document_sha256 == table.fingerprint,
        "spans": folded(diff(plain(before.as_document()), plain(table.document))),
    }


def _before(digest: Digest) -> Revision | None:
    """What the digest is read against: what readers see, else what was judged last, whether it
    was approved or sent back."""
    if digest.live_revision:
        return digest.live_revision
    judgements = [Move.Verb.APPROVE, Move.Verb.SEND_BACK]
    judgement = digest.moves.filter(verb__in=judgements).last()
    if judgement is None:
        return None
    # A digest that is sent back reads as it was submitted.
    judged = digest.moves.filter(pk__lte=judgement.pk).exclude(revision=None)
    last = judged.select_related("revision").last()
    return last.revision if last else None
