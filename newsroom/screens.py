"""Sessions and languages belong to the screens of those who work here.

Readers' pages are the same for everybody, so a cache may keep them: they set no cookie and vary
by nothing, whoever asks.
"""

import time

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware

PROLONGED_AT = "prolonged_at"
PROLONGED_EVERY = 5 * 60  # seconds


def is_heartbeat(request: HttpRequest) -> bool:
    return request.headers.get("X-Heartbeat") == "1"


class Sessions(SessionMiddleware):
    """Prolongs the session of who does something. Pages that only say that they are still open
    do not: an abandoned one would keep its session for ever."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        lives = session.accessed and not session.is_empty() and not is_heartbeat(request)
        # Not each time, for it costs a write.
        if lives and time.time() - session.get(PROLONGED_AT, 0) > PROLONGED_EVERY:
            session[PROLONGED_AT] = int(time.time())
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
