"""Celery tasks. Each calls one idempotent function."""

from celery import shared_task

from digests.accounts import resets
from digests.delivery.folder import sweep as sweep_folder


@shared_task
def sweep() -> None:
    """Make the export folder equal to the set of live revisions."""
    sweep_folder()


@shared_task
def send_reset_link(email: str, language: str) -> None:
    """Send a one-time link to the accounts with this address."""
    resets.send_reset_link(email, language)
