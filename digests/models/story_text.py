"""The text of a story, as items, entries and documents share it."""

from dataclasses import asdict

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.text.format import Entry
from digests.text.markdown.html import MAX_BODY


class StoryText(models.Model):
    """The text fields of a story, which items and entries share."""

    headline = models.CharField(_("headline"), max_length=500)
    byline = models.CharField(_("byline"), max_length=200, blank=True)
    url = models.CharField(_("link"), max_length=2000, blank=True)
    body = models.TextField(_("body"), max_length=MAX_BODY, blank=True)

    class Meta:
        abstract = True

    def entry(self) -> Entry:
        """The text as an entry of a document."""
        return Entry.of(self)

    def set_entry(self, entry: Entry) -> None:
        for name, value in asdict(entry).items():
            setattr(self, name, value)
