"""Series: the list, and the form with an example of what it makes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.admin.base import ReadersAdmin
from digests.desk.admin.zones import ZonedAdmin
from digests.models import Digest, Series
from digests.models.fields import Language, validate_time_zone
from digests.text.format.paths import (
    PathError,
    check_pattern,
    digest_slug,
    file_path,
    is_shared,
    numbered,
)


class SeriesForm(forms.ModelForm[Series]):
    class Meta:
        model = Series
        fields = [
            *("name", "language", "time_zone", "slug", "path_pattern", "four_eyes"),
            *("four_eyes_override", "shows_review", "window_hours", "headline_max", "body_min"),
            *("body_max", "bold_max", "spacing", "link_hosts", "extra"),
        ]
        labels = {
            "slug": _("Address"),
            "four_eyes": _("Requires a second reviewer"),
            "link_hosts": _("Allowed hosts of links"),
        }
        help_texts = {
            "slug": _("Letters a–z, digits and hyphens. Left empty, it is made from the name."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        given = self.cleaned_data["slug"]
        return given or Series.objects.free_slug(self.cleaned_data.get("name", ""))


@dataclass(frozen=True)
class Example:
    """An example of what a series makes: a digest of the current hour."""

    title: str
    slug: str
    address: str
    file: str  # empty if the pattern makes none
    remark: str


def example_of(series: Series) -> Example:
    """The example for a series as it stands in its form, saved or not. Costs a query if the slug is
    still to be made."""
    slug = series.slug or Series.objects.free_slug(series.name)
    date = _this_hour(series.time_zone)
    language = series.language if series.language in Language else translation.get_language()
    with translation.override(language):
        title = f"{series.name} · {date_format(date, 'DATE_FORMAT')}"
    address = f"{settings.SITE_URL}/{slug}/{digest_slug(date)}/"
    try:
        check_pattern(series.path_pattern, slug)
        file = file_path(series.path_pattern, date, slug)
    except PathError as error:
        return Example(title, slug, address, "", gettext(error.message) % error.params)
    return Example(title, slug, address, file, _remark(series.path_pattern, slug, file))


def _this_hour(time_zone: str) -> datetime:
    try:
        validate_time_zone(time_zone)
        zone = ZoneInfo(time_zone)
    except ValidationError:
        zone = ZoneInfo(settings.TIME_ZONE)
    return timezone.now().astimezone(zone).replace(minute=0, second=0, microsecond=0)


def _remark(pattern: str, slug: str, file: str) -> str:
    if not is_shared(pattern, slug):
        return ""
    return gettext(
        "Digests of different days get the same file name, so they are numbered: %(first)s,"
        " %(second)s, and so on. Add the day, as in {date:%%Y-%%m-%%d}.md, to tell them apart."
    ) % {"first": file, "second": numbered(file, 2)}


class SeriesAdmin(ZonedAdmin[Series], ReadersAdmin[Series]):
    form = SeriesForm
    change_form_template = "desk/series_form.html"
    list_display = ("name", "address", "language", "time_zone", "approval")
    search_fields = ("name", "slug")
    add_label = _("Add series")
    fieldsets = (
        (None, {"fields": ("name", "language", "time_zone", "slug", "path_pattern")}),
        (_("Approval"), {"fields": ("four_eyes", "four_eyes_override", "shows_review")}),
        (
            _("House style"),
            {
                "fields": (
                    "window_hours",
                    "headline_max",
                    "body_min",
                    "body_max",
                    "bold_max",
                    "spacing",
                    "link_hosts",
                ),
                "description": _(
                    "Editors are shown a remark about anything outside it, and may ignore it."
                ),
            },
        ),
        (_("Exported files"), {"fields": ("extra",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        example = self.admin_site.admin_view(self.example)
        return [path("example/", example, name="digests_series_example"), *super().get_urls()]

    def example(self, request: HttpRequest) -> HttpResponse:
        """The example for what stands in the form now, as a part of its page."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        names = ("name", "slug", "language", "time_zone", "path_pattern")
        typed = {name: request.GET.get(name, "").strip()[:200] for name in names}
        context = {"example": example_of(Series(**typed))}
        return render(request, "desk/_series_example.html", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        context["example"] = example_of(form.instance) if form.instance.name else None
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        preset = {"time_zone": settings.TIME_ZONE, "language": translation.get_language()}
        return preset | cast("dict[str, Any]", super().get_changeform_initial_data(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Series | None = None
    ) -> tuple[str, ...]:
        """Addresses that readers know are read-only."""
        published = obj and Digest.objects.filter(series=obj).exclude(published_at=None).exists()
        return ("slug",) if published else ()

    def say_saved(self, row: Series) -> str:
        """Tell those without scripts, too, what the series makes."""
        example = example_of(row)
        return gettext(
            "“%(row)s” saved. A digest of this hour would be read at %(address)s and written to"
            " the file %(file)s."
        ) % {"row": row, "address": example.address, "file": example.file}

    @admin.display(description=_("address"), ordering="slug")
    def address(self, series: Series) -> str:
        return f"/{series.slug}/"

    @admin.display(description=_("approval"))
    def approval(self, series: Series) -> str:
        return gettext("second reviewer") if series.four_eyes else ""
