"""The pages for errors: the admin's own within the admin, the readers' page everywhere else."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from digests.public.pages import not_found as readers_page
from digests.public.pages import refused as readers_refusal

EDITOR = "/admin/editor/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_here = request.path.startswith(reverse("admin:index"))
    if is_here and admin.site.has_permission(request):
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    return readers_page(request, exception)


def too_large(request: HttpRequest) -> HttpResponse:
    return _refused(
        request, 413, _("Too large"), _("What was sent is larger than this address accepts.")
    )


def without_length(request: HttpRequest) -> HttpResponse:
    return _refused(
        request, 411, _("Length missing"), _("What was sent does not say how long it is.")
    )


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """The answer beyond a limit, for `wait` seconds."""
    sentence = _("The site is busy, or was asked too often from your address. Wait {wait} s.")
    response = _refused(request, 429, _("Too many requests"), format_lazy(sentence, wait=wait))
    response["Retry-After"] = str(wait)
    return response


def _refused(
    request: HttpRequest, status: int, title: StrPromise, sentence: StrPromise
) -> HttpResponse:
    """Refuse a request before it has reached its view."""
    response: HttpResponse
    if request.path.startswith(EDITOR):
        # Its script shows what the answer says.
        response = JsonResponse({"detail": str(sentence)}, status=status)
    elif request.path.startswith(reverse("admin:index")):
        context = {"title": title, "sentence": sentence}
        response = render(request, "accounts/refused.html", context, status=status)
    else:
        response = readers_refusal(request, status, title, sentence)
    response["Cache-Control"] = "no-store"
    return response
