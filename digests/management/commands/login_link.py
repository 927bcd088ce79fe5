"""`manage.py login_link USER`: prints a one-time link for a user who cannot sign in."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from digests.accounts.links import invitation_link
from digests.management.base import NewsroomCommand
from digests.models import User


class Command(NewsroomCommand):
    help = "Prints a one-time link at which the user sets a new password and is signed in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name the user signs in with")

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        known = User.objects.filter(username=user).first()
        if known is None:
            raise CommandError(f"There is no user “{user}”.")
        if not known.is_active:
            raise CommandError(f"“{user}” is deactivated: an administrator must activate it first.")
        self.stdout.write(invitation_link(known))
