"""The Approve page: what changed in a digest, the findings on it, its page and the exact file.

A published digest is also corrected, its correction abandoned, and the digest withdrawn here,
beside what the public sees now.
"""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, get_row
from digests.desk.attempts import approve_items, attempt, report_errors
from digests.desk.embargo import why_not_published
from digests.desk.frames import page
from digests.desk.layout import Layout
from digests.desk.locked import why_locked
from digests.desk.moment import moment_of
from digests.desk.navigation import JUDGEMENTS, back_to
from digests.desk.outcomes import report_outcome
from digests.desk.steps import DIGEST_STEPS, NoteForm, offered
from digests.desk.versions import parse_versions
from digests.editorial import lifecycle
from digests.models import Digest, HistoryEntry, Revision, Source
from digests.text.diff import diff, folded, plain


class ApprovalForm(NoteForm):
    """Approves a digest. The fingerprint makes sure that what was shown is what is approved."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    correction = forms.CharField(
        label=_("Correction note for readers"),
        max_length=2000,
        required=False,
        help_text=_("Public: shown below the digest with the time."),
        widget=forms.Textarea({"rows": 2}),
    )


class LoneApprovalForm(ApprovalForm):
    """Approves without a second reviewer, which an administrator may do with a reason."""

    alone = forms.CharField(
        label=_("Reason for approving alone"),
        max_length=2000,
        required=False,
        help_text=_("It is kept in the history."),
        widget=forms.Textarea({"rows": 2}),
    )


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what would be approved; by POST, approve it, or its stories that still wait."""
    digest = get_row(request, Digest, pk, "series", "live_revision")
    user = actor(request)
    if request.method == "POST":
        answer = _act(request, digest)
        if answer is not None:
            return answer
        # Show the page again, with the digest as it reads now and the fields as they were filled
        # in.
        digest = get_row(request, Digest, pk, "series", "live_revision")
    verbs = offered(digest, user)
    compose = reverse("admin:digests_digest_compose", args=[digest.pk])
    if not JUDGEMENTS.intersection(verbs):
        # A user who may do none of this finds everything on the page elsewhere.
        return HttpResponseRedirect(compose)
    layout = Layout(digest, digest.series.house_style(Source.objects.bylines()))
    return page(
        request,
        "approve.html",
        gettext("Approve") if "approve" in verbs else _heading(digest),
        digest,
        row_url=compose,
        text=layout.judgement.text,
        findings=(of_digest := layout.findings()),
        checks=(checks := layout.checks()),
        count=len(of_digest) + sum(len(check.remarks) for check in checks),
        shown_as=_shown_as(digest),
        notes=HistoryEntry.notes_of_last_step(digest.history.last_steps()),
        steps=[(verb, DIGEST_STEPS[verb]) for verb in verbs if verb in JUDGEMENTS - {"approve"}],
        differs=layout.differs_from_live(),
        why_locked="" if "approve" in verbs else why_locked(digest, verbs),
        not_published=(obstacles := why_not_published(digest, layout.items, moment_of(request))),
        **_approval(request, layout, obstacles, may_approve="approve" in verbs),
        **_changes(digest, layout),
    )


def _approval(
    request: HttpRequest, layout: Layout, embargoes: list[str], *, may_approve: bool
) -> dict[str, Any]:
    """The form that approves the digest, and what keeps the user from it."""
    digest, user = layout.digest, actor(request)
    wants_others = may_approve and lifecycle.needs_other_eyes(digest, user)
    may_alone = wants_others and lifecycle.may_approve_alone(digest, user)
    unapproved, has_errors = layout.unapproved(), bool(layout.judgement.errors)
    obstacles = _obstacles(bool(unapproved), has_errors, bool(embargoes))
    form_class = LoneApprovalForm if may_alone else ApprovalForm
    shown = {"version": digest.version, "sha256": layout.fingerprint}
    written = {name: request.POST.get(name, "") for name in ("note", "correction", "alone")}
    return {
        "form": form_class(initial=shown | written),
        "unapproved": unapproved,
        "ready": layout.ready(user),
        "obstacles": obstacles,
        "may_approve": may_approve,
        "may_approve_items": user.has_perm("digests.approve_item"),
        "wants_others": wants_others,
        "may_alone": may_alone,
        "can_approve": may_approve and not obstacles and (may_alone or not wants_others),
    }


def _obstacles(has_unapproved: bool, has_errors: bool, is_too_early: bool) -> list[str]:
    """What keeps the digest from being approved, as sentences."""
    obstacles = []
    if has_unapproved and has_errors:
        obstacles.append(
            gettext(
                "It cannot be approved yet: correct the errors, and approve the stories at the top"
                " first."
            )
        )
    elif has_unapproved:
        obstacles.append(
            gettext("It cannot be approved yet: approve the stories at the top first.")
        )
    elif has_errors:
        obstacles.append(gettext("It cannot be approved yet: the errors must be corrected first."))
    if is_too_early:
        obstacles.append(
            gettext("It cannot be approved for this time: an embargo at the top ends later.")
        )
    return obstacles


def _shown_as(digest: Digest) -> str:
    """The heading of the page in its frame."""
    match digest.status:
        case Digest.Status.PUBLISHED:
            return gettext("As readers see it")
        case Digest.Status.WITHDRAWN:
            return gettext("As readers saw it")
    return gettext("As readers will see it")


def _heading(digest: Digest) -> str:
    """The page's title for a user who has nothing to approve."""
    match digest.status:
        case Digest.Status.PUBLISHED:
            return gettext("What readers see")
        case Digest.Status.APPROVED:
            return gettext("What readers will see")
    return gettext("As readers would see it")


def _act(request: HttpRequest, digest: Digest) -> HttpResponse | None:
    """Do what was posted. Returns None when the page must be shown again."""
    user = actor(request)
    if request.POST.get("do") == "approve-items":
        approve_items(request, parse_versions(request))
        here = reverse("admin:digests_digest_approve", args=[digest.pk])
        return HttpResponseRedirect(here)
    form = (LoneApprovalForm if "alone" in request.POST else ApprovalForm)(request.POST)
    if form.is_valid():
        act = partial(lifecycle.approve, digest, by=user, **form.cleaned_data)
        if attempt(request, act):
            report_outcome(request, digest, "approve")
            return back_to(digest)
    else:
        report_errors(request, form)
    return None


def _changes(digest: Digest, layout: Layout) -> dict[str, Any]:
    """How the working copy differs from the text to compare it with, if there is one."""
    before = _before(digest)
    if before is None:
        return {"before": None, "unchanged": False, "spans": []}
    return {
        "before": before,
        "unchanged": before.document_sha256 == layout.fingerprint,
        "spans": folded(diff(plain(before.as_document()), plain(layout.document))),
    }


def _before(digest: Digest) -> Revision | None:
    """The revision to compare the digest with: what readers see, else what was judged last, whether
    it was approved or sent back."""
    if digest.live_revision:
        return digest.live_revision
    judgements = [HistoryEntry.Action.APPROVE, HistoryEntry.Action.SEND_BACK]
    judgement = digest.history.filter(action__in=judgements).last()
    if judgement is None:
        return None
    # A digest that is sent back reads as it was submitted.
    judged = digest.history.filter(pk__lte=judgement.pk).exclude(revision=None)
    last = judged.select_related("revision").last()
    return last.revision if last else None
