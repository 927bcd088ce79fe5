"""The items that the inbox shows: the filter in its address, and what each row holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, OuterRef, Prefetch, Subquery, Window
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.editorial import compose
from digests.editorial.guards import available
from digests.models import Digest, Entry, HistoryEntry, Item, Placement, User
from digests.models.fields import Language
from digests.models.item import ItemQuerySet
from digests.models.numbers import MAX_PK

ON_A_PAGE = 50
ALL = "all"
NO_SOURCE = 0  # in place of a source's number: items without a source
BY_APPEARANCE = "appeared"
ORDERS = [(BY_APPEARANCE, _("when they appeared"))]
WINDOWS = [("4", _("4 hours")), ("12", _("12 hours")), ("24", _("a day")), ("168", _("a week"))]


class FilterForm(forms.Form):
    """The filter in the inbox's address; unknown values are ignored."""

    state = forms.ChoiceField(choices=[*Item.Status.choices, (ALL, _("all"))], required=False)
    source = forms.IntegerField(min_value=NO_SOURCE, max_value=MAX_PK, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("All languages")), *Language.choices], required=False
    )
    hours = forms.ChoiceField(
        label=_("Age"), choices=[("", _("any age")), *WINDOWS], required=False
    )
    mine = forms.BooleanField(label=_("claimed by me"), required=False)
    order = forms.ChoiceField(
        label=_("Order"), choices=[("", _("newest arrivals")), *ORDERS], required=False
    )
    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    p = forms.IntegerField(min_value=1, max_value=10_000, required=False)


@dataclass(frozen=True)
class Facet:
    """A choice of the filter, with its number of items."""

    value: str
    label: str
    count: int
    is_chosen: bool


class Candidates:
    """The items that the filter in an inbox's address selects."""

    def __init__(self, asked: Mapping[str, Any], user: User) -> None:
        self.form = FilterForm(asked)
        self.form.is_valid()
        self.user = user
        given = self.form.cleaned_data
        self.state: str = given.get("state") or Item.Status.INBOX
        self.source: int | None = given.get("source")
        self.asked_page: int = given.get("p") or 1

    @property
    def address(self) -> str:
        """The filter as an address has it, without its page."""
        given = {**self.form.cleaned_data, "state": self.state, "p": None}
        named = {name: value for name, value in given.items() if value}
        if self.source == NO_SOURCE:
            named["source"] = NO_SOURCE
        return urlencode(named)

    @property
    def is_by_appearance(self) -> bool:
        return bool(self.form.cleaned_data.get("order") == BY_APPEARANCE)

    @property
    def is_narrowed(self) -> bool:
        """Whether the filter has more than a state."""
        given = self.form.cleaned_data
        return any(given.get(name) for name in ("q", "source", "language", "hours", "mine"))

    def items(self) -> ItemQuerySet:
        """All matching items, on every page."""
        given = self.form.cleaned_data
        items = Item.objects.all()
        items = items.by_appearance() if self.is_by_appearance else items.by_arrival()
        if self.state != ALL:
            items = items.filter(status=self.state)
        if self.source is not None:
            items = items.filter(source=self.source or None)
        if language := given.get("language"):
            items = items.filter(language=language)
        if hours := given.get("hours"):
            items = items.appeared_since(timezone.now() - timedelta(hours=int(hours)))
        if given.get("mine"):
            items = items.claimed_by(self.user)
        return items.mentioning(given.get("q", ""))

    @property
    def rows(self) -> list[Item]:
        """The items of the page, each with `total`, the number of matches, and `stands_in`, the
        title of the digest that it stands in."""
        return self._page_and_rows[1]

    @property
    def page(self) -> int:
        return self._page_and_rows[0]

    @cached_property
    def _page_and_rows(self) -> tuple[int, list[Item]]:
        """The requested page, or the last one where it lies beyond, as when all of it was
        rejected."""
        number = self.asked_page
        rows = self._rows(number)
        if not rows and number > 1:
            number = max(-(-self.items().count() // ON_A_PAGE), 1)
            rows = self._rows(number)
        return number, rows

    def _rows(self, page: int) -> list[Item]:
        standing = Placement.objects.filter(item=OuterRef("pk")).exclude(
            digest__status=Digest.Status.PUBLISHED
        )
        items = (
            self.items()
            .select_related("source", "claim__user")
            .annotate(
                total=Window(Count("pk")),
                stands_in=Subquery(standing.values("digest__title")[:1]),
            )
        )
        if self.state in (Item.Status.REJECTED, ALL):
            rejections = HistoryEntry.objects.filter(
                action=HistoryEntry.Action.REJECT
            ).select_related("actor")
            items = items.prefetch_related(
                Prefetch("history", rejections.order_by("-pk"), to_attr="rejections")
            )
        start = (page - 1) * ON_A_PAGE
        rows = list(items[start : start + ON_A_PAGE])
        runs = Entry.objects.earlier_runs(rows)
        for item in rows:
            vars(item)["runs"] = runs.get(item.pk, [])
            vars(item)["acts"] = self._acts(item)
        return rows

    def _acts(self, item: Item) -> list[str]:
        """The acts that a row offers. Costs no query."""
        acts = available(item, self.user)
        digest = self.user.current_draft
        may_compose = digest is not None and compose.may_compose(digest, self.user)
        if not vars(item)["stands_in"] and compose.may_be_placed(item, self.user):
            if self.user.has_perm("digests.change_digest"):
                acts.append("next")
            if may_compose:
                acts.append("place")
        if self.user.has_perm("digests.change_item") and item.status != Item.Status.REJECTED:
            claim = getattr(item, "claim", None)
            is_mine = claim and claim.is_current and claim.user_id == self.user.pk
            acts.append("release" if is_mine else "claim")
        return acts

    @property
    def total(self) -> int:
        """The number of matching items."""
        return vars(self.rows[0])["total"] if self.rows else 0

    @property
    def has_next(self) -> bool:
        return self.page * ON_A_PAGE < self.total

    @cached_property
    def _counts(self) -> list[tuple[str, int | None, str | None, int]]:
        """How many items there are by state and source."""
        rows = Item.objects.order_by().values_list("status", "source", "source__name")
        return list(rows.annotate(count=Count("pk")))

    def states(self) -> list[Facet]:
        counts: Counter[str] = Counter()
        for status, _source, _name, count in self._counts:
            counts[status] += count
            counts[ALL] += count
        choices = [*Item.Status.choices, (ALL, _("all"))]
        return [
            Facet(value, str(label), counts[value], value == self.state) for value, label in choices
        ]

    def sources(self) -> list[Facet]:
        """The sources of the items in the chosen state, busiest first; “No source” comes last."""
        counts: Counter[tuple[int, str]] = Counter()
        sourceless = 0
        for status, source, name, count in self._counts:
            if self.state not in (status, ALL):
                continue
            if source and name:
                counts[source, name] += count
            else:
                sourceless += count
        none = Facet(str(NO_SOURCE), gettext("No source"), sourceless, self.source == NO_SOURCE)
        return [
            *(
                Facet(str(source), name, count, source == self.source)
                for (source, name), count in counts.most_common()
            ),
            *([none] if sourceless or none.is_chosen else []),
        ]
