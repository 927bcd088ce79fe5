"""The stories of a digest by section, in order, as its screens show them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext

from digests.desk.flags import Flags
from digests.desk.remarks import Remark, StoryCheck, remarks, story_count_remarks
from digests.editorial.guards import available
from digests.editorial.items import errors_in
from digests.editorial.numbering import position_label
from digests.models import Item, Placement, Section, User
from digests.models.working_copy import WorkingCopy
from digests.text.finding import Finding


@dataclass(frozen=True)
class Position:
    """Where a story may be put: a section (none: before the first) and a position within it."""

    section: Section | None
    position: int | None  # none: at the end

    def __str__(self) -> str:
        return f"{self.section.pk if self.section else ''}:{self.position or ''}"


@dataclass(frozen=True)
class Row:
    """A placement with its number within its section, and where a step up or down would lead."""

    placement: Placement
    number: int
    count: int
    up: Position | None
    down: Position | None
    flags: Flags | None
    steps: Sequence[str]

    @property
    def item(self) -> Item:
        return self.placement.item


@dataclass(frozen=True)
class Part:
    """A section with its stories, or the stories before the first one."""

    section: Section | None
    rows: list[Row]


class Layout(WorkingCopy):
    """The stories of a digest by section, in order, as a screen shows them."""

    # By item number.
    flags: Mapping[int, Flags] = {}
    steps: Mapping[int, Sequence[str]] = {}

    def hide(self, items: Collection[int]) -> None:
        """Leave these stories out, given by their numbers."""
        self.placements = [each for each in self.placements if each.item_id not in items]

    @cached_property
    def parts(self) -> list[Part]:
        places = [None, *self.sections]
        return [Part(section, self._rows(place)) for place, section in enumerate(places)]

    def _rows(self, place: int) -> list[Row]:
        """The rows of a section; a step beyond its ends leads into the section beside it."""
        places = [None, *self.sections]
        section = places[place]
        together = self.within(section)
        count = len(together)
        before = places[place - 1] if place else None
        after = places[place + 1] if place < len(self.sections) else None
        out_up = Position(before, len(self.within(before)) + 1) if place else None
        out_down = Position(after, 1) if after else None
        return [
            Row(
                placement,
                number,
                count,
                Position(section, number - 1) if number > 1 else out_up,
                Position(section, number + 1) if number < count else out_down,
                self.flags.get(placement.item_id),
                self.steps.get(placement.item_id, ()),
            )
            for number, placement in enumerate(together, start=1)
        ]

    def row(self, item: int) -> Row | None:
        rows = (row for part in self.parts for row in part.rows)
        return next((row for row in rows if row.placement.item_id == item), None)

    def balance(self) -> dict[str, list[tuple[str, int]]]:
        """The number of stories of each source and of each language, most first."""
        none = gettext("No source")
        sources = Counter(item.source.name if item.source else none for item in self.items)
        languages = Counter(item.get_language_display() for item in self.items)
        return {"sources": sources.most_common(), "languages": languages.most_common()}

    def differs_from_live(self) -> bool:
        """Whether the working copy differs from what the public sees."""
        live = self.digest.live_revision
        return live is not None and live.as_document() != self.document

    def findings(self) -> list[Remark]:
        """The findings on the digest itself: its title, its texts, its sections, and how many
        stories it has."""
        headings = [section.heading for section in self.document.sections]
        of_texts = (each for each in self.judgement.findings if not each.item)
        of_count = story_count_remarks(self.digest.series, len(self.placements))
        return [*of_count, *remarks(of_texts, headings)]

    def checks(self) -> list[StoryCheck]:
        """The stories on which there are findings, or that are not approved, in their order."""
        found: dict[int, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            if finding.item:
                found[finding.item].append(finding)
        unapproved = set(self.unapproved())
        return [
            StoryCheck(
                placement.item,
                position_label(placement, self.placements, self.sections),
                remarks(found[number]),
                placement.item in unapproved,
            )
            for number, placement in enumerate(self.placements, start=1)
            if number in found or placement.item in unapproved
        ]

    def ready(self, by: User) -> list[Item]:
        """The stories that this user may approve all at once. One without a text, such as a mere
        link, is approved only by itself."""
        return [
            item
            for item in self.items
            if item.body and "approve" in available(item, by) and not errors_in(item)
        ]

    def unapproved(self) -> list[Item]:
        return [item for item in self.items if item.status != Item.Status.APPROVED]
