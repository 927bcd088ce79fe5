from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.item import Item
from digests.text.document import Entry


class ItemDraft(models.Model):
    """What somebody wrote into an item's editor and has not saved: offered to them again, never
    applied by itself, and gone once they save. The text is kept as it was typed."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The version of the item that it was written over.
    version = models.PositiveIntegerField(_("version"))
    text: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField()
    kept_at = models.DateTimeField(_("kept"), auto_now=True)

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="item_draft_once")]

    def __str__(self) -> str:
        return self.entry().headline

    def entry(self) -> Entry:
        return Entry(**self.text)
