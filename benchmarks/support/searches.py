"""Ten kinds of query in an archive of long digests, from a text in most entries to one in none."""

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import east_asian_width
from urllib.parse import urlencode

from benchmarks.support.archive import full, series_of
from benchmarks.support.client import Answer, Reader, Speed, speed
from benchmarks.support.servers import archives, tell

SIZE = full(20_000, is_searched=True)
COUNT_MAX = 1_000  # of which a page tells no more than that there are more
WARM_UP, ROUNDS, BY_RELEVANCE = 3, 25, 10
COUNT = re.compile(r'<p class="count" role="status">([^<]*)</p>')


@dataclass(frozen=True)
class Kind:
    text: str
    narrowed: dict[str, str] = field(default_factory=dict)

    def address(self, **more: str) -> str:
        return f"/search/?{urlencode({'q': self.text} | self.narrowed | more)}"

    def __str__(self) -> str:
        return f"{self.text} narrowed" if self.narrowed else self.text


KINDS = [
    Kind("机"),
    Kind("智能"),
    Kind("人工智能"),
    Kind("大模型"),
    Kind("GPT-5"),
    Kind("大模型 芯片"),
    Kind("汉奸"),
    Kind("饕餮"),
    Kind("量子纠缠"),
    Kind("智能", {"from": "2021-05-01", "to": "2021-05-31", "series": series_of(0)}),
]
# How many entries there really are, by another way than the index.
COUNTING = """
import json
from digests.models import Entry
found = []
for text, narrowed in {kinds!r}:
    entries = Entry.objects.all()
    for word in text.split():
        entries = entries.filter(body__contains=word)
    if narrowed:
        entries = entries.filter(
            revision__digest__series__slug=narrowed["series"],
            revision__day__gte=narrowed["from"],
            revision__day__lte=narrowed["to"],
        )
    found.append(entries.count())
print(json.dumps(found))
"""


def measure(folder: Path) -> dict[str, float]:
    with archives(folder, [SIZE]) as found:
        servers = {database: server for database, (server,) in found.items()}
        counting = COUNTING.format(kinds=[(kind.text, kind.narrowed) for kind in KINDS])
        counts = json.loads(tell(servers["SQLite"], counting))
        readers = {database: Reader(server.port) for database, server in servers.items()}
        newest, best = [], []
        for kind, count in zip(KINDS, counts, strict=True):
            newest.append(in_turn(readers, kind.address(), ROUNDS, count))
            best.append(in_turn(readers, kind.address(order="relevance"), BY_RELEVANCE, count))
    report(counts, newest, best)
    return {
        f"search_p50_ms_{database.lower()}": round(max(each[database].p50 for each in newest), 1)
        for database in readers
    }


def in_turn(readers: dict[str, Reader], address: str, rounds: int, count: int) -> dict[str, Speed]:
    times: dict[str, list[float]] = {database: [] for database in readers}
    for number in range(WARM_UP + rounds):
        for database, reader in readers.items():
            answer = reader.ask(address)
            if number < WARM_UP:
                refuse_wrong(answer, count)
            else:
                times[database].append(answer.seconds)
    return {database: speed(seconds) for database, seconds in times.items()}


def refuse_wrong(answer: Answer, count: int) -> None:
    assert answer.status == 200, answer.head
    told = COUNT.search(gzip.decompress(answer.body).decode())
    assert told, "A search tells how much it found."
    assert int("".join(re.findall(r"\d", told[1]))) == min(count, COUNT_MAX), (told[1], count)


def report(counts: list[int], newest: list[dict[str, Speed]], best: list[dict[str, Speed]]) -> None:
    databases = list(newest[0])
    for order, speeds in (("newest first", newest), ("best first", best)):
        print(f"Search among {SIZE.digests:,} digests, {order}, to one reader")
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
