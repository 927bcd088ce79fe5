"""Any history of editors, neighbours and crashes leaves the export folder as it should be."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from digests.delivery.folder.disk import TEMPORARY
from tests.exported import claim_afterwards, files, sweep_texts

paths = st.sampled_from(["a.md", "b/c/a.md"])
texts = st.sampled_from(["one", "two", "three" * 2000])
CHANGES = ("open", "write", "rename", "unlink", "mkdir", "rmdir")


class Killed(BaseException):
    """The process is gone; nothing that it would still do happens."""


class Newsroom(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="newsroom-laws-"))
        self.live: dict[str, str] = {}
        # What a sweep may have written of each path, and what somebody else has.
        self.ours: dict[str, set[bytes]] = {}
        self.theirs: dict[str, bytes] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @rule(path=paths, text=texts)
    def publish(self, path: str, text: str) -> None:
        self.live[path] = text
        self.ours.setdefault(path, set()).add(text.encode())

    @rule(path=paths)
    def withdraw(self, path: str) -> None:
        self.live.pop(path, None)

    @rule(path=paths)
    def write_by_hand(self, path: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        self.theirs[path] = b"by hand, number %d" % len(self.theirs)
        (self.root / path).write_bytes(self.theirs[path])

    @rule(path=paths)
    def remove_by_hand(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)
        self.theirs.pop(path, None)

    @rule(path=paths, text=texts, step=st.integers(0, 12), later=st.none() | texts)
    def crash(self, path: str, text: str, step: int, later: str | None) -> None:
        self.publish(path, text)
        with killed_before(step):
            sweep_texts(self.root, self.live)
        if later:
            self.publish(path, later)
        else:
            self.withdraw(path)

    @rule()
    def sweep(self) -> None:
        done = sweep_texts(self.root, self.live)
        wanted = {path: text.encode() for path, text in self.live.items()}
        assert files(self.root) == wanted | self.theirs
        assert done.conflicts.keys() <= self.theirs.keys()
        assert not done.failed
        assert not list(self.root.rglob(f"{TEMPORARY}*"))
        again = sweep_texts(self.root, self.live)
        assert not again.written
        assert not again.removed

    @invariant()
    def every_file_is_complete_and_theirs_untouched(self) -> None:
        for path, data in files(self.root).items():
            assert data == self.theirs[path] if path in self.theirs else data in self.ours[path]


@contextmanager
def killed_before(step: int) -> Iterator[None]:
    left = step
    real = {name: getattr(os, name) for name in CHANGES}

    def counted(name: str) -> object:
        def call(*args: Any, **options: Any) -> object:
            nonlocal left
            if name != "open" or args[1] & os.O_CREAT:
                left -= 1
                if left < 0:
                    raise Killed
            return real[name](*args, **options)

        return call

    try:
        for name in CHANGES:
            setattr(os, name, counted(name))
        yield
    except Killed:
        pass
    finally:
        for name in CHANGES:
            setattr(os, name, real[name])


@pytest.fixture(autouse=True)
def no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda file: None)


def run() -> None:
    run_state_machine_as_test(
        Newsroom,
        settings=settings(
            max_examples=60,
            stateful_step_count=20,
            derandomize=True,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )


def test_whatever_happens_the_next_sweep_makes_it_good() -> None:
    run()


def test_the_laws_see_files_that_were_not_claimed_before_they_appeared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim_afterwards(monkeypatch)
    with pytest.raises(AssertionError):
        run()
