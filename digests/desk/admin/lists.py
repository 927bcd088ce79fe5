"""What all lists of the admin share: their pages, how far rows are counted, and their words."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import InvalidPage, Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext

COUNTED = 1000  # rows; to count a million takes longer than to show fifty of them
LAST_PAGE = 1_000_000  # keeps the offset within a database's integers


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # of rows of any model
    """Pages of a list that is counted only so far. The pages beyond that can still be reached."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most one more than `COUNTED`. Costs a query."""
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by().values("pk")[: COUNTED + 1].count()

    def page(self, number: int | str) -> Page[Any]:
        number = min(int(number), LAST_PAGE)
        first = (number - 1) * self.per_page
        # One row more tells whether there is a next page.
        rows = list(self.object_list[first : first + self.per_page + 1])
        if not rows and number > 1:
            raise InvalidPage
        return ListPage(rows, number, self)


class ListPage(Page[Any]):
    def __init__(self, rows: list[Any], number: int, paginator: CappedPaginator) -> None:
        self.is_last = len(rows) <= paginator.per_page
        super().__init__(rows[: paginator.per_page], number, paginator)

    def has_next(self) -> bool:
        return not self.is_last


class DeskList(ChangeList):
    page: Page[Any]

    def get_results(self, request: HttpRequest) -> None:
        paginator = CappedPaginator(self.queryset, self.list_per_page)
        try:
            self.page = paginator.page(self.page_num)
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
        self.paginator = paginator
        self.result_list = self.page.object_list
        self.result_count = paginator.count
        self.full_result_count = None
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False

    @property
    def counted(self) -> str:
        """How many rows there are, in words: “12 sources”, “1,000+ stories”."""
        is_one = self.result_count == 1
        noun = self.opts.verbose_name if is_one else self.opts.verbose_name_plural
        shown = number_format(min(self.result_count, COUNTED), force_grouping=True)
        more = "+" if self.result_count > COUNTED else ""
        return gettext("%(count)s %(noun)s") % {"count": f"{shown}{more}", "noun": noun}

    @property
    def previous_url(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page.number - 1})

    @property
    def next_url(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page.number + 1})


class ListAdmin[M: models.Model](admin.ModelAdmin[M]):
    # Changing or deleting many at once would bypass each row's history.
    actions = None
    list_per_page = 50
    # Shown in a cell without a value.
    empty_value_display = ""
    # The list's filters, which the admin would pass on to its forms.
    preserve_filters = False
    # What the button above the list says.
    add_label: Any = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        context = {"title": title, "subtitle": None, "add_label": self.add_label}
        return super().changelist_view(request, context | (extra_context or {}))
