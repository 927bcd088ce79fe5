"""Findings as pages list them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digests.editorial.errors import sentence
from digests.models import Item
from digests.text.finding import Finding


@dataclass(frozen=True)
class Remark:
    """A finding as a page lists it."""

    severity: str
    sentence: str


@dataclass(frozen=True)
class StoryCheck:
    """The findings on one story of a digest, with its number as the pages show it."""

    item: Item
    number: str
    remarks: list[Remark]
    is_unapproved: bool


def remarks(findings: Iterable[Finding], headings: Sequence[str] = ()) -> list[Remark]:
    """The findings as a page lists them under the story they are about, if any; those on a section
    name its heading."""
    named = (
        replace(finding, item=None, section=None) if finding.item else finding
        for finding in findings
    )
    return [Remark(finding.severity, sentence(finding, headings)) for finding in named]
