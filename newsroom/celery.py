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
# By their names, because they need the models, which are not loaded yet.
app.steps["worker"].add("newsroom.worker:DueClockStep")
app.steps["worker"].add("newsroom.worker:PlannerStep")
app.steps["consumer"].add("newsroom.worker:HeartStep")


def require_redis() -> None:
    """Refuse to start without REDIS_URL, for processes that share the work: a task kept in the
    memory of one process would never reach another."""
    if not settings.REDIS_URL:
        raise ImproperlyConfigured(
            "Several processes share their tasks through Redis: set REDIS_URL, or run"
            " `manage.py up`, which does everything in one process."
        )


def load_broker() -> None:
    """Import everything that sending a task needs, which takes half a second, so that nobody waits
    for it while publishing. Nothing is connected."""
    app.producer_pool  # noqa: B018 (made at first access)
    app.connection_for_write().transport  # noqa: B018 (the same)


@celeryd_init.connect
@beat_init.connect
def refuse_lonely_process(**kwargs: Any) -> None:
    try:
        require_redis()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
