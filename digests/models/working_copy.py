"""The working copy: a digest and its stories as they stand at one moment."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digests.text.format import DigestDocument, Entry
from digests.text.format import Section as DocumentSection
from digests.text.format.snapshot import fingerprint
from digests.text.judgement import Judgement
from digests.text.style.house import HouseStyle

if TYPE_CHECKING:
    from digests.models.digest import Digest
    from digests.models.item import Item
    from digests.models.placement import Placement, Section


@dataclass(frozen=True, slots=True)
class Parts:
    """What a digest is made of: its placements, sections and names of categories, in order."""

    placements: "list[Placement]"
    sections: "list[Section]"
    categories: tuple[str, ...]


class WorkingCopy:
    """A digest as it stands at one moment, so that what is shown and checked is what is frozen.

    Costs a query for the placements, and one each for sections and categories when they are first
    used; none if its `parts` are given. `style` is the house style it is checked against.
    """

    def __init__(
        self, digest: "Digest", style: HouseStyle | None = None, parts: Parts | None = None
    ) -> None:
        self.digest = digest
        self.style = style
        if parts:
            self.sections, self.categories = parts.sections, parts.categories
        self.placements: list[Placement] = (
            parts.placements if parts else list(digest.placements.in_order())
        )

    @cached_property
    def items(self) -> "list[Item]":
        return [placement.item for placement in self.placements]

    @cached_property
    def sections(self) -> "list[Section]":
        return list(self.digest.sections.all())

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The names of its categories, in order."""
        filed = self.digest.filed_under.order_by("position")
        return tuple(filed.values_list("category__name", flat=True))

    def within(self, section: "Section | None") -> "list[Placement]":
        """The placements in a section, or before the first one, in order."""
        wanted = section and section.pk
        return [placement for placement in self.placements if placement.section_id == wanted]

    @cached_property
    def written(self) -> DigestDocument:
        """The digest as a document, as its editors wrote it."""
        digest = self.digest
        sections = [
            DocumentSection(section.heading, section.intro, self._entries(section))
            for section in self.sections
        ]
        if (unnamed := self._entries(None)) or not sections:
            sections.insert(0, DocumentSection("", "", unnamed))
        return DigestDocument(
            title=digest.title,
            date=digest.local_date,
            categories=self.categories,
            intro=digest.intro,
            sections=tuple(sections),
            outro=digest.outro,
            extra=tuple(digest.series.extra.items()),
        )

    @cached_property
    def judgement(self) -> Judgement:
        return Judgement(self.written, self.style)

    @property
    def document(self) -> DigestDocument:
        """The document in its normal form, which is frozen and which the file holds."""
        return self.judgement.document

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything that a publication would show."""
        items = [(item.pk, item.language, item.source_id) for item in self.items]
        return fingerprint(self.document, self.digest.series.language, items)

    def _entries(self, section: "Section | None") -> tuple[Entry, ...]:
        return tuple(placement.item.entry() for placement in self.within(section))
