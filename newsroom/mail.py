"""E-mail settings from EMAIL_URL, and a backend that refuses to send any without it."""

from collections.abc import Sequence
from typing import Any, Never
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from newsroom.env import Kind

SECURITY: dict[str, dict[str, Any]] = {
    "smtp": {},
    "smtp+starttls": {"use_tls": True},
    "smtps": {"use_ssl": True},
}


class NoMail(BaseEmailBackend):
    """The backend without EMAIL_URL: sending raises an error, so no mail seems to have gone out."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> Never:
        raise ImproperlyConfigured("No e-mail can be sent, because EMAIL_URL is not set.")


def _mailer(value: str) -> dict[str, Any]:
    parts = urlsplit(value)
    query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    sender = query.pop("from", None)
    if query or parts.path not in ("", "/") or parts.fragment:
        raise ValueError
    mailer: dict[str, Any]
    if parts.scheme == "console" and not parts.netloc:
        mailer = {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    elif parts.scheme in SECURITY and parts.hostname:
        options = {"host": parts.hostname, "timeout": 10, **SECURITY[parts.scheme]}
        if parts.port is not None:
            options["port"] = parts.port
        if parts.username is not None:
            options["username"] = unquote(parts.username)
            options["password"] = unquote(parts.password or "")
        mailer = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    else:
        raise ValueError
    return {"sender": sender, "mailer": mailer}


EMAIL_URL = Kind(
    _mailer,
    "an address such as smtp+starttls://user:password@host:587?from=news@example.org"
    " (or smtp://, smtps://, console://)",
    secret=True,
)
