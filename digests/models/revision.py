"""Revisions: frozen documents of a digest, with their entries and categories."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.base import Immutable, ImmutableQuerySet
from digests.models.catalogue import Source, SourceQuerySet
from digests.models.cursor import Key, Keyset, date_key
from digests.models.digest import Digest
from digests.models.fields import LanguageField
from digests.models.item import Item
from digests.models.story_text import StoryText
from digests.text.format import DigestDocument
from digests.text.format.snapshot import from_json
from digests.text.page import anchor_of


class Revision(Immutable):
    """A frozen, numbered snapshot of a whole digest: what readers, feeds, API and files show."""

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    document = models.JSONField(_("document"))
    # A copy of the document's date for the database: the instant, by which the public's lists are
    # ordered, and the day in the series' zone, by which they are searched.
    dated = models.DateTimeField(_("date"))
    day = models.DateField(_("day"))
    language = LanguageField(_("language"))
    # Hash of the document and of its items' identities: an approval names the one it was shown.
    document_sha256 = models.CharField(max_length=64)
    # The exact text of the file; empty while the draft cannot be written as a file.
    text = models.TextField(_("file text"), blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("taken"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    note = models.TextField(_("note"), blank=True)

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["digest", "number"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "number"], name="revision_number_once")
        ]
        # For the addresses of days on which something once was.
        indexes = [models.Index(fields=["day"], name="revision_by_day")]

    def __str__(self) -> str:
        return str(_("revision %(number)s") % {"number": self.number})

    def as_document(self) -> DigestDocument:
        document: dict[str, Any] = self.document
        return from_json(document)

    @property
    def date(self) -> datetime:
        """The date, with the offset it had in the series' zone when the revision was taken."""
        return datetime.fromisoformat(self.document["date"])

    @property
    def title(self) -> str:
        title: str = self.document["title"]
        return title


# The most runs of a story that are listed.
RUNS = 50

ENTRIES = Keyset(
    date_key("revision__live_digest__live_date"),
    Key("revision__live_digest__pk"),
    Key("position", "[0-9]{1,9}", int, is_ascending=True),
)
"""The order of public entries: newest digest first, and within a digest its own order."""


class EntryQuerySet(ImmutableQuerySet["Entry"]):
    def live(self) -> Self:
        """Entries that are public now: newest digest first, and within a digest its own order."""
        return self.filter(revision__live_digest__live_date__isnull=False).order_by(*ENTRIES.order)

    def with_digests(self) -> Self:
        """These live entries with the digests they stand in. Costs a second query."""
        revisions = Revision.objects.defer("text").select_related("live_digest__series")
        return self.prefetch_related(models.Prefetch("revision", revisions))

    def telling(self, item: int) -> Self:
        """Entries of the story that this item tells or repeats."""
        # A repeat that was marked but never published is known to the newsroom alone.
        published = Entry.objects.filter(item=item).were_published().values("story")
        return self.filter(models.Q(story=item) | models.Q(story__in=published))

    def runs_of(self, item: int) -> "list[Entry]":
        """The public entries of an item's story, newest first, loaded as by `with_digests`; none if
        all were withdrawn. Raises `Entry.DoesNotExist` for a story that was never public."""
        entries = self.telling(item)
        runs = list(entries.live().with_digests()[:RUNS])
        if not runs and not entries.were_published().exists():
            raise Entry.DoesNotExist
        return runs

    def were_published(self) -> Self:
        """Entries that are public now or once were."""
        return self.filter(revision__history__action="publish")

    def sources(self) -> "SourceQuerySet":
        """The sources of these entries."""
        # Distinct, and so in one pass: with a subquery for each source, PostgreSQL would read all
        # entries of each.
        return Source.objects.filter(pk__in=self.order_by().values("source").distinct())

    def earlier_runs(
        self,
        items: Collection[Item],
        *,
        since: datetime | None = None,
        beside: Digest | None = None,
    ) -> "dict[int, list[Entry]]":
        """Earlier public entries of these items' stories, by the items' primary keys, newest first.

        An entry counts when its item has the same link or headline now, whatever was printed then.
        Each entry has its `revision`, and the revision its `live_digest`. `beside` leaves a digest
        out. Costs one query.
        """
        if not items:
            return {}
        links = {item.url_key for item in items if item.url_key}
        headlines = {item.headline_key for item in items if item.headline_key}
        public = self.filter(
            models.Q(item__url_key__in=links) | models.Q(item__headline_key__in=headlines),
            revision__live_digest__isnull=False,
        )
        if since:
            public = public.filter(revision__dated__gte=since)
        if beside:
            public = public.exclude(revision__digest=beside)
        found = list(
            public.select_related("item", "revision__live_digest")
            .defer("revision__document", "revision__text")
            .order_by("-revision__dated")
        )
        return {
            item.pk: runs
            for item in items
            if (runs := [entry for entry in found if entry.item.tells_the_story_of(item)])
        }


class Entry(StoryText, Immutable):
    """One item as it stood in a revision, so that no live row is needed to show it."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(_("position"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="entries")
    # The primary key of the item that told the story first: its own item, or the one it repeats.
    story = models.PositiveBigIntegerField(db_index=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="entries")
    language = LanguageField(_("language"))
    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="entry_place"),
            models.UniqueConstraint(fields=["revision", "item"], name="entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.headline}"

    def get_absolute_url(self) -> str:
        return f"{self.digest.get_absolute_url()}#{anchor_of(self.item_id)}"

    @property
    def digest(self) -> Digest:
        """The public digest that the entry stands in."""
        return self.revision.live_digest


class FilingQuerySet(ImmutableQuerySet["Filing"]):
    def live(self) -> Self:
        """The filings of public digests."""
        # A join would read all revisions of those digests.
        own = Digest.objects.filter(live_revision=models.OuterRef("revision"))
        return self.filter(models.Exists(own))

    def names(self) -> models.QuerySet["Filing", str]:
        """Each name once, in order."""
        return self.order_by("name").values_list("name", flat=True).distinct()


class Filing(Immutable):
    """A category a revision was filed under, by the name it had then."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="filings")
    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=100, db_index=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="filing_place"),
            models.UniqueConstraint(fields=["revision", "name"], name="filing_once"),
        ]

    def __str__(self) -> str:
        return self.name
