"""Questions about what is public that more than one view asks."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from digests.models import LiveDigest, Series
from digests.models.cursor import Keyset
from digests.models.live import LiveDigestQuerySet


def newest(series: Series | None = None, category: str = "") -> LiveDigestQuerySet:
    """Live digests with their pages, newest first, of a series or a category or of all."""
    digests = LiveDigest.objects.with_pages()
    if series:
        digests = digests.filter(series=series)
    if category:
        digests = digests.filed_as(category)
    return digests


def site_language() -> str:
    """The language of pages that belong to no series. Costs a query."""
    return common_language(LiveDigest.objects.series().values_list("language", flat=True))


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
