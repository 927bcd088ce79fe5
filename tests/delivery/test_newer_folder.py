"""An export folder that is newer than its database: nothing in it is lost by a sweep.

A database is restored in these tests by rolling back to a savepoint, which the folder survives.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.accounts.roles import ADMINISTRATOR, REVIEWER
from digests.delivery.folder import ExportError, NewerFolder, live, sweep
from digests.delivery.folder.live import KnownMarks
from digests.delivery.folder.manifest import MANIFEST
from digests.editorial import exporting
from digests.editorial.errors import Forbidden, WrongState
from digests.models import Digest, ExportMark, SweepReport
from tests.exported import corrected, files, live_files, path_of, traces, withdrawn
from tests.factories import PAST, person, published, series

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@contextmanager
def another_history() -> Iterator[None]:
    """What happens in here, happens to the folder and to a database that is not this one: to a
    later state of it, or to a copy."""
    before = transaction.savepoint_create()
    yield
    transaction.savepoint_rollback(before)


class Restored:
    """A newsroom whose database was restored from a backup, over a folder that went on."""

    def __init__(self) -> None:
        self.digest, self.gone = published(), published()
        sweep()
        with another_history():
            self.newer = [path_of(published()) for _ in range(6)]
            corrected(self.digest, "更正。")
            withdrawn(self.gone)
            sweep()
        self.gone = Digest.objects.get(pk=self.gone.pk)


def mark(root: Path) -> str:
    return str(json.loads((root / MANIFEST).read_bytes())["mark"])


def plan() -> dict[str, Any]:
    found = SweepReport.objects.get().plan
    assert isinstance(found, dict)
    return found


def stops(root: Path) -> None:
    """A sweep changes nothing in the folder and says why."""
    before = files(root)
    with pytest.raises(NewerFolder):
        sweep()
    assert files(root) == before


def ignore_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KnownMarks, "__contains__", lambda marks, mark: True)


def test_a_restored_database_leaves_the_newer_folder_as_it_is(root: Path) -> None:
    restored = Restored()
    before = traces(root)
    with pytest.raises(NewerFolder, match=" 6, 1 and 1 files"):
        sweep()
    assert traces(root) == before
    assert plan() == {
        "mark": mark(root),
        "removed": {"count": 6, "paths": sorted(restored.newer)},
        "overwritten": {"count": 1, "paths": [restored.digest.path]},
        "brought_back": {"count": 1, "paths": [restored.gone.path]},
    }
    assert "newer than its database" in SweepReport.objects.get().error


def test_a_folder_whose_mark_is_not_asked_for_would_be_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Restored()
    ignore_marks(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        stops(root)


def test_the_plan_names_the_first_fifty_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LISTED", 2)
    newer = Restored().newer
    stops(root)
    assert plan()["removed"] == {"count": 6, "paths": sorted(newer)[:2]}


def test_what_is_published_after_the_restore_does_not_lift_the_stop(root: Path) -> None:
    Restored()
    stops(root)
    for _ in range(3):
        published()
        stops(root)
    assert Digest.objects.pending().count() == 3


def test_a_stop_that_forgets_itself_would_be_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_known = KnownMarks.__contains__

    def learn(marks: KnownMarks, mark: str) -> bool:
        known = is_known(marks, mark)
        marks.add(mark)
        return known

    Restored()
    monkeypatch.setattr(KnownMarks, "__contains__", learn)
    stops(root)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        stops(root)


def test_force_makes_the_folder_like_the_database(root: Path) -> None:
    Restored()
    stops(root)
    sweep(force=True)
    assert files(root) == live_files()
    assert SweepReport.objects.get().plan is None
    assert sweep().idle


def test_the_command_lists_what_would_change_and_ends_with_1(root: Path) -> None:
    restored = Restored()
    before = traces(root)
    for options in ((), ("--check",)):
        out = StringIO()
        with pytest.raises(CommandError, match="newer than its database"):
            call_command("export_digests", *options, stdout=out)
        assert sorted(out.getvalue().splitlines()) == sorted(
            [f"{path}: would be removed" for path in restored.newer]
            + [f"{restored.digest.path}: would be overwritten"]
            + [f"{restored.gone.path}: would be brought back"]
        )
    assert traces(root) == before
    call_command("export_digests", "--force", stdout=StringIO())
    assert files(root) == live_files()


def test_a_confirmed_folder_becomes_like_the_database(root: Path) -> None:
    Restored()
    stops(root)
    exporting.overwrite_newer_folder(mark(root), by=person(ADMINISTRATOR))
    sweep()
    assert files(root) == live_files()
    assert sweep().idle


def test_a_confirmation_lets_however_many_files_go(root: Path) -> None:
    published()
    sweep()
    with another_history():
        for _ in range(12):
            published()
        sweep()
    stops(root)
    exporting.overwrite_newer_folder(mark(root), by=person(ADMINISTRATOR))
    sweep()
    assert files(root) == live_files()


def test_a_confirmation_holds_for_the_folder_that_was_seen_and_for_no_other(root: Path) -> None:
    Restored()
    stops(root)
    chief, seen = person(ADMINISTRATOR), mark(root)
    ExportMark.objects.create(pk="0" * 32, confirmed_by=chief)
    stops(root)
    with another_history():
        published()
        sweep(force=True)
    with pytest.raises(NewerFolder):
        sweep()
    with pytest.raises(WrongState):
        exporting.overwrite_newer_folder(seen, by=chief)
    stops(root)


def test_a_confirmation_that_held_for_every_folder_would_be_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_confirmed = ExportMark.objects.exclude(confirmed_by=None)
    is_known = KnownMarks.__contains__
    monkeypatch.setattr(
        KnownMarks,
        "__contains__",
        lambda marks, mark: is_known(marks, mark) or any_confirmed.exists(),
    )
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_a_confirmation_holds_for_the_folder_that_was_seen_and_for_no_other(root)


def test_only_administrators_confirm(root: Path) -> None:
    Restored()
    stops(root)
    for actor in (person(REVIEWER), None):
        with pytest.raises(Forbidden):
            exporting.overwrite_newer_folder(mark(root), by=actor)
    stops(root)


def test_a_copy_of_the_database_does_not_undo_what_the_original_writes(root: Path) -> None:
    published()
    sweep()
    with another_history():
        newer = path_of(published())
        sweep()
    # This database is the copy.
    published()
    stops(root)
    assert newer in files(root)


def test_the_original_notices_that_a_copy_wrote_into_its_folder(root: Path) -> None:
    digest = published()
    sweep()
    with another_history():
        withdrawn(digest)
        sweep()
    # This database is the original, which publishes as much as the copy did.
    published()
    stops(root)
    assert plan()["brought_back"]["paths"] == [digest.path]


def test_a_copy_that_lived_longer_elsewhere_is_no_newer_for_that(
    root: Path, tmp_path: Path
) -> None:
    published()
    sweep()
    with another_history():
        newer = path_of(published())
        sweep()
    # A copy with a folder of its own, that has been swept more often than the original's.
    for _ in range(3):
        published()
        sweep(tmp_path / "other")
    stops(root)
    assert newer in files(root)


def test_a_folder_that_would_lose_nothing_is_taken_over(root: Path) -> None:
    digest = published()
    sweep()
    with another_history():
        corrected(digest, "更正。")
        sweep()
    stops(root)
    corrected(digest, "更正。")
    published()
    sweep()
    assert files(root) == live_files()
    assert SweepReport.objects.get().plan is None
    assert sweep().idle


@pytest.mark.parametrize(
    "pattern", ["{date:%Y-%m-%d-%H%M}.md", "{series}/{date:%Y}/{date:%H%M}.md"]
)
def test_importing_what_is_newer_lets_the_sweep_go_on(root: Path, pattern: str) -> None:
    series(path_pattern=pattern)
    published()
    sweep()
    with another_history():
        newer = [path_of(published()) for _ in range(3)]
        sweep()
    before = files(root)
    after = published(date=PAST + timedelta(hours=1))
    stops(root)
    call_command(
        "import_digests",
        *(str(root / path) for path in newer),
        series="global-ai",
        stdout=StringIO(),
    )
    sweep()
    assert files(root) == before | {path_of(after): live_files()[path_of(after)]}
    assert sweep().idle


def test_an_idle_sweep_changes_no_mark(root: Path) -> None:
    digest = published()
    sweep()
    first = mark(root)
    assert sweep().idle
    assert (mark(root), ExportMark.objects.count()) == (first, 1)
    withdrawn(digest)
    sweep()
    assert mark(root) != first
    assert {row.pk for row in ExportMark.objects.all()} == {first, mark(root)}


def test_a_manifest_of_before_the_marks_is_as_known_as_ever(root: Path) -> None:
    digest = published()
    sweep()
    content = json.loads((root / MANIFEST).read_bytes())
    del content["mark"]
    (root / MANIFEST).write_text(json.dumps(content))
    ExportMark.objects.all().delete()
    withdrawn(digest)
    assert sweep().removed == [digest.path]
    assert mark(root)


@pytest.mark.parametrize("wrong", [7, None, "x", "\0" * 32])
def test_a_mark_that_no_sweep_has_written_is_damage(root: Path, wrong: object) -> None:
    published()
    sweep()
    content = json.loads((root / MANIFEST).read_bytes())
    (root / MANIFEST).write_text(json.dumps(content | {"mark": wrong}))
    with pytest.raises(ExportError, match="damaged"):
        sweep()


def test_without_room_for_a_mark_a_withdrawal_happens_and_the_next_sweep_does_the_rest(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = published()
    sweep()
    withdrawn(digest)
    new = published()

    def refuse(*args: object, **options: object) -> None:
        raise DatabaseError("database or disk is full")

    with monkeypatch.context() as planted:
        planted.setattr(ExportMark.objects, "get_or_create", refuse)
        done = sweep()
    assert done.removed == [digest.path]
    assert "disk is full" in str(done.failed[path_of(new)])
    assert files(root) == {}
    before = mark(root)
    sweep()
    assert files(root) == live_files()
    assert mark(root) != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL waits for the disk anyway")
def test_a_mark_is_on_the_disk_before_the_folder_gets_it(root: Path) -> None:
    published()
    with CaptureQueriesContext(connection) as asked:
        sweep()
    statements = [query["sql"] for query in asked]
    full, normal = (statements.index(f"PRAGMA synchronous={level}") for level in ("FULL", "NORMAL"))
    assert any("digests_exportmark" in sql for sql in statements[full:normal])


def test_readyz_fails_and_says_that_the_folder_is_newer(root: Path, client: Client) -> None:
    Restored()
    stops(root)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "newer than its database" in answer.json()["checks"]["sweep"]
    sweep(force=True)
    assert client.get("/readyz").json()["checks"]["sweep"] == "ok"
