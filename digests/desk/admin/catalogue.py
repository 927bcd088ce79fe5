"""Sources and categories, the site's own settings, and the exported files."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from digests.desk.admin.base import FormAdmin, ReadersAdmin
from digests.desk.admin.lists import ListAdmin
from digests.models import Category, Digest, ExportedFile, Site, Source


class SiteAdmin(ReadersAdmin[Site]):
    """The site's only row, which the first migration makes and nobody adds to or deletes."""

    fields = ("about", "language")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:digests_site_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False


class SourceAdmin(ReadersAdmin[Source]):
    list_display = ("name", "kind", "byline", "language", "url")
    list_filter = ("kind", "language")
    search_fields = ("name", "byline", "url")
    add_label = _("Add source")

    def formfield_for_choice_field(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = db_field.get_choices(blank_choice=[("", _("Choose a kind"))])
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class CategoryAdmin(FormAdmin[Category]):
    search_fields = ("name",)
    add_label = _("Add category")


class ExportedFileAdmin(ListAdmin[ExportedFile]):
    """The files of the export folder, as the sweeps report them; read-only."""

    list_display = ("path", "state", "digest", "revision", "at", "reason")
    list_filter = ("state",)
    list_display_links = None
    search_fields = ("path",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ExportedFile]:
        rows = super().get_queryset(request).select_related("revision__digest")
        return rows.defer("revision__document", "revision__text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ExportedFile | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ExportedFile | None = None) -> bool:
        return False

    @admin.display(description=_("error"))
    def reason(self, file: ExportedFile) -> str:
        return file.reason

    @admin.display(description=_("digest"))
    def digest(self, delivery: ExportedFile) -> Digest:
        return delivery.revision.digest
