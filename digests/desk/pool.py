"""The shortlisted stories that may be put into a digest, as its screen offers them."""

from functools import cached_property

from django import forms
from django.db.models import Subquery
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.flags import Flags
from digests.models import Digest, Item, Slot, Source
from digests.models.item import ItemQuerySet
from digests.models.numbers import MAX_PK

MAX_STORIES = 60  # stories on the screen; a search finds the others


class PoolForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    source = forms.IntegerField(min_value=1, max_value=MAX_PK, required=False)
    window = forms.BooleanField(label=_("in the window"), required=False)


def in_window(digest: Digest) -> ItemQuerySet:
    """The approved stories of a digest's window that stand in no digest, in the order in which they
    appeared."""
    window = digest.window
    if window is None:
        return Item.objects.none()
    items = Item.objects.waiting().appeared_since(window.begins)
    if window.ends:
        items = items.appeared_before(window.ends)
    return items.by_appearance().reverse()


class Pool:
    """Stories that stand in no digest, newest first; a search also finds those that stand in
    others, to run again. Costs a query."""

    def __init__(self, digest: Digest, asked: QueryDict) -> None:
        self.digest = digest
        self.window = digest.window
        self.flags: dict[int, Flags] = {}
        form = PoolForm(asked)
        form.is_valid()  # invalid values are ignored
        self.words: str = form.cleaned_data.get("q") or ""
        self.source: int | None = form.cleaned_data.get("source")
        self.only_in_window: bool = form.cleaned_data.get("window") or False

    @cached_property
    def _found(self) -> list[Item]:
        items = Item.objects.placeable().select_related("source")
        if self.words:
            items = items.mentioning(self.words).exclude(placements__digest=self.digest)
        else:
            items = items.unplaced()
        if self.source:
            items = items.filter(source=self.source)
        if self.only_in_window and self.window:
            items = items.appeared_since(self.window.begins)
        return list(items.defer("captured").by_appearance()[: MAX_STORIES + 1])

    @cached_property
    def left_over(self) -> list[Item]:
        """The stories of the slot before that were approved and ran nowhere, newest first. Costs a
        query where they stand apart: in the pool of a slot that nothing filters."""
        window = self.window
        if window is None or window.ends is None:
            return []
        if self.words or self.source or self.only_in_window:
            return []
        before = Slot.objects.filter(series=self.digest.series_id).before(window)
        begins = Subquery(before.values("window_begins")[:1])
        items = Item.objects.waiting().appeared_since(begins).appeared_before(window.begins)
        return list(items.select_related("source").defer("captured").by_appearance()[:MAX_STORIES])

    @cached_property
    def items(self) -> list[Item]:
        apart = set(self.left_over)
        return [item for item in self._found[:MAX_STORIES] if item not in apart]

    @cached_property
    def fillable(self) -> int:
        """How many stories `in_window` would put into the digest. Costs a query if it has a
        window."""
        return in_window(self.digest).count()

    @property
    def has_more(self) -> bool:
        return len(self._found) > MAX_STORIES

    @property
    def groups(self) -> list[tuple[str, list[tuple[Item, Flags | None]]]]:
        """The stories under their headings."""
        groups = [("", self.items), (gettext("Left over from the last slot"), self.left_over)]
        return [
            (heading, [(item, self.flags.get(item.pk)) for item in items])
            for heading, items in groups
            if items
        ]

    @property
    def sources(self) -> list[Source]:
        """The sources of the stories found, by name."""
        found = {item.source for item in self.items if item.source}
        return sorted(found, key=str)
