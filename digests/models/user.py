from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField, TimeZoneField


class User(AbstractUser):
    """Somebody who works here; dates and screens follow their own zone and language."""

    time_zone = TimeZoneField(
        _("time zone"), blank=True, help_text=_("Dates are shown in this zone. Empty: the site's.")
    )
    language = LanguageField(
        _("language"), blank=True, help_text=_("The screens speak it. Empty: the browser's.")
    )

    # The draft that stories are put into from the inbox: the one that was opened last.
    current_digest = models.ForeignKey(
        "digests.Digest", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)
