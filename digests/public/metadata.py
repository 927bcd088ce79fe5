"""Metadata of readers' pages, for search engines and for link previews."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from digests.models import LiveDigest
from digests.text.page import Page, PageEntry

DESCRIPTION = 200  # characters at most, unless the first headline is longer


def description(page: Page) -> str:
    """The first headlines of a digest. Each is whole: a cut might go through what looks like one
    character, such as many an emoji."""
    said = ""
    for entry in page.entries:
        longer = f"{said} · {entry.headline}" if said else entry.headline
        if said and len(longer) > DESCRIPTION:
            break
        said = longer
    return said


def article(digest: LiveDigest) -> SafeString:
    """A digest as a `NewsArticle`."""
    page, url = digest.page, settings.SITE_URL + digest.get_absolute_url()
    site = {
        "@type": "Organization",
        "name": settings.SITE_NAME,
        "url": f"{settings.SITE_URL}/",
    }
    summary = description(page)
    return _json_ld(
        "NewsArticle",
        headline=page.title,
        **({"description": summary} if summary else {}),
        url=url,
        mainEntityOfPage=url,
        datePublished=page.date.isoformat(),
        dateModified=digest.modified.isoformat(),
        inLanguage=digest.live_revision.language,
        keywords=list(page.categories),
        author=site,
        publisher=site,
        isPartOf={
            "@type": "CreativeWorkSeries",
            "name": digest.series.name,
            "url": settings.SITE_URL + reverse("public:series", args=[digest.series.slug]),
        },
    )


def list_of_stories(entries: Iterable[PageEntry]) -> list[SafeString]:
    return _item_list((reverse("public:item", args=[e.item]), e.headline) for e in entries)


def list_of_digests(digests: Iterable[LiveDigest]) -> list[SafeString]:
    return _item_list((digest.get_absolute_url(), digest.page.title) for digest in digests)


def _item_list(links: Iterable[tuple[str, str]]) -> list[SafeString]:
    """The `ItemList` of addresses and names; nothing for an empty list."""
    items = [
        {"@type": "ListItem", "position": position, "url": settings.SITE_URL + path, "name": name}
        for position, (path, name) in enumerate(links, start=1)
    ]
    if not items:
        return []
    return [_json_ld("ItemList", numberOfItems=len(items), itemListElement=items)]


# Escaped, so that no text can end the element in which the data stands, or begin another.
_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


def _json_ld(kind: str, **properties: Any) -> SafeString:
    """Data in the terms of schema.org, escaped to stand in a `script`."""
    data = {"@context": "https://schema.org", "@type": kind} | properties
    text = json.dumps(data, ensure_ascii=False).translate(_IN_SCRIPT)
    return mark_safe(text)  # noqa: S308 (see above)
