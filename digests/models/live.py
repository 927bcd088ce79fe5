"""The digests that readers see, and their order: the vocabulary of pages, feeds, search and API."""

from typing import Self

from django.db import models

from digests.models.cursor import Key, Keyset, date_key
from digests.models.history import HistoricQuerySet
from digests.models.series import Series
from digests.text.page import RENDERER

DIGESTS = Keyset(date_key("live_date"), Key("pk"))
"""The order of the public's digests: newest first."""


class LiveQuerySet[M: models.Model](HistoricQuerySet[M]):
    def live(self) -> Self:
        """Digests the public can see, newest first."""
        return self.exclude(live_date=None).order_by(*DIGESTS.order)

    def with_pages(self) -> Self:
        """Live digests with all that their pages show, in one query: see
        `Rendering.objects.page_of`."""
        current = models.Q(live_revision__renderings__renderer=RENDERER)
        return (
            self.select_related("series", "live_revision")
            .defer("live_revision__text")
            .annotate(
                _rendering=models.FilteredRelation("live_revision__renderings", condition=current),
                kept=models.F("_rendering__html"),
                corrected_at=models.F("live_revision__correction__at"),
            )
        )

    def published(self) -> Self:
        """Those that the public can see, or could once."""
        return self.exclude(published_at=None)

    def in_series(self) -> models.QuerySet[Series]:
        """The series of these digests."""
        own = self.filter(series=models.OuterRef("pk")).order_by()
        return Series.objects.filter(models.Exists(own))

    def filed_as(self, category: str) -> Self:
        """Live digests that show this category."""
        return self.filter(live_revision__filings__name=category)
