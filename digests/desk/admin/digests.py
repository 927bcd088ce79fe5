"""The list of digests."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from digests.desk.admin.base import DeskAdmin, status_pill
from digests.models import Digest


class DigestAdmin(DeskAdmin[Digest]):
    list_display = ("title", status_pill, "series", "date", "stories", "owner")
    list_filter = ("status", "series")
    list_select_related = ("series", "owner")
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        return super().get_queryset(request).annotate(story_count=Count("placements"))

    @admin.display(description=_("stories"), ordering="story_count")
    def stories(self, digest: Digest) -> int:
        count: int = vars(digest)["story_count"]
        return count
