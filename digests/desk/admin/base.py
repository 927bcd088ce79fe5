"""What the admin's lists and forms share."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from digests.desk.navigation import asked_next, row_url
from digests.models import Digest, Item


class ReturningAdmin[M: models.Model](admin.ModelAdmin[M]):
    """Forms that lead back to the page that their address names as `next`."""

    def response_post_save_add(self, request: HttpRequest, obj: M) -> HttpResponseRedirect:
        return asked_next(request) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: M) -> HttpResponseRedirect:
        return asked_next(request) or super().response_post_save_change(request, obj)


class DeskList(ChangeList):
    def url_for_result(self, result: models.Model) -> str:
        return row_url(result)


class DeskAdmin[M: models.Model](admin.ModelAdmin[M]):
    """A list of rows that lead to the desk. The admin's own forms are left out: the desk's screens
    have the names `add` and `delete`, and old addresses of a form lead to the desk."""

    # Changing many at once would bypass each row's history.
    actions = None
    show_full_result_count = False
    list_per_page = 50
    # The list's filters, which the admin would pass on to its forms.
    preserve_filters = False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        moved = view(self.moved)
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<number:pk>/", moved),
            path("<number:pk>/change/", moved, name=f"{name}_change"),
        ]

    def moved(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(row_url(self.model(pk=pk)))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


@admin.display(description=_("status"), ordering="status")
def status_pill(row: Item | Digest) -> str:
    return format_html('<span class="pill pill-{}">{}</span>', row.status, row.get_status_display())
