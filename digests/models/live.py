"""The digests that readers see: the vocabulary of pages, feeds, search and API."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.functional import cached_property

from digests.models.cursor import Key, Keyset, date_key
from digests.models.digest import Digest
from digests.models.rendering import Rendering
from digests.models.revision import Revision
from digests.models.series import Series
from digests.text.page import RENDERER, Page

DIGESTS = Keyset(date_key("live_date"), Key("pk"))
"""The order of the public's digests: newest first."""


class LiveDigestQuerySet(models.QuerySet["LiveDigest"]):
    def with_pages(self) -> Self:
        """These digests with everything that their pages show. Costs a second query."""
        renderings = Rendering.objects.filter(renderer=RENDERER)
        return (
            self.select_related("series", "live_revision__correction")
            .defer("live_revision__text")
            .prefetch_related(models.Prefetch("live_revision__renderings", renderings))
        )

    def filed_as(self, category: str) -> Self:
        """The digests that show this category."""
        return self.filter(live_revision__filings__name=category)

    def series(self) -> models.QuerySet[Series]:
        """The series of these digests."""
        return Series.objects.of(self)


_Manager = models.Manager.from_queryset(LiveDigestQuerySet)


class LiveDigestManager(_Manager["LiveDigest"]):
    def get_queryset(self) -> LiveDigestQuerySet:
        rows = LiveDigestQuerySet(self.model, using=self._db)
        return rows.exclude(live_date=None).order_by(*DIGESTS.order)


class LiveDigest(Digest):
    """A digest that readers see. Database constraints guarantee the fields declared here."""

    live_revision: models.OneToOneField[Any, Revision]
    slug: models.CharField[Any, str]
    path: models.CharField[Any, str]
    published_at: models.DateTimeField[Any, datetime]
    feed_id: models.CharField[Any, str]
    live_date: models.DateTimeField[Any, datetime]
    live_day: models.DateField[Any, date]

    objects: ClassVar[LiveDigestManager] = LiveDigestManager()  # type: ignore[assignment]  # instead of all digests

    class Meta:
        proxy = True
        # Nobody gets permissions for it apart from those for a digest.
        default_permissions = ()

    @cached_property
    def page(self) -> Page:
        """The page that readers see. Costs no query after `with_pages`, unless its HTML is not
        stored yet."""
        kept = (row for row in self.live_revision.renderings.all() if row.renderer == RENDERER)
        return (next(kept, None) or Rendering.objects.of(self.live_revision)).page()

    @property
    def modified(self) -> datetime:
        """The time of its last correction in its series' zone, or else its date.

        A correction may have waited for a date of its own: it counts from when readers saw it.
        """
        correction = getattr(self.live_revision, "correction", None)
        return self.series.local(correction.at) if correction else self.live_revision.date

    @property
    def older(self) -> "LiveDigest | None":
        """The digest before it in its series. Costs a query."""
        return self._next(DIGESTS)

    @property
    def newer(self) -> "LiveDigest | None":
        """The digest after it in its series. Costs a query."""
        return self._next(reversed(DIGESTS))

    def _next(self, order: Keyset) -> "LiveDigest | None":
        digests = LiveDigest.objects.filter(series=self.series_id).select_related("live_revision")
        return order.after(digests, DIGESTS.cursor(self)).first()
