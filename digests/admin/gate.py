"""A digest's way to the public: the steps, and the page on which it is approved."""

from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from digests import editorial
from digests.admin.base import actor, attempt, change_page, get_row, page
from digests.admin.steps import DIGEST_STEPS, NoteForm, take, tell
from digests.models import Digest, Item, Move, Revision
from digests.text.diff import diff, plain
from digests.text.document import DigestDocument, FormatError, dump


class ApprovalForm(NoteForm):
    """What was shown is what is approved: the form carries its fingerprint."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


def take_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    return take(request, digest, DIGEST_STEPS, verb, editorial.available(digest, actor(request)))


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what would be approved; by POST, approve it."""
    digest = get_row(request, Digest, pk)
    form = ApprovalForm(request.POST)
    if request.method == "POST" and form.is_valid():
        act = partial(editorial.approve, digest, by=actor(request), **form.cleaned_data)
        if attempt(request, act):
            tell(request, digest)
            return change_page(digest)
        # Shown anew, as it reads now, with the note that was written.
        digest.refresh_from_db()
    if "approve" not in editorial.available(digest, actor(request)):
        return change_page(digest)
    placements = list(digest.placements.in_order())
    document = digest.compose(placements)
    sha256 = digest.fingerprint(document, placements)
    before = _before(digest, sha256)
    return page(
        request,
        "approve.html",
        _("Approve"),
        digest,
        form=ApprovalForm(
            initial={
                "version": digest.version,
                "sha256": sha256,
                "note": request.POST.get("note", ""),
            }
        ),
        text=_text(document),
        findings=[
            (finding.severity, editorial.sentence(finding))
            for finding in editorial.findings_on(document)
        ],
        unapproved=[p.item for p in placements if p.item.status != Item.Status.APPROVED],
        before=before,
        spans=diff(plain(before.as_document()), plain(document)) if before else [],
    )


def _text(document: DigestDocument) -> str:
    """The exact file; nothing where the findings say why there is none."""
    try:
        return dump(document)
    except FormatError:
        return ""


def _before(digest: Digest, shown: str) -> Revision | None:
    """The revision that was last submitted or approved and reads otherwise than what is shown.

    The digest in review was itself taken as a revision when it was submitted.
    """
    judged = digest.moves.filter(verb__in=[Move.Verb.SUBMIT, Move.Verb.APPROVE])
    return (
        digest.revisions.filter(pk__in=judged.values("revision"))
        .exclude(document_sha256=shown)
        .last()
    )
