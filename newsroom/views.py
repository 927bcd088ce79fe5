"""Pages for errors: the desk's own below its address, the readers' page everywhere else."""

import random
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django_stubs_ext import StrPromise

from digests.desk.frames import is_editor, refusal
from digests.desk.resend import without_database
from digests.public.pages import broken as readers_broken_page
from digests.public.pages import not_found as readers_page
from digests.public.pages import refused as readers_refusal
from newsroom import troubles
from newsroom.limits import may_reload

EDITOR = "/admin/editor/"
RETRY_AFTER = 10  # seconds


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not (_is_desk(request) and is_editor(request)):
        return readers_page(request, exception)
    sentence = _("There is nothing at this address. It may have been deleted.")
    return refusal(request, 404, _("Page not found"), sentence)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not (_is_desk(request) and is_editor(request)):
        return defaults.bad_request(request, exception)
    sentence = _("The address or the form contains something this page does not understand.")
    return refusal(request, 400, _("Request not understood"), sentence)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_desk(request):
        return defaults.permission_denied(request, exception)
    sentence = _("Your roles do not allow it. An administrator can change them.")
    return refusal(request, 403, _("Not permitted"), sentence)


def too_large(request: HttpRequest) -> HttpResponse:
    return _refused(
        request, 413, _("Too large"), _("The request is larger than this address accepts.")
    )


def without_length(request: HttpRequest) -> HttpResponse:
    return _refused(
        request, 411, _("Length required"), _("The request does not say how long it is.")
    )


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """The answer beyond a limit, for `wait` seconds."""
    sentence = _("The site is busy, or was asked too often from your address. Wait {wait} s.")
    response = _refused(request, 429, _("Too many requests"), format_lazy(sentence, wait=wait))
    response["Retry-After"] = str(wait)
    return response


def busy(request: HttpRequest) -> HttpResponse:
    """The answer while it is not the request's turn. A browser asks for a page again by itself, but
    not for ever, because whoever waits here holds one of few threads."""
    # Not all at the same moment.
    wait = random.randint(2, 5)  # noqa: S311 (no secret)
    response = too_many(request, wait)
    if request.method == "GET" and may_reload(request):
        response["Refresh"] = str(wait)
    return response


def _refused(
    request: HttpRequest, status: int, title: StrPromise, sentence: StrPromise
) -> HttpResponse:
    """Refuse a request before it has reached its view."""
    response: HttpResponse
    if request.path.startswith(EDITOR):
        # Its script shows what the answer says.
        response = JsonResponse({"detail": str(sentence)}, status=status)
    elif _is_desk(request):
        response = refusal(request, status, title, sentence)
    else:
        response = readers_refusal(request, status, title, sentence)
    response["Cache-Control"] = "no-store"
    return response


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that an exception ended: 503 if the database or its disk was at
    fault, else 500. No page of these asks the database."""
    error = sys.exception()
    is_full = troubles.kind_of(error) == troubles.DISK
    is_gone = isinstance(error, (OperationalError, InterfaceError))
    is_away = is_full or (is_gone and not troubles.is_mistake(error))
    status = 503 if is_away else 500
    if _is_desk(request):
        typed = without_database(request) if is_away else ""
        context = {"is_away": is_away, "is_full": is_full, "typed": typed}
        html = render_to_string("desk/broken.html", context)
        response = HttpResponse(html, status=status)
    else:
        response = readers_broken_page(request, status)
    if is_away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def _is_desk(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("admin:index"))
