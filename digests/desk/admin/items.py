"""The list of items."""

from django.utils.translation import gettext_lazy as _

from digests.desk.admin.base import DeskAdmin, status_pill
from digests.models import Item


class ItemAdmin(DeskAdmin[Item]):
    live_page = "stories"
    list_display = ("headline", status_pill, "source", "created_at")
    list_filter = ("status", "language", "source")
    list_select_related = ("source",)
    search_fields = ("headline", "byline", "url", "body")
    search_help_text = _("Searches headline, byline, link and body.")
    add_label = _("Add a story")
