"""What people do at a newsroom, done through the verbs by a process of its own.

`acts.py COUNT SECONDS` approves digests that are due so many seconds from now.
"""

import os
import sys
from datetime import timedelta
from itertools import count

import django

django.setup()

from digests.models import clock  # noqa: E402 (after the setup)
from tests import factories  # noqa: E402 (the same)


def main(number: str, seconds: str) -> None:
    # Rows of several processes must not be alike.
    factories._number = count(os.getpid() * 1_000_000)
    date = clock.now().replace(microsecond=0) + timedelta(seconds=int(seconds))
    for _ in range(int(number)):
        factories.approve(factories.in_review(date=date))


if __name__ == "__main__":
    main(*sys.argv[1:])
