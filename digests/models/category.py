from django.db import models
from django.db.models.functions import Trim
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A heading under which digests are filed, written into the exported file."""

    name = models.CharField(_("name"), max_length=100, unique=True)

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
