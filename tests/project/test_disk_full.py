"""The disk of DATA_DIR is full: everybody is told so, and nothing is half done."""

import errno
import http.cookiejar
import os
import sqlite3
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from digests.accounts.roles import REVIEWER
from digests.models import Digest, HistoryEntry, Revision, Site, User
from tests import prepared
from tests.delivery.test_export_faults import mount
from tests.embedded import EmbeddedServer, refusal
from tests.factories import approve, in_review, person, story
from tests.screens import signed_in
from tests.services import wait_until

SENTENCE = "The server cannot write to its disk"
PASSWORD = "a long password"


class FullDisk:
    """A disk that has room for so many more writes, for the statements of this thread."""

    def __init__(self, writes: int) -> None:
        self.left = writes

    def __call__(self, execute: Callable[..., object], sql: str, *args: object) -> object:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left < 0:
                cause = sqlite3.OperationalError("database or disk is full")
                cause.sqlite_errorname = "SQLITE_FULL"
                raise OperationalError(str(cause)) from cause
        return execute(sql, *args)


def state() -> list[object]:
    """What an approval that publishes changes."""
    digests = Digest.objects.values_list("status", "version", "live_revision", "path")
    return [
        list(digests),
        Revision.objects.count(),
        HistoryEntry.objects.count(),
        Site.objects.edition(),
    ]


@pytest.mark.django_db
def test_a_verb_on_a_full_disk_does_nothing_by_half() -> None:
    digest, reviewer = in_review(story("甲")), person(REVIEWER)
    before = state()
    for writes in range(1000):
        try:
            with connection.execute_wrapper(FullDisk(writes)):
                approve(digest, by=reviewer)
        except OperationalError:
            assert state() == before
        else:
            break
    assert writes > 5
    assert state() != before


@pytest.mark.django_db(transaction=True)
def test_the_desk_says_that_the_disk_is_full() -> None:
    user = person(username="ann")
    client = signed_in(user)
    client.raise_request_exception = False
    fields = {"first_name": "Ann", "language": "en", "time_zone": "UTC"}
    with connection.execute_wrapper(FullDisk(0)):
        refused = client.post("/admin/settings/", fields)
        visitor = Client(raise_request_exception=False)
        sign_in = visitor.post("/admin/login/", {"username": "ann", "password": "password"})
    for answer in (refused, sign_in):
        assert answer.status_code == 503
        assert SENTENCE in answer.text
    assert User.objects.get().first_name == ""


# A real disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "disk"
    root.mkdir()
    if not mount(root, "size=64m"):
        pytest.skip("No disk can be mounted here (root may): none of it was tried on a real one.")
    yield root
    subprocess.run(["umount", root], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte; removing the file makes room again."""
    path = disk / "filler"
    with path.open("ab", 0) as file, pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        while file.write(bytes(4096)) == 4096:
            pass
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return path


class Visitor:
    """A browser without scripts."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.url = server.url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, **fields: str) -> tuple[int, str]:
        token = [each.value for each in self.cookies if each.name == "csrftoken"]
        form = {"csrfmiddlewaretoken": token[0], **fields} if fields else {}
        body = urllib.parse.urlencode(form).encode() or None
        try:
            with self.opener.open(self.url + path, body, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def sign_in(self) -> tuple[int, str]:
        self.ask("/admin/login/")
        return self.ask("/admin/login/", username="chief", password=PASSWORD)


@pytest.mark.processes
def test_a_server_on_a_full_disk_says_so_and_recovers(disk: Path, tmp_path: Path) -> None:
    server = EmbeddedServer(prepared.data_folder(disk / "data"))
    server.log_file = tmp_path / "full.log"  # on another disk
    server.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    server.manage("createsuperuser", "--noinput", "--username=chief", "--email=")
    own = {"first_name": "Ann", "last_name": "", "email": "", "language": "en", "time_zone": "UTC"}
    with server:
        chief, late = Visitor(server), Visitor(server)
        assert chief.sign_in()[0] == 200
        assert chief.ask("/admin/settings/")[0] == 200
        late.ask("/admin/login/")
        wait_until(lambda: chief.ask("/readyz")[0] == 200, what="everything works", every=0.5)

        filler = fill(disk)
        status, report = chief.ask("/readyz")
        assert status == 503
        assert f'"data folder": "It cannot be written: {os.strerror(errno.ENOSPC)}."' in report
        assert chief.ask("/")[0] == 200
        for status, page in (chief.ask("/admin/settings/", **own), late.sign_in()):
            assert status == 503
            assert SENTENCE in page

        filler.unlink()
        assert 'value="Ann"' not in chief.ask("/admin/settings/")[1]
        assert chief.ask("/admin/settings/", **own)[0] == 200
        assert 'value="Ann"' in chief.ask("/admin/settings/")[1]
        assert late.sign_in()[0] == 200
        wait_until(lambda: chief.ask("/readyz")[0] == 200, what="all is well again", every=0.5)
        assert "Traceback" not in server.log


@pytest.mark.processes
def test_up_on_a_full_disk_is_one_sentence(disk: Path) -> None:
    folder = prepared.data_folder(disk / "data")
    fill(disk)
    said = refusal("manage.py", "up", DATA_DIR=str(folder))
    assert len(said.strip().splitlines()) == 1, said
    assert "disk" in said
