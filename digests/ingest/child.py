"""Calling functions on hostile input in a child process, which limits of the system keep small.

A child serves many calls: starting one takes longer than most calls. It has no Django, no secret
in its environment, and nothing it says is believed to be more than JSON.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import LifoQueue
from typing import Any

from digests.ingest import limited

_ROOT = Path(__file__).parents[2]


class Failure(StrEnum):
    CPU = "cpu"
    MEMORY = "memory"
    TIME = "time"
    CRASHED = "crashed"
    ERROR = "error"  # the function raised an exception


class ChildFailed(Exception):
    """A call that gave no result. `detail` is English, for logs; the input may have a say in it."""

    def __init__(self, kind: Failure, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Limits:
    """What a call may take, and how long a child is kept."""

    cpu_seconds: int = 10
    seconds: float = 20
    memory: int = 2**30
    calls: int = 500
    """After so many calls another child is started, whatever they left behind."""
    kept_memory: int = 128 * 2**20
    """A child that holds more memory after a call is not kept for the next."""


class Children:
    """A few child processes for the threads of this one, each started when all others are busy."""

    def __init__(self, limits: Limits = Limits(), count: int = 2) -> None:
        # The child that was used last is used next, so a second one is only there when needed.
        self._idle: LifoQueue[_Child] = LifoQueue()
        for _ in range(count):
            self._idle.put(_Child(limits))

    def run(self, function: str, body: bytes, *args: Any) -> Any:
        """The result of `function` ("package.module:name") for the body and `args`, as JSON.

        Dataclasses come back as dicts, and moments as ISO text. Raises `ChildFailed`.
        """
        child = self._idle.get()
        try:
            return child.call(function, body, args)
        finally:
            self._idle.put(child)

    def end(self) -> None:
        """End every child that has no call."""
        for child in list(self._idle.queue):
            child.end()


class _Child:
    """One child process, which is started for the first call, and again after it has ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._calls = 0

    def call(self, function: str, body: bytes, args: tuple[Any, ...]) -> Any:
        if self._process and self._process.poll() is not None:
            self.end()  # it died since its last call, and of something else
        process = self._process or self._start()
        try:
            kind, value, memory = self._exchange(function, body, args)
        except BaseException as error:
            # An answer that is still to come is not that of the next call.
            self.end()
            if isinstance(error, TimeoutError):
                raise ChildFailed(Failure.TIME) from None
            if isinstance(error, (OSError, EOFError, ValueError, RecursionError)):
                raise _death(process.returncode, error) from None
            raise
        self._calls += 1
        if memory > self._limits.kept_memory or self._calls >= self._limits.calls:
            self.end()
        if kind == "result":
            return value
        raise ChildFailed(Failure.MEMORY if kind == "memory" else Failure.ERROR, str(value))

    def _start(self) -> subprocess.Popen[bytes]:
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - nothing here comes from outside
                [sys.executable, "-m", limited.__name__, str(self._limits.memory)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_environment(),
                # What is typed at the terminal is for the parent. The child ends with it.
                start_new_session=True,
            )
        self._calls = 0
        return self._process

    def _exchange(self, function: str, body: bytes, args: tuple[Any, ...]) -> tuple[str, Any, int]:
        """How the call ended, its result or what went wrong, and the memory it left behind."""
        end = time.monotonic() + self._limits.seconds

        def wait_for_the_rest() -> None:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)

        call = {"function": function, "args": args, "cpu_seconds": self._limits.cpu_seconds}
        wait_for_the_rest()
        limited.send(self._connection, call, body)
        answer, _ = limited.receive(self._connection, before=wait_for_the_rest)
        match answer:
            case [str(kind), value, int(memory)]:
                return kind, value, memory
        raise ValueError("The child does not keep to the protocol.")

    def end(self) -> None:
        """End the process. One that is dead already keeps what it died of."""
        if self._process:
            self._connection.close()
            self._process.kill()
            self._process.wait()
            self._process = None


def _death(status: int, error: Exception) -> ChildFailed:
    """What a child died of, by its status."""
    if status == -signal.SIGXCPU:
        return ChildFailed(Failure.CPU)
    return ChildFailed(Failure.CRASHED, f"status {status}, {type(error).__name__}")


def _environment() -> dict[str, str]:
    """What a child needs to find its modules, and no secret."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "LD_"))}


_children = Children()


def run(function: str, body: bytes, *args: Any) -> Any:
    """The result of `function` for a body, from one of the children of this process.

    See `Children.run`.
    """
    return _children.run(function, body, *args)


def _forget_children() -> None:
    """After a fork the children are those of the process that started them."""
    global _children
    _children = Children()


os.register_at_fork(after_in_child=_forget_children)
