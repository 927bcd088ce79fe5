"""The ordered parts of a digest: its categories, its sections and the items placed in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.catalogue import Category
from digests.models.digest import Digest
from digests.models.item import Item
from digests.models.series import Series
from digests.text.markdown.html import MAX_BODY


class CategoryPlace(models.Model):
    """A category in its place among those of a row, which `filed_under` lists."""

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.category}"


class DigestCategory(CategoryPlace):
    """A category of a digest, in its place: the file lists them in order."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="filed_under")

    class Meta(CategoryPlace.Meta):
        verbose_name = _("category of a digest")
        verbose_name_plural = _("categories of a digest")
        constraints = [
            models.UniqueConstraint(fields=["digest", "position"], name="digest_category_place"),
            models.UniqueConstraint(
                fields=["digest", "category"],
                name="digest_category_once",
                violation_error_message=_("The digest already has this category."),
            ),
        ]


class SeriesCategory(CategoryPlace):
    """A category under which the drafts of a series' slots are filed, in its place."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="filed_under")

    class Meta(CategoryPlace.Meta):
        verbose_name = _("category of a series")
        verbose_name_plural = _("categories of a series")
        constraints = [
            models.UniqueConstraint(fields=["series", "position"], name="series_category_place"),
            models.UniqueConstraint(fields=["series", "category"], name="series_category_once"),
        ]


class Section(models.Model):
    """A named part of a digest. Placements without one stand before the first."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=200)
    intro = models.TextField(_("intro"), max_length=MAX_BODY, blank=True)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "position"], name="section_place"),
            models.CheckConstraint(
                condition=~models.Q(heading=""),
                name="section_with_heading",
                violation_error_message=_("A section needs a heading."),
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class PlacementQuerySet(models.QuerySet["Placement"]):
    def in_order(self) -> "PlacementQuerySet":
        """Placements in the digest's order, each with its item, the item's source and the user who
        last changed it."""
        return self.select_related("item__source", "item__changed_by").order_by("position")


class Placement(models.Model):
    """An item's place in a digest. Positions run 1..n over the whole digest, section by section."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="placements")
    item = models.ForeignKey(
        Item, models.PROTECT, related_name="placements", verbose_name=_("story")
    )
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, related_name="placements", verbose_name=_("section")
    )
    position = models.PositiveIntegerField(_("position"))

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "position"], name="placement_place"),
            models.UniqueConstraint(
                fields=["digest", "item"],
                name="placement_once",
                violation_error_message=_("The story is already in this digest."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.item}"
