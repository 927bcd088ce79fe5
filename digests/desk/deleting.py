"""The pages that confirm deleting an item or a digest; only untouched ones can be deleted."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from digests.desk.access import actor, get_row
from digests.desk.attempts import attempt
from digests.desk.frames import page
from digests.desk.navigation import back_to
from digests.desk.versions import posted_version
from digests.editorial import deleting
from digests.models import Digest, Item


def delete_item(request: HttpRequest, pk: int) -> HttpResponse:
    return _delete(request, get_row(request, Item, pk), deleting.delete_item)


def delete_digest(request: HttpRequest, pk: int) -> HttpResponse:
    return _delete(request, get_row(request, Digest, pk), deleting.delete_digest)


def _delete(request: HttpRequest, row: Item | Digest, verb: Callable[..., None]) -> HttpResponse:
    user = actor(request)
    if request.method == "POST":
        version = posted_version(request)
        if not attempt(request, partial(verb, row, by=user, version=version)):
            return back_to(row)
        messages.success(request, gettext("“%(row)s” deleted.") % {"row": row})
        return HttpResponseRedirect(reverse(f"admin:digests_{row._meta.model_name}_changelist"))
    if reason := deleting.why_not(row, user):
        messages.error(request, reason)
        return back_to(row)
    return page(request, "delete.html", gettext("Delete"), row)
