"""The item: one story, from the inbox to approved or rejected."""

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from digests.models.base import Versioned, VersionedQuerySet
from digests.models.catalogue import Source
from digests.models.fields import LanguageField
from digests.models.story_text import StoryText
from digests.models.transitions import ITEM_TRANSITIONS, ItemStatus, own_permissions
from digests.text.format import Entry
from digests.text.index.headline_key import MAX_KEY as MAX_HEADLINE_KEY
from digests.text.index.headline_key import headline_key

if TYPE_CHECKING:
    from digests.models.user import User


class ItemQuerySet(VersionedQuerySet["Item"]):
    def placeable(self) -> "ItemQuerySet":
        """Items that may stand in a digest."""
        return self.filter(status__in=Item.PLACEABLE)

    def unplaced(self) -> "ItemQuerySet":
        """Items that stand in no digest."""
        return self.filter(placements=None)

    def by_arrival(self) -> "ItemQuerySet":
        """Items in the order in which they were added, newest first."""
        return self.order_by("-created_at", "-pk")

    def by_appearance(self) -> "ItemQuerySet":
        """Items in order of `appeared_at`, newest first."""
        return self.order_by(Coalesce("posted_at", "created_at").desc(), "-pk")

    def appeared_since(self, begin: datetime | models.Subquery) -> "ItemQuerySet":
        """Items whose story appeared at `begin` or later; see `Item.appeared_at`."""
        return self.filter(Item.appeared_since(begin))

    def waiting(self) -> "ItemQuerySet":
        """Approved items that stand in no digest."""
        return self.unplaced().filter(status=Item.Status.APPROVED)

    def appeared_before(self, end: datetime) -> "ItemQuerySet":
        """Items whose story appeared before `end`; see `Item.appeared_at`."""
        posted = models.Q(posted_at__lt=end)
        return self.filter(posted | models.Q(posted_at=None, created_at__lt=end))

    def mentioning(self, words: str) -> "ItemQuerySet":
        """Items that have each of the words in their text, link, source or captured original."""
        found = self
        # PostgreSQL text cannot hold this character.
        for word in words.replace("\0", "").split():
            found = found.filter(
                models.Q(headline__icontains=word)
                | models.Q(byline__icontains=word)
                | models.Q(url__icontains=word)
                | models.Q(body__icontains=word)
                | models.Q(captured__icontains=word)
                | models.Q(source__name__icontains=word)
            )
        return found

    def claimed_by(self, user: "User") -> "ItemQuerySet":
        return self.filter(claim__in=user.claims.current())

    def original_of(self, url_key: str) -> "ItemQuerySet":
        """The one item, if any, that was the first with this link and repeats no other."""
        return self.filter(url_key=url_key, repeat_of=None)


class Item(StoryText, Versioned):
    """One story: a link, a headline, a byline and a short Markdown body."""

    Status = ItemStatus
    TRANSITIONS = ITEM_TRANSITIONS

    class Reason(models.TextChoices):
        DUPLICATE = "duplicate", _("duplicate")
        OFF_TOPIC = "off-topic", _("off topic")
        OLD = "old", _("old")
        UNVERIFIED = "unverified", _("unverified")
        PROMOTION = "promotion", _("promotion")
        OTHER = "other", _("other")

    PLACEABLE = (Status.DRAFT, Status.APPROVED)
    frozen_in = "entries"

    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("source"),
    )
    url_key = models.CharField(_("link key"), max_length=500, null=True, editable=False)  # noqa: DJ001 (unique; an item without a link has none)
    repeat_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeats",
        verbose_name=_("repeat of"),
        help_text=_("The story that first used the same link."),
    )
    # Equal for headlines that count as the same, to detect that a story ran before.
    headline_key = models.CharField(
        _("headline key"), max_length=MAX_HEADLINE_KEY, blank=True, editable=False, db_index=True
    )
    language = LanguageField(_("language"))
    captured = models.TextField(
        _("original text"), blank=True, help_text=_("The original, as it was found.")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.INBOX, editable=False
    )
    reason = models.CharField(
        _("reason"), max_length=20, choices=Reason, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    posted_at = models.DateTimeField(
        _("posted"), null=True, blank=True, help_text=_("When its source published it.")
    )

    not_before = models.DateTimeField(
        _("not before"),
        null=True,
        blank=True,
        help_text=_("An embargo: no digest with this story can be published earlier."),
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-created_at", "-pk"]
        permissions = [*own_permissions(ITEM_TRANSITIONS.values())]
        indexes = [models.Index(fields=["status", "-created_at"], name="item_by_status")]
        constraints = [
            models.UniqueConstraint(
                fields=["url_key"],
                condition=models.Q(repeat_of=None),
                name="item_link_once",
                violation_error_message=_("Another story already has this link."),
            ),
            models.CheckConstraint(
                condition=models.Q(repeat_of=None) | ~models.Q(repeat_of=models.F("pk")),
                name="item_repeats_another",
                violation_error_message=_("A story cannot repeat itself."),
            ),
            models.CheckConstraint(
                condition=~models.Q(headline=""),
                name="item_with_headline",
                violation_error_message=_("A story needs a headline."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="rejected") ^ models.Q(reason=""),
                name="item_rejected_with_reason",
                violation_error_message=_("Only a rejected story has a reason."),
            ),
            models.CheckConstraint(
                condition=models.Q(url="") ^ models.Q(url_key__isnull=False),
                name="item_link_with_key",
                violation_error_message=_("A link and its key belong together."),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def appeared_at(self) -> datetime:
        """When the story appeared: as its source states, else when it was added."""
        return self.posted_at or self.created_at

    @staticmethod
    def appeared_since(begin: datetime | models.Subquery) -> models.Q:
        """The query condition for `appeared_at` at `begin` or later."""
        posted = models.Q(posted_at__gte=begin)
        return posted | models.Q(posted_at=None, created_at__gte=begin)

    def is_embargoed(self, at: datetime) -> bool:
        """Whether it may not be published yet at a time."""
        return self.not_before is not None and at < self.not_before

    @property
    def host(self) -> str:
        """The site that the link leads to, such as “example.org”."""
        host = urlsplit(self.url).hostname or ""
        return host.removeprefix("www.")

    @property
    def first_line(self) -> str:
        """The beginning of the captured original that the headline does not say already."""
        words = " ".join(self.captured[:1_000].split())
        headline = " ".join(self.headline.split())
        return words.removeprefix(headline).lstrip(" .,:;，。：；")[:200]

    def tells_the_story_of(self, other: "Item") -> bool:
        """Whether both have the same link or the same headline."""
        return bool(
            (self.url_key and self.url_key == other.url_key)
            or (self.headline_key and self.headline_key == other.headline_key)
        )

    def write(self, entry: Entry, url_key: str | None) -> None:
        """Put a normal entry, whose link has this key, into the row."""
        self.set_entry(entry)
        self.url_key, self.headline_key = url_key, headline_key(entry.headline)
