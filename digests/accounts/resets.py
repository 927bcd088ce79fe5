"""New passwords by e-mail. The request only asks a task for it, so that its answer neither waits
for a mail server nor tells by its time whether there is such an account."""

import logging
from smtplib import SMTPException
from typing import Any

from celery import current_app
from django.contrib.auth.forms import PasswordResetForm
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from digests.accounts.links import invitation_link
from digests.models import User

logger = logging.getLogger(__name__)

SEND_RESET_LINK = "digests.tasks.send_reset_link"
PAUSE = 10 * 60  # seconds until an account is sent the next mail


class NotAsked(Exception):
    """The task could not be asked for a link."""


class AskForReset(PasswordResetForm):
    """The form that asks for a link; it looks nobody up. Saving it may raise `NotAsked`."""

    def save(self, *args: Any, **options: Any) -> None:
        given = [self.cleaned_data["email"], translation.get_language()]
        try:
            current_app.send_task(SEND_RESET_LINK, given, ignore_result=True)
        except Exception as error:
            logger.warning("The broker does not answer, no reset link is sent: %s", error)
            raise NotAsked from error


def send_reset_link(email: str, language: str) -> None:
    """Send a one-time link to the accounts with this address, in their language or the given one,
    unless one was sent just now."""
    for user in PasswordResetForm().get_users(email):
        assert isinstance(user, User)  # noqa: S101 (for the type checker)
        sent = f"reset-link:{user.pk}"
        if caches["rates"].add(sent, 1, PAUSE):
            try:
                with translation.override(user.language or language):
                    _send_link(user)
            except (OSError, SMTPException) as error:
                caches["rates"].delete(sent)
                logger.warning("No reset link could be sent to user %s: %s", user.pk, error)


def _send_link(user: User) -> None:
    subject = render_to_string("email/password_reset_subject.txt").strip()
    body = render_to_string("email/password_reset.txt", {"link": invitation_link(user)})
    EmailMessage(subject, body, to=[user.email]).send()
