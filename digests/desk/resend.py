"""What was typed into a form of the desk comes back when it could not be taken: the session had
ended, the form was older than the last sign-in, or the database was gone.

It travels in the page, so nothing is kept of it, and nobody else sees it. Scripts are left out:
they hold the text themselves.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of a field)
FORM = "application/x-www-form-urlencoded"
MOST_IN_A_LINE = 60  # characters


def is_form(request: HttpRequest) -> bool:
    """Whether a form of ours was posted, and not by a script."""
    return request.method == "POST" and not is_by_script(request) and TOKEN in request.POST


def is_by_script(request: HttpRequest) -> bool:
    return "X-Fragment" in request.headers or "X-CSRFToken" in request.headers


def signed_out(request: HttpRequest) -> HttpResponse:
    """The answer to a form that came without a session."""
    return _page(request, status=401)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a request whose CSRF token is missing, or older than the last sign-in."""
    if is_by_script(request):
        # A page would bring a new token, by which the script would take itself for signed in.
        return HttpResponse(status=403)
    return _page(request, status=403)


def without_database(request: HttpRequest) -> str:
    """A page's part that holds what was typed, made without a query; empty if there is nothing.

    Forms that hold files are left out: nothing may have looked at their length yet.
    """
    fields = _fields(request) if request.content_type == FORM else []
    context = {"fields": fields, "csrf_token": get_token(request), "request": request}
    return render_to_string("desk/_resend.html", context) if fields else ""


def _page(request: HttpRequest, status: int) -> HttpResponse:
    frame = admin.site.each_context(request)
    response = render(
        request, "desk/resend.html", frame | {"fields": _fields(request)}, status=status
    )
    response["Cache-Control"] = "no-store"
    return response


def _fields(request: HttpRequest) -> list[dict[str, Any]]:
    """The posted fields, in their order. None if another site may have posted them: one press of
    the button would do what that site wants. None with a password, which no page repeats."""
    if not is_form(request) or not _is_from_here(request):
        return []
    if any("password" in name for name in request.POST):
        return []
    return [
        {"name": name, "value": value, "is_text": "\n" in value or len(value) > MOST_IN_A_LINE}
        for name, values in request.POST.lists()
        if name != TOKEN
        for value in values
    ]


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form. Every browser of today says so in Origin."""
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    if not sender:
        return "Sec-Fetch-Site" not in request.headers
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    parts = urlsplit(sender)
    return f"{parts.scheme}://{parts.netloc}" in own
