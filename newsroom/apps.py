from celery.signals import after_task_publish
from django.apps import AppConfig
from django.core import checks

from newsroom import troubles
from newsroom.checks import debug_stays_at_home, several_processes_share_redis


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        checks.register(debug_stays_at_home)
        checks.register(several_processes_share_redis)
        after_task_publish.connect(troubles.broker_answers)
