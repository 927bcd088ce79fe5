"""The two kinds of lists: of rows that lead to the desk, and of rows with a form in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.views.main import ChangeList
from django.db import DEFAULT_DB_ALIAS, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor
from digests.desk.admin.lists import DeskList, ListAdmin
from digests.desk.live import Seen
from digests.desk.navigation import asked_next, back_to, row_url
from digests.editorial.errors import labelled
from digests.models import Digest, Item, Site


class RowList(DeskList):
    def url_for_result(self, result: models.Model) -> str:
        return row_url(result)


class DeskAdmin[M: models.Model](ListAdmin[M]):
    """A list of rows that lead to the desk, which follows what others do. The admin's own forms are
    left out: the desk's screens have the names `add` and `delete`, and old addresses of a form lead
    to the desk."""

    change_list_template = "desk/list.html"
    live_page: str  # its name in `live`

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        moved = view(self.moved)
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<number:pk>/", moved),
            path("<number:pk>/change/", moved, name=f"{name}_change"),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        seen = Seen.now(self.live_page, actor(request))  # before the rows are read
        return super().changelist_view(request, {"seen": seen} | (extra_context or {}))

    def moved(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        return back_to(self.model(pk=pk))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowList

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class FormAdmin[M: models.Model](ListAdmin[M]):
    """A list of rows that have a form of the admin, in the frame and the words of the desk."""

    # The admin's own input would show the address a second time, as a link.
    formfield_overrides = {models.URLField: {"widget": forms.URLInput}}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        context |= {"title": str(row) if row else self.add_label, "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: M, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.saved(request, obj)

    def response_change(self, request: HttpRequest, obj: M) -> HttpResponse:
        return self.saved(request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": gettext("History")}
        return super().history_view(request, object_id, title | (extra_context or {}))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What Django finds, with the colon of the language in what keeps the rows."""
        *others, _keeping = super().get_deleted_objects(objs, request)
        collector = NestedObjects(using=DEFAULT_DB_ALIAS, origin=objs)
        collector.collect(objs)
        return *others, [self._keeping(row) for row in collector.protected]

    def _keeping(self, row: models.Model) -> str:
        """The kind of a row that keeps another, and its name, as a link if it has a page."""
        has_page = self.admin_site.is_registered(type(row))
        link = format_html('<a href="{}">{}</a>', row_url(row), row) if has_page else row
        return format_html(labelled("{}", "{}"), capfirst(row._meta.verbose_name), link)

    def saved(self, request: HttpRequest, row: M) -> HttpResponse:
        """Lead back to the page that the form's address names as `next`, or to the list."""
        messages.success(request, self.say_saved(row))
        page = "add" if "_addanother" in request.POST else "changelist"
        return asked_next(request) or self.go_to(page)

    def say_saved(self, row: M) -> str:
        return gettext("“%(row)s” saved.") % {"row": row}

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, gettext("“%(row)s” deleted.") % {"row": obj_display})
        return self.go_to("changelist")

    def go_to(self, page: str) -> HttpResponseRedirect:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return HttpResponseRedirect(reverse(name))


class ReadersAdmin[M: models.Model](FormAdmin[M]):
    """Rows that readers' pages name: changes show there at once."""

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        Site.objects.publish_edition()

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        super().delete_model(request, obj)
        Site.objects.publish_edition()


@admin.display(description=_("status"), ordering="status")
def status_pill(row: Item | Digest) -> str:
    return format_html('<span class="pill pill-{}">{}</span>', row.status, row.get_status_display())
