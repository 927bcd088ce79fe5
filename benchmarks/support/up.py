"""`manage.py`, mostly `up`, with the views of `views.py` added; servers.py starts it."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

NO_SWEEPS = "NEWSROOM_BENCHMARK_NO_SWEEPS"
REAL_PASSWORDS = "NEWSROOM_BENCHMARK_REAL_PASSWORDS"


def main() -> None:
    adapt_settings()
    execute_from_command_line(sys.argv)


def adapt_settings() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    settings.ROOT_URLCONF = "benchmarks.support.views"
    if os.environ.get(NO_SWEEPS):
        settings.CELERY_BEAT_SCHEDULE = {}
    if not os.environ.get(REAL_PASSWORDS):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


if __name__ == "__main__":
    main()
