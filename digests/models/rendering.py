from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.revision import Revision
from digests.text.page import RENDERER, rendered


class RenderingQuerySet(models.QuerySet["Rendering"]):
    def of(self, revision: Revision) -> "Rendering":
        """The revision's HTML by the current renderer, made and kept when it is missing."""
        return self.get_or_create(
            revision=revision,
            renderer=RENDERER,
            defaults={"html": rendered(revision.as_document())},
        )[0]


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
