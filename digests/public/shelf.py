"""Questions about what is public that more than one view asks."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import JSONField, Model, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest

from digests.models import Digest, Series
from digests.models.cursor import Cursor, Keyset
from digests.models.digest import DigestQuerySet
from digests.models.live import DIGESTS
from digests.models.notice import with_notices


def _beside(others: QuerySet[Digest]) -> Subquery:
    """Slug and title of the first of these digests, all of one series, or None."""
    address = JSONObject(slug="slug", title=KeyTextTransform("title", "live_revision__document"))
    return Subquery(others.values(address=address)[:1], output_field=JSONField())


_SAME_SERIES = Digest.objects.live().filter(series=OuterRef("series"))
_PLACE = Cursor((OuterRef("live_date"), OuterRef("pk")))

# A digest at its address, with everything that its page shows. Made once: to make it for each
# request would cost more than to ask.
AT_ADDRESSES = with_notices().annotate(
    newer=_beside(reversed(DIGESTS).after(_SAME_SERIES, _PLACE)),
    older=_beside(DIGESTS.after(_SAME_SERIES, _PLACE)),
)


def newest(series: Series | None = None, category: str = "") -> DigestQuerySet:
    """Live digests with their pages, newest first, of a series or a category or of all."""
    digests = Digest.objects.live().with_pages()
    if series:
        digests = digests.filter(series=series)
    if category:
        digests = digests.filed_as(category)
    return digests


def modified(digest: Digest) -> datetime:
    """When a digest of `with_pages` was last corrected, in its series' own time, or else its date.

    A correction may have waited for a date of its own: it counts from when readers saw it.
    """
    assert digest.live_revision is not None  # noqa: S101 (it is live)
    corrected: datetime | None = digest.corrected_at  # type: ignore[attr-defined]  # annotated
    return digest.series.local(corrected) if corrected else digest.live_revision.date


def site_language() -> str:
    """The language of pages that belong to no series. Costs a query."""
    return common_language(Digest.objects.live().in_series().values_list("language", flat=True))


def common_language(languages: Iterable[str]) -> str:
    """The one they all are, or else the site's."""
    found = set(languages)
    return found.pop() if len(found) == 1 else settings.LANGUAGE_CODE


def a_page[Row: Model](
    request: HttpRequest, rows: QuerySet[Row], keyset: Keyset, size: int
) -> tuple[list[Row], dict[str, object]]:
    """So many rows from the place on that the address names, and what templates need for the
    address of this page and of the next."""
    place = request.GET.get("before", "")
    try:
        cursor = keyset.parse(place) if place else None
    except ValueError:
        raise Http404 from None
    shown, onward = keyset.page(rows, size, cursor)
    return shown, {"place": place, "onward": onward}
