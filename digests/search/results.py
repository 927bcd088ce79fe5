"""Loading hits for a page: the texts as they were published, with the matches highlighted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, FilteredRelation, JSONField, Q, Value, When
from django.db.models.fields.json import KT

from digests.models import Digest, Revision
from digests.search.query import Hit, Hits, Query
from digests.text.format.snapshot import from_json
from digests.text.index.highlight import Marked, marked, snippet
from digests.text.index.rows import beside_entries
from digests.text.markdown.visible import visible_text
from digests.text.page import anchor_of


@dataclass(frozen=True)
class Result:
    """A hit as a page shows it. Without an `item` it is the digest itself: then `headline` is its
    title, and `byline` and `link` are empty."""

    hit: Hit
    headline: Marked
    byline: Marked
    snippet: Marked
    language: str
    link: str
    item: int | None
    digest: Digest  # with its series
    title: str
    date: datetime  # with the offset of the series' zone

    def get_absolute_url(self) -> str:
        address = self.digest.get_absolute_url()
        return address if self.item is None else f"{address}#{anchor_of(self.item)}"


def load_results(hits: Hits, query: Query) -> list[Result]:
    """Load the hits of a page, in order, without those withdrawn meanwhile. Costs one query."""
    if not hits.rows:
        return []
    entries = [hit.entry for hit in hits.rows if hit.entry is not None]
    whole = [hit.revision for hit in hits.rows if hit.entry is None]
    revisions = (
        Revision.objects.filter(
            pk__in={hit.revision for hit in hits.rows}, live_digest__isnull=False
        )
        .select_related("live_digest__series")
        .order_by()
        .defer("document", "text")
        .annotate(
            # No primary key is 0; for an empty list Django would return no rows at all.
            hit=FilteredRelation("entries", condition=Q(entries__in=entries or [0])),
            entry=F("hit__pk"),
            item=F("hit__item"),
            headline=F("hit__headline"),
            byline=F("hit__byline"),
            link=F("hit__url"),
            body=F("hit__body"),
            entry_language=F("hit__language"),
            shown_title=KT("document__title"),
            shown_date=KT("document__date"),
            # Only where it is shown, because it is long.
            whole=Case(
                When(pk__in=whole, then="document"),
                default=Value(None, JSONField()),
                output_field=JSONField(),
            ),
        )
    )
    rows: list[Any] = list(revisions)  # annotated
    by_entry = {row.entry: row for row in rows}
    by_revision = {row.pk: row for row in rows}
    shown = []
    for hit in hits.rows:
        row = by_revision.get(hit.revision) if hit.entry is None else by_entry.get(hit.entry)
        if row is not None:
            shown.append(_result(hit, row, query))
    return shown


def _result(hit: Hit, row: Any, query: Query) -> Result:
    of_entry = hit.entry is not None
    if of_entry:
        headline, byline, text = row.headline, row.byline, visible_text(row.body)
    else:
        headline, byline, text = row.shown_title, "", beside_entries(from_json(row.whole))
    return Result(
        hit=hit,
        headline=marked(headline, query.phrases),
        byline=marked(byline, query.phrases),
        snippet=snippet(text, query.phrases),
        language=row.entry_language if of_entry else row.language,
        link=row.link if of_entry else "",
        item=row.item if of_entry else None,
        digest=row.live_digest,
        title=row.shown_title,
        date=datetime.fromisoformat(row.shown_date),
    )
