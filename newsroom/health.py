"""Health checks for operators: /healthz (the process answers) and /readyz (everything works)."""

import logging
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digests.models import Digest, ExportedFile, Heartbeat, Slot, SweepReport, clock
from newsroom import troubles
from newsroom.postgresql.base import serve_request

logger = logging.getLogger(__name__)

DATABASE_ANSWERS_WITHIN = 1.0  # seconds
BLOCK = 4096  # bytes, of a disk
# The checks that tell when a known trouble is over.
TROUBLES = {"data folder": troubles.DISK, "database": troubles.DATABASE}


class Trouble(Exception):
    """Something is wrong; the message may be shown to anybody."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process runs; nothing else is checked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Report what works, as JSON: 200 while the newsroom can do its work, else 503.

    Files in conflict or failed only degrade it, because all the others are written. So does a
    broker that does not answer, because beat sweeps whatever happens to messages; the workers'
    loops wait for it, and are silent meanwhile.
    """
    checks = {"broker": _outcome("broker", broker)}
    degrading = {"broker", "files"} | (set() if checks["broker"] == "ok" else {"worker"})
    for name, check in CHECKS.items():
        checks[name] = _outcome(name, check)
        if checks.get("database", "ok") != "ok":
            break  # Each further query to it would wait as long again.
    troubled = {name for name, outcome in checks.items() if outcome != "ok"}
    ready, works = troubled <= degrading, not troubled
    migrated = checks.get("migrations") == "ok"
    report = {
        "status": "failing" if not ready else "ok" if works else "degraded",
        "checks": checks,
        "pending": pending() if migrated else None,
        "conflicts": conflicts() if migrated else None,
        "foreign": foreign() if migrated else None,
        "missed": missed() if migrated else None,
    }
    return JsonResponse(report, status=200 if ready else 503)


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Trouble as trouble:
        return str(trouble)
    except Exception:
        # The error's own message may hold an address or a password.
        logger.exception("The check of the %s failed", name)
        return "The check failed; the log says why."
    if name in TROUBLES:
        troubles.end(TROUBLES[name])
    return "ok"


def database() -> None:
    """Asks in a thread, which a silent server may hold for longer than a probe waits."""
    asked: Future[None] = Future()
    Thread(target=_ask_database, args=[asked], daemon=True).start()
    try:
        asked.result(DATABASE_ANSWERS_WITHIN)
    except TimeoutError as error:
        raise Trouble("It does not answer.") from error


def _ask_database(asked: Future[None]) -> None:
    serve_request()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        asked.set_result(None)
    except Exception as error:  # noqa: BLE001 (raised by who asked)
        asked.set_exception(error)
    finally:
        connection.close()


def migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Trouble("The database waits for `manage.py migrate`.")


def data_folder() -> None:
    _try_to_write(settings.DATA_DIR)


def export_folder() -> None:
    _try_to_write(settings.EXPORT_ROOT)


def _try_to_write(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(BLOCK))  # on a full disk, a file can be made but not filled
    except OSError as error:
        raise Trouble(f"It cannot be written: {error.strerror}.") from error


def sweep() -> None:
    report = SweepReport.objects.first()
    age = report.age if report else None
    if report is None or age is None:
        raise Trouble("No sweep has ended yet.")
    refuse_future("last sweep", age)
    # Four in a row did not happen.
    if age > 4 * settings.SWEEP_EVERY:
        raise Trouble(f"The last sweep ended {age.total_seconds():.0f} seconds ago.")
    if report.plan:
        raise Trouble(
            "The export folder is newer than its database, so nothing is written there until an"
            " administrator decides on Today."
        )
    if report.error:
        raise Trouble("The last sweep failed; the log says why.")


def due() -> None:
    if count := Digest.objects.overdue().count():
        raise Trouble(f"{count} digest{'s' if count > 1 else ''} overdue.")


def alive(part: Heartbeat.Part) -> None:
    """Refuse a part of which no process has reported for two heartbeats and a half."""
    at = Heartbeat.objects.latest_of(part)
    if at is None:
        raise Trouble(f"No {part} has reported.")
    age = clock.now() - at
    refuse_future(f"last report of a {part}", age)
    if age > 2.5 * settings.HEARTBEAT_EVERY:
        raise Trouble(f"The last report of a {part} is {age.total_seconds():.0f} seconds old.")


def files() -> None:
    if (oldest := pending()["oldest_s"]) is not None:
        refuse_future("publication of a pending digest", timedelta(seconds=oldest))
    found = ExportedFile.objects.values_list("state").order_by("state").annotate(Count("pk"))
    counts = dict(found.exclude(state=ExportedFile.State.WRITTEN))
    if counts:
        states = ", ".join(f"{count} {state}" for state, count in counts.items())
        raise Trouble(f"Not written: {states}. The list of exported files says why.")


def broker() -> None:
    with current_app.connection_for_write() as connected:
        connected.ensure_connection(max_retries=0, timeout=1)


CHECKS: dict[str, Callable[[], None]] = {
    "data folder": data_folder,
    "database": database,
    "migrations": migrations,
    "export folder": export_folder,
    "sweep": sweep,
    "due": due,
    **{part.value: partial(alive, part) for part in Heartbeat.Part},
    "files": files,
}


def refuse_future(what: str, age: timedelta) -> None:
    # History is written by the clocks of several machines, which need not agree quite.
    if age < -timedelta(seconds=1):
        raise Trouble(f"The {what} lies in the future: a clock was set back.")


def conflicts() -> int:
    """The number of files that are in the way of ours until somebody moves them."""
    return ExportedFile.objects.filter(state=ExportedFile.State.CONFLICT).count()


def foreign() -> int | None:
    """The number of files in the folder that somebody else put there, when it was looked at last.

    They do no harm to ours, but site generators publish them, too.
    """
    found = SweepReport.objects.values_list("foreign__count", flat=True).first()
    return None if found is None else int(found)


def missed() -> int:
    """The number of slots of the last day whose edition did not appear in time, or at all."""
    since = clock.now() - timedelta(days=1)
    return Slot.objects.filter(due_at__gte=since).exclude(missed_at=None).count()


def pending() -> dict[str, Any]:
    """The number of digests that wait for their file, and the longest wait in seconds."""
    found = Digest.objects.pending().aggregate(count=Count("pk"), since=Min("live_since"))
    since = found["since"]
    return {
        "count": found["count"],
        "oldest_s": (clock.now() - since).total_seconds() if since else None,
    }
