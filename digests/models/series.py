"""The series: a recurring digest, with the house style of its stories."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any, Self, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField, OrderedObjectField, TimeZoneField
from digests.text.format.errors import extra_errors
from digests.text.format.paths import DEFAULT_PATTERN, PathError, check_pattern
from digests.text.schedule.expression import ScheduleError, check_schedule
from digests.text.schedule.titles import check_title
from digests.text.style.house import HouseStyle
from digests.text.urls import safe_url

MAX_LEAD_MINUTES = 7 * 24 * 60
# First segments of public addresses that a series may not take.
RESERVED_SLUGS = frozenset(
    {
        *("about", "admin", "api", "archive", "categories", "corrections", "feed", "feeds"),
        *("healthz", "i", "media", "readyz", "robots", "search", "sitemap", "sources", "static"),
    }
)


def validate_slug_is_free(slug: str) -> None:
    # Years are path segments, too.
    if slug in RESERVED_SLUGS or slug.isdecimal():
        raise ValidationError(_("“%(slug)s” is an address of the site."), params={"slug": slug})


def validate_hosts(hosts: str) -> None:
    for host in hosts.split():
        try:
            name = urlsplit(safe_url(f"https://{host}/")).hostname or ""
        except ValueError:
            name = ""
        if not name or name.removesuffix(".") != host.lower():
            raise ValidationError(
                _("“%(host)s” is not the name of a host, such as example.org."),
                params={"host": host},
            )


def validate_extra(extra: object) -> None:
    if not isinstance(extra, dict):
        raise ValidationError(_("Extra keys are written as a JSON object."))
    for key, value in extra.items():
        if not isinstance(value, str | bool):
            raise ValidationError(
                _("The value of “%(key)s” must be a string, true or false."), params={"key": key}
            )
        for finding in extra_errors(key, value):
            raise ValidationError(gettext(finding.message), params=dict(finding.params))


class Spacing(models.TextChoices):
    ANY = "", _("no rule")
    SPACED = "spaced", _("a space")
    UNSPACED = "unspaced", _("no space")


class SeriesQuerySet(models.QuerySet["Series"]):
    def scheduled(self) -> Self:
        return self.exclude(schedule="")

    def telling(self) -> Self:
        """Series whose readers are told when editions are due."""
        return self.filter(tells_next=True)

    def of(self, digests: models.QuerySet[Any]) -> Self:
        """The series of these digests."""
        return self.filter(models.Exists(digests.filter(series=models.OuterRef("pk")).order_by()))

    def free_slug(self, name: str) -> str:
        """A slug for a new series: the Latin letters and digits of its name, or “digest” for a name
        without any, and a number if another series has it. Costs a query."""
        base = slugify(name).replace("_", "-").strip("-")[:40].rstrip("-")
        if not base or base.isdecimal() or base in RESERVED_SLUGS:
            base = f"{base}-digest".lstrip("-")
        taken = set(self.filter(slug__startswith=base).values_list("slug", flat=True))
        slugs = chain([base], (f"{base}-{number}" for number in count(2)))
        return next(slug for slug in slugs if slug not in taken)


class Series(models.Model):
    """A digest that recurs; it sets the zone, the language and the file names of its digests."""

    # What planning and pauses write, and no form.
    PLANNED = ("paused_at", "resumes_on", "planned_until", "is_plan_stale", "next_edition_at")

    slug = models.SlugField(
        _("address"),
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
        help_text=_(
            "{date:…} takes strftime codes of the local date; {series} is the series’ address."
        ),
    )
    extra = OrderedObjectField(
        _("extra keys"),
        default=dict,
        blank=True,
        validators=[validate_extra],
        help_text=_('Written into each file, for instance {"render_with_liquid": false}.'),
    )
    four_eyes = models.BooleanField(
        _("second reviewer"),
        default=False,
        help_text=_("Who submitted or last changed a digest cannot approve it."),
    )

    four_eyes_override = models.BooleanField(
        _("administrators may approve alone"),
        default=False,
        help_text=_("With a reason, which is kept in the history."),
    )
    shows_review = models.BooleanField(
        _("tell readers about the review"),
        default=False,
        help_text=_("Each digest approved by a person says so."),
    )
    window_hours = models.PositiveSmallIntegerField(
        _("hours covered"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366 * 24)],
        help_text=_(
            "Older stories are flagged. Left empty, an edition covers the time since the one"
            " before it in the schedule; without a schedule, no story is flagged."
        ),
    )
    # The clock: when its editions are due, and what is made ahead for them.
    schedule = models.TextField(
        _("schedule"),
        max_length=400,
        blank=True,
        help_text=_(
            "A line for each, with five fields: minute, hour, day, month and weekday."
            " “30 8 1 * *” is at 8:30 on the first of each month."
        ),
    )
    title_pattern = models.CharField(
        _("titles"),
        max_length=200,
        blank=True,
        help_text=_(
            "{slot:…} takes strftime codes of the local time at which an edition is due; {hours}"
            " are the hours that it covers; {series} is the name. Left empty, a pattern is"
            " proposed."
        ),
    )
    lead_minutes = models.PositiveIntegerField(
        _("drafts made ahead"),
        default=4 * 60,
        validators=[MinValueValidator(5), MaxValueValidator(MAX_LEAD_MINUTES)],
        help_text=_("How long before an edition is due its draft is made."),
    )
    late_minutes = models.PositiveIntegerField(
        _("missed after"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text=_("How late an edition may be before it counts as missed."),
    )
    least_stories = models.PositiveSmallIntegerField(_("fewest stories"), null=True, blank=True)
    most_stories = models.PositiveSmallIntegerField(_("most stories"), null=True, blank=True)
    tells_next = models.BooleanField(_("tell readers when the next edition is due"), default=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    resumes_on = models.DateField(_("resumes on"), null=True, editable=False)
    # Until when its slots are made.
    planned_until = models.DateTimeField(null=True, editable=False)
    # Whether what its slots are made from was changed since they were planned: written with the
    # change, so that the planner knows even if whoever made it is gone.
    is_plan_stale = models.BooleanField(default=False, editable=False)
    # What readers are told, if the series tells them.
    next_edition_at = models.DateTimeField(null=True, editable=False)
    # The house style: editors see warnings about it, which they may ignore.
    headline_max = models.PositiveSmallIntegerField(
        _("longest headline"), null=True, blank=True, default=60, help_text=_("In characters.")
    )
    body_min = models.PositiveSmallIntegerField(
        _("shortest body"), null=True, blank=True, help_text=_("In characters.")
    )
    body_max = models.PositiveSmallIntegerField(
        _("longest body"), null=True, blank=True, default=600, help_text=_("In characters.")
    )
    bold_max = models.PositiveSmallIntegerField(
        _("most bold"),
        null=True,
        blank=True,
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent of the body."),
    )
    link_hosts = models.CharField(
        _("allowed link hosts"),
        max_length=500,
        blank=True,
        validators=[validate_hosts],
        help_text=_(
            "Hosts that stories may link to, separated by spaces. Leave empty to allow any."
        ),
    )
    spacing = models.CharField(
        _("between Chinese and Latin"),
        max_length=10,
        choices=Spacing,
        blank=True,
        default=Spacing.ANY,
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            check_pattern(self.path_pattern, self.slug or "series")
        except PathError as error:
            reason = ValidationError(gettext(error.message), params=error.params)
            raise ValidationError({"path_pattern": reason}) from None
        self._clean_schedule()
        if self.body_min and self.body_max and self.body_min > self.body_max:
            raise ValidationError(
                {"body_min": _("The shortest body cannot be longer than the longest.")}
            )

        if self.least_stories and self.most_stories and self.least_stories > self.most_stories:
            raise ValidationError(
                {"least_stories": _("The minimum of stories cannot be above the maximum.")}
            )

    def _clean_schedule(self) -> None:
        if not self.schedule and not self.title_pattern:
            return
        checks: list[tuple[str, Callable[[], None]]] = [
            ("schedule", lambda: check_schedule(self.schedule)),
            ("title_pattern", lambda: check_title(self.title_pattern, self.name)),
        ]
        for name, check in checks:
            try:
                check()
            except ScheduleError as error:
                reason = ValidationError(gettext(error.message), params=error.params)
                raise ValidationError({name: reason}) from None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, at: datetime) -> datetime:
        """A moment in the series' zone, as documents write their date: to the second and with its
        offset, because the letters of a zone may stand for several zones."""
        return datetime.fromisoformat(at.astimezone(self.zone).isoformat(timespec="seconds"))

    @property
    def lead(self) -> timedelta:
        """How long before its slot a draft is made."""
        return timedelta(minutes=self.lead_minutes)

    @property
    def late_limit(self) -> timedelta:
        """How long after its slot an edition may appear before it counts as missed."""
        return timedelta(minutes=self.late_minutes)

    def is_paused(self, at: datetime) -> bool:
        """Whether no slots are made for this instant."""
        if self.paused_at is None or at < self.paused_at:
            return False
        return self.resumes_on is None or at.astimezone(self.zone).date() < self.resumes_on

    @property
    def next_edition(self) -> datetime | None:
        """When readers may expect the next edition, in its zone; None if they are not told, or if
        that time has passed."""
        due = self.next_edition_at if self.tells_next else None
        return self.local(due) if due and due > timezone.now() else None

    def window_begins(self, end: datetime) -> datetime | None:
        """The time since which a story is new enough for a digest dated `end`; None if the series
        has no window."""
        return end - timedelta(hours=self.window_hours) if self.window_hours else None

    def house_style(self, bylines: Collection[str]) -> HouseStyle:
        """The house style for its stories; `bylines` are the known ones."""
        return HouseStyle(
            bylines=frozenset(bylines),
            hosts=tuple(self.link_hosts.lower().split()),
            headline_max=self.headline_max,
            body_min=self.body_min,
            body_max=self.body_max,
            bold_max=self.bold_max,
            spacing=cast(Any, self.spacing),  # one of Spacing, by the choices
        )
