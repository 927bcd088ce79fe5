"""`manage.py up` with two more tasks: a short one and one that takes long.

Started by test_up.py; both write into the folder named by NOTES.
"""

import os
import sys
import time
from pathlib import Path

from celery.worker import state
from django.core.management import execute_from_command_line

from newsroom.celery import app

NOTES = Path(os.environ["NOTES"])


@app.task(name="tests.tick")
def tick() -> None:
    """Notes the id of the process it runs in; if a file asks for it, ends the worker around it."""
    (NOTES / f"tick-{os.getpid()}").touch()
    if (NOTES / "end-the-worker").exists():
        (NOTES / "end-the-worker").unlink()
        state.should_stop = 0  # type: ignore[assignment]  # the stubs know only None


@app.task(name="tests.work")
def work() -> None:
    number = time.monotonic_ns()
    (NOTES / f"started-{number}").touch()
    time.sleep(3)
    (NOTES / f"ended-{number}").touch()


app.conf.beat_schedule = app.conf.beat_schedule | {
    "tick": {"task": "tests.tick", "schedule": 1},
    "work": {"task": "tests.work", "schedule": 3},
}

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
