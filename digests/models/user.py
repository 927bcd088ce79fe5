"""The user: a member of the newsroom."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField, TimeZoneField

if TYPE_CHECKING:
    from digests.models.digest import Digest


class User(AbstractUser):
    """A member of the newsroom; dates and screens follow their own time zone and language."""

    time_zone = TimeZoneField(
        _("time zone"),
        blank=True,
        help_text=_("Dates are shown in this time zone. Leave empty to use the site’s."),
    )
    language = LanguageField(
        _("language"),
        blank=True,
        help_text=_("Interface language. Leave empty to use the browser’s."),
    )

    # The draft into which stories from the inbox are put: the one that was opened last.
    current_digest = models.ForeignKey(
        "digests.Digest", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    # Who joins once something is published does not see them, and all others until they hide them.
    sees_first_steps = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def current_draft(self) -> "Digest | None":
        """The current digest, if stories can be put into it. Costs a query, unless the page has
        just opened it."""
        try:
            digest = self.current_digest
        except ObjectDoesNotExist:
            return None  # it was deleted since the user was loaded
        return digest if digest and digest.is_composable else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)
