"""Approves digests with the settings of the environment, for test_outbox.py.

For each line it reads it approves as many digests as the line says, and prints the seconds that
each approval took, as JSON. A line "again" makes the outbox forget that a broker failed.
"""

import json
import os
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
django.setup()

from digests import editorial, outbox  # noqa: E402 (Django must be set up first)
from digests.models import Digest, User  # noqa: E402 (as above)
from digests.roles import REVIEWER  # noqa: E402 (as above)
from tests.factories import in_review, person, shown  # noqa: E402 (as above)


def main() -> None:
    call_command("migrate", verbosity=0)
    reviewer = person(REVIEWER)
    for line in sys.stdin:
        if line.strip() == "again":
            outbox._quiet_until = 0.0
            continue
        digests = [in_review() for _ in range(int(line))]
        print(json.dumps([approve(digest, reviewer) for digest in digests]), flush=True)  # noqa: T201 (its answer)


def approve(digest: Digest, by: User) -> float:
    digest = Digest.objects.get(pk=digest.pk)
    seen = shown(digest)
    start = time.monotonic()
    digest = editorial.approve(digest, by=by, version=digest.version, sha256=seen)
    took = time.monotonic() - start
    assert digest.status == Digest.Status.PUBLISHED
    return took


if __name__ == "__main__":
    main()
