"""A digest's way to the public: the steps, and the page on which it is approved."""

from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from digests import editorial
from digests.desk.base import actor, attempt, change_page, get_row, page
from digests.desk.steps import NoteForm, tell
from digests.desk.table import Table
from digests.models import Digest, Move, Revision
from digests.text.diff import diff, plain
from digests.text.document import DigestDocument, FormatError, dump


class ApprovalForm(NoteForm):
    """What was shown is what is approved: the form carries its fingerprint."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


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
    table = Table(digest)
    document = table.document
    sha256 = digest.fingerprint(document, table.placements)
    findings, unapproved = table.findings(), table.unapproved()
    before = _before(digest)
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
        findings=findings,
        unapproved=unapproved,
        can_stand=not unapproved and all(severity != "error" for severity, _said in findings),
        before=before,
        unchanged=before is not None and before.document_sha256 == sha256,
        spans=diff(plain(before.as_document()), plain(document)) if before else [],
    )


def _text(document: DigestDocument) -> str:
    """The exact file; nothing where the findings say why there is none."""
    try:
        return dump(document)
    except FormatError:
        return ""


def _before(digest: Digest) -> Revision | None:
    """What the digest is read against: what readers see, or what was approved last.

    Never approved, it is the text that a reviewer sent back.
    """
    if digest.live_revision:
        return digest.live_revision
    moves = digest.moves.select_related("revision").exclude(revision=None)
    if let_pass := moves.filter(after__in=[Digest.Status.APPROVED, Digest.Status.PUBLISHED]).last():
        return let_pass.revision
    sent_back = digest.moves.filter(verb=Move.Verb.SEND_BACK).last()
    if sent_back is None:
        return None
    judged = moves.filter(verb=Move.Verb.SUBMIT, pk__lt=sent_back.pk).last()
    return judged.revision if judged else None
