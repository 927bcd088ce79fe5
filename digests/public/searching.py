"""Search: a form whose address is the question."""

from typing import Any

from django import forms
from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from digests.models import Category, Series, Source
from digests.public.answers import for_readers, page
from digests.public.shelf import common_language
from digests.search import TEXT_MAX, Hits, Query, found, search


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search for"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.TextInput({"type": "search"}),
    )
    series = forms.ChoiceField(label=_("Series"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("newest first")), ("relevance", _("best first"))],
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # How a filter narrows is nobody's business as long as none is set.
    FILTERS = ("series", "category", "source", "since", "until", "order")

    def __init__(self, asked: QueryDict, choices: dict[str, list[tuple[str, str]]]) -> None:
        super().__init__(asked, auto_id="search-%s", label_suffix="")
        self.use_required_attribute = False
        for name in ("series", "category", "source"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (see above)
            field.choices = [("", _("all")), *choices.get(name, [])]

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field in ("since", "until"):
            # In a field for dates the browser would not show what is none.
            self.fields[field].widget.input_type = "text"

    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FILTERS]

    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.FILTERS)


@for_readers
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found, newest first. Costs three queries, however much it is."""
    languages, choices = _choices()
    form = SearchForm(request.GET, choices)
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and (form.cleaned_data["q"] or form.is_narrowed()):
        query = _query(form.cleaned_data)
        hits = search(query)
        context |= {"hits": hits, "found": found(hits, query), "onward": _onward(request, hits)}
    return page("search.html", common_language(languages), context)


def _choices() -> tuple[set[str], dict[str, list[tuple[str, str]]]]:
    """The languages of all series, and what can be chosen, by field. Costs one query."""

    def named(kind: str, rows: Any, language: Any) -> Any:
        key = "name" if kind == "category" else Cast("pk", CharField())
        return rows.order_by().values_list(Value(kind), key, "name", language)

    rows = named("series", Series.objects, "language").union(
        named("source", Source.objects, Value("")),
        named("category", Category.objects, Value("")),
    )
    languages: set[str] = set()
    choices: dict[str, list[tuple[str, str]]] = {}
    for kind, key, name, language in rows:
        choices.setdefault(kind, []).append((key, name))
        languages |= {language} - {""}
    for names in choices.values():
        names.sort(key=lambda pair: pair[1].casefold())
    return languages, choices


def _query(asked: dict[str, Any]) -> Query:
    return Query(
        asked["q"],
        series=int(asked["series"]) if asked["series"] else None,
        category=asked["category"] or None,
        source=int(asked["source"]) if asked["source"] else None,
        since=asked["since"],
        until=asked["until"],
        order=asked["order"] or "newest",
        after=asked["after"],
    )


def _onward(request: HttpRequest, hits: Hits) -> str:
    """The address of the next page, or nothing."""
    if hits.next is None:
        return ""
    asked = request.GET.copy()
    asked["after"] = str(hits.next)
    return f"?{asked.urlencode()}"
