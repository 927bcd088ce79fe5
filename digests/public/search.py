"""The search page: a form whose address holds the query."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from digests.models import Entry, Filing, LiveDigest, Series, Site, Source
from digests.public.caching import cached_value
from digests.public.params import SEARCH_FILTERS, SEARCH_PARAMS
from digests.public.responses import for_readers_with, render_page
from digests.search import MAX_QUERY, Hits, Query, load_results, search


@dataclass(frozen=True)
class Choices:
    """The choices that a search can be narrowed to, all of them from what is public."""

    series: list[Series]
    sources: list[Source]
    categories: list[str]

    def number(self, series: str) -> int | None:
        """The number of the series with this slug; None if there is none."""
        return next((row.pk for row in self.series if row.slug == series), None)


def _choices() -> Choices:
    """The choices of the search form. Costs three queries."""
    return Choices(
        series=sorted(LiveDigest.objects.series(), key=_by_name),
        sources=sorted(Entry.objects.live().sources(), key=_by_name),
        categories=sorted(Filing.objects.live().names(), key=str.casefold),
    )


def _by_name(row: Series | Source) -> str:
    return row.name.casefold()


class DateInput(forms.DateInput):
    input_type = "date"


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search for"),
        required=False,
        max_length=MAX_QUERY,
        widget=forms.TextInput({"type": "search"}),
    )
    series = forms.ChoiceField(label=_("Series"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("newest first")), ("relevance", _("best first"))],
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # The filters, which stay folded away as long as none is set.
    FILTERS = SEARCH_FILTERS

    def __init__(self, params: QueryDict, choices: Choices) -> None:
        params = params.copy()
        params["q"] = params.get("q", "").replace("\0", "")
        super().__init__(params, auto_id="search-%s", label_suffix="")
        self.use_required_attribute = False
        # `from` is a keyword of Python, so the two cannot be declared above.
        for name, label in (("from", _("From")), ("to", _("Until"))):
            widget = DateInput(format="%Y-%m-%d")
            # In one format, whatever language the browser asks for.
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"]
            )
        if not params["q"]:
            self.fields["q"].widget.attrs["autofocus"] = True
        for name, everything, pairs in (
            ("series", _("All series"), [(row.slug, row.name) for row in choices.series]),
            ("category", _("All categories"), [(name, name) for name in choices.categories]),
            ("source", _("All sources"), [(row.pk, row.name) for row in choices.sources]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (see above)
            field.choices = [("", everything), *pairs]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("from") and given.get("to") and given["from"] > given["to"]:
            self.add_error("to", _("This is before the first day."))
        return given

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field in ("from", "to"):
            # In a field for dates the browser would not show a value that is no date.
            self.fields[field].widget.input_type = "text"

    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FILTERS]

    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.FILTERS)


@for_readers_with(*SEARCH_PARAMS)
def search_page(request: HttpRequest) -> HttpResponse:
    """The form and what it found, by default newest first. Costs at most six queries, however much
    it finds."""
    choices = cached_value("search", _choices)
    form = SearchForm(request.GET, choices)
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and (form.cleaned_data["q"] or form.is_narrowed()):
        query = _query(form.cleaned_data, choices)
        hits = search(query)
        context |= {
            "hits": hits,
            "results": load_results(hits, query),
            "onward": _onward(request, hits),
        }
        if query.after is not None:
            context["first"] = _address(request, None)
        if form.is_narrowed() and form.cleaned_data["q"]:
            context["everywhere"] = f"?{urlencode({'q': form.cleaned_data['q']})}"
    return render_page("search.html", Site.objects.language(), context)


def _query(given: dict[str, Any], choices: Choices) -> Query:
    return Query(
        given["q"],
        series=choices.number(given["series"]),
        category=given["category"] or None,
        source=int(given["source"]) if given["source"] else None,
        since=given["from"],
        until=given["to"],
        order=given["order"] or "newest",
        after=given["after"],
    )


def _onward(request: HttpRequest, hits: Hits) -> str:
    """The address of the next page, or an empty text."""
    return "" if hits.next is None else _address(request, hits.next)


def _address(request: HttpRequest, after: int | None) -> str:
    params = request.GET.copy()
    params.pop("after", None)
    if after is not None:
        params["after"] = str(after)
    return f"?{params.urlencode()}"
