from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField


class SourceQuerySet(models.QuerySet["Source"]):
    def bylines(self) -> frozenset[str]:
        """Every byline that is known. Costs a query."""
        return frozenset(self.exclude(byline="").values_list("byline", flat=True))


class Source(models.Model):
    """Where news comes from. Its byline signs the stories that name no other author."""

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
