"""The shortlisted stories that may be put into a digest, as its screen offers them."""

from functools import cached_property

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from digests.desk.flags import Flags
from digests.models import Digest, Item, Source
from digests.models.numbers import MAX_PK

MAX_STORIES = 60  # stories on the screen; a search finds the others


class PoolForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    source = forms.IntegerField(min_value=1, max_value=MAX_PK, required=False)
    window = forms.BooleanField(label=_("in the window"), required=False)


class Pool:
    """Stories that stand in no digest, newest first; a search also finds those that stand in
    others, to run again. Costs a query."""

    def __init__(self, digest: Digest, asked: QueryDict) -> None:
        self.digest = digest
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
        begins = self.digest.series.window_begins(self.digest.date)
        if self.only_in_window and begins:
            items = items.appeared_since(begins)
        return list(items.defer("captured").by_appearance()[: MAX_STORIES + 1])

    @property
    def items(self) -> list[Item]:
        return self._found[:MAX_STORIES]

    @property
    def has_more(self) -> bool:
        return len(self._found) > MAX_STORIES

    @property
    def stories(self) -> list[tuple[Item, Flags | None]]:
        return [(item, self.flags.get(item.pk)) for item in self.items]

    @property
    def sources(self) -> list[Source]:
        """The sources of the stories found, by name."""
        found = {item.source for item in self.items if item.source}
        return sorted(found, key=str)
