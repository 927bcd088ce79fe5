"""Renderings: what a page needs beside a revision's document. They can be made again."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.revision import Entry, Revision
from digests.text.markdown.html import SafeHTML, stored_html
from digests.text.page import RENDERER, Page, page, rendered


class RenderingQuerySet(models.QuerySet["Rendering"]):
    def of(self, revision: Revision) -> "Rendering":
        """The revision's HTML from the current renderer, made and stored when it is missing."""
        kept = revision.renderings.filter(renderer=RENDERER).first()
        return kept or self.make(revision)

    def bodies(self, entries: Iterable[Entry]) -> dict[int, SafeHTML]:
        """The HTML of these entries' texts, by primary key. Costs one query, unless some of it is
        not stored yet."""
        entries = list(entries)
        revisions = {entry.revision_id: entry.revision for entry in entries}
        kept = self.filter(revision__in=revisions, renderer=RENDERER)
        html = dict(kept.values_list("revision", "html"))
        bodies = {
            (pk, shown["item"]): shown["body"]
            for pk, revision in revisions.items()
            for section in (html.get(pk) or self.of(revision).html)["sections"]
            for shown in section["entries"]
        }
        return {
            entry.pk: stored_html(bodies[entry.revision_id, entry.item_id]) for entry in entries
        }

    def make(self, revision: Revision) -> "Rendering":
        """Render the revision and store its HTML, unless somebody was faster."""
        items = [(entry.item_id, entry.language) for entry in revision.entries.all()]
        html = rendered(revision.as_document(), items)
        rendering = Rendering(revision=revision, renderer=RENDERER, html=html)
        # Two readers may be the first at the same time, with the same HTML.
        self.bulk_create([rendering], ignore_conflicts=True)
        return rendering


class Rendering(models.Model):
    """The HTML of a revision. It may be deleted at any time: `manage.py rerender` remakes it."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="renderings")
    renderer = models.PositiveIntegerField(_("renderer"))
    html: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("HTML"))

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
        return page(self.revision.as_document(), self.html)
