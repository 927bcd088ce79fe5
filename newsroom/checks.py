"""System checks for settings that are valid alone, but not together."""

import os
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


def debug_stays_at_home(
    *, app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse DEBUG on an address that other machines may reach, because tracebacks show settings
    and data."""
    if not settings.DEBUG or is_loopback(settings.HOST):
        return []
    return [
        Error(
            f"DEBUG is on and HOST is {settings.HOST}, which other machines may reach.",
            hint="Unset DEBUG, or set HOST to 127.0.0.1.",
            id="newsroom.E001",
        )
    ]


def several_processes_share_redis(
    *, app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse several web processes without Redis, because a task would be known only to the process
    that sent it."""
    processes = os.environ.get("WEB_CONCURRENCY", "")
    if settings.REDIS_URL or processes in ("", "1"):
        return []
    return [
        Error(
            f"WEB_CONCURRENCY is {processes}, but without REDIS_URL one process must do all.",
            hint="Set REDIS_URL, or unset WEB_CONCURRENCY.",
            id="newsroom.E002",
        )
    ]


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
