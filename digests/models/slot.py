"""The slot: an edition that a series promises for an instant."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from digests.models.cursor import Key, Keyset, moment_key
from digests.models.digest import Digest, Window
from digests.models.item import Item
from digests.models.series import Series
from digests.models.shift import on_duty
from digests.models.user import User

AWAITED_FOR = timedelta(days=7)
"""How long readers wait for an edition that does not appear."""

DAY = timedelta(days=1)
LEAST_DANGER = timedelta(minutes=15)
MOST_DANGER = timedelta(hours=1)
"""The shortest and the longest time before a slot in which it is in danger of being missed."""
DANGER_SHARE = 4
"""Between these it is the last quarter of the lead time."""


SLOTS = Keyset(moment_key("due_at"), Key("pk"))
"""The order of slots for programs: newest first."""


class SlotState(models.TextChoices):
    PLANNED = "planned", _("planned")
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    LATE = "late", _("published late")
    MISSED = "missed", _("missed")
    SKIPPED = "skipped", _("skipped")


class SlotQuerySet(models.QuerySet["Slot"]):
    def with_names(self) -> Self:
        """Slots with all that `state` and `owner` read."""
        return self.select_related("series", "digest__owner", "taken_by")

    def open(self) -> Self:
        """Slots whose edition readers have not seen, and that nobody skipped."""
        unseen = models.Q(digest=None) | models.Q(
            # By their keys, so that a database begins with these few and not with all slots.
            digest__in=Digest.objects.filter(published_at=None).values("pk")
        )
        return self.promised().filter(unseen)

    def promised(self) -> Self:
        """Slots that nobody skipped, but for empty ones that the schedule has no more."""
        return self.filter(skip_reason="").exclude(is_outside=True, digest=None)

    def before(self, window: Window) -> Self:
        """Slots that were due when a window began, or earlier, newest first."""
        return self.filter(due_at__lte=window.begins).order_by("-due_at")

    def to_come(self, now: datetime | Now) -> Self:
        return self.filter(due_at__gt=now).order_by("due_at")

    def ahead(self, now: datetime) -> Self:
        """Slots to come that the schedule has and nobody skipped."""
        return self.to_come(now).filter(skip_reason="", is_outside=False)

    def alarming(self, now: datetime) -> Self:
        """Open slots of the last day, and those in danger of being missed, the latest first.

        One that is approved alarms nobody before its time, when the clock publishes it, unless a
        story of it may not be published yet by then: that alarms as soon as it is known.
        """
        last = models.Q(due_at__lte=now + _lead(DANGER_SHARE))
        is_near = models.Q(due_at__lte=now + MOST_DANGER) & last
        is_near |= models.Q(due_at__lte=now + LEAST_DANGER)
        is_approved = models.Q(
            digest__isnull=False,
            digest__status=Digest.Status.APPROVED,
            due_at__gt=now - Digest.OVERDUE_AFTER,
        )
        approved = models.Q(placements__digest__status=Digest.Status.APPROVED)
        is_held = models.Exists(_embargoed_stories(now).filter(approved))
        alarms = self.open().filter(due_at__gt=now - DAY).filter(is_near & ~is_approved | is_held)
        # What is far away comes after what is urgent.
        is_far = models.Case(models.When(is_near, then=0), default=1)
        return alarms.order_by(is_far, "-due_at", "-pk")

    def with_embargo(self, now: datetime) -> Self:
        """Slots with the story that would keep their digest from being published at its time:
        `embargoed_story`, its headline, and `embargo_ends`."""
        stories = _embargoed_stories(now).order_by("-not_before", "pk")
        return self.annotate(
            embargoed_story=models.Subquery(stories.values("headline")[:1]),
            embargo_ends=models.Subquery(stories.values("not_before")[:1]),
        )

    def next_of(self, series: models.QuerySet[Series], now: datetime) -> "list[Slot]":
        """The next slot of each series whose edition can still be composed, the first one first.
        Costs a query."""
        can_be_composed = models.Q(digest=None) | models.Q(digest__status__in=Digest.COMPOSABLE)
        coming = self.ahead(now).filter(can_be_composed)
        of_series = coming.filter(series=models.OuterRef("pk"))
        first = series.order_by().values_list(models.Subquery(of_series.values("pk")[:1]))
        return list(coming.filter(pk__in=first).select_related("series", "digest"))

    def waiting_for_draft(self, now: datetime) -> Self:
        """Slots without a draft whose lead time has begun."""
        return self.ahead(now).filter(digest=None, due_at__lte=now + _lead())

    def awaited(self, now: datetime | Now) -> Self:
        """Slots of the last days whose edition readers wait for, the first one first. A series has
        none once a later slot's edition has appeared."""
        later = Slot.objects.filter(
            series=models.OuterRef("series"),
            due_at__gt=models.OuterRef("due_at"),
            digest__published_at__isnull=False,
        )
        due = self.open().filter(due_at__lte=now, due_at__gt=now - AWAITED_FOR)
        return due.exclude(models.Exists(later)).order_by("due_at")

    def unnoticed(self, now: datetime) -> "list[Slot]":
        """Slots that were missed, and of which nobody has taken notice yet."""
        late = self.open().filter(due_at__lt=now, missed_at=None).select_related("series", "digest")
        return [slot for slot in late.order_by("due_at") if slot.is_missed(now)]


