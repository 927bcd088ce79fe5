from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Digest
from digests.models.item import Item


class PresenceQuerySet(models.QuerySet["Presence"]):
    def here(self) -> "PresenceQuerySet":
        """Those whose page has said so lately."""
        return self.filter(seen_at__gt=timezone.now() - Presence.LASTS)

    def gone(self) -> "PresenceQuerySet":
        return self.filter(seen_at__lte=timezone.now() - Presence.LASTS)


class Presence(models.Model):
    """Somebody has an item or a digest open. An open page says so again and again; who has not
    for two minutes is gone."""

    LASTS = timedelta(minutes=2)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who")
    )
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="presences")
    digest = models.ForeignKey(Digest, models.CASCADE, null=True, related_name="presences")
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now, db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest=None) ^ models.Q(item=None), name="presence_at_one_noun"
            ),
            models.UniqueConstraint(fields=["user", "item"], name="presence_at_item_once"),
            models.UniqueConstraint(fields=["user", "digest"], name="presence_at_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.seen_at:%H:%M:%S}"
