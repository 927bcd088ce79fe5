"""Findings as pages list them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digests.editorial.errors import sentence
from digests.models import Item
from digests.text.finding import Finding


@dataclass(frozen=True)
class Remark:
    """A finding as a page lists it, with the story it is about where the page must name it."""

    severity: str
    sentence: str
    item: Item | None


def remarks(findings: Iterable[Finding], items: Sequence[Item] = ()) -> list[Remark]:
    """The findings on a text, or on a document with these `items`, as a page lists them."""
    return [
        Remark(
            finding.severity,
            sentence(finding),
            items[finding.item - 1] if items and finding.item else None,
        )
        for finding in findings
    ]
