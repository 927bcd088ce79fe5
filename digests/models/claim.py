from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models.item import Item


class ClaimQuerySet(models.QuerySet["Claim"]):
    def current(self) -> "ClaimQuerySet":
        return self.filter(until__gt=timezone.now())


class Claim(models.Model):
    """Who works on an item, and until when. It asks others to keep off and does not keep them off:
    a write is judged by the item's version alone."""

    # From the inbox: time to read, and to write it elsewhere.
    FOR_READING = timedelta(minutes=15)
    # From the item's editor, which renews it: a closed laptop frees the item.
    FOR_WRITING = timedelta(minutes=2)

    item = models.OneToOneField(Item, models.CASCADE, related_name="claim", verbose_name=_("item"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="claims",
        verbose_name=_("who"),
    )
    until = models.DateTimeField(_("until"))

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.user}"

    @property
    def is_current(self) -> bool:
        return self.until > timezone.now()
