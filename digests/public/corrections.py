"""What readers are told of changes to what they had seen: corrections and withdrawals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any, cast

from django.db.models import Model, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse

from digests.models import Correction, Digest, HistoryEntry, Revision, Site
from digests.models.cursor import Cursor, Key, Keyset, cut, moment_key
from digests.public.responses import for_readers_with, render_page

PER_PAGE = 50
ORDER = Keyset(moment_key("at"), Key("pk"))
"""The order of both, newest first."""


@dataclass(frozen=True)
class Change:
    """A correction or a withdrawal. Of a digest that is withdrawn no text is shown but the note:
    its `title` is empty."""

    pk: int
    at: datetime
    digest: Digest  # with its series
    dated: datetime  # the date of what was corrected or withdrawn
    title: str
    note: str
    is_withdrawal: bool = False

    @property
    def local_at(self) -> datetime:
        return self.digest.series.local(self.at)

    @property
    def local_date(self) -> datetime:
        return self.digest.series.local(self.dated)


@for_readers_with("before")
def corrections(request: HttpRequest) -> HttpResponse:
    place = request.GET.get("before", "")
    try:
        cursor = ORDER.parse(place) if place else None
    except ValueError:
        raise Http404 from None
    changes = chain(_corrections(cursor), _withdrawals(cursor))
    newest = sorted(changes, key=attrgetter("at", "pk"), reverse=True)
    shown, last = cut(newest[: PER_PAGE + 1], PER_PAGE)
    onward = Cursor((last.at, last.pk)) if last else None
    context = {"changes": shown, "place": place, "onward": onward}
    return render_page("corrections.html", Site.objects.language(), context)


def _corrections(cursor: Cursor | None) -> Iterator[Change]:
    """The corrections of a page, also of digests that were withdrawn since. Costs two queries."""
    live = Prefetch("revision__digest__live_revision", Revision.objects.defer("text"))
    for row in _page(Correction.objects.with_digests().prefetch_related(live), cursor):
        digest = row.revision.digest
        title = digest.live_revision.title if digest.live_revision else ""
        yield Change(row.pk, row.at, digest, row.revision.dated, title, row.note)


def _withdrawals(cursor: Cursor | None) -> Iterator[Change]:
    """The withdrawals of a page, of what has not been published again. Costs one query."""
    steps = HistoryEntry.objects.filter(digest=OuterRef("pk"), action="withdraw").order_by("-pk")
    rows = (
        Digest.objects.published()
        .filter(live_date=None)
        .select_related("series")
        .annotate(
            at=Subquery(steps.values("at")[:1]),
            dated=Subquery(steps.values("revision__dated")[:1]),
        )
    )
    for row in cast("Iterable[Any]", _page(rows, cursor)):  # annotated
        # Its working copy may hold anything by now: only the note is meant for the public.
        yield Change(row.pk, row.at, row, row.dated, "", row.withdrawal_note, is_withdrawal=True)


def _page[Row: Model](rows: QuerySet[Row], cursor: Cursor | None) -> QuerySet[Row]:
    """As many rows as a page shows, and one more."""
    ordered = ORDER.after(rows, cursor) if cursor else rows.order_by(*ORDER.order)
    return ordered[: PER_PAGE + 1]
