"""Atom feeds with the full text of the latest digests.

An entry's id is `tag:{authority}:digest/{number}`: the site's settled authority and the digest's
number in the database. It outlives corrections, withdrawal and republication, another title, date,
address or series, and another SITE_URL.
"""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from digests.models import Rendering, Revision, Series, TagAuthority
from digests.public.answers import for_readers, unless_unchanged
from digests.public.shelf import common_language, newest, state

LATEST = 20
# What an empty feed gives as the time of its last change.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)

# What XML 1.0 cannot hold in any spelling.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@for_readers
def feed(request: HttpRequest, series: str | None = None) -> HttpResponse:
    """The feed of a series or of the whole site."""
    shelf = get_object_or_404(Series, slug=series) if series else None
    revisions = list(newest(shelf)[:LATEST])
    shown = [shelf and (shelf.pk, shelf.slug, shelf.name, shelf.language), *map(state, revisions)]
    return unless_unchanged(request, shown, lambda: _answer(shelf, revisions))


def _answer(series: Series | None, revisions: list[Revision]) -> HttpResponse:
    authority = TagAuthority.objects.settled()
    atom = FullTextFeed(
        title=xml_text(f"{series.name} · {settings.SITE_NAME}" if series else settings.SITE_NAME),
        link=_absolute(reverse("public:series", args=[series.slug]) if series else "/"),
        feed_url=_absolute(
            reverse("public:series_feed", args=[series.slug]) if series else reverse("public:feed")
        ),
        feed_guid=authority.tag(f"series/{series.pk}" if series else "digests"),
        description=None,
        language=series.language if series else common_language(revisions),
        author_name=xml_text(settings.SITE_NAME),
    )
    prefetch_related_objects(revisions, "entries")
    for rendering in Rendering.objects.of_each(revisions):
        _add(atom, rendering, authority)
    response = HttpResponse(content_type=atom.content_type)
    atom.write(response, "utf-8")
    return response


def _add(atom: "FullTextFeed", rendering: Rendering, authority: TagAuthority) -> None:
    revision, digest = rendering.revision, rendering.revision.live_digest
    context = {"page": rendering.page(), "language": revision.language}
    with translation.override(revision.language):
        content = render_to_string("public/_body.html", context)
    first, date = digest.published_at, revision.date
    assert first is not None  # noqa: S101 (a constraint: what is live has been published)
    atom.add_item(
        title=xml_text(revision.title),
        link=_absolute(digest.get_absolute_url()),
        description="",
        unique_id=authority.tag(f"digest/{digest.pk}"),
        pubdate=date,
        # A revision taken after the first publication is a correction. It may have waited for a
        # date of its own, before which nobody saw it.
        updateddate=max(revision.created_at, date) if revision.created_at > first else date,
        categories=[xml_text(name) for name in revision.document["categories"]],
        language=revision.language,
        content=xml_text(content),
    )


class FullTextFeed(Atom1Feed):
    def item_attributes(self, item: dict[str, Any]) -> dict[str, Any]:
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        # Without a summary: the content says all.
        super().add_item_elements(handler, item | {"description": None})
        # Links that an editor wrote relative to the page stay right by its address.
        content = {"type": "html", "xml:base": item["link"]}
        handler.addQuickElement("content", item["content"], content)

    def latest_post_date(self) -> datetime:
        # An empty feed would otherwise claim a change at every moment.
        return super().latest_post_date() if self.items else NEVER


def xml_text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _absolute(path: str) -> str:
    return settings.SITE_URL + path
