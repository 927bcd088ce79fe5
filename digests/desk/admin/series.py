"""Series: the list, the form with examples of what it makes, and pausing a schedule."""

from functools import partial
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from digests.desk.access import actor
from digests.desk.admin.base import ReadersAdmin
from digests.desk.admin.schedule_form import IN_WORDS, SCHEDULED
from digests.desk.admin.series_example import example_of, plan_of
from digests.desk.admin.series_form import PauseForm, SeriesForm
from digests.desk.admin.zones import ZonedAdmin
from digests.desk.attempts import attempt, errors_from, report_errors
from digests.desk.schedule import describe
from digests.editorial import planning
from digests.models import Digest, Series, Site, clock
from digests.models.numbers import parse_pk
from digests.text.characters import in_quotes, join_sentences


class SeriesAdmin(ZonedAdmin[Series], ReadersAdmin[Series]):
    form = SeriesForm
    change_form_template = "desk/series_form.html"
    list_display = ("name", "address", "language", "time_zone", "due", "approval")
    search_fields = ("name", "slug")
    add_label = _("Add series")
    fieldsets = (
        (None, {"fields": ("name", "language", "time_zone", "slug", "path_pattern")}),
        (
            _("Schedule"),
            {
                "fields": (
                    *("recurrence", "every", "start", "times", "days", "schedule"),
                    *("title_pattern", "lead_minutes", "late_minutes", "tells_next"),
                ),
                "description": _(
                    "Editions are planned ahead, each with a draft. Editors are alerted when one"
                    " does not appear on time."
                ),
            },
        ),
        (
            _("Editions"),
            {"fields": ("window_hours", "categories", "least_stories", "most_stories")},
        ),
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
                "description": _(
                    "Editors are shown a remark about anything outside it, and may ignore it."
                ),
            },
        ),
        (_("Exported files"), {"fields": ("extra",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Series | None = None) -> Any:
        """To those who may only look, the schedule is shown as a sentence."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return [
            (title, options | {"fields": _to_look_at(options)}) for title, options in self.fieldsets
        ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        pause, resume = require_POST(self.pause), require_POST(self.resume)
        return [
            path("example/", view(self.example), name="digests_series_example"),
            path("<number:pk>/pause/", view(pause), name="digests_series_pause"),
            path("<number:pk>/resume/", view(resume), name="digests_series_resume"),
            *super().get_urls(),
        ]

    def example(self, request: HttpRequest) -> HttpResponse:
        """The examples for what stands in the form now, as parts of its page."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        form = SeriesForm(request.GET)
        _pause_as_saved(form.instance, request.GET.get("saved", ""))
        plan = plan_of(form.instance, form.schedule_errors)
        context = {"example": example_of(form.instance, plan), "plan": plan}
        return render(request, "desk/series_regions.html", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        series = form.instance
        plan = plan_of(series, form.schedule_errors)
        saved = context["original"]
        may_pause = saved and saved.schedule and self.has_change_permission(request, saved)
        context |= {
            "example": example_of(series, plan) if series.name else None,
            "plan": plan,
            "scheduled": SCHEDULED,
            "paused": paused(series) if series.is_paused(clock.now()) else "",
            "pause_form": PauseForm() if may_pause else None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        preset = {
            "time_zone": timezone.get_current_timezone_name(),
            "language": Site.objects.language(),
        }
        return preset | cast("dict[str, Any]", super().get_changeform_initial_data(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Series | None = None
    ) -> tuple[str, ...]:
        """Addresses that readers know are read-only."""
        published = obj and Digest.objects.filter(series=obj).exclude(published_at=None).exists()
        return ("slug",) if published else ()

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:
        obj.is_plan_stale = form.changes_slots
        if not change:
            super().save_model(request, obj, form, change)
            return
        # What planning and pauses wrote since the form was loaded stays.
        kept = set(Series.PLANNED) - ({"is_plan_stale"} if form.changes_slots else set())
        fields = [field.name for field in obj._meta.concrete_fields if not field.primary_key]
        obj.save(update_fields=[name for name in fields if name not in kept])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.save_related(actor(request))
        if form.changes_slots:
            # Afterwards, because planning locks digests, and those before the series. The planner
            # would do it, too, a moment later.
            transaction.on_commit(partial(self.replan, request, form.instance))

    def replan(self, request: HttpRequest, series: Series) -> None:
        against = errors_from(partial(planning.replan, series, by=None))
        if not against:
            messages.info(request, slots_ahead(series))
            return
        messages.error(
            request,
            gettext("The slots were not updated: %(reason)s Newsroom will try again.")
            % {"reason": join_sentences(against)},
        )

    def pause(self, request: HttpRequest, pk: int) -> HttpResponse:
        series = self._to_change(request, pk)
        form = PauseForm(request.POST)
        if not form.is_valid():
            report_errors(request, form)
            return _to_form(series)
        until = form.cleaned_data["resumes_on"]
        if attempt(request, partial(planning.pause, series, by=actor(request), resumes_on=until)):
            series.refresh_from_db()
            messages.success(request, _said_paused(series))
        return _to_form(series)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        series = self._to_change(request, pk)
        if attempt(request, partial(planning.resume, series, by=actor(request))):
            messages.success(request, slots_ahead(series))
        return _to_form(series)

    def _to_change(self, request: HttpRequest, pk: int) -> Series:
        series = get_object_or_404(Series, pk=pk)
        if not self.has_change_permission(request, series):
            raise PermissionDenied
        return series

    def say_saved(self, row: Series) -> str:
        """Tell those without scripts, too, what the series makes."""
        plan = plan_of(row, [])
        example = example_of(row, plan)
        words = {"row": row, "address": example.address, "file": example.file}
        if plan.editions:
            said = gettext(
                "“%(row)s” saved. Its next edition will be at %(address)s and in the file %(file)s."
            )
        else:
            said = gettext(
                "“%(row)s” saved. A digest of this hour would be read at %(address)s and written"
                " to the file %(file)s."
            )
        return said % words

    @admin.display(description=_("address"), ordering="slug")
    def address(self, series: Series) -> str:
        return f"/{series.slug}/"

    @admin.display(description=_("due"))
    def due(self, series: Series) -> str:
        sentence = describe(series.schedule)
        if not (sentence and series.is_paused(timezone.now())):
            return sentence
        return format_html('{}<br><span class="pill">{}</span>', sentence, paused(series))

    @admin.display(description=_("approval"))
    def approval(self, series: Series) -> str:
        return gettext("second reviewer") if series.four_eyes else ""


def _to_look_at(options: Any) -> list[str]:
    """The fields of a part of the form, for those who may not change them."""
    shown = ["due" if name == "schedule" else name for name in options["fields"]]
    return [name for name in shown if name not in IN_WORDS]


def _pause_as_saved(series: Series, number: str) -> None:
    """Let a series as it stands in its form be paused if the saved one is, whose number is given.
    Costs a query."""
    try:
        saved = Series.objects.filter(pk=parse_pk(number)).first()
    except ValueError:
        return
    if saved:
        series.paused_at, series.resumes_on = saved.paused_at, saved.resumes_on


def paused(series: Series) -> str:
    """That a series is paused, and until when."""
    if series.resumes_on is None:
        return gettext("paused")
    return gettext("paused until %(day)s") % {"day": _resumes_on(series)}


def _said_paused(series: Series) -> str:
    words = {"series": in_quotes(str(series)), "day": _resumes_on(series)}
    if series.resumes_on is None:
        return gettext("“%(series)s” is paused. Approved digests are still published.") % words
    said = gettext("“%(series)s” is paused until %(day)s. Approved digests are still published.")
    return said % words


def _resumes_on(series: Series) -> str:
    return date_format(series.resumes_on, "DATE_FORMAT") if series.resumes_on else ""


def slots_ahead(series: Series) -> str:
    """How many slots a series has ahead, and when the first is due. Costs two queries."""
    ahead = series.slots.ahead(clock.now())
    first, count = ahead.first(), ahead.count()
    if first is None:
        return gettext("No slots are planned.")
    due = first.local_due_at
    return ngettext(
        "%(count)d slot is planned: it is due on %(day)s at %(time)s (%(zone)s).",
        "%(count)d slots are planned. The first is due on %(day)s at %(time)s (%(zone)s).",
        count,
    ) % {
        "count": count,
        "day": date_format(due, "DATE_FORMAT"),
        "time": f"{due:%H:%M}",
        "zone": series.time_zone,
    }


def _to_form(series: Series) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:digests_series_change", args=[series.pk]))
