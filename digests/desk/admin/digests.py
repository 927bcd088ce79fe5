"""The list of digests."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from digests.desk.admin.base import DeskAdmin
from digests.models import Digest


class DigestAdmin(DeskAdmin[Digest]):
    list_display = ("title", "state", "series", "date", "stories", "owner")
    list_filter = ("status", "series")
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        return Digest.objects.with_names().annotate(story_count=Count("placements"))

    @admin.display(description=_("status"), ordering="status")
    def state(self, digest: Digest) -> str:
        """The status; of a correction also what readers see."""
        return render_to_string("desk/_state.html", {"digest": digest})

    @admin.display(description=_("stories"), ordering="story_count")
    def stories(self, digest: Digest) -> int:
        count: int = vars(digest)["story_count"]
        return count
