"""The inbox: candidates, triaged by one key each."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from digests.desk.base import actor, screen


def inbox(request: HttpRequest) -> HttpResponse:
    if not actor(request).has_perm("digests.view_item"):
        raise PermissionDenied
    return screen(request, "inbox.html", _("Inbox"))
