"""How the tests run: on SQLite, or with --postgresql on PostgreSQL and Redis.

The second way runs only the tests that touch the database; the others would say the same again.
"""

import os
import re
import sys
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest
from django.template import Node
from playwright.sync_api import Browser, Page, sync_playwright

from tests.embedded import ROOT, EmbeddedServer
from tests.services import Postgresql, Redis, Unavailable, find_chromium

# What the shell happens to hold must not change a test. A server given by DATABASE_URL or
# REDIS_URL is used by the tests that ask for one.
SETTINGS = re.findall(r'env\.read\(\s*"(\w+)"', (ROOT / "newsroom/settings.py").read_text())
GIVEN = {name: os.environ.pop(name, "") for name in SETTINGS}

missing = pytest.StashKey[str]()


@cache
def the_postgresql() -> Postgresql:
    return Postgresql(GIVEN["DATABASE_URL"])


@cache
def the_redis_url() -> str:
    return GIVEN["REDIS_URL"] or Redis().start().url


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgresql",
        action="store_true",
        help="run the tests that touch the database, on PostgreSQL and Redis",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepares what the settings read, and only then lets pytest-django read them."""
    folder = tempfile.TemporaryDirectory(prefix="newsroom-tests-")
    config.add_cleanup(folder.cleanup)
    Path(folder.name, "static").mkdir()  # whitenoise asks for it, though nothing is collected
    os.environ |= {"DATA_DIR": folder.name, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    if config.getoption("--postgresql"):
        try:
            os.environ |= {"DATABASE_URL": the_postgresql().url, "REDIS_URL": the_redis_url()}
        except Unavailable as error:
            config.stash[missing] = str(error)

    from django.conf import settings

    # Tests ask as often as they like; those of the limit set it.
    settings.API_RATE = None
    # In a file, for a database in memory locks differently from the one people have.
    if "DATABASE_URL" not in os.environ:
        settings.DATABASES["default"]["TEST"] = {"NAME": f"{folder.name}/test.sqlite3"}
    # Pages are tested without collecting static files first; the embedded server collects them.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--postgresql"):
        return
    chosen = [item for item in items if touches_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen
    if reason := config.stash.get(missing, ""):
        if os.environ.get("CI"):
            pytest.exit(reason, returncode=1)
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


def touches_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db"):
        return True
    return bool({"db", "transactional_db"} & set(getattr(item, "fixturenames", ())))


@pytest.fixture(autouse=True)
def emptied_index(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empties the search index after tests that commit: Django does not know its table."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if not commits and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM digests_search")


def unavailable(error: Unavailable) -> NoReturn:
    """Skips the test and says why; under CI nothing may be left out."""
    if os.environ.get("CI"):
        pytest.fail(str(error), pytrace=False)
    pytest.skip(str(error))


class UnknownVariable(str):
    """Fails the test in which one of our templates names a variable that does not exist.

    Django's own templates do so all the time, so the node that asks is looked up on the stack.
    """

    def __contains__(self, part: object) -> bool:
        return part == "%s"  # makes Django pass the variable's name to `%`

    def __mod__(self, variable: object) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame := frame.f_back:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None):
                if Path(node.origin.name).is_relative_to(ROOT) and ".venv" not in node.origin.name:
                    pytest.fail(f"{node.origin.name} has no variable “{variable}”")
                break
        return ""


@pytest.fixture(scope="session")
def postgresql() -> Postgresql:
    """A PostgreSQL server; `with postgresql.database() as url` gives an empty database."""
    try:
        return the_postgresql()
    except Unavailable as error:
        unavailable(error)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a Redis that stays."""
    try:
        return the_redis_url()
    except Unavailable as error:
        unavailable(error)


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A running Redis of the test's own, to stop and start."""
    try:
        server = Redis()
    except Unavailable as error:
        unavailable(error)
    yield server.start()
    server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Newsroom on SQLite as `manage.py up` starts it, empty and for this test alone."""
    with EmbeddedServer(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        path = find_chromium()
    except Unavailable as error:
        unavailable(error)
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile. A script's error, or a breach of the CSP, fails the test."""
    troubles: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: (
                "Content Security Policy" in message.text and troubles.append(message.text)
            ),
        )
        yield page
    assert not troubles


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows what the servers of a failed test wrote."""
    report = yield
    if report.failed:
        values: dict[str, Any] = getattr(item, "funcargs", {})
        for name, value in values.items():
            if isinstance(value, EmbeddedServer):
                report.sections.append((f"log of {name}", value.log))
    return report
