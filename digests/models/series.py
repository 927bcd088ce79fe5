from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField, OrderedObjectField, TimeZoneField
from digests.text.paths import DEFAULT_PATTERN, check_pattern

# First segments of public addresses that a series may not take.
RESERVED_SLUGS = frozenset(
    {"admin", "api", "feed", "healthz", "media", "readyz", "search", "static", "robots", "sitemap"}
)


def validate_slug_is_free(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("“%(slug)s” is an address of the site."), params={"slug": slug})


def validate_extra(extra: object) -> None:
    if not isinstance(extra, dict):
        raise ValidationError(_("Extra keys are written as a JSON object."))
    for key, value in extra.items():
        if not (key.isascii() and key.isidentifier()):
            raise ValidationError(_("“%(key)s” is not a plain key."), params={"key": key})
        if key in {"title", "date", "categories"}:
            raise ValidationError(
                _("“%(key)s” is written by the newsroom itself."), params={"key": key}
            )
        if not isinstance(value, str | bool):
            raise ValidationError(
                _("The value of “%(key)s” must be a string, true or false."), params={"key": key}
            )


class Series(models.Model):
    """A digest that recurs; it sets the zone, the language and the file names of its digests."""

    slug = models.SlugField(
        _("slug"),
        unique=True,
        validators=[validate_slug_is_free],
        help_text=_("Part of addresses."),
    )
    name = models.CharField(_("name"), max_length=200)
    time_zone = TimeZoneField(_("time zone"))
    language = LanguageField(_("language"))
    path_pattern = models.CharField(
        _("file names"),
        max_length=200,
        default=DEFAULT_PATTERN,
        help_text=_("{date:…} takes strftime codes of the local date; {series} is the slug."),
    )
    extra = OrderedObjectField(
        _("extra keys"),
        default=dict,
        blank=True,
        validators=[validate_extra],
        help_text=_('Written into each file, for instance {"render_with_liquid": false}.'),
    )
    four_eyes = models.BooleanField(
        _("four eyes"),
        default=False,
        help_text=_("Who submitted or last changed a digest cannot approve it."),
    )

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            check_pattern(self.path_pattern, self.slug or "series")
        except ValueError as error:
            raise ValidationError({"path_pattern": str(error)}) from None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
