"""Atom feeds with the full text of the latest digests.

An entry's id is `tag:{authority}:digest/{number}`: the site's settled authority and the digest's
number in the database. It outlives corrections, withdrawal and republication, another title, date,
address or series, and another SITE_URL.
"""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from digests.models import Digest, Rendering, Series, TagAuthority
from digests.public.answers import for_readers
from digests.public.shelf import common_language, newest

LATEST = 20
# What an empty feed gives as the time of its last change.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)

# What XML 1.0 cannot hold in any spelling.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@for_readers
def feed(request: HttpRequest, series: str | None = None) -> HttpResponse:
    """The feed of a series or of the whole site."""
    row = get_object_or_404(Series, slug=series) if series else None
    digests = list(newest(row)[:LATEST])
    authority = TagAuthority.objects.settled()
    atom = FullTextFeed(
        title=xml_text(f"{row.name} · {settings.SITE_NAME}" if row else settings.SITE_NAME),
        link=_absolute(reverse("public:series", args=[row.slug]) if row else "/"),
        feed_url=_absolute(
            reverse("public:series_feed", args=[row.slug]) if row else reverse("public:feed")
        ),
        feed_guid=authority.tag(f"series/{row.pk}" if row else "digests"),
        description=None,
        language=row.language if row else common_language(d.series.language for d in digests),
        author_name=xml_text(settings.SITE_NAME),
    )
    for digest in digests:
        _add(atom, digest, authority)
    response = HttpResponse(content_type=atom.content_type)
    atom.write(response, "utf-8")
    return response


def _add(atom: "FullTextFeed", digest: Digest, authority: TagAuthority) -> None:
    revision, first = digest.live_revision, digest.published_at
    assert revision is not None and first is not None  # noqa: S101 (it is live)
    context = {"page": Rendering.objects.page_of(digest), "language": revision.language}
    with translation.override(revision.language):
        content = render_to_string("public/_body.html", context)
    date = revision.date
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
