"""`manage.py up`: it starts, watches over its process, refuses in a sentence, and ends."""

import http.client
import os
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.ports import next_free_port
from tests.embedded import EmbeddedServer, refusal
from tests.services import LOCALHOST, Postgresql, Redis, free_port, wait_until

pytestmark = pytest.mark.processes


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def busy_server(data_folder: Path, notes: Path) -> Iterator[EmbeddedServer]:
    program = "tests/server_with_tasks.py"
    with EmbeddedServer(data_folder, program=program, NOTES=str(notes)) as running:
        yield running


def refused(data: Path, **settings: str) -> str:
    """What `up` says when it does not start: it must be one sentence for people."""
    own = {"DATA_DIR": str(data), "PORT": str(free_port())}
    reason = refusal("manage.py", "up", **own | settings)
    assert len(reason.strip().splitlines()) == 1, reason
    return reason


def test_a_web_process_that_is_killed_or_loses_its_worker_comes_back_with_worker_and_beat(
    busy_server: EmbeddedServer, notes: Path
) -> None:
    first = busy_server.web_pid
    wait_until((notes / f"tick-{first}").exists, what="beat and worker run")

    os.kill(first, signal.SIGKILL)

    wait_until(lambda: busy_server.web_pid != first, what="another process")
    wait_until(busy_server.answers, what="the site answers again")
    second = busy_server.web_pid
    wait_until((notes / f"tick-{second}").exists, what="beat and worker run again")

    (notes / "end-the-worker").touch()

    wait_until(lambda: busy_server.web_pid != second, what="a third process")
    third = busy_server.web_pid
    wait_until((notes / f"tick-{third}").exists, what="beat and worker run once more")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "Ctrl-C"])
def test_ending_waits_for_the_task_that_is_running(
    busy_server: EmbeddedServer, notes: Path, how: signal.Signals
) -> None:
    def numbers(kind: str) -> set[str]:
        return {note.name.partition("-")[2] for note in notes.glob(f"{kind}-*")}

    wait_until(lambda: numbers("started") > numbers("ended"), what="a task is running")
    assert busy_server.stop(how) == 0
    assert numbers("started") == numbers("ended")


def test_a_start_in_an_empty_folder_shows_the_way_in_until_there_is_an_administrator(
    tmp_path: Path,
) -> None:
    server = EmbeddedServer(tmp_path / "data").start()
    assert f"Newsroom is at {server.url}/" in server.log
    link = rf"first administrator here, once:\n{re.escape(server.url)}/\S+\n\n"
    # Last, and in a block of its own.
    assert re.search(rf"\n\nNobody can administer it yet.*{link}\Z", server.log)
    assert {path.name for path in server.folder.iterdir()} >= {"newsroom.sqlite3", "secret_key"}
    assert "Traceback" not in server.log
    server.stop()

    # Until somebody has used the link, the next start gives another.
    before = len(server.log)
    server.start()
    assert "first administrator" in server.log[before:]
    server.stop()

    server.environment["DJANGO_SUPERUSER_PASSWORD"] = "a long password"
    server.manage("createsuperuser", "--noinput", "--username=chief", "--email=")
    before = len(server.log)
    server.start()

    assert "Newsroom is at" in server.log[before:]
    assert "first administrator" not in server.log[before:]
    server.stop()


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server((LOCALHOST, 0)) as other:
        port = other.getsockname()[1]
        sentence = refused(tmp_path, PORT=str(port))
        assert next_free_port(LOCALHOST, port) != port
    assert f"cannot listen on {LOCALHOST} port {port} (Address already in use)" in sentence


def test_a_second_server_in_a_data_folder_is_refused_and_told_of_the_first(
    data_folder: Path,
) -> None:
    with EmbeddedServer(data_folder) as first:
        assert first.process is not None
        assert f"Process {first.process.pid} is working in DATA_DIR" in refused(data_folder)
    with EmbeddedServer(data_folder):
        pass


def test_an_address_of_another_machine_is_one_sentence(tmp_path: Path) -> None:
    assert "cannot listen on 192.0.2.1" in refused(tmp_path, HOST="192.0.2.1")


@pytest.mark.parametrize("name", ["DATA_DIR", "EXPORT_ROOT"])
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    # A file in the folder's place: no mode keeps root out.
    (tmp_path / "file").touch()
    sentence = refused(tmp_path, **{name: str(tmp_path / "file")})
    assert f"{name} must be a folder that the server may write in" in sentence


