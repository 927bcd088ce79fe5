"""Questions about what is public that more than one view asks."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import (
    Aggregate,
    Exists,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.db.models.sql.compiler import SQLCompiler
from django.http import Http404

from digests.models import Correction, Digest, Filing, Move, Series
from digests.models.digest import DigestQuerySet


class JSONList(Aggregate):
    """The values of a group as one JSON array, in no order."""

    output_field = JSONField()
    template = "%(function)s(%(expressions)s)"

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        # The values are JSON already, and not text to be quoted.
        template = "JSON_GROUP_ARRAY(JSON(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra)


def _beside(others: DigestQuerySet) -> Subquery:
    """Slug and title of the first of these digests, all of one series, or None."""
    address = JSONObject(slug="slug", title=KeyTextTransform("title", "live_revision__document"))
    return Subquery(others.values(address=address)[:1], output_field=JSONField())


_SAME_SERIES = Digest.objects.live().filter(series=OuterRef("series"))
_PLACE = OuterRef("live_date"), OuterRef("pk")
_CORRECTIONS = (
    Correction.objects.filter(revision__digest=OuterRef("pk"))
    .order_by()
    .values("revision__digest")
    .annotate(all=JSONList(JSONObject(at="at", note="note", pk="pk")))
    .values("all")
)

# A digest at its address, with everything that its page shows. Made once: to make it anew for each
# request would cost more than to ask.
DIGESTS = Digest.objects.with_pages().annotate(
    newer=_beside(_SAME_SERIES.after(*_PLACE).reverse()),
    older=_beside(_SAME_SERIES.before(*_PLACE)),
    corrections=Subquery(_CORRECTIONS),
    # By a person, not by an import.
    was_reviewed=Exists(
        Move.objects.filter(
            verb=Move.Verb.APPROVE, revision=OuterRef("live_revision"), actor__isnull=False
        )
    ),
)


def newest(series: Series | None = None, category: str = "") -> DigestQuerySet:
    """Live digests with their pages, newest first, of a series or a category or of all."""
    digests = Digest.objects.live().with_pages()
    if series:
        digests = digests.filter(series=series)
    if category:
        digests = digests.filter(live_revision__filings__name=category)
    return digests


def category_names() -> QuerySet[Filing, str]:
    """Of all categories under which something is live."""
    # A join would read all their revisions.
    live = Exists(Digest.objects.filter(live_revision=OuterRef("revision")))
    return Filing.objects.filter(live).order_by("name").values_list("name", flat=True).distinct()


def modified(digest: Digest) -> datetime:
    """When a digest of `with_pages` was last corrected, in its series' own time, or else its date.

    A correction may have waited for a date of its own: it counts from when readers saw it.
    """
    assert digest.live_revision is not None  # noqa: S101 (it is live)
    corrected: datetime | None = digest.corrected_at  # type: ignore[attr-defined]  # annotated
    return corrected.astimezone(digest.series.zone) if corrected else digest.live_revision.date


def place(digest: Digest) -> str:
    """Where a digest stands in the order of time, to go on from there."""
    assert digest.live_date is not None  # noqa: S101 (it is live)
    return f"{int(digest.live_date.timestamp())}-{digest.pk}"


def site_language() -> str:
    """The language of pages that belong to no series. Costs a query."""
    return common_language(Series.objects.values_list("language", flat=True))


def common_language(languages: Iterable[str]) -> str:
    """The one they all are, or else the site's."""
    found = set(languages)
    return found.pop() if len(found) == 1 else settings.LANGUAGE_CODE


def further(digests: DigestQuerySet, at: str) -> DigestQuerySet:
    """Those that come after a `place`, as an address names it; all where it is empty."""
    if not at:
        return digests
    seconds, _dash, pk = at.partition("-")
    try:
        return digests.before(datetime.fromtimestamp(int(seconds), UTC), int(pk))
    except (ValueError, OverflowError, OSError):
        raise Http404 from None
