"""Kinds of query in an archive of long digests, from a text in most entries to one in none."""

import gzip
import re
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import east_asian_width
from urllib.parse import urlencode

from benchmarks.support.addresses import COUNT
from benchmarks.support.archive import Size, full, series_of
from benchmarks.support.client import Reader, Speed, speed
from benchmarks.support.servers import archives, ask

COUNT_MAX = 1_000  # of which a page tells no more than that there are more
COUNT_SHOWN = re.compile(r'<p class="count" role="status">([^<]*)</p>')

# Of each query, by the name of the database.
type Speeds = list[dict[str, Speed]]


@dataclass(frozen=True)
class Scale:
    archive: Size
    warm_up: int  # rounds, whose answers are looked at
    newest: int  # rounds of each query in this order
    best: int


FULL = Scale(full(20_000, is_searched=True), warm_up=3, newest=25, best=10)
SMOKE = Scale(full(60, is_searched=True), warm_up=1, newest=1, best=1)


@dataclass(frozen=True)
class Kind:
    text: str
    narrowed: dict[str, str] = field(default_factory=dict)

    def parameters(self, **more: str) -> str:
        return urlencode({"q": self.text} | self.narrowed | more)

    def __str__(self) -> str:
        return f"{self.text} narrowed" if self.narrowed else self.text


KINDS = [
    Kind("机"),
    Kind("智能"),
    Kind("人工智能"),
    Kind("大模型"),
    Kind("GPT-5"),
    Kind("Orb"),  # as the beginning of a word
    Kind("大模型 芯片"),
    Kind("汉奸"),
    Kind("饕餮"),
    Kind("量子纠缠"),
    Kind("智能", {"from": "2021-05-01", "to": "2021-05-31", "series": series_of(0)}),
]


def measure(folder: Path, scale: Scale) -> dict[str, float]:
    with archives(folder, [scale.archive]) as found:
        servers = {database: server for database, (server,) in found.items()}
        counts = [
            ask(servers["SQLite"], f"{COUNT}{kind.parameters()}")["entries"] for kind in KINDS
        ]
        readers = {database: Reader(server.port) for database, server in servers.items()}
        newest: Speeds = []
        best: Speeds = []
        for kind, count in zip(KINDS, counts, strict=True):
            for parameters, rounds, speeds in (
                (kind.parameters(), scale.newest, newest),
                (kind.parameters(order="relevance"), scale.best, best),
            ):
                address = f"/search/?{parameters}"
                for _ in range(scale.warm_up):
                    check_counts(readers, address, count)
                speeds.append(in_turn(readers, address, rounds))
        for reader in readers.values():
            reader.close()
    report(scale.archive, counts, newest, best)
    return {
        f"{name}_p50_ms_{database.lower()}": round(max(each[database].p50 for each in speeds), 1)
        for name, speeds in (("search", newest), ("search_best", best))
        for database in readers
    }


def in_turn(readers: dict[str, Reader], address: str, rounds: int) -> dict[str, Speed]:
    times: dict[str, list[float]] = {database: [] for database in readers}
    for _ in range(rounds):
        for database, reader in readers.items():
            times[database].append(reader.ask(address).seconds)
    return {database: speed(seconds) for database, seconds in times.items()}


def check_counts(readers: dict[str, Reader], address: str, count: int) -> None:
    for reader in readers.values():
        answer = reader.ask(address)
        assert answer.status == 200, answer.head
        page = gzip.decompress(answer.body).decode()
        if count == 0:
            assert 'class="none"' in page, "A search says that it found nothing."
            continue
        shown = COUNT_SHOWN.search(page)
        assert shown, "A search shows how much it found."
        number = int("".join(re.findall(r"\d", shown[1])))
        assert number == min(count, COUNT_MAX), (shown[1], count)


def report(size: Size, counts: list[int], newest: Speeds, best: Speeds) -> None:
    databases = list(newest[0])
    for order, speeds in (("newest first", newest), ("best first", best)):
        print(f"Search among {size.digests:,} digests, {order}, to one reader")
        print(" " * 31 + "".join(f"{database:>27}" for database in databases))
        print(f"{'':21}   entries" + "    per s   p50 ms   p99 ms" * len(databases))
        for kind, count, found in zip(KINDS, counts, speeds, strict=True):
            columns = "".join(
                f"{each.per_s:9.0f}{each.p50:9.2f}{each.p99:9.2f}" for each in found.values()
            )
            print(f"{kind!s:{21 - wide(str(kind))}}{count:10,}{columns}")
        print()


def wide(text: str) -> int:
    """How many characters of a text take the room of two."""
    return sum(east_asian_width(character) == "W" for character in text)
