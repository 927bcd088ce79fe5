"""How many files a second `import_digests` takes in, on SQLite and on PostgreSQL.

The time is that of the whole command, its start and its writing of the search index included.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.support.command import parser
from benchmarks.support.files import digest
from benchmarks.support.servers import report_missing, the_postgresql
from tests import prepared
from tests.embedded import EmbeddedServer
from tests.services import Unavailable

FILES, SMOKE_FILES = 500, 5
SERIES = ("--series", "old-news", "--time-zone", "Asia/Shanghai", "--language", "zh-hans")


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, EmbeddedServer]]:
    with ExitStack() as stack:
        found = {"sqlite": EmbeddedServer(prepared.data_folder(folder / "sqlite"))}
        try:
            url = stack.enter_context(the_postgresql().migrated())
        except Unavailable as error:
            report_missing("PostgreSQL", error)
        else:
            found["postgresql"] = EmbeddedServer(folder / "postgresql", DATABASE_URL=url)
        yield found


def main() -> None:
    count = SMOKE_FILES if parser(__doc__).parse_args().smoke else FILES
    figures = {}
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as name:
        files = Path(name, "files")
        files.mkdir()
        for number in range(count):
            (files / f"{number}.md").write_text(digest(number))
        print(f"{count} files of 8 items")
        with databases(Path(name)) as found:
            for database, server in found.items():
                start = perf_counter()
                said = server.manage("import_digests", str(files), *SERIES)
                rate = count / (perf_counter() - start)
                if f"{count} imported" not in said:
                    raise SystemExit(said)
                print(f"{database:14} {rate:6.1f} files a second")
                figures[f"files_per_s_{database}"] = round(rate, 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
