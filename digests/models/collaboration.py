"""What editors share while they work side by side: claims, presence and unsaved text."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Digest
from digests.models.item import Item
from digests.text.format import Entry


class ClaimQuerySet(models.QuerySet["Claim"]):
    def current(self) -> "ClaimQuerySet":
        return self.filter(until__gt=timezone.now())


class Claim(models.Model):
    """A user's claim on an item, and until when it lasts. It asks others to keep off but does not
    stop them: whether a write is accepted depends on the item's version alone."""

    # From the inbox: time to read, and to write it elsewhere.
    FOR_READING = timedelta(minutes=15)
    # From the item's editor, which renews it: a closed laptop frees the item.
    FOR_WRITING = timedelta(minutes=2)

    item = models.OneToOneField(Item, models.CASCADE, related_name="claim", verbose_name=_("story"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="claims",
        verbose_name=_("who"),
    )
    until = models.DateTimeField(_("until"), db_index=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.user}"

    @property
    def is_current(self) -> bool:
        return self.until > timezone.now()


class PresenceQuerySet(models.QuerySet["Presence"]):
    def here(self) -> "PresenceQuerySet":
        """Users whose page has reported itself open within the last two minutes, or went into the
        background with unsaved text."""
        return self.filter(_is_here())

    def gone(self) -> "PresenceQuerySet":
        return self.filter(~_is_here())


def _is_here() -> models.Q:
    now = timezone.now()
    is_unsaved = models.Q(is_unsaved=True, seen_at__gt=now - Presence.LASTS_UNSAVED)
    return models.Q(seen_at__gt=now - Presence.LASTS) | is_unsaved


class Presence(models.Model):
    """A user who has an item or a digest open. A visible page reports itself again and again; a
    user whose page has not done so for two minutes is gone, unless it holds unsaved text."""

    LASTS = timedelta(minutes=2)
    LASTS_UNSAVED = timedelta(seconds=settings.SESSION_COOKIE_AGE)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who")
    )
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="presences")
    digest = models.ForeignKey(Digest, models.CASCADE, null=True, related_name="presences")
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now, db_index=True)
    is_unsaved = models.BooleanField(_("has unsaved text"), default=False)

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

    @property
    def label(self) -> str:
        """The user's name, as others see it beside what they have open as well."""
        if not self.is_unsaved:
            return str(self.user)
        return gettext("%(name)s (has unsaved text)") % {"name": self.user}


class ItemDraft(models.Model):
    """Unsaved text from an item's editor: offered to its writer again, never applied by itself, and
    gone once they save. The text is kept as it was typed."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The version of the item on which the text is based.
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
