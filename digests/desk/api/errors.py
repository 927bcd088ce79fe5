"""Refusals as answers: the status says what kind it is, `detail` is the sentence to show."""

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError

from digests.editorial.errors import Forbidden, Gone, Invalid, not_allowed
from digests.models import Refusal


class Problem(Schema):
    detail: str


REFUSED = {403: Problem, 404: Problem, 409: Problem}


def answer_refusals(api: NinjaAPI) -> None:
    """Let the API answer what its operations raise."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        match refusal:
            case Forbidden():
                status = 403
            case Gone():
                status = 404
            case Invalid():
                status = 422
            case _:
                status = 409
        return api.create_response(request, {"detail": str(refusal)}, status=status)

    @api.exception_handler(ObjectDoesNotExist)
    def missing(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
        return api.create_response(request, {"detail": str(Gone())}, status=404)

    @api.exception_handler(PermissionDenied)
    def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return api.create_response(request, {"detail": not_allowed()}, status=403)

    @api.exception_handler(AuthenticationError)
    def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return api.create_response(request, {"detail": gettext("You are signed out.")}, status=401)
