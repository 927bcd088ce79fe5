"""The list of digests."""

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor
from digests.desk.admin.base import DeskAdmin
from digests.models import Digest, Placement


class DigestAdmin(DeskAdmin[Digest]):
    live_page = "digests"
    list_display = ("title", "state", "series", "when", "stories", "owner", "details")
    list_filter = ("status", "series")
    search_fields = ("title",)
    add_label = _("New digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        # Beside the rows and not joined to them, so that counting the list need not look at it.
        placements = Placement.objects.filter(digest=OuterRef("pk")).order_by().values("digest")
        count = Subquery(placements.annotate(count=Count("pk")).values("count"))
        own_zone = Value(actor(request).time_zone)
        return Digest.objects.with_names().annotate(story_count=count, own_zone=own_zone)

    @admin.display(description=_("status"), ordering="status")
    def state(self, digest: Digest) -> str:
        """The status; of a correction also what readers see."""
        return render_to_string("desk/_state.html", {"digest": digest})

    @admin.display(description=_("date"), ordering="date")
    def when(self, digest: Digest) -> str:
        """The date by the clock of the series, as its title and its file tell it, and in the
        user's own zone."""
        user = {"time_zone": vars(digest)["own_zone"]}
        return render_to_string("desk/_date.html", {"digest": digest, "user": user})

    @admin.display(description=_("stories"))
    def stories(self, digest: Digest) -> str:
        count: int = vars(digest)["story_count"] or 0
        return ngettext("%(count)s story", "%(count)s stories", count) % {"count": count}

    @admin.display(description=_("details"))
    def details(self, digest: Digest) -> str:
        address = reverse("admin:digests_digest_details", args=[digest.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Title, date, intro"))
