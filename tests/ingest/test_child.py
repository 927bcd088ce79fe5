"""Functions that hostile input makes run for ever, grow, or end their process.

What is called is Python's own `exec` and `eval`, so the body of a call is its program.
"""

import ast
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digests.ingest import child, limited
from digests.ingest.child import ChildFailed, Children, Failure, Limits
from tests.embedded import ROOT

pytestmark = pytest.mark.processes

PID = b"__import__('os').getpid()"
# Runs until the file is there, at most twenty seconds.
WAIT = """
import os, time
for _ in range(2000):
    if os.path.exists({path!r}): break
    time.sleep(0.01)
"""


@pytest.fixture
def children() -> Iterator[Children]:
    children = Children(Limits(cpu_seconds=1))
    yield children
    children.end()


def failure(children: Children, program: bytes) -> ChildFailed:
    with pytest.raises(ChildFailed) as error:
        children.run("builtins:exec", program)
    return error.value


def evaluate(children: Children, program: bytes) -> Any:
    return children.run("builtins:eval", program)


def test_a_result_comes_back_as_json(children: Children) -> None:
    assert children.run("tests.child_functions:describe", b"x" * 1_000_000, "gbk", {"a": 1}) == {
        "size": 1_000_000,
        "args": ["gbk", {"a": 1}],
        "story": {"title": "标题 \ud800\x00", "published": "2026-11-30T00:00:00+00:00"},
    }


def test_a_child_is_kept_for_the_next_call(children: Children) -> None:
    assert len({evaluate(children, PID) for _ in range(5)}) == 1


