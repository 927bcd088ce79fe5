"""deploy/nginx.conf: nginx takes it, and it hands on what Newsroom must know."""

import contextlib
import http.client
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded import ROOT, EmbeddedServer
from tests.services import LOCALHOST, Unavailable, end, find_nginx, free_port, wait_until
from tests.slow_clients import slow_clients

AROUND = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
{user}
events {{}}
http {{
    access_log off;
    {temporary}
{site}
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
UPLOAD = "/admin/editor/upload/"
HOST = "news.example.org"

pytestmark = pytest.mark.processes


@pytest.fixture
def program() -> str:
    try:
        return find_nginx()
    except Unavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def site(port: int, behind: int) -> str:
    """The file as it is, but for the certificate, which is made for one host alone, and ports."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    text = re.sub(r"^ +ssl_certificate.*;\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ +listen \[::\].*;\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 80;", f"listen {LOCALHOST}:{free_port()};")
    text = text.replace("listen 443 ssl;", f"listen {LOCALHOST}:{port};")
    # Readers came by https, which without a certificate nginx does not see.
    text = text.replace("X-Forwarded-Proto $scheme", "X-Forwarded-Proto https")
    return text.replace("127.0.0.1:8000", f"{LOCALHOST}:{behind}")


@contextlib.contextmanager
def nginx(program: str, folder: Path, behind: int) -> Iterator[int]:
    port = free_port()
    folder.mkdir()
    folder.chmod(0o755)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        AROUND.format(
            folder=folder,
            # Its processes would else run as a user who may not look into the folders of pytest.
            user="user root;" if os.geteuid() == 0 else "",
            temporary=" ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY),
            site=site(port, behind),
        )
    )
    command = [program, "-p", str(folder), "-c", str(configuration), "-e", "stderr"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port), what="nginx runs")
        yield port
    finally:
        end(process)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((LOCALHOST, port)) == 0


def ask(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(LOCALHOST, port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": HOST} | named)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def test_nginx_serves_newsroom_and_believes_no_client(
    program: str, data_folder: Path, tmp_path: Path
) -> None:
    settings = {"SITE_URL": f"https://{HOST}", "TRUSTED_PROXIES": "1", "API_RATE": "3/hour"}
    with (
        EmbeddedServer(data_folder, **settings) as server,
        nginx(program, tmp_path / "nginx", server.port) as port,
    ):
        status, headers = ask(port, "/")
        assert status == 200
        assert "max-age" in headers["Strict-Transport-Security"]
        # One client, whatever it says of itself.
        made_up = [ask(port, "/api/v1/series/", X_Forwarded_For=f"192.0.2.{n}") for n in range(5)]
        assert [status for status, _ in made_up] == [200, 200, 200, 429, 429]
        for path, length in (("/", 150_000), ("/admin/", 3_000_000), (UPLOAD, 7_000_000)):
            status, headers = ask(port, path, "POST", Content_Length=str(length))
            assert status == 413
            # nginx says so, before Newsroom is asked.
            assert "Content-Security-Policy" not in headers
        with slow_clients("dripping bodies", 60, port):
            assert ask(port, "/")[0] == 200
