from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TagAuthorityManager(models.Manager["TagAuthority"]):
    def settled(self) -> "TagAuthority":
        """The one authority; the first publication settles it, by the host SITE_URL names then."""
        host, year = urlsplit(settings.SITE_URL).hostname or "", timezone.now().year
        return self.get_or_create(pk=1, defaults={"host": host, "year": year})[0]


class TagAuthority(models.Model):
    """In whose name the feeds make `tag:` ids (RFC 4151).

    Kept for good, so that no id changes when the site moves to another host: readers of the
    feed would get everything a second time.
    """

    host = models.CharField(_("host"), max_length=253)
    year = models.PositiveIntegerField(_("year"))

    objects = TagAuthorityManager()

    class Meta:
        verbose_name = _("tag authority")
        verbose_name_plural = _("tag authorities")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="tag_authority_one")]

    def __str__(self) -> str:
        return f"{self.host},{self.year}"

    def tag(self, name: str) -> str:
        return f"tag:{self}:{name}"
