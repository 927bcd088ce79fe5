from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.cursor import Key, Keyset
from digests.models.history import Frozen, FrozenQuerySet
from digests.models.revision import Revision

CORRECTIONS = Keyset(Key("pk"))
"""The order of corrections: newest first."""


class CorrectionQuerySet(FrozenQuerySet["Correction"]):
    def with_digests(self) -> Self:
        """Corrections with their digests, and the series of these."""
        return self.select_related("revision__digest__series").defer(
            "revision__document", "revision__text"
        )


class Correction(Frozen):
    """A revision that took the place of another that readers had seen, and what they are told."""

    revision = models.OneToOneField(Revision, models.PROTECT, related_name="correction")
    note = models.TextField(_("what readers are told"), blank=True)
    at = models.DateTimeField(_("corrected"), auto_now_add=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.note or str(self.revision)

    @property
    def local_at(self) -> datetime:
        """When it was, in the series' own time."""
        return self.revision.digest.series.local(self.at)
