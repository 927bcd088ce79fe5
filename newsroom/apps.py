from django.apps import AppConfig
from django.core import checks

from newsroom.checks import debug_stays_at_home, several_processes_share_redis


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        checks.register(debug_stays_at_home)
        checks.register(several_processes_share_redis)