def _embargoed_stories(now: datetime) -> models.QuerySet[Item]:
    """The stories of a slot's digest that may not be published yet when that is due."""
    return Item.objects.filter(
        models.Q(not_before__gt=models.OuterRef("due_at")),
        placements__digest__slot=models.OuterRef("pk"),
        not_before__gt=now,
    )


def _lead(share: int = 1) -> models.Expression:
    """The lead time of a slot's series, or the last such share of it."""
    minutes = Cast("series__lead_minutes", models.IntegerField())
    lead = minutes * models.Value(timedelta(minutes=1) / share)
    return models.ExpressionWrapper(lead, models.DurationField())


class Slot(models.Model):
    """An instant for which a series promises an edition, with the digest that is to be it.

    What has become of it is never stored: `state` derives it from the facts. Stored are decisions,
    and that a miss was noticed.
    """

    State = SlotState

    series = models.ForeignKey(Series, models.CASCADE, related_name="slots")
    due_at = models.DateTimeField(_("due"))
    window_begins = models.DateTimeField(_("stories since"))
    digest = models.OneToOneField(Digest, models.SET_NULL, null=True, related_name="slot")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    skip_reason = models.CharField(_("reason for skipping"), max_length=200, blank=True)
    is_extra = models.BooleanField(_("extra"), default=False)
    # Whether a changed schedule no longer has it, although somebody had worked on it.
    is_outside = models.BooleanField(_("outside the schedule"), default=False)
    missed_at = models.DateTimeField(_("miss noticed"), null=True)

    # Filled in by `with_embargo`.
    embargoed_story: str | None = None
    embargo_ends: datetime | None = None

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["due_at", "pk"]
        permissions = [
            ("plan_slot", "Can plan slots and notice misses"),
            ("take_slot", "Can take slots"),
            ("move_slot", "Can move digests between slots"),
            ("skip_slot", "Can skip slots"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="slot_by_time"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(digest=None, skip_reason=""),
                name="slot_without_digest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "due_at"],
                name="slot_once",
                violation_error_message=_("The series has a slot at this time already."),
            ),
            models.CheckConstraint(
                condition=models.Q(window_begins__lt=models.F("due_at")),
                name="slot_with_window",
                violation_error_message=_("A slot’s window must begin before it is due."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.local_due_at:%Y-%m-%d %H:%M}"

    @property
    def local_due_at(self) -> datetime:
        """The time at which it is due, in the series' zone."""
        return self.series.local(self.due_at)

    @property
    def window(self) -> timedelta:
        return self.due_at - self.window_begins

    @property
    def is_published(self) -> bool:
        """Whether readers saw its edition, also if it was withdrawn since."""
        return self.digest is not None and self.digest.published_at is not None

    def owner(self) -> User | None:
        """Who is to make its edition: whoever took it, or has its digest, or else is on duty then.
        Costs queries, unless somebody took it, or the series' shifts are prefetched with their
        users."""
        if self.taken_by and self.taken_by.is_active:
            return self.taken_by
        if self.digest:
            return self.digest.owner
        shift = on_duty(self.series.shifts.all(), self.local_due_at)
        return shift.user if shift else None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its edition: readers have not seen it, and nobody skipped
        it."""
        return not self.is_published and not self.skip_reason

    @property
    def is_approved(self) -> bool:
        return self.digest is not None and self.digest.status == Digest.Status.APPROVED

    @property
    def danger(self) -> timedelta:
        """How long before its time it is in danger of being missed if it is not approved."""
        return min(max(LEAST_DANGER, self.series.lead / DANGER_SHARE), MOST_DANGER)

    def is_missed(self, now: datetime) -> bool:
        """Whether its edition has not appeared within the late limit of its series."""
        return self.is_open and now > self.due_at + self.series.late_limit

    def minutes_late(self, now: datetime) -> int:
        """The whole minutes from its time to its publication, or to now if it is still awaited."""
        seen = self.digest.published_at if self.digest else None
        return max(0, int(((seen or now) - self.due_at) / timedelta(minutes=1)))

    def state(self, now: datetime) -> SlotState:
        if self.is_published:
            return SlotState.LATE if self.minutes_late(now) else SlotState.PUBLISHED
        if self.skip_reason:
            return SlotState.SKIPPED
        if self.is_missed(now):
            return SlotState.MISSED
        return SlotState(self.digest.status) if self.digest else SlotState.PLANNED
