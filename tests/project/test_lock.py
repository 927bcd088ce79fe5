"""The lock on the data folder."""

import fcntl
import os
import signal
import time
from pathlib import Path

import pytest
from django.core.management import CommandError

from newsroom.lock import locked


def is_free(folder: Path) -> bool:
    try:
        with locked(folder):
            return True
    except CommandError as refusal:
        assert f"Process {os.getpid()} is working in DATA_DIR ({folder})" in str(refusal)
        return False


def is_free_beside_a_fork(folder: Path) -> bool:
    """Whether the folder is free once its holder has ended, and a process forked from it has not:
    the one that serves lives on for a moment when the one that watches over it is killed."""
    with locked(folder):
        assert not is_free(folder)
        child = os.fork()
        if not child:
            time.sleep(600)
            os._exit(0)
    try:
        return is_free(folder)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_folder_is_held_by_one_process_and_those_forked_from_it(tmp_path: Path) -> None:
    assert is_free(tmp_path)
    assert not is_free_beside_a_fork(tmp_path)
    assert is_free(tmp_path)


def test_a_lock_that_only_the_process_itself_holds_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The locks of POSIX belong to one process, and are lost when it closes any copy of the file.
    monkeypatch.setattr(fcntl, "flock", fcntl.lockf)
    with pytest.raises(AssertionError):
        is_free_beside_a_fork(tmp_path)
