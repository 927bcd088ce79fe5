"""The export folder as a copy of the database: the invariants I1 to I8, and what is reported."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.db.models import Min, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests.accounts.roles import ADMINISTRATOR, REVIEWER
from digests.delivery.folder import ExportError, disk, live, sweep
from digests.delivery.folder.disk import TEMPORARY, Folder
from digests.delivery.folder.live import Live
from digests.delivery.folder.manifest import MANIFEST
from digests.delivery.folder.reconcile import Sweep
from digests.editorial import lifecycle
from digests.models import Digest, ExportedFile, Revision, Site, SweepReport, clock
from tests.exported import corrected, files, live_files, opened_outside, path_of, traces, withdrawn
from tests.factories import (
    PAST,
    approve,
    draft,
    in_review,
    live_revision,
    person,
    published,
    series,
    story,
)
from tests.screens import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def damage(digest: Digest, text: str = "damaged") -> None:
    """Change the stored text, as only a defect of the database could."""
    QuerySet(Revision).filter(pk=digest.live_revision_id).update(text=text)


def test_i1_every_visible_file_is_one_complete_text_old_or_new(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [published() for _ in range(3)]
    sweep()
    old = files(root)
    for digest in digests[:2]:
        corrected(digest, "更正。" * 2000)
    withdrawn(digests[2])
    new = live_files()
    seen = set()

    def observed(name: str) -> None:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> object:
            for path, data in files(root).items():
                assert data in (old[path], new.get(path)), f"{path} before {name}"
                seen.add(data)
            return real(*args, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("open", "write", "fsync", "rename", "unlink", "close"):
        observed(name)
    sweep()
    monkeypatch.undo()
    assert files(root) == new
    assert seen >= {*old.values(), *new.values()}


def test_i2_after_a_crash_one_sweep_makes_our_files_exactly_the_live_set(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [published() for _ in range(4)]
    sweep()
    corrected(digests[0], "更正。")
    withdrawn(digests[1])
    published()
    rename = os.rename
    done = count()

    def crash(*args: Any, **options: Any) -> None:
        if next(done) >= 2:
            raise KeyboardInterrupt
        rename(*args, **options)

    monkeypatch.setattr(os, "rename", crash)
    with pytest.raises(KeyboardInterrupt):
        sweep()
    monkeypatch.setattr(os, "rename", rename)
    withdrawn(digests[2])
    sweep()
    assert files(root) == live_files()
    assert len(files(root)) == 3


def test_i3_the_next_sweep_writes_nothing(root: Path) -> None:
    for _ in range(3):
        published(series=series("weekly", path_pattern="{series}/{date:%Y}/{date:%m-%d-%H%M}.md"))
    assert len(sweep().written) == 3
    before = traces(root)
    with CaptureQueriesContext(connection) as queries:
        done = sweep()
    assert done.idle
    assert done.unchanged == 3
    assert traces(root) == before
    writing = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert all("digests_sweepreport" in sql for sql in writing), writing


def test_i4_no_temporary_file_survives(root: Path) -> None:
    weekly = series("weekly", path_pattern="{series}/{date:%Y-%m-%d-%H%M}.md")
    published(series=weekly)
    sweep()
    for place in (root, root / "weekly"):
        (place / f"{TEMPORARY}0123456789abcdef").write_text("half a fi")
    assert sweep().idle
    assert not list(root.rglob(f"{TEMPORARY}*"))


def test_i5_files_that_are_not_ours_are_never_changed_or_removed(root: Path) -> None:
    in_the_way, edited, edited_then_withdrawn, plain = (published() for _ in range(4))
    root.mkdir()
    (root / path_of(in_the_way)).write_text("somebody's own text")
    (root / "README.md").write_text("about this folder")
    sweep()
    (root / path_of(edited)).write_text("edited by hand")
    (root / path_of(edited_then_withdrawn)).write_text("edited by hand")
    corrected(edited, "更正。")
    withdrawn(edited_then_withdrawn)
    withdrawn(plain)
    for force in (False, True):
        done = sweep(force=force)
        assert files(root) == {
            in_the_way.path: b"somebody's own text",
            "README.md": b"about this folder",
            edited.path: b"edited by hand",
            edited_then_withdrawn.path: b"edited by hand",
        }
        ours = {in_the_way.path, edited.path, edited_then_withdrawn.path}
        assert set(done.conflicts) == ours
        conflicts = ExportedFile.objects.filter(state=ExportedFile.State.CONFLICT)
        assert {delivery.path: delivery.error for delivery in conflicts} == {
            in_the_way.path: "A file that the newsroom did not write is there."
            " Move it away, and the next sweep writes ours.",
            edited.path: "Someone changed the file by hand."
            " Move it away, and the next sweep writes it again.",
            edited_then_withdrawn.path: "Someone changed the file by hand."
            " It is not public any more: move it away.",
        }
    assert not Digest.objects.pending().exists()
    # Whoever put the file there takes it away again: then it is written, or gone.
    for digest in (in_the_way, edited, edited_then_withdrawn):
        (root / path_of(digest)).unlink()
    sweep()
    assert files(root) == live_files() | {"README.md": b"about this folder"}
    assert not ExportedFile.objects.filter(state=ExportedFile.State.CONFLICT).exists()


def test_i6_no_path_outside_the_folder_is_ever_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest, elsewhere = published(), published()
    sweep()
    outside = root.parent / "outside.md"
    outside.write_text("not to be touched")
    Digest.objects.filter(pk=elsewhere.pk).update(path="../outside.md")
    watched = opened_outside(root, monkeypatch)
    done = sweep()
    assert list(done.failed) == ["../outside.md"]
    assert outside.read_text() == "not to be touched"
    assert set(files(root)) == {digest.path}
    assert watched == []


def test_i7_one_bad_digest_never_blocks_another(root: Path) -> None:
    bad, fresh, gone = published(), published(), published()
    sweep()
    last_good = files(root)[path_of(bad)]
    bad = corrected(bad, "更正。")
    damage(bad)
    later = published()
    corrected(fresh, "更正。")
    withdrawn(gone)
    done = sweep()
    assert list(done.failed) == [bad.path]
    assert files(root) == live_files() | {bad.path: last_good}
    assert later.path in files(root)
    delivery = ExportedFile.objects.get(path=bad.path)
    assert delivery.state == ExportedFile.State.FAILED
    assert "approved" in delivery.error
    # The sweep itself was done.
    assert SweepReport.objects.get().error == ""
    assert list(Digest.objects.pending()) == [bad]


def test_i8_a_withdrawal_happens_when_nothing_can_be_written(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = published(), published()
    sweep()
    withdrawn(gone)
    corrected(kept, "更正。")
    old = files(root)[path_of(kept)]

    def full(file: int, data: memoryview) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        done = sweep()
    assert files(root) == {kept.path: old}
    assert done.removed == [gone.path]
    assert str(done.failed[path_of(kept)]) == "No space left on device"
    assert sweep().written == [kept.path]
    assert files(root) == live_files()


def test_the_folder_holds_what_is_live_and_nothing_else(root: Path) -> None:
    published_one, in_correction = published(), published()
    in_review(), draft(story()), approve(in_review(date=timezone.now() + timedelta(hours=1)))
    sweep()
    assert set(files(root)) == {published_one.path, in_correction.path}
    lifecycle.correct(in_correction, by=person(REVIEWER), version=in_correction.version)
    assert sweep().idle
    assert files(root) == live_files()


def test_a_sweep_reports_on_every_file(root: Path) -> None:
    digest, gone = published(), published()
    sweep()
    report = SweepReport.objects.get()
    assert report.error == ""
    assert report.age is not None
    assert report.age < timedelta(seconds=10)
    revision = live_revision(digest)
    delivery = ExportedFile.objects.get(path=digest.path)
    assert (delivery.revision, delivery.sha256) == (revision, revision.text_sha256)
    assert (delivery.state, delivery.error) == (ExportedFile.State.WRITTEN, "")
    digest = corrected(digest, "更正。")
    withdrawn(gone)
    sweep()
    assert ExportedFile.objects.get().revision == digest.live_revision


def test_when_a_file_was_written_first_is_kept_when_it_is_corrected(root: Path) -> None:
    digest = published()
    first = live_revision(digest)
    sweep()
    file = ExportedFile.objects.get()
    assert (file.first_revision, file.first_at) == (first, file.at)
    corrected(digest, "更正。")
    sweep()
    later = ExportedFile.objects.get()
    assert later.revision != first
    assert later.at > file.at
    assert (later.first_revision, later.first_at) == (first, file.at)


def test_a_file_that_could_not_be_written_at_first_is_written_first_when_it_is(
    root: Path,
) -> None:
    sweep()
    digest = published()
    (root / path_of(digest)).write_text("somebody else's")
    sweep()
    assert ExportedFile.objects.get().first_at is None
    (root / path_of(digest)).unlink()
    sweep()
    file = ExportedFile.objects.get()
    assert (file.first_revision, file.first_at) == (live_revision(digest), file.at)


def test_what_a_killed_sweep_did_not_report_the_next_one_does(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(live, "_update_exported_files", interrupt)
        sweep()
    assert files(root) == live_files()
    assert not ExportedFile.objects.exists()
    assert sweep().idle
    assert ExportedFile.objects.get().state == ExportedFile.State.WRITTEN


def test_pending_is_what_is_live_and_not_written_since_it_was_published(root: Path) -> None:
    first, second = published(), published()
    assert list(Digest.objects.pending()) == [first, second]
    sweep()
    assert not Digest.objects.pending().exists()
    before = timezone.now()
    second = corrected(second, "更正。")
    pending = Digest.objects.pending()
    assert list(pending) == [second]
    assert before <= pending.aggregate(since=Min("live_since"))["since"] <= timezone.now()
    sweep()
    assert not Digest.objects.pending().exists()
    withdrawn(second)
    assert not Digest.objects.pending().exists()


def test_an_unchanged_file_is_trusted_for_an_hour_and_then_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = published()
    sweep()
    file = root / path_of(digest)
    was = file.stat()
    file.write_bytes(bytes(reversed(file.read_bytes())))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert sweep().idle
    assert sweep(check=True).conflicts
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert list(sweep().conflicts) == [digest.path]
    # A clock that was set back must not trust for ever.
    monkeypatch.setattr(time, "time", lambda: now - 3601)
    assert list(sweep().conflicts) == [digest.path]


def test_a_file_that_somebody_removed_or_touched_is_put_right(root: Path) -> None:
    removed, touched = published(), published()
    sweep()
    (root / path_of(removed)).unlink()
    (root / path_of(touched)).touch()
    done = sweep()
    assert (done.written, done.conflicts) == ([removed.path], {})
    assert files(root) == live_files()


def test_a_lost_manifest_is_made_again_from_the_files_that_are_right(root: Path) -> None:
    digest, gone = published(), published()
    sweep()
    (root / MANIFEST).unlink()
    assert sweep().idle
    corrected(digest, "更正。")
    withdrawn(gone)
    sweep()
    assert files(root) == live_files()


def test_another_database_does_not_take_the_folder_over_by_itself(root: Path) -> None:
    digest = published()
    sweep()
    before = traces(root)
    Site.objects.update(uuid=uuid4())
    withdrawn(digest)
    with pytest.raises(ExportError, match="another database, .*--force"):
        sweep()
    assert traces(root) == before
    assert "another database" in SweepReport.objects.get().reason
    assert sweep(force=True).removed == [digest.path]
    assert sweep().idle
    assert SweepReport.objects.get().error == ""


def test_a_folder_names_its_database_which_a_change_of_the_site_leaves_the_same(root: Path) -> None:
    published()
    sweep()
    named = json.loads((root / MANIFEST).read_text())["instance"]
    Site.objects.publish_edition()
    assert named == str(Site.objects.get().uuid)


def test_an_empty_sub_folder_goes_with_its_last_file(root: Path) -> None:
    weekly = series("weekly", path_pattern="{series}/{date:%Y}/{date:%m-%d-%H%M}.md")
    digest, kept = published(series=weekly), published()
    sweep()
    assert set(files(root)) == {digest.path, kept.path}
    withdrawn(digest)
    sweep()
    assert set(files(root)) == {kept.path}
    assert not (root / "weekly").exists()


def test_more_than_ten_and_half_of_the_files_are_not_removed_at_once(root: Path) -> None:
    digests = [published() for _ in range(20)]
    sweep()
    digests[:11] = [withdrawn(digest) for digest in digests[:11]]
    before = files(root)
    with pytest.raises(ExportError, match="11 of 20 files would be removed"):
        sweep()
    assert files(root) == before
    assert len(sweep(force=True).removed) == 11
    assert files(root) == live_files()


def test_another_folder_has_its_own_manifest_and_no_report(root: Path, tmp_path: Path) -> None:
    digest = published()
    other = tmp_path / "other"
    assert sweep(other).written == [digest.path]
    assert files(other) == live_files()
    assert not root.exists()
    assert not ExportedFile.objects.exists()
    assert not SweepReport.objects.exists()
    assert Digest.objects.pending().exists()


def test_a_check_writes_nothing_anywhere(root: Path) -> None:
    digest = published()
    assert sweep(check=True).written == [digest.path]
    assert not root.exists()
    sweep()
    corrected(digest, "更正。")
    published()
    before, deliveries = traces(root), list(ExportedFile.objects.values())
    reported = SweepReport.objects.get().ended_at
    assert len(sweep(check=True).written) == 2
    assert traces(root) == before
    assert list(ExportedFile.objects.values()) == deliveries
    assert SweepReport.objects.get().ended_at == reported


def test_the_newest_digest_is_written_first(root: Path) -> None:
    old = published(date=PAST - timedelta(days=1))
    new = published(date=PAST)
    oldest = published(date=PAST - timedelta(days=2))
    assert sweep().written == [new.path, old.path, oldest.path]


@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0o022, 0o644, 0o755), (0o077, 0o600, 0o700)]
)
def test_files_and_folders_are_readable_as_far_as_the_umask_allows(
    root: Path, umask: int, file: int, folder: int
) -> None:
    digest = published(series=series("weekly", path_pattern="{series}/{date:%Y-%m-%d-%H%M}.md"))
    before = os.umask(umask)
    try:
        sweep()
    finally:
        os.umask(before)
    modes = [(root / path).stat().st_mode & 0o777 for path in (path_of(digest), "weekly", ".")]
    assert modes == [file, folder, folder]


def test_the_database_is_read_only_under_the_lock(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    late: list[Digest] = []
    wait_for = disk.wait_for

    def publish_while_waiting(attempt: Callable[[], bool]) -> None:
        if not late:
            late.append(published())
        wait_for(attempt)

    monkeypatch.setattr(disk, "wait_for", publish_while_waiting)
    assert len(sweep().written) == 2


def test_a_sweep_does_not_wait_for_another_for_ever(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    sweep()
    monkeypatch.setattr(disk, "PATIENCE", 0.05)
    with Folder(root) as held, held.locked(), pytest.raises(ExportError, match="Another sweep"):
        sweep()
    assert "Another sweep" in SweepReport.objects.get().error
    assert sweep().idle


def test_on_postgresql_another_host_is_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    monkeypatch.setattr(disk, "PATIENCE", 0.05)
    with another_host_sweeping() as is_there:
        if is_there:
            with pytest.raises(ExportError, match="Another sweep"):
                sweep()
            assert not files(root)
    assert len(sweep().written) == 1


@contextmanager
def another_host_sweeping() -> Iterator[bool]:
    """Hold the lock that hosts share; false on SQLite, whose database is on one host."""
    if connection.vendor != "postgresql":
        yield False
        return
    parameters = connection.get_connection_params()
    with psycopg.connect(**(parameters | {"cursor_factory": None})) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [live.ADVISORY_LOCK])
        yield True


def interrupt(*args: Sweep | dict[str, Live]) -> None:
    raise KeyboardInterrupt


def foreign(root: Path) -> list[str]:
    """Put files of others into the folder; returns those that a site's generator would publish."""
    for path in ("b.md", "a/page.html", ".hidden", ".git/config", "_index.md", "a/_drafts/c.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("theirs")
    (root / "link.md").symlink_to(root / "b.md")
    return ["a/page.html", "b.md"]


def test_files_that_somebody_else_put_there_are_counted_and_left(root: Path) -> None:
    digest = published()
    root.mkdir()
    theirs = foreign(root)
    assert sweep().foreign == theirs
    assert SweepReport.objects.get().foreign == {"count": 2, "paths": theirs}
    assert files(root).keys() >= {*theirs, path_of(digest)}
    # A file that is in the way of ours, or was ours and was changed, is a conflict and not foreign.
    (root / path_of(digest)).write_text("by hand")
    done = sweep(check=True)
    assert (done.foreign, list(done.conflicts)) == (theirs, [digest.path])


def test_a_foreign_file_whose_name_is_not_utf_8_stops_nothing(root: Path) -> None:
    digest = published()
    root.mkdir()
    (root / os.fsdecode(b"caf\xe9.md")).write_text("theirs")
    assert sweep().foreign == ["caf\ufffd.md"]
    assert (root / path_of(digest)).exists()
    assert "caf\ufffd.md" in signed_in(person(ADMINISTRATOR)).get("/admin/").text


def test_folders_however_deep_in_each_other_stop_nothing(root: Path) -> None:
    digest = published()
    root.mkdir()
    folder = os.open(root, os.O_RDONLY)
    for _ in range(1200):  # more than Python calls within each other
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    (root / "d/d/near.md").write_text("theirs")
    assert sweep().foreign == ["d/d/near.md"]
    assert (root / path_of(digest)).exists()


def test_foreign_files_are_looked_for_now_and_then(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep()
    theirs = foreign(root)
    assert sweep().foreign is None
    assert SweepReport.objects.get().foreign == {"count": 0, "paths": []}
    now = clock.now()
    for later in (live.LOOK_AROUND, -timedelta(hours=2)):  # a clock that steps back, too
        monkeypatch.setattr(clock, "now", lambda later=later: now + later)
        assert sweep().foreign == theirs
