"""Middleware that gives the admin and the desk's API the language and time zone of the user."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from digests.models import User


class OwnLanguageAndZone:
    """Answers the admin and the desk's API in the signed-in user's language and time zone.

    It must come after authentication. Readers' pages are left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith((reverse("admin:index"), reverse("desk:api-root"))):
            return self.get_response(request)
        if not isinstance(request.user, User):
            return self.get_response(request)
        language = request.user.language or translation.get_language()
        with translation.override(language), timezone.override(request.user.zone):
            response = self.get_response(request)
        # Django's own middleware would name the browser's language.
        response.headers.setdefault("Content-Language", language or "")
        return response
