"""The health checks, by which the site reports its state to monitoring."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from digests.delivery.folder import sweep
from digests.models import (
    Digest,
    ExportedFile,
    Heartbeat,
    HistoryEntry,
    Revision,
    SweepReport,
    clock,
)
from newsroom import health, troubles
from tests.exported import path_of
from tests.factories import approve, in_review, live_revision, published, scheduled

pytestmark = pytest.mark.postgresql


@pytest.fixture
def ready(db: None, settings: Settings, tmp_path: Path) -> None:
    """A newsroom that lacks nothing."""
    settings.EXPORT_ROOT = tmp_path
    swept()
    for part in Heartbeat.Part:
        Heartbeat.objects.record(part)


def swept(*, seconds_ago: float = 1, error: str = "") -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    report = {"started_at": at, "ended_at": at, "error": error}
    SweepReport.objects.update_or_create(pk=1, defaults=report)


def test_healthz_answers_without_asking_anything(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The test has no database at all."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_readyz_is_ok_when_everything_works(client: Client, ready: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {
            "data folder": "ok",
            "database": "ok",
            "migrations": "ok",
            "export folder": "ok",
            "sweep": "ok",
            "due": "ok",
            "worker": "ok",
            "clock": "ok",
            "planner": "ok",
            "beat": "ok",
            "files": "ok",
            "broker": "ok",
        },
        "pending": {"count": 0, "oldest_s": None},
        "conflicts": 0,
        "foreign": None,
        "missed": 0,
    }
    assert "no-store" in answer.headers["Cache-Control"]


def failing(client: Client, check: str) -> str:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    report = answer.json()
    assert report["status"] == "failing"
    assert [name for name, outcome in report["checks"].items() if outcome != "ok"] == [check]
    return str(report["checks"][check])


def test_no_sweep_yet_is_not_ready(client: Client, ready: None) -> None:
    SweepReport.objects.all().delete()
    assert failing(client, "sweep") == "No sweep has ended yet."


def test_a_sweep_that_is_overdue_is_not_ready(client: Client, ready: None) -> None:
    swept(seconds_ago=100)
    assert failing(client, "sweep") == "The last sweep ended 100 seconds ago."


def test_a_sweep_that_failed_is_not_ready_and_its_words_stay_inside(
    client: Client, ready: None
) -> None:
    swept(error="/srv/secret: disk full")
    assert failing(client, "sweep") == "The last sweep failed; the log says why."


def heard(part: str, *, seconds_ago: float) -> None:
    at = clock.now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.filter(part=part).update(at=at)


@pytest.mark.parametrize("part", ["worker", "clock", "planner", "beat"])
def test_a_part_that_no_process_has_is_named_within_half_a_minute(
    client: Client, ready: None, part: str
) -> None:
    heard(part, seconds_ago=24)
    assert client.get("/readyz").status_code == 200
    heard(part, seconds_ago=29)
    assert failing(client, part) == f"The last report of a {part} is 29 seconds old."
    Heartbeat.objects.filter(part=part).delete()
    assert failing(client, part) == f"No {part} has reported."


def test_one_living_process_of_each_part_is_enough(client: Client, ready: None) -> None:
    for part in Heartbeat.Part:
        at = clock.now() - timedelta(minutes=5)
        Heartbeat.objects.create(part=part, process="dead:1", at=at)
    assert client.get("/readyz").status_code == 200


def test_digests_that_are_overdue_are_counted(
    client: Client, ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    date = clock.now().replace(microsecond=0) + timedelta(hours=1)
    rows = [approve(in_review(date=date)) for _ in range(2)]
    for seconds, outcome in ((9, "ok"), (11, "2 digests overdue.")):
        overdue = date + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda overdue=overdue: overdue)
        assert client.get("/readyz").json()["checks"]["due"] == outcome
    Digest.objects.filter(pk=rows[0].pk).update(status="draft")
    assert client.get("/readyz").json()["checks"]["due"] == "1 digest overdue."


def test_what_lies_in_the_future_is_trouble(client: Client, ready: None) -> None:
    heard("beat", seconds_ago=-7200)
    sentence = failing(client, "beat")
    assert sentence == "The last report of a beat lies in the future: a clock was set back."
    heard("beat", seconds_ago=0)
    swept(seconds_ago=-7200)
    sentence = failing(client, "sweep")
    assert sentence == "The last sweep lies in the future: a clock was set back."


def test_a_pending_digest_of_the_future_degrades_only(client: Client, ready: None) -> None:
    digest = published()
    later = clock.now() + timedelta(hours=2)
    QuerySet(HistoryEntry).filter(digest=digest, action="publish").update(at=later)
    report = client.get("/readyz").json()
    assert report["status"] == "degraded"
    assert report["checks"]["files"] == (
        "The publication of a pending digest lies in the future: a clock was set back."
    )


def test_heartbeats_of_long_ago_and_of_a_future_that_was_taken_back_are_removed(
    ready: None,
) -> None:
    for process, minutes in (("dead:1", -61), ("dead:2", 119), ("quiet:3", -59)):
        at = clock.now() + timedelta(minutes=minutes)
        Heartbeat.objects.create(part="worker", process=process, at=at)
    Heartbeat.objects.record(Heartbeat.Part.WORKER)
    left = Heartbeat.objects.filter(part="worker").values_list("process", flat=True)
    assert len(left) == 2
    assert "quiet:3" in left


def test_a_heartbeat_leaves_one_that_another_process_wrote_meanwhile(ready: None) -> None:
    at = clock.now() + timedelta(seconds=30)
    Heartbeat.objects.create(part="worker", process="quicker:1", at=at)
    Heartbeat.objects.record(Heartbeat.Part.WORKER)
    assert Heartbeat.objects.filter(process="quicker:1").exists()


def test_a_heartbeat_leaves_what_lies_ahead_of_other_parts(ready: None) -> None:
    at = clock.now() + timedelta(hours=2)
    Heartbeat.objects.create(part="beat", process="ahead:1", at=at)
    Heartbeat.objects.record(Heartbeat.Part.WORKER)
    assert Heartbeat.objects.filter(process="ahead:1").exists()


def test_a_folder_that_cannot_be_written_is_not_ready(
    client: Client, ready: None, settings: Settings
) -> None:
    settings.EXPORT_ROOT = settings.EXPORT_ROOT / "missing"
    sentence = failing(client, "export folder")
    assert sentence == "It cannot be written: No such file or directory."


def test_the_check_of_the_folder_leaves_nothing_in_it(
    client: Client, ready: None, settings: Settings
) -> None:
    client.get("/readyz")
    assert list(settings.EXPORT_ROOT.iterdir()) == []


def test_a_migration_to_come_is_not_ready(client: Client, ready: None) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="digests").latest("id").delete()
    assert failing(client, "migrations") == "The database waits for `manage.py migrate`."


def test_a_database_that_does_not_answer_is_not_ready_and_nothing_leaks(
    client: Client, ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("password=secret")

    monkeypatch.setitem(health.CHECKS, "database", fail)
    assert failing(client, "database") == "The check failed; the log says why."


def test_a_database_that_is_down_is_asked_once(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    """The test has no database: every question to it fails."""
    settings.EXPORT_ROOT = tmp_path
    answer = client.get("/readyz")
    assert answer.status_code == 503
    failed = "The check failed; the log says why."
    assert answer.json() == {
        "status": "failing",
        "checks": {"data folder": "ok", "database": failed, "broker": "ok"},
        "pending": None,
        "conflicts": None,
        "foreign": None,
        "missed": None,
    }


def test_files_that_cannot_be_written_degrade_only(
    client: Client, ready: None, settings: Settings
) -> None:
    good, damaged, taken = published(), published(), published()
    QuerySet(Revision).filter(pk=damaged.live_revision_id).update(text="not what was approved")
    (settings.EXPORT_ROOT / taken.path).write_text("somebody's own")
    assert len(sweep().written) == 1
    answer = client.get("/readyz")
    assert answer.status_code == 200
    report = answer.json()
    assert report["status"] == "degraded"
    assert report["conflicts"] == 1
    not_ok = {name: outcome for name, outcome in report["checks"].items() if outcome != "ok"}
    assert not_ok == {
        "files": "Not written: 1 conflict, 1 failed. The list of exported files says why."
    }
    assert (settings.EXPORT_ROOT / good.path).exists()


def test_foreign_files_in_the_folder_are_counted_and_harm_nothing(
    client: Client, ready: None, settings: Settings
) -> None:
    for name in ("draft.md", "notes.txt"):
        (settings.EXPORT_ROOT / name).write_text("somebody's own")
    sweep()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["foreign"] == 2


def test_a_broker_that_does_not_answer_degrades_only(
    client: Client, ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ConnectionRefusedError("redis://:secret@host")

    monkeypatch.setattr(health, "broker", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["broker"] == "The check failed; the log says why."
    # The loops of the workers wait for it; what is due is published by their clocks.
    heard("worker", seconds_ago=60)
    assert client.get("/readyz").status_code == 200
    heard("clock", seconds_ago=60)
    assert client.get("/readyz").status_code == 503


def test_pending_digests_are_counted_with_the_age_of_the_oldest(
    client: Client, ready: None
) -> None:
    older, newer = published(), published()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    # Past the rule that history is never rewritten: time cannot be made to pass here.
    QuerySet(HistoryEntry).filter(digest=older, action="publish").update(at=an_hour_ago)
    pending = client.get("/readyz").json()["pending"]
    assert pending["count"] == 2
    assert 3600 <= pending["oldest_s"] < 3700
    for digest in (older, newer):
        ExportedFile.objects.create(
            path=path_of(digest), revision=live_revision(digest), sha256="", state="written"
        )
    assert client.get("/readyz").json()["pending"] == {"count": 0, "oldest_s": None}


@pytest.mark.usefixtures("ready")
def test_a_disk_that_can_be_written_again_is_told_once(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(troubles, "_told", {troubles.DISK: 0.0})
    for _ in range(2):
        client.get("/readyz")
    assert caplog.messages.count("The disk works again.") == 1


def test_missed_slots_of_the_last_day_are_told_and_fail_nothing(
    client: Client, ready: None
) -> None:
    made = scheduled()
    now = clock.now()
    for hours in (1, 30):
        due_at = now - timedelta(hours=hours)
        begins = due_at - timedelta(hours=4)
        made.slots.create(due_at=due_at, window_begins=begins, missed_at=now)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missed"]) == (200, 1)
