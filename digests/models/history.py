"""The lines of history of items and digests, and the corrections that readers are shown."""

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from digests.models.base import Immutable, ImmutableQuerySet
from digests.models.cursor import Key, Keyset
from digests.models.digest import Digest
from digests.models.item import Item
from digests.models.revision import Revision
from digests.models.slot import Slot
from digests.text.characters import in_quotes
from digests.text.diff import Span, read


class HistoryEntryQuerySet(ImmutableQuerySet["HistoryEntry"]):
    def last_steps(self) -> "list[HistoryEntry]":
        """The last two steps that led one row to another state, newest first."""
        steps = self.exclude(before=models.F("after")).select_related("actor")
        return list(steps.order_by("-pk")[:2])

    def of_edition(self, digest: Digest | None, slot: Slot | None) -> Self:
        """The entries of a digest and of its slot, one of which there may not be."""
        # By the numbers of both, so that a database reads the few of either by its index.
        is_of_digest = models.Q(digest=digest) if digest else models.Q(pk=None)
        is_of_slot = models.Q(slot=slot) if slot else models.Q(pk=None)
        return self.filter(is_of_digest | is_of_slot)

    def submitters(self) -> "models.QuerySet[HistoryEntry, int | None]":
        """The user who submitted a digest, of the entries of one: the last who did, if any."""
        submissions = self.filter(action=HistoryEntry.Action.SUBMIT).order_by("-pk")
        return submissions.values_list("actor", flat=True)[:1]


def keep_lines_of_digests(collector: Any, field: Any, lines: Any, using: str) -> None:
    """An `on_delete`: a slot takes the lines with it that are its own, and leaves those that are
    also a digest's."""
    models.SET_NULL(collector, field, lines.exclude(digest=None), using)
    models.CASCADE(collector, field, lines.filter(digest=None), using)


class HistoryEntry(Immutable):
    """One line of history: who did what to a digest or an item, and why."""

    class Action(models.TextChoices):
        # Words for what somebody did, to follow their name. Some are also states, for which Chinese
        # has another form.
        ADD = "add", _("added")
        EDIT = "edit", _("edited")
        SHORTLIST = "shortlist", _("shortlisted")
        REJECT = "reject", pgettext_lazy("history", "rejected")
        REOPEN = "reopen", _("reopened")
        APPROVE = "approve", pgettext_lazy("history", "approved")
        PLACE = "place", _("added")
        REMOVE = "remove", _("removed")
        REORDER = "reorder", _("reordered")
        ADD_SECTION = "add_section", _("added a section")
        EDIT_SECTION = "edit_section", _("edited a section")
        MOVE_SECTION = "move_section", _("moved a section")
        REMOVE_SECTION = "remove_section", _("removed a section")
        SUBMIT = "submit", _("submitted")
        TAKE_BACK = "take_back", _("took back")
        SEND_BACK = "send_back", _("sent back")
        PUBLISH = "publish", pgettext_lazy("history", "published")
        CORRECT = "correct", _("opened for correction")
        ABANDON = "abandon", _("abandoned the correction")
        WITHDRAW = "withdraw", _("withdrew")
        RESTORE = "restore", _("restored")
        UNDO = "undo", _("undid the last step")
        OVERRIDE = "override", _("approved alone")
        IMPORT = "import", _("imported")
        EMBARGO = "embargo", _("changed the embargo")
        PLAN = "plan", _("planned the slot")
        TAKE = "take", _("took the slot")
        MOVE = "move", _("moved to another slot")
        FREE = "free", _("took out of its slot")
        SKIP = "skip", pgettext_lazy("history", "skipped")
        UNSKIP = "unskip", _("undid the skip")
        MISS = "miss", _("noticed a miss")

    # The notes of these were written for somebody else to read.
    SPOKEN = (Action.SUBMIT, Action.SEND_BACK, Action.APPROVE)

    digest = models.ForeignKey(Digest, models.CASCADE, null=True, related_name="history")
    item = models.ForeignKey(Item, models.CASCADE, null=True, related_name="history")
    slot = models.ForeignKey(Slot, keep_lines_of_digests, null=True, related_name="history")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="history",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    action = models.CharField(_("what"), max_length=20, choices=Action)
    before = models.CharField(_("from"), max_length=20, blank=True)
    after = models.CharField(_("to"), max_length=20, blank=True)
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="history")
    note = models.TextField(_("note"), blank=True)
    # Of the digest or item, as the change left it; none in the entries of earlier releases.
    version = models.PositiveIntegerField(null=True, editable=False)

    objects = HistoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                # A line of a slot may be one of its digest, too.
                condition=models.Q(item=None) ^ models.Q(digest=None, slot=None),
                name="history_entry_of_one_noun",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.who}"

    @property
    def label(self) -> str:
        """What was done, as a word to show."""
        # Moving one story has a shorter word than reordering all of them at once.
        is_move = self.action == HistoryEntry.Action.REORDER and self.note
        return gettext("moved") if is_move else str(self.get_action_display())

    @property
    def changes(self) -> list[Span]:
        """What an edit of a story changed in its text, if that was recorded."""
        return read(self.note) if self.item_id and self.action == HistoryEntry.Action.EDIT else []

    @property
    def state(self) -> str:
        """The state that the action led to, as a word to show."""
        if not self.after:
            return ""
        noun = Digest if self.digest_id else Item
        return str(noun.Status(self.after).label)

    def describe(self, row: Digest | Item) -> str:
        """What happened to the row, as a sentence; for a story in a digest also which and where."""
        sentence = {
            HistoryEntry.Action.PLACE: gettext("%(who)s added %(what)s."),
            HistoryEntry.Action.REORDER: gettext("%(who)s moved %(what)s."),
            HistoryEntry.Action.REMOVE: gettext("%(who)s removed %(what)s."),
        }.get(HistoryEntry.Action(self.action), gettext("%(who)s changed “%(row)s” (%(verb)s)."))
        names = {"who": self.who, "what": self.note, "row": in_quotes(str(row)), "verb": self.label}
        return sentence % names

    @staticmethod
    def notes_of_last_step(last_steps: "list[HistoryEntry]") -> "list[HistoryEntry]":
        """The note on the step that led to a digest's state; for a submission also the reason for
        which it was sent back before. Oldest first."""
        if last_steps and last_steps[0].action != HistoryEntry.Action.SUBMIT:
            last_steps = last_steps[:1]
        return [
            entry
            for entry in reversed(last_steps)
            if entry.action in HistoryEntry.SPOKEN and entry.note
        ]

    @property
    def local_day(self) -> date:
        """The day on which it happened where the reader is."""
        return timezone.localdate(self.at)

    @property
    def who(self) -> str:
        return str(self.actor) if self.actor else gettext("the system")


CORRECTIONS = Keyset(Key("pk"))
"""The order of corrections: newest first."""


class CorrectionQuerySet(ImmutableQuerySet["Correction"]):
    def with_digests(self) -> Self:
        """Corrections with their digests and the series of those digests."""
        return self.select_related("revision__digest__series").defer(
            "revision__document", "revision__text"
        )


class Correction(Immutable):
    """A revision that replaced another that readers had seen, with its note to readers."""

    revision = models.OneToOneField(Revision, models.PROTECT, related_name="correction")
    note = models.TextField(_("correction note for readers"), blank=True)
    at = models.DateTimeField(_("corrected"), auto_now_add=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.note or str(self.revision)

    @property
    def local_at(self) -> datetime:
        """The time of the correction in the series' zone."""
        return self.revision.digest.series.local(self.at)
