"""nginx with one file: what a server of files makes of the same bytes."""

import gzip
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.support.servers import report_missing
from tests.services import LOCALHOST, Unavailable, find_nginx, free_port, wait_until

FILE = "page.html"
CONFIGURATION = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log stderr crit;
{user}
events {{}}
http {{
    access_log off;
    types {{ text/html html; }}
    charset utf-8;
    gzip_static on;
    {temporary}
    server {{
        listen {host}:{port};
        root {folder};
    }}
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def serving(folder: Path, compressed: bytes) -> Iterator[int | None]:
    """The port at which nginx answers /page.html with these bytes; None where there is no nginx."""
    try:
        program = find_nginx()
    except Unavailable as error:
        report_missing("nginx", error)
        yield None
        return
    folder.mkdir()
    (folder / f"{FILE}.gz").write_bytes(compressed)
    (folder / FILE).write_bytes(gzip.decompress(compressed))
    port = free_port()
    configuration = CONFIGURATION.format(
        folder=folder,
        host=LOCALHOST,
        port=port,
        # The folder is for its owner alone.
        user="user root;" if os.geteuid() == 0 else "",
        temporary=" ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY),
    )
    (folder / "nginx.conf").write_text(configuration)
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        try:
            wait_until((folder / "pid").exists, what="nginx has begun", seconds=10)
        except AssertionError:
            report_missing("nginx", (folder / "log").read_text())
            yield None
        else:
            yield port
    finally:
        server.terminate()
        server.wait(20)