def test_a_database_of_a_newer_version_is_one_sentence_and_stays_untouched(
    data_folder: Path,
) -> None:
    database = sqlite3.connect(data_folder / "newsroom.sqlite3")
    database.execute(
        "INSERT INTO django_migrations (app, name, applied)"
        " VALUES ('digests', '9999_from_the_future', '2030-01-01')"
    )
    # What an older program would put back.
    database.execute("DELETE FROM django_migrations WHERE app = 'axes'")
    database.commit()
    before = list(database.iterdump())

    sentence = refused(data_folder)

    assert "newer version of Newsroom" in sentence
    assert "9999_from_the_future" in sentence
    assert list(database.iterdump()) == before
    database.close()


@pytest.mark.parametrize("migration", ["0001_initial", "0009_readers", "0012_words"])
def test_a_database_of_an_unreleased_state_is_one_sentence_and_stays_untouched(
    data_folder: Path, migration: str
) -> None:
    database = sqlite3.connect(data_folder / "newsroom.sqlite3")
    database.execute("DELETE FROM django_migrations WHERE app = 'digests'")
    database.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('digests', ?, '2026-11-01')",
        [migration],
    )
    database.commit()
    before = list(database.iterdump())
    sentence = refused(data_folder)
    assert f"an unreleased state of Newsroom, whose migration {migration}" in sentence
    assert list(database.iterdump()) == before
    database.close()


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "newsroom.sqlite3").write_text("These are my notes.\n" * 100)
    assert "The database cannot be used: file is not a database" in refused(tmp_path)


def test_a_postgresql_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    url = f"postgresql://me:pass-word@{LOCALHOST}:{free_port()}/news"
    sentence = refused(tmp_path, DATABASE_URL=url)
    assert "The database cannot be used: " in sentence
    assert "pass-word" not in sentence


def test_https_without_a_proxy_is_one_sentence(tmp_path: Path) -> None:
    assert "redirect every request for ever" in refused(
        tmp_path, SITE_URL="https://news.example.org"
    )


def test_behind_a_trusted_proxy_readers_get_https_and_nothing_else(data_folder: Path) -> None:
    public = {"SITE_URL": "https://news.example.org", "TRUSTED_PROXIES": "1"}
    with EmbeddedServer(data_folder, **public) as server:

        def get(path: str, **headers: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(LOCALHOST, server.port, timeout=10)
            connection.request("GET", path, headers={"Host": "news.example.org"} | headers)
            return connection.getresponse()

        plain = get("/some/page")
        assert plain.status == 301
        assert plain.headers["Location"] == "https://news.example.org/some/page"
        secure = get("/admin/login/", **{"X-Forwarded-Proto": "https"})
        assert secure.status == 200
        assert "max-age=" in secure.headers["Strict-Transport-Security"]
        assert "Secure" in secure.headers["Set-Cookie"]
        assert get("/healthz").status == 200
        assert get("/some/page", Host="evil.example.org").status == 400


@pytest.mark.parametrize(
    "command",
    [["celery", "-A", "newsroom", "worker"], ["celery", "-A", "newsroom", "beat"]],
    ids=["worker", "beat"],
)
def test_a_lonely_celery_process_refuses_to_start(tmp_path: Path, command: list[str]) -> None:
    reason = refusal("-m", *command, DATA_DIR=str(tmp_path))
    assert "set REDIS_URL, or run `manage.py up`" in reason


def test_everything_runs_on_postgresql_and_redis_too(
    data_folder: Path, postgresql: Postgresql, redis: Redis, notes: Path
) -> None:
    (data_folder / "newsroom.sqlite3").unlink()
    with (
        postgresql.database() as url,
        EmbeddedServer(
            data_folder,
            program="tests/server_with_tasks.py",
            DATABASE_URL=url,
            REDIS_URL=redis.url,
            NOTES=str(notes),
        ) as server,
    ):
        wait_until((notes / f"tick-{server.web_pid}").exists, what="beat and worker")
        redis.stop()
        wait_until(lambda: "Redis does not work: " in server.log, what="no broker")
        for note in notes.iterdir():
            note.unlink()
        redis.start()
        wait_until((notes / f"tick-{server.web_pid}").exists, what="tasks run again")
        assert not (data_folder / "newsroom.sqlite3").exists()
