"""The Celery application; its settings are the CELERY_… names of `newsroom.settings`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

app = Celery("newsroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def require_redis() -> None:
    """For processes that share the work: in one's own memory nobody would find the tasks."""
    if not settings.REDIS_URL:
        raise ImproperlyConfigured(
            "Several processes share their tasks through Redis: set REDIS_URL, or run"
            " `manage.py up`, which does everything in one process."
        )


def load_broker() -> None:
    """Import now what sending a task needs, half a second's worth, so that nobody waits for it
    while publishing. Nothing is connected."""
    app.producer_pool  # noqa: B018 (made when first asked for)
    app.connection_for_write().transport  # noqa: B018 (the same)


@celeryd_init.connect
@beat_init.connect
def refuse_lonely_process(**kwargs: Any) -> None:
    try:
        require_redis()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
