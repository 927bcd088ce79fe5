"""What pages tell of what is on them: search engines, and whoever shows a link to them."""

from collections.abc import Iterable

from django.urls import reverse

from digests.models import LiveDigest
from digests.text.page import Page, PageEntry

DESCRIPTION = 200  # characters, as far as headlines end there

type Listed = list[tuple[str, str]]  # address and name


def description(page: Page) -> str:
    """The first headlines of a digest. Each is whole: a cut might go through what looks like one
    character, as many an emoji does."""
    said = ""
    for entry in page.entries:
        longer = f"{said} · {entry.headline}" if said else entry.headline
        if said and len(longer) > DESCRIPTION:
            break
        said = longer
    return said


def of_stories(entries: Iterable[PageEntry]) -> Listed:
    return [(reverse("public:item", args=[entry.item]), entry.headline) for entry in entries]


def of_digests(digests: Iterable[LiveDigest]) -> Listed:
    return [(digest.get_absolute_url(), digest.page.title) for digest in digests]
