"""What is said under /api/ when no operation answers: programs read JSON, not pages."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse


class JSONProblems:
    """Makes every error under /api/ a JSON object with a `detail`, whoever refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or not request.path.startswith("/api/"):
            return response
        if response.get("Content-Type", "").startswith("application/json"):
            return response
        if settings.DEBUG and status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return response  # the traceback
        problem = JsonResponse({"detail": HTTPStatus(status).phrase}, status=status)
        for name in ("Allow", "Retry-After"):
            if name in response:
                problem[name] = response[name]
        return problem