HOSTILE = {
    "runs for ever": (b"while True: pass", Failure.CPU),
    "grows": (b"bytearray(2**31)", Failure.MEMORY),
    "grows bit by bit": (b"a = []\nwhile True: a.append(bytearray(2**20))", Failure.MEMORY),
    "crashes": (b"import ctypes; ctypes.string_at(0)", Failure.CRASHED),
    "leaves": (b"import os; os._exit(0)", Failure.CRASHED),
    "is killed": (b"import os; os.kill(os.getpid(), 9)", Failure.CRASHED),
    "says something else": (b"import os; os.write(0, b'x' * 100)", Failure.CRASHED),
    "says it in JSON": (
        b"import json, os, struct\n"
        b"text = json.dumps({'result': 1}).encode()\n"
        b"os.write(0, struct.pack('!II', len(text), 0) + text)",
        Failure.CRASHED,
    ),
    "says it in deep JSON": (
        b"import os, struct\nos.write(0, struct.pack('!II', 10**5, 0) + b'[' * 10**5)",
        Failure.CRASHED,
    ),
    "says too much": (b"import os; os.write(0, b'\\xff' * 8)", Failure.CRASHED),
    "raises": (b"raise LookupError('nothing here')", Failure.ERROR),
    "recurses": (b"f = lambda: f()\nf()", Failure.ERROR),
    "writes a file": (
        b"import tempfile; tempfile.TemporaryFile(buffering=0).write(b'x')",
        Failure.ERROR,
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_call_that_fails_says_how_and_the_next_one_works(what: str, children: Children) -> None:
    program, kind = HOSTILE[what]
    assert evaluate(children, b"1 + 1") == 2
    assert failure(children, program).kind is kind
    assert evaluate(children, b"1 + 1") == 2


def test_an_exception_is_told_in_its_own_words(children: Children) -> None:
    error = failure(children, b"raise LookupError('nothing here')")
    assert error.detail == "LookupError: nothing here"


@pytest.mark.parametrize("program", [b"object()", b"b'bytes'", b"{1: {2, 3}}"])
def test_what_json_cannot_hold_is_an_error(program: bytes, children: Children) -> None:
    with pytest.raises(ChildFailed, match="There is no JSON for"):
        evaluate(children, program)


def test_a_function_that_is_not_there_is_an_error(children: Children) -> None:
    with pytest.raises(ChildFailed, match="nowhere"):
        children.run("nowhere:parse", b"")


def test_what_sleeps_is_ended_as_well() -> None:
    children = Children(Limits(seconds=1))
    assert failure(children, b"import time; time.sleep(20)").kind is Failure.TIME


def test_a_child_that_does_not_listen_is_ended_as_well() -> None:
    """More is sent than a socket holds, to a process that is stopped."""
    children = Children(count=1)
    [one] = children._idle.queue
    os.kill(evaluate(children, PID), signal.SIGSTOP)
    one._limits = Limits(seconds=0.5)
    with pytest.raises(ChildFailed) as error:
        children.run("builtins:len", bytes(10_000_000))
    assert error.value.kind is Failure.TIME
    one._limits = Limits()
    assert children.run("builtins:len", bytes(10_000_000)) == 10_000_000
    children.end()


def test_a_child_that_died_between_two_calls_fails_none(children: Children) -> None:
    pid = evaluate(children, PID)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert evaluate(children, b"1 + 1") == 2


def test_an_answer_that_nobody_waited_for_is_not_that_of_the_next_call(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Celery interrupts a task that takes too long, wherever it is."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(limited, "receive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            evaluate(children, b"'the first'")
    assert evaluate(children, b"'the second'") == "the second"


def test_a_call_that_cannot_be_sent_is_a_mistake_of_ours(children: Children) -> None:
    with pytest.raises(TypeError):
        children.run("builtins:len", b"", object())
    assert evaluate(children, b"1 + 1") == 2


def test_each_call_has_its_own_seconds_of_cpu(children: Children) -> None:
    """The limit of the system counts from the beginning of a process."""
    busy = b"import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    first = evaluate(children, PID)
    for _ in range(4):
        children.run("builtins:exec", busy)
    assert evaluate(children, PID) == first


def test_lower_limits_of_the_system_stand() -> None:
    """As where a container or `ulimit` has set some."""
    program = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from digests.ingest.child import run\n"
        "limits = '[__import__(\"resource\").getrlimit(what) for what in (9, 0)]'\n"
        "print(run('builtins:eval', limits.encode()))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    [memory, cpu] = ast.literal_eval(told.stdout)
    assert memory == [2**29, 2**29]
    assert cpu[0] < cpu[1] == 60


def test_a_child_is_replaced_after_so_many_calls() -> None:
    children = Children(Limits(calls=3))
    pids = [evaluate(children, PID) for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]
    children.end()


def test_a_child_is_replaced_when_it_holds_much() -> None:
    children = Children(Limits(kept_memory=64 * 2**20))
    first = evaluate(children, PID)
    children.run("builtins:exec", b"b'x' * (100 * 2**20)")
    assert evaluate(children, PID) == first
    children.run("builtins:exec", b"import sys; sys.kept = b'x' * (100 * 2**20)")
    assert evaluate(children, PID) != first
    children.end()


def test_calls_at_one_time_have_a_child_each(children: Children, tmp_path: Path) -> None:
    """A call that takes its time holds up no other."""
    release = tmp_path / "release"
    slow = threading.Thread(
        target=children.run, args=["builtins:exec", WAIT.format(path=str(release)).encode()]
    )
    slow.start()
    assert evaluate(children, b"1 + 1") == 2
    assert slow.is_alive()
    release.touch()
    slow.join()


def test_many_threads_share_few_children(children: Children) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(evaluate(children, b"%d" % n)))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(20))


def test_a_child_knows_no_secret_and_nothing_of_ours(children: Children) -> None:
    os.environ["CHILD_TEST_SECRET"] = "secret"
    try:
        environment = evaluate(children, b"[*__import__('os').environ]")
    finally:
        del os.environ["CHILD_TEST_SECRET"]
    assert [name for name in environment if not name.startswith(("PYTHON", "LD_", "LC_"))] == []
    modules = evaluate(children, b"[*__import__('sys').modules]")
    assert "django" not in modules
    assert {name for name in modules if name.startswith("digests")} == {
        "digests",
        "digests.ingest",
    }


def test_a_child_is_small(children: Children) -> None:
    pages = b"int(open('/proc/self/statm').read().split()[1])"
    assert evaluate(children, pages) * os.sysconf("SC_PAGE_SIZE") < 30 * 2**20


def test_a_child_ends_with_its_parent() -> None:
    """Its parent is killed and can do nothing about it; an inherited pipe tells of the end."""
    program = (
        "import os, signal\n"
        "from digests.ingest.child import run\n"
        "print(run('builtins:eval', b\"__import__('os').getpid()\"), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert parent.returncode == -signal.SIGKILL
    pid = int(parent.stdout)
    gone = threading.Event()
    for _ in range(2000):
        if not _is_alive(pid):
            return
        gone.wait(0.01)
    pytest.fail("The child is still there after twenty seconds.")


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_has_children_of_its_own(tmp_path: Path) -> None:
    """Celery forks its workers, perhaps while every child of the process is busy."""
    release = tmp_path / "release"
    slow = ["builtins:exec", WAIT.format(path=str(release)).encode()]
    threads = [threading.Thread(target=child.run, args=slow) for _ in range(2)]
    for thread in threads:
        thread.start()
    while child._children._idle.qsize():
        threading.Event().wait(0.01)
    read, write = os.pipe()
    forked = os.fork()
    if not forked:
        signal.alarm(20)  # so that waiting for a busy one ends
        try:
            os.write(write, b"%d" % child.run("builtins:eval", PID))
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(forked, 0)
    assert os.read(read, 99)
    os.close(read)
    release.touch()
    for thread in threads:
        thread.join()
