"""Approves digests with the settings and the database of the environment, for test_nudge.py.

For each line it reads it approves as many digests as the line says, and prints how many readers
can see, and how often the broker was tried. A line "again" makes the outbox forget that a broker
failed.
"""

import os
import sys
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
django.setup()

from celery import current_app  # noqa: E402 (Django must be set up first)

from digests.accounts.roles import REVIEWER  # noqa: E402 (as above)
from digests.editorial import nudge  # noqa: E402 (as above)
from digests.models import LiveDigest  # noqa: E402 (as above)
from tests.factories import approve, in_review, person  # noqa: E402 (as above)

tries = 0
send = current_app.send_task


def count_and_send(*args: Any, **options: Any) -> Any:
    global tries
    tries += 1
    return send(*args, **options)


def main() -> None:
    current_app.send_task = count_and_send  # type: ignore[method-assign]
    reviewer = person(REVIEWER)
    for line in sys.stdin:
        if line.strip() == "again":
            nudge._quiet_until = 0.0
            continue
        for _ in range(int(line)):
            approve(in_review(), by=reviewer)
        print(LiveDigest.objects.count(), tries, flush=True)  # noqa: T201 (its answer)


if __name__ == "__main__":
    main()
