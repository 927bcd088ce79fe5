"""Sessions and languages belong to the screens of those who work here.

Readers' pages are the same for everybody, so a cache may keep them: they set no cookie and vary
by nothing, whoever asks.
"""

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware


class Sessions(SessionMiddleware):
    """Lets only those requests prolong a session that looked at it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        # Without this a page that needs no session would be refused for a session that expired.
        return super().process_response(request, response) if request.session.accessed else response


class Languages(LocaleMiddleware):
    """Follows the browser's language, save in an answer that says it is everybody's."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "public" in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)
