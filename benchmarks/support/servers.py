"""Servers with archives behind them, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.support.archive import Size
from tests.embedded import EmbeddedServer
from tests.services import Postgresql, Unavailable

NEW_EDITION = "/new-edition"
SWEEPS = "NEWSROOM_BENCHMARK_SWEEPS"
# The environment's own settings are somebody's newsroom.
OWN = {"DEBUG": "", "EXPORT_ROOT": "", "SITE_URL": "", "LOG_LEVEL": "WARNING"}

type Shelves = dict[str, list[EmbeddedServer]]


def server_in(folder: Path, *, sweeps: bool = True, **settings: str) -> EmbeddedServer:
    own = OWN | {SWEEPS: "yes" if sweeps else "no"} | settings
    return EmbeddedServer(folder, program="benchmarks/site.py", **own)


@contextmanager
def archives(folder: Path, sizes: list[Size]) -> Iterator[Shelves]:
    """Servers with archives of these sizes, by the name of their database.

    They do not sweep the export folder: its first files would take minutes to be written, and
    what later sweeps cost is told by `benchmarks/export.py`.
    """
    with ExitStack() as stack:
        shelves = {
            "SQLite": [server_in(folder / f"sqlite-{n}", sweeps=False) for n, _ in enumerate(sizes)]
        }
        try:
            databases = Postgresql()
        except Unavailable as error:
            print(f"POSTGRESQL IS LEFT OUT: {error}")
        else:
            shelves["PostgreSQL"] = [
                server_in(
                    folder / f"postgresql-{number}",
                    sweeps=False,
                    DATABASE_URL=stack.enter_context(databases.database()),
                )
                for number, _ in enumerate(sizes)
            ]
        with ThreadPoolExecutor() as each:
            for _ in each.map(lambda servers: fill(servers, sizes), shelves.values()):
                pass
        for servers in shelves.values():
            for server in servers:
                stack.enter_context(server)
        yield shelves


def fill(servers: list[EmbeddedServer], sizes: list[Size]) -> None:
    for server, size in zip(servers, sizes, strict=True):
        server.manage("migrate", "-v", "0")
        making = f"filling.fill(archive.{size!r})"
        tell(server, f"from benchmarks.support import archive, filling\n{making}")


def tell(server: EmbeddedServer, script: str) -> str:
    """What a script prints that runs on the server's database."""
    return server.manage("shell", "-v", "0", "-c", script)
