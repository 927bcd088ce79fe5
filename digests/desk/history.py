"""The history of an item or a digest; a digest's revisions can be compared and restored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from digests.desk.access import actor, get_row
from digests.desk.attempts import attempt
from digests.desk.frames import history_page, page
from digests.desk.navigation import back_to
from digests.desk.slot_rows import slot_of
from digests.desk.versions import VersionedForm
from digests.editorial import lifecycle
from digests.editorial.guards import available
from digests.models import Digest, HistoryEntry, Item, Revision, User
from digests.text.diff import Span, diff, folded, plain


class RestoreForm(VersionedForm):
    number = forms.IntegerField(widget=forms.HiddenInput)


def item_history(request: HttpRequest, pk: int) -> HttpResponse:
    item = get_row(request, Item, pk)
    return page(
        request,
        "item_history.html",
        gettext("History"),
        item,
        entries=history_page(request, item.history.all()),
    )


def history(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk, "series", "slot")
    # Only the documents' titles; the two to compare are fetched when they are needed.
    revisions = list(
        digest.revisions.select_related("created_by")
        .defer("document", "text")
        .annotate(heading=KT("document__title"), told=F("correction__note"))
        .order_by("-number")
    )
    old, new = _chosen(revisions, request.GET)
    return page(
        request,
        "digest_history.html",
        gettext("History"),
        digest,
        entries=history_page(request, HistoryEntry.objects.of_edition(digest, slot_of(digest))),
        revisions=revisions,
        sessions=sessions(revisions),
        old=old,
        new=new,
        spans=difference(old, new) if old and new else [],
        may_restore="restore" in available(digest, actor(request)),
    )


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    form = RestoreForm(request.POST)
    if form.is_valid():
        version, number = form.cleaned_data["version"], form.cleaned_data["number"]
        revision = get_object_or_404(digest.revisions, number=number)
        if attempt(
            request,
            lambda: lifecycle.restore(digest, revision, by=actor(request), version=version),
        ):
            messages.success(
                request, gettext("The draft was restored to %(revision)s.") % {"revision": revision}
            )
            return back_to(digest)
    return HttpResponseRedirect(reverse("admin:digests_digest_history", args=[digest.pk]))


@dataclass(frozen=True)
class Session:
    """The revisions that one person made on one day, newest first."""

    day: date
    by: User | None
    revisions: list[Revision]


def sessions(revisions: Sequence[Revision]) -> list[Session]:
    """The revisions, which come newest first, grouped by day and person in that order."""

    def of(revision: Revision) -> tuple[date, User | None]:
        return timezone.localtime(revision.created_at).date(), revision.created_by

    return [Session(*key, list(together)) for key, together in groupby(revisions, of)]


def difference(old: Revision, new: Revision) -> list[Span]:
    return folded(diff(plain(old.as_document()), plain(new.as_document())))


def _chosen(revisions: Sequence[Revision], asked: Any) -> tuple[Revision | None, Revision | None]:
    """The two revisions to compare: by default, the last two."""
    by_number = {str(revision.number): revision for revision in revisions}
    newest, before = [*revisions[:2], None, None][:2]
    return by_number.get(asked.get("old"), before), by_number.get(asked.get("new"), newest)
