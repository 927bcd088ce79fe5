"""One-time links with which users set their first or next password."""

from itertools import chain, count

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from digests.models import Series, User

FIRST_ADMINISTRATOR = "admin"


def invitation_link(user: User) -> str:
    """An absolute URL at which `user` sets a password; it works once, for three days."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    path = reverse("admin:password_reset_confirm", kwargs={"uidb64": key, "token": token})
    return f"{settings.SITE_URL}{path}"


def first_administrator_link() -> str | None:
    """The link for the first administrator, whose account is created if there is none; None as
    soon as any active superuser has a password."""
    superusers = _superusers()
    if _has_administrator(superusers):
        return None
    return invitation_link(superusers.first() or User.objects.create_superuser(_free_name()))


def begins_newsroom(user: User) -> bool:
    """Whether this user is about to become the first administrator of a newsroom in which nothing
    was done yet. Costs two queries, or one."""
    superusers = _superusers()
    is_empty = not Series.objects.exists()
    return is_empty and user in superusers and not _has_administrator(superusers)


def _superusers() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True)


def _has_administrator(superusers: QuerySet[User]) -> bool:
    return any(user.has_usable_password() for user in superusers)


def _free_name() -> str:
    """A free user name: “admin”, or with a number if that is taken."""
    names = chain([FIRST_ADMINISTRATOR], (f"{FIRST_ADMINISTRATOR}{n}" for n in count(2)))
    return next(name for name in names if not User.objects.filter(username=name).exists())
