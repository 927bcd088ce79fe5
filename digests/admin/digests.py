"""Digests: the list, the form of the working copy and what stands in it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import date as formatted
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from digests import editorial
from digests.admin.base import VerbAdmin, status_pill
from digests.admin.digest_forms import DigestForm, NewDigestForm
from digests.desk.base import actor, onward
from digests.desk.steps import DIGEST_STEPS, buttons
from digests.desk.table import Table
from digests.models import Digest, Move


class DigestAdmin(VerbAdmin[Digest]):
    form = DigestForm
    list_display = ("title", status_pill, "series", "date", "stories", "owner")
    list_filter = ("status", "series")
    list_select_related = ("series", "owner")
    search_fields = ("title",)
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        return super().get_queryset(request).annotate(story_count=Count("placements"))

    def get_fieldsets(self, request: HttpRequest, obj: Digest | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["series", "title"]})]
        around = (_("Intro and outro"), {"fields": ["intro", "outro"], "classes": ["collapse"]})
        if self.has_change_permission(request, obj):
            return [(None, {"fields": ["title", "date", "filed", "loaded_version"]}), around]
        return [(None, {"fields": ["title", "series_date", "categories_in_order"]}), around]

    def get_form(
        self, request: HttpRequest, obj: Digest | None = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[Digest]]":
        if obj is None:
            kwargs["form"] = NewDigestForm
        elif not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def may_change(self, request: HttpRequest, row: Digest) -> bool:
        return editorial.may_compose(row, actor(request))

    def has_delete_permission(self, request: HttpRequest, obj: Digest | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.has_history())

    def save_model(
        self, request: HttpRequest, obj: Digest, form: "forms.ModelForm[Digest]", change: bool
    ) -> None:
        given = form.cleaned_data
        if not change:
            obj.pk = editorial.new_digest(given["series"], given["title"], by=actor(request)).pk
        elif form.has_changed():
            editorial.edit_digest(
                obj,
                by=actor(request),
                version=given["loaded_version"],
                title=given["title"],
                date=given["date"],
                categories=given["filed"],
                intro=given["intro"],
                outro=given["outro"],
            )

    def response_add(
        self, request: HttpRequest, obj: Digest, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its stories: opening it there makes it the current digest."""
        return onward(obj, actor(request))

    def response_change(self, request: HttpRequest, obj: Digest) -> HttpResponse:
        messages.success(request, _now("“%(row)s” is saved.") % {"row": obj})
        return onward(obj, actor(request))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        digest: Digest | None = context["original"]
        if digest:
            # The form has put what was sent into the row it was given.
            digest.refresh_from_db()
            verbs = editorial.available(digest, actor(request))
            table = Table(digest)
            context |= {
                "buttons": buttons(digest, DIGEST_STEPS, verbs),
                "may_approve": "approve" in verbs,
                "may_compose": self.may_change(request, digest),
                "story_count": len(table.placements),
                "differs": table.differs_from_live(),
                "said": Move.said(digest.moves.last_steps()),
            }
            if digest.is_composable:
                context |= {"findings": table.findings(), "unapproved": table.unapproved()}
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("stories"), ordering="story_count")
    def stories(self, digest: Digest) -> int:
        count: int = vars(digest)["story_count"]
        return count

    @admin.display(description=_("date"))
    def series_date(self, digest: Digest) -> str:
        zone = digest.series.time_zone
        return _now("%(date)s (%(zone)s)") % {
            "date": formatted(digest.local_date.replace(tzinfo=None), "DATETIME_FORMAT"),
            "zone": zone,
        }

    @admin.display(description=_("categories"))
    def categories_in_order(self, digest: Digest) -> str:
        filed = digest.filed_under.select_related("category").order_by("position")
        return ", ".join(str(each.category) for each in filed)
