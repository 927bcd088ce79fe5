"""The program of a child process that calls functions on hostile input, within limits.

It imports nothing of ours but the functions it is asked to call. Parent and child talk over a
socket, which is the child's standard input, in messages of JSON and bytes. See `child.py`.
"""

import json
import math
import pkgutil
import resource
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

type Message = tuple[Any, bytes]
"""A value of JSON, and bytes that belong to it."""

_LENGTHS = struct.Struct("!II")
MAX_LENGTH = 64 * 1024 * 1024


def send(connection: socket.socket, value: Any, data: bytes = b"") -> None:
    text = json.dumps(value, default=_plain).encode()
    connection.sendall(_LENGTHS.pack(len(text), len(data)) + text + data)


def receive(connection: socket.socket, *, before: Callable[[], None] = lambda: None) -> Message:
    """The next message; `before` runs before each wait for more of it.

    Raises `EOFError` if the other side is gone, and `ValueError` for what is no message.
    """
    lengths = _LENGTHS.unpack(_receive_exactly(connection, _LENGTHS.size, before))
    if sum(lengths) > MAX_LENGTH:
        raise ValueError("The message is too long.")
    text, data = (_receive_exactly(connection, length, before) for length in lengths)
    return json.loads(text), data


def _receive_exactly(connection: socket.socket, length: int, before: Callable[[], None]) -> bytes:
    data = bytearray(length)
    rest = memoryview(data)
    while rest:
        before()
        size = connection.recv_into(rest)
        if not size:
            raise EOFError
        rest = rest[size:]
    return bytes(data)


def _plain(value: object) -> Any:
    """What JSON has for a value that it does not know itself."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"There is no JSON for {type(value).__name__}.")


def main(memory: int) -> None:
    """Answer one call after the other, until the parent is gone."""
    _limit(resource.RLIMIT_AS, memory)
    # No file is written, neither by a function nor as a dump of a crash.
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    parent = socket.socket(fileno=sys.stdin.fileno())
    while True:
        try:
            call, body = receive(parent)
        except EOFError:
            return
        _allow_cpu(call["cpu_seconds"])
        try:
            result = pkgutil.resolve_name(call["function"])(body, *call["args"])
            send(parent, ["result", result, _memory()])
        except MemoryError:
            send(parent, ["memory", "", _memory()])
        except Exception as error:  # noqa: BLE001 - the parent raises it
            send(parent, ["error", f"{type(error).__name__}: {error}"[:1000], _memory()])


def _limit(what: int, amount: int) -> None:
    """Set a limit for good."""
    amount = _allowed(what, amount)
    resource.setrlimit(what, (amount, amount))


def _allow_cpu(seconds: int) -> None:
    """Let the next call have so many seconds of CPU, after which the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    amount = math.ceil(used.ru_utime + used.ru_stime) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (_allowed(resource.RLIMIT_CPU, amount), hard))


def _allowed(what: int, amount: int) -> int:
    """The amount, or less if the system has set a lower limit already."""
    hard = resource.getrlimit(what)[1]
    return amount if hard == resource.RLIM_INFINITY else min(amount, hard)


def _memory() -> int:
    """The bytes of memory that this process holds, or 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]))
