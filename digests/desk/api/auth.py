"""Authentication: users who work here, by the admin's session, with its CSRF token."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import SessionAuth

from digests.models import User


class StaffSession(SessionAuth):
    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = request.user
        return user if isinstance(user, User) and user.is_staff else None


def actor(request: HttpRequest, permission: str = "") -> User:
    """The signed-in user; 403 without the permission, if one is named. Verbs check their own."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 (StaffSession let nobody else in)
    if permission and not user.has_perm(f"digests.{permission}"):
        raise PermissionDenied
    return user
