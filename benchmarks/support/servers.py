"""Newsroom's servers: one for a benchmark, or one for each archive on each database."""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.support import up
from benchmarks.support.addresses import FILL
from benchmarks.support.archive import Size
from tests import prepared
from tests.embedded import EmbeddedServer
from tests.services import Postgresql, Unavailable

PATIENCE = 60.0  # seconds
FILLING_PATIENCE = 3600.0  # 20,000 long digests take some minutes

type Servers = dict[str, list[EmbeddedServer]]


def server_in(folder: Path, **settings: str) -> EmbeddedServer:
    """`manage.py up` with the benchmarks' views, to be used in `with`.

    It hashes passwords weakly, unless the settings have `up.REAL_PASSWORDS`. One reader may search
    as often as it can.
    """
    own = {"LOG_LEVEL": "WARNING", "SEARCH_RATE": "none"}
    return EmbeddedServer(prepared.data_folder(folder), program=up.__file__, **own | settings)


@contextmanager
def running(*servers: EmbeddedServer) -> Iterator[None]:
    """Starts and ends servers side by side."""
    with ThreadPoolExecutor(len(servers)) as pool:
        try:
            list(pool.map(EmbeddedServer.start, servers))
            yield
        finally:
            list(pool.map(EmbeddedServer.stop, servers))


def ask(server: EmbeddedServer, address: str, patience: float = PATIENCE) -> Any:
    """The JSON that one of our views answers."""
    with urlopen(f"{server.url}{address}", timeout=patience) as answer:  # noqa: S310 (our own)
        return json.load(answer)


def report_missing(what: str, why: object) -> None:
    """Print that a part of the benchmark is missing, which under CI ends it."""
    if os.environ.get("CI"):
        raise SystemExit(f"{what} is missing: {why}")
    print(f"{what.upper()} IS MISSING: {why}")


@cache
def the_postgresql() -> Postgresql:
    return prepared.postgresql()


@contextmanager
def archives(folder: Path, sizes: Sequence[Size]) -> Iterator[Servers]:
    """Servers with archives of these sizes, by the name of their database.

    They do not sweep the export folder: its first files would take minutes to be written, and
    `benchmarks/export.py` measures what later sweeps cost.
    """
    with ExitStack() as stack:
        databases = {"SQLite": [""] * len(sizes)}
        try:
            postgresql = the_postgresql()
        except Unavailable as error:
            report_missing("PostgreSQL", error)
        else:
            databases["PostgreSQL"] = [stack.enter_context(postgresql.migrated()) for _ in sizes]
        servers = {
            name: [
                server_in(folder / f"{name}-{number}", DATABASE_URL=url, **{up.NO_SWEEPS: "yes"})
                for number, url in enumerate(urls)
            ]
            for name, urls in databases.items()
        }

        def fill(of_one_database: list[EmbeddedServer]) -> None:
            for server, size in zip(of_one_database, sizes, strict=True):
                address = f"{FILL}{urlencode({'size': json.dumps(asdict(size))})}"
                assert ask(server, address, FILLING_PATIENCE)["digests"] == size.digests

        stack.enter_context(running(*chain.from_iterable(servers.values())))
        with ThreadPoolExecutor() as pool:
            list(pool.map(fill, servers.values()))
        yield servers
