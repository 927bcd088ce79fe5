"""nginx with one file: what a server of files makes of the same bytes."""

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.support.servers import report_missing
from tests.services import LOCALHOST, free_port, wait_until

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


def find_nginx() -> str | None:
    """The path of nginx; root installs it where it is missing."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    if not shutil.which("nginx", path=path) and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "nginx-light"]):
            subprocess.run(
                ["apt-get", "--quiet", *command],
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                check=False,
            )
    return shutil.which("nginx", path=path)


@contextmanager
def serving(folder: Path, compressed: bytes) -> Iterator[int | None]:
    """The port at which nginx answers /page.html with these bytes; None where there is no nginx."""
    program = find_nginx()
    if program is None:
        report_missing("nginx", "it is not installed and could not be.")
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
