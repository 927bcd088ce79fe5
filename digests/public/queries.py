"""Queries of public content that more than one view needs."""

from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from digests.models import Digest, Entry, LiveDigest, Rendering, Series
from digests.models.cursor import Keyset
from digests.models.live import LiveDigestQuerySet
from digests.text.markdown.html import SafeHTML


def newest(series: Series | None = None, category: str = "") -> LiveDigestQuerySet:
    """Live digests with their pages, newest first, of a series or a category or of all."""
    digests = LiveDigest.objects.with_pages()
    if series:
        digests = digests.filter(series=series)
    if category:
        digests = digests.filed_as(category)
    return digests


def known_series() -> QuerySet[Series]:
    """The series that are public or once were: a withdrawal leaves their addresses."""
    return Series.objects.of(Digest.objects.published())


@dataclass(frozen=True)
class StoryRuns:
    """The public entries of a story, newest first, and the HTML of the newest."""

    entries: list[Entry]
    body: SafeHTML

    @property
    def last(self) -> Entry:
        return self.entries[0]


def story_runs_or_404(item: int) -> StoryRuns | None:
    """The runs of an item's story; None if all were withdrawn. 404 if it never was public."""
    try:
        entries = Entry.objects.runs_of(item)
    except Entry.DoesNotExist:
        raise Http404 from None
    if not entries:
        return None
    bodies = Rendering.objects.bodies(entries[:1])
    return StoryRuns(entries, bodies[entries[0].pk])


def paginate[Row: Model](
    request: HttpRequest, rows: QuerySet[Row], keyset: Keyset, size: int
) -> tuple[list[Row], dict[str, object]]:
    """Up to `size` rows from the place in the address on, and what templates need to link to this
    page and to the next."""
    place = request.GET.get("before", "")
    try:
        cursor = keyset.parse(place) if place else None
    except ValueError:
        raise Http404 from None
    shown, onward = keyset.page(rows, size, cursor)
    return shown, {"place": place, "onward": onward}
