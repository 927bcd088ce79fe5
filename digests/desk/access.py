"""The signed-in user of a request, and the rows that it is about."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from digests.models import Digest, Item, User
from digests.models.numbers import parse_pk


def actor(request: HttpRequest) -> User:
    """The signed-in user; the admin's own guard has let nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require_view(request: HttpRequest, model: type[models.Model]) -> None:
    """Answer 403 to users who may not view rows of this model."""
    if not request.user.has_perm(f"digests.view_{model._meta.model_name}"):
        raise PermissionDenied


def get_row[M: (Item, Digest)](request: HttpRequest, model: type[M], pk: int, *joined: str) -> M:
    """The item or digest of a page, with its `joined` rows; 403 for users who may not view it."""
    require_view(request, model)
    rows = model._default_manager.all()
    return get_object_or_404(rows.select_related(*joined) if joined else rows, pk=pk)


def posted_pk(request: HttpRequest, name: str) -> int:
    """The primary key that a form sends under this name."""
    try:
        return parse_pk(request.POST.get(name, ""))
    except ValueError:
        raise BadRequest("No such number.") from None
