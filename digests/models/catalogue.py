"""Reference data: where news comes from, and the categories of digests."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Trim
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField
from digests.text.urls import safe_url


class SourceQuerySet(models.QuerySet["Source"]):
    def bylines(self) -> frozenset[str]:
        """The bylines of all sources that have one. Costs a query."""
        return frozenset(self.exclude(byline="").values_list("byline", flat=True))


class Source(models.Model):
    """A source of news. Its byline signs the stories that name no other author."""

    class Kind(models.TextChoices):
        X = "x", _("X account")
        FEED = "feed", _("Feed")
        SITE = "site", _("Site")
        NEWSLETTER = "newsletter", _("Newsletter")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    byline = models.CharField(_("byline"), max_length=200, blank=True)
    language = LanguageField(_("language"))

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Write the address as that of a story is written, or refuse it."""
        if not self.url:
            return
        try:
            self.url = safe_url(self.url)
        except ValueError as error:
            raise ValidationError({"url": gettext(str(error))}) from error

    @property
    def link(self) -> str:
        """The address for readers; empty if what is stored is none that may be linked to."""
        try:
            return safe_url(self.url)
        except ValueError:
            return ""


class CategoryManager(models.Manager["Category"]):
    def by_folded_name(self) -> dict[str, "Category"]:
        """All categories by `str.casefold` of their names. Costs a query."""
        return {category.name.casefold(): category for category in self.all()}


class FoldedNameField(models.CharField[str, str]):
    """A copy of the row's name without the difference of capital and small letters, which no
    database tells as `str.casefold` does."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = str(getattr(model_instance, "name")).casefold()  # noqa: B009 (of whichever model)
        setattr(model_instance, self.attname, folded)
        return folded


class Category(models.Model):
    """A heading under which digests are filed, written into the exported file.

    Names are unique whatever their case; what is frozen keeps the spelling of its time.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    # A character becomes three at most.
    folded = FoldedNameField(max_length=300, unique=True, editable=False)

    objects = CategoryManager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]
        constraints = [
            # Hugo, Jekyll and Hexo turn a slash into nested folders.
            models.CheckConstraint(
                condition=~models.Q(name__contains="/"),
                name="category_without_slash",
                violation_error_message=_("A category name cannot hold a slash."),
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & models.Q(name=Trim("name")),
                name="category_trimmed",
                violation_error_message=_("A category needs a name without spaces around it."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        exclude = set(exclude or ())
        if "name" not in exclude:
            self._refuse_twin()
        super().validate_unique(exclude | {"name", "folded"})

    def _refuse_twin(self) -> None:
        twins = Category.objects.filter(folded=self.name.casefold()).exclude(pk=self.pk)
        if twins.exists():
            sentence = _("This category already exists, perhaps with other capital letters.")
            raise ValidationError({"name": sentence})
