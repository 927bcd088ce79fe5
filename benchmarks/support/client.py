"""A reader that costs next to nothing itself, so that a server is measured and not its client."""

import re
import socket
import statistics
import threading
import time
from dataclasses import astuple, dataclass

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
ETAG = re.compile(rb"\r\netag: ([^\r]+)", re.IGNORECASE)
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name, in the capitals of a title: servers write names in several ways."""
        lines = [line.split(": ", 1) for line in self.head.decode("latin-1").split("\r\n")[1:]]
        return {name.title(): value for name, value in lines}

    @property
    def named(self) -> tuple[int, bytes]:
        """Two answers that say the same have the same; the bytes of compression may differ."""
        etag = ETAG.search(self.head)
        return self.status, etag[1] if etag else self.body

    @property
    def size(self) -> int:
        """What was transferred, head and all."""
        return len(self.head) + len(b"\r\n\r\n") + len(self.body)


@dataclass(frozen=True)
class Speed:
    """What readers got: answers a second, and the milliseconds until half or 99 % of them came."""

    per_s: float
    p50: float
    p99: float


def speed(seconds: list[float], per_s: float | None = None) -> Speed:
    """Of one reader who asks again at once, unless the answers a second are given."""
    return Speed(
        per_s or len(seconds) / sum(seconds),
        1000 * statistics.median(seconds),
        1000 * statistics.quantiles(seconds, n=100, method="inclusive")[-1],
    )


def median(rounds: list[Speed]) -> Speed:
    """Of each figure by itself."""
    columns = zip(*(astuple(each) for each in rounds), strict=True)
    return Speed(*map(statistics.median, columns))


class Reader:
    """One connection that stays open, as a browser's does; a server that ends waits for it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: socket.socket | None = None

    def ask(self, address: str, headers: dict[str, str] | None = None) -> Answer:
        request = written(self.port, address, headers or {})
        for _ in range(2):
            if self.connection is None:
                self.connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
                self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                return exchange(self.connection, request)
            except ConnectionError:
                # The server ends connections that were idle.
                self.close()
        raise ConnectionError(f"127.0.0.1:{self.port} does not answer.")

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def written(port: int, address: str, headers: dict[str, str]) -> bytes:
    own = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "gzip, deflate, br"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (own | headers).items())
    return f"GET {address} HTTP/1.1\r\n{lines}\r\n".encode()


def exchange(connection: socket.socket, request: bytes) -> Answer:
    start = time.perf_counter()
    connection.sendall(request)
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += received(connection)
    head, status = data[:end], int(data[9:12])
    length = 0 if status == 304 else int(LENGTH.findall(head)[0])
    body = bytearray(data[end + 4 :])
    while len(body) < length:
        body += received(connection)
    return Answer(status, head, bytes(body), time.perf_counter() - start)


def received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError
    return data


def together(
    readers: int, seconds: float, port: int, address: str, headers: dict[str, str]
) -> Speed:
    """The speed of readers who ask for one address again and again; all must get the same."""
    wanted = Reader(port).ask(address, headers)
    times: list[list[float]] = [[] for _ in range(readers)]
    wrong: list[object] = []
    end = time.perf_counter() + seconds

    def read(own: list[float]) -> None:
        reader = Reader(port)
        # Once at least: a busy machine may begin with a reader only after the end.
        while not own or (time.perf_counter() < end and not wrong):
            answer = reader.ask(address, headers)
            if answer.named != wanted.named:
                wrong.append(answer.head)
            own.append(answer.seconds)
        reader.close()

    threads = [threading.Thread(target=read, args=[own]) for own in times]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    assert not wrong, f"{address} answered {wrong}"
    every = [time for own in times for time in own]
    return speed(every, len(every) / took)
