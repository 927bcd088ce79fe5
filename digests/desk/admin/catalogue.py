"""Series, sources and categories, the site's own settings, and the exported files."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from digests.desk.admin.base import ReturningAdmin
from digests.models import Category, Digest, ExportedFile, Series, Site, Source
from digests.models.fields import TimeZoneField


def with_zones(field: forms.Field) -> None:
    """Let the field of a time zone offer every known zone."""
    zones = sorted(available_timezones())
    field.widget = forms.Select(choices=[("", "—"), *((zone, zone) for zone in zones)])


class ZonedAdmin[M: models.Model](admin.ModelAdmin[M]):
    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, TimeZoneField):
            with_zones(field)
        return field


class ReadersAdmin[M: models.Model](ReturningAdmin[M]):
    """Rows that readers' pages name: changes show there at once."""

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        Site.objects.publish_edition()

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        super().delete_model(request, obj)
        Site.objects.publish_edition()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[M]) -> None:
        super().delete_queryset(request, queryset)
        Site.objects.publish_edition()


class SiteAdmin(ReadersAdmin[Site]):
    """The site's only row, which the first migration makes and nobody adds to or deletes."""

    fields = ("about", "language")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:digests_site_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False


class SeriesAdmin(ZonedAdmin[Series], ReadersAdmin[Series]):
    list_display = ("name", "slug", "language", "time_zone", "four_eyes")
    search_fields = ("name", "slug")
    fieldsets = (
        (None, {"fields": ("name", "slug", "language", "time_zone", "window_hours")}),
        (_("Approval"), {"fields": ("four_eyes", "four_eyes_override", "shows_review")}),
        (
            _("House style"),
            {
                "fields": (
                    "headline_max",
                    "body_min",
                    "body_max",
                    "bold_max",
                    "spacing",
                    "link_hosts",
                ),
                "description": _("Editors are told of what is outside it, and may pass over it."),
            },
        ),
        (_("Exported files"), {"fields": ("path_pattern", "extra")}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Series | None = None
    ) -> tuple[str, ...]:
        """Addresses that readers know are read-only."""
        published = obj and Digest.objects.filter(series=obj).exclude(published_at=None).exists()
        return ("slug",) if published else ()


class SourceAdmin(ReadersAdmin[Source]):
    list_display = ("name", "kind", "byline", "language", "url")
    list_filter = ("kind", "language")
    search_fields = ("name", "byline", "url")


class CategoryAdmin(admin.ModelAdmin[Category]):
    search_fields = ("name",)


class ExportedFileAdmin(admin.ModelAdmin[ExportedFile]):
    """The files of the export folder, as the sweeps report them; read-only."""

    list_display = ("path", "state", "digest", "revision", "at", "error")
    list_filter = ("state",)
    list_display_links = None
    search_fields = ("path",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ExportedFile]:
        rows = super().get_queryset(request).select_related("revision__digest")
        return rows.defer("revision__document", "revision__text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ExportedFile | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ExportedFile | None = None) -> bool:
        return False

    @admin.display(description=_("digest"))
    def digest(self, delivery: ExportedFile) -> Digest:
        return delivery.revision.digest
