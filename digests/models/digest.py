"""The digest: its working copy, and the queries over digests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models import clock, reason
from digests.models.base import Versioned, VersionedQuerySet
from digests.models.catalogue import Category
from digests.models.item import Item
from digests.models.series import Series
from digests.models.transitions import DIGEST_TRANSITIONS, ON_THE_WAY, DigestStatus, own_permissions
from digests.models.working_copy import WorkingCopy
from digests.text.markdown.html import MAX_BODY
from digests.text.style.house import HouseStyle


@dataclass(frozen=True)
class Window:
    """The time in which the stories of an edition appeared; one without a slot has no end."""

    begins: datetime
    ends: datetime | None = None


class DigestQuerySet(VersionedQuerySet["Digest"]):
    def published(self) -> "DigestQuerySet":
        """Digests that are public now or once were."""
        return self.exclude(published_at=None)

    def composable(self) -> "DigestQuerySet":
        """Digests whose text and stories may be changed."""
        return self.filter(status__in=Digest.COMPOSABLE)

    def with_names(self) -> "DigestQuerySet":
        """Digests with their series, owner and live revision, but not its text."""
        rows = self.select_related("series", "owner", "live_revision")
        return rows.defer("live_revision__document", "live_revision__text")

    def due(self) -> "DigestQuerySet":
        """Approved digests whose time has come, but for those with a story that may not be
        published yet, and those that could not be published and are tried again later. Costs a
        query besides, for the time."""
        now = clock.now()
        is_tried = models.Q(held_until=None) | models.Q(held_until__lte=now)
        approved = self.filter(is_tried, status=Digest.Status.APPROVED, date__lte=now)
        return approved.exclude(items__not_before__gt=now)

    def overdue(self) -> "DigestQuerySet":
        """Digests that have been due for longer than any clock needs to publish them, but for
        those with a story that may not be published yet."""
        now = clock.now()
        late = self.filter(status=Digest.Status.APPROVED, date__lt=now - Digest.OVERDUE_AFTER)
        return late.exclude(items__not_before__gt=now)

    def pending(self) -> "DigestQuerySet":
        """Live digests whose live revision no sweep has written to a file, longest wait first.

        Each has `live_since`, when that revision was last published. A file that somebody else
        holds is not pending: it is a conflict, and waiting does not help.
        """
        published = models.Q(history__action="publish", history__revision=models.F("live_revision"))
        return (
            self.exclude(live_date=None)
            .exclude(live_revision__exported_files__state__in=["written", "conflict"])
            .annotate(live_since=models.Max("history__at", filter=published))
            .order_by("live_since")
        )


def now_to_the_second() -> datetime:
    """The current time without fractions of a second, because the file holds no smaller unit."""
    return timezone.now().replace(microsecond=0)


class Digest(Versioned):
    """The working copy of a digest. Readers never see it: they see `live_revision`."""

    Status = DigestStatus
    TRANSITIONS = DIGEST_TRANSITIONS
    # Only a draft can be composed: what is in review or approved does not change.
    COMPOSABLE = (Status.DRAFT,)
    ON_THE_WAY = ON_THE_WAY
    frozen_in = "revisions"
    OVERDUE_AFTER = timedelta(seconds=10)

    series = models.ForeignKey(
        Series, models.PROTECT, related_name="digests", verbose_name=_("series")
    )
    title = models.CharField(_("title"), max_length=300)
    date = models.DateTimeField(
        _("date"),
        default=now_to_the_second,
        help_text=_("When it is published. A digest with a future date is published at that time."),
    )
    categories = models.ManyToManyField(
        Category, through="DigestCategory", related_name="digests", verbose_name=_("categories")
    )
    intro = models.TextField(_("intro"), max_length=MAX_BODY, blank=True)
    outro = models.TextField(_("outro"), max_length=MAX_BODY, blank=True)
    items = models.ManyToManyField(Item, through="Placement", related_name="digests")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="digests",
        verbose_name=_("owner"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    slug = models.CharField(_("address"), max_length=40, null=True, editable=False)  # noqa: DJ001 (unique; none before the first publication)
    path = models.CharField(_("file"), max_length=250, null=True, unique=True, editable=False)  # noqa: DJ001 (the same)
    live_revision = models.OneToOneField(
        "Revision",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="live_digest",
        verbose_name=_("live revision"),
    )
    approved_revision = models.OneToOneField(
        "Revision",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="approved_digest",
        verbose_name=_("approved revision"),
    )
    published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    # Identifies it in feeds. Random, because a restored database gives primary keys out again;
    # digests published before it keep theirs, which readers know.
    feed_id = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 (the same)
    # A copy of the live revision's date by which readers' lists are ordered: the instant, and the
    # day in the series' zone.
    live_date = models.DateTimeField(null=True, editable=False)
    live_day = models.DateField(null=True, editable=False)
    # Which error kept it from being published at its time, and when that is tried again.
    hold_reason = models.TextField(blank=True, editable=False)
    hold_params = models.JSONField(default=dict, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    # Belongs to a correction that is approved and waits for its time.
    correction_note = models.TextField(_("correction note"), blank=True, editable=False)
    withdrawal_note = models.TextField(_("withdrawal note"), blank=True, editable=False)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-date", "-pk"]
        permissions = [
            *own_permissions(DIGEST_TRANSITIONS.values()),
            ("override_four_eyes", "Can approve digests alone where a series allows it"),
            ("import_digest", "Can import digests"),
        ]
        indexes = [
            models.Index(fields=["status", "date"], name="digest_by_status"),
            # For readers' lists: of all digests and of one series, by time and by day.
            models.Index(fields=["-live_date", "-id"], name="digest_live"),
            models.Index(fields=["series", "-live_date", "-id"], name="digest_live_of_series"),
            models.Index(fields=["-live_day", "-live_date"], name="digest_live_by_day"),
            models.Index(
                fields=["date"], condition=models.Q(published_at=None), name="digest_unpublished"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "date", "title"],
                name="digest_once",
                violation_error_message=_(
                    "This series already has a digest with this date and title."
                ),
            ),
            models.UniqueConstraint(fields=["series", "slug"], name="digest_address_once"),
            models.CheckConstraint(
                condition=~models.Q(title=""),
                name="digest_with_title",
                violation_error_message=_("A digest needs a title."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(live_revision__isnull=False),
                name="digest_published_is_live",
                violation_error_message=_("A published digest needs a live revision."),
            ),
            models.CheckConstraint(
                condition=models.Q(live_revision=None)
                | models.Q(
                    slug__isnull=False,
                    path__isnull=False,
                    published_at__isnull=False,
                    feed_id__isnull=False,
                ),
                name="digest_live_has_address",
                violation_error_message=_("A live digest needs an address and a file."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    live_revision=None, live_date__isnull=True, live_day__isnull=True
                )
                | models.Q(
                    live_revision__isnull=False, live_date__isnull=False, live_day__isnull=False
                ),
                name="digest_live_has_date",
                violation_error_message=_("A live digest has the date of what is live."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="withdrawn")
                | (models.Q(live_revision=None) & ~models.Q(withdrawal_note="")),
                name="digest_withdrawn_with_note",
                violation_error_message=_("A withdrawn digest is not live and has a note."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_composable(self) -> bool:
        return self.status in self.COMPOSABLE

    @property
    def is_correction(self) -> bool:
        """Whether readers see one text while another is being prepared."""
        return self.live_revision_id is not None and self.status in self.ON_THE_WAY

    @property
    def window(self) -> Window | None:
        """The window of its slot, or else that of its series; None if neither has one. Costs a
        query, unless the slot was read with the digest."""
        if slot := getattr(self, "slot", None):
            return Window(slot.window_begins, slot.due_at)
        begins = self.series.window_begins(self.date)
        return Window(begins) if begins else None

    @property
    def local_date(self) -> datetime:
        """The date in the series' own zone, as the file holds it."""
        return self.series.local(self.date)

    @property
    def why_held(self) -> str:
        """Which error kept an approved digest from being published, in the language of whoever
        reads it; empty if none did."""
        is_held = self.hold_reason and self.status == self.Status.APPROVED
        return reason.in_words(self.hold_reason, self.hold_params) if is_held else ""

    def release(self) -> None:
        """Forget what kept it from being published; the row is to be saved."""
        self.hold_reason, self.hold_params, self.held_until = "", {}, None

    def get_absolute_url(self) -> str:
        return f"/{self.series.slug}/{self.slug}/"

    def working_copy(self, style: HouseStyle | None = None) -> WorkingCopy:
        """The digest as it stands now, judged by a house style if one is given. Costs a query."""
        return WorkingCopy(self, style)
