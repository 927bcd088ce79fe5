from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.revision import Revision
from digests.text.page import RENDERER, Page, page, rendered


class RenderingQuerySet(models.QuerySet["Rendering"]):
    def of(self, revision: Revision) -> "Rendering":
        """The revision's HTML by the current renderer, made and kept when it is missing."""
        return self.of_each([revision])[0]

    def of_number(self, number: int) -> "Rendering":
        """The same by the revision's number, with the revision: one query while it is there."""
        row = self.select_related("revision").filter(revision=number, renderer=RENDERER).first()
        return row or self.of(Revision.objects.get(pk=number))

    def of_each(self, revisions: Sequence[Revision]) -> "list[Rendering]":
        """The same of several, in their order: one query while none is missing."""
        found = {
            row.revision_id: row for row in self.filter(revision__in=revisions, renderer=RENDERER)
        }
        renderings = []
        for revision in revisions:
            rendering = found.get(revision.pk) or self._made(revision)
            rendering.revision = revision
            renderings.append(rendering)
        return renderings

    def _made(self, revision: Revision) -> "Rendering":
        html = rendered(revision.as_document())
        # Two readers may come first at the same time.
        return self.get_or_create(revision=revision, renderer=RENDERER, defaults={"html": html})[0]


class Rendering(models.Model):
    """The HTML of a revision. Anybody may throw it away: `manage.py rerender` makes it again."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="renderings")
    renderer = models.PositiveIntegerField(_("renderer"))
    html: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("HTML"))

    objects = RenderingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        constraints = [
            models.UniqueConstraint(fields=["revision", "renderer"], name="rendering_once")
        ]

    def __str__(self) -> str:
        return f"{self.revision} ({self.renderer})"

    def page(self) -> Page:
        """The revision as a page. Costs a query, unless its entries were prefetched."""
        items = [(entry.item_id, entry.language) for entry in self.revision.entries.all()]
        return page(self.revision.as_document(), self.html, items)
