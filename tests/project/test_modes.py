"""What Newsroom keeps is closed to the other users of the machine."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom import modes
from tests.embedded import EmbeddedServer

DATABASE = "newsroom.sqlite3"


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o7777)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_new_folder_and_its_files_are_for_their_owner_alone(
    folder: Path, open_umask: None
) -> None:
    EmbeddedServer(folder).manage("migrate", "-v", "0")
    assert mode(folder) == "0o700"
    assert mode(folder / DATABASE) == "0o600"
    assert mode(folder / "secret_key") == "0o600"


def test_what_an_older_version_left_open_is_closed(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n)")
        names = [DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"]
        for name in names:
            (folder / name).chmod(0o644)
        modes.make_private(folder, folder / DATABASE)
        assert mode(folder) == "0o700"
        assert [mode(folder / name) for name in names] == ["0o600"] * 3


def test_files_that_sqlite_makes_later_are_closed_too(folder: Path, open_umask: None) -> None:
    modes.make_private(folder, folder / DATABASE)
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n)")
        assert mode(folder / f"{DATABASE}-wal") == "0o600"


def test_a_folder_of_everybody_stays_as_it_is(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o1777)
    modes.make_private(folder, folder / DATABASE)
    assert mode(folder) == "0o1777"
    assert mode(folder / DATABASE) == "0o600"


def test_a_folder_of_somebody_else_can_be_used_and_is_told_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, mode: int) -> None:
        raise PermissionError

    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    modes.make_private(folder, None)
    assert caplog.messages == [f"Others may read {folder}, because its mode cannot be changed."]
