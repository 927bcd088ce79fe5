"""The same pages in archives of several sizes: cached answers and uncached ones.

For an uncached answer each address is asked for once in an edition of the site, and each digest
only once at all. The databases are as warm as they are after their filling.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.addresses import NEW_EDITION
from benchmarks.support.archive import Size, address_of, date_of, series_of, short
from benchmarks.support.client import Reader, Speed, speed
from benchmarks.support.servers import archives
from tests.embedded import EmbeddedServer

# The pages of which none may be slower in a large archive.
MAIN = ("digest", "home", "feed", "archive")

type Speeds = dict[str, list[Speed]]


@dataclass(frozen=True)
class Scale:
    archives: tuple[Size, ...]
    warm_up: int
    uncached: int
    cached: int


FULL = Scale((short(1_000), short(20_000), short(100_000)), warm_up=5, uncached=40, cached=200)
SMOKE = Scale((short(40),), warm_up=1, uncached=2, cached=2)


class ArchiveReader:
    """Reads the pages of one archive over a connection that stays open."""

    def __init__(self, server: EmbeddedServer, size: Size, unread: int) -> None:
        self.connection = Reader(server.port)
        self.size = size
        self.unread = random.Random(1).sample(range(size.digests), unread)  # noqa: S311

    def addresses(self) -> dict[str, str]:
        middle = self.size.digests // 2
        date = date_of(middle, self.size.digests)
        place = f"{int(date.timestamp())}-{middle + 1}"
        return {
            "digest": address_of(middle, self.size.digests),
            "home": "/",
            "feed": "/feed.atom",
            "archive": "/archive/",
            "series": f"/{series_of(middle)}/",
            "series, far down": f"/{series_of(middle)}/?before={place}",
            "day": f"/{date:%Y/%m/%d}/",
            "month": f"/{date:%Y/%m}/",
        }

    def ask(self, address: str) -> float:
        answer = self.connection.ask(address)
        assert answer.status == 200, f"{address}: {answer.head!r}"
        return answer.seconds

    def ask_uncached(self, page: str) -> float:
        self.ask(NEW_EDITION)
        if page == "digest":
            return self.ask(address_of(self.unread.pop(), self.size.digests))
        return self.ask(self.addresses()[page])


def measure(folder: Path, scale: Scale) -> dict[str, float]:
    figures = {}
    with archives(folder, scale.archives) as found:
        for database, servers in found.items():
            readers = [
                ArchiveReader(server, size, scale.warm_up + scale.uncached)
                for server, size in zip(servers, scale.archives, strict=True)
            ]
            worst = report(database, readers, cached(readers, scale), uncached(readers, scale))
            name = "" if database == "SQLite" else f"_{database.lower()}"
            figures[f"worst_large_vs_small{name}"] = round(worst, 3)
            for reader in readers:
                reader.connection.close()
    return figures


def uncached(readers: list[ArchiveReader], scale: Scale) -> Speeds:
    rounds = range(scale.warm_up + scale.uncached)
    found = {}
    for page in readers[0].addresses():
        times = [[reader.ask_uncached(page) for reader in readers] for _ in rounds]
        found[page] = [speed(list(own)) for own in zip(*times[scale.warm_up :], strict=True)]
    return found


def cached(readers: list[ArchiveReader], scale: Scale) -> Speeds:
    rounds = range(scale.warm_up + scale.cached)
    found = {}
    for page, address in readers[0].addresses().items():
        if "?" in address:
            continue  # An answer to parameters is not cached.
        times = [[reader.ask(reader.addresses()[page]) for reader in readers] for _ in rounds]
        found[page] = [speed(list(own)) for own in zip(*times[scale.warm_up :], strict=True)]
    return found


def report(database: str, readers: list[ArchiveReader], cached: Speeds, uncached: Speeds) -> float:
    """Prints the tables; returns the worst ratio of the main pages."""
    worst = 0.0
    for what, speeds in (("cached answers", cached), ("uncached answers", uncached)):
        print(f"{database}, {what}, to one reader")
        sizes = "".join(f"{f'{reader.size.digests:,} digests':>27}" for reader in readers)
        print(" " * 17 + sizes)
        print(" " * 17 + "    per s   p50 ms   p99 ms" * len(readers) + "  largest/smallest")
        for page, found in speeds.items():
            ratio = found[-1].p50 / found[0].p50
            if page in MAIN:
                worst = max(worst, ratio)
            columns = "".join(f"{each.per_s:9.0f}{each.p50:9.2f}{each.p99:9.2f}" for each in found)
            print(f"{page:17}{columns}{ratio:18.2f}")
        print()
    return worst
