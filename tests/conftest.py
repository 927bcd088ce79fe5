"""How the tests run: on SQLite, or with --postgresql on PostgreSQL and Redis.

The second way is for the tests marked `postgresql`, whose result may depend on the database.
Each process of pytest-xdist has servers of its own. The marks `browser` and `services` are set
here, by what a test asks for.
"""

import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest
from django.db import transaction
from django.db.models.signals import post_migrate
from django.template import Node
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests import prepared
from tests.embedded import ROOT, EmbeddedServer, setting_names
from tests.services import Postgresql, Redis, Unavailable, launch_chromium
from tests.tracing import trace_contexts

if TYPE_CHECKING:
    from digests.models import User
    from tests.desk_site import DeskSite

# What the shell happens to hold must not change a test. A server given by DATABASE_URL or
# REDIS_URL is used by the tests that ask for one.
SETTINGS = setting_names()
GIVEN = {name: os.environ.get(name, "") for name in SETTINGS}
# Fixtures that start another program, and the mark of the tests that use them.
MARKS = {
    "browser": "browser",
    **dict.fromkeys(("postgresql", "redis", "redis_url", "server"), "services"),
}

# Tests share the machine with others: none is timed.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

missing = pytest.StashKey[str]()


@cache
def the_postgresql() -> Postgresql:
    return prepared.postgresql(GIVEN["DATABASE_URL"])


@cache
def the_redis_url() -> str:
    """The address of a Redis; processes that share a given one keep to a database each."""
    if not GIVEN["REDIS_URL"]:
        return Redis().start().url
    process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return urlunsplit(urlsplit(GIVEN["REDIS_URL"])._replace(path=f"/{process}"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgresql",
        action="store_true",
        help="run the tests marked postgresql, on PostgreSQL and Redis",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepares what the settings read, and only then lets pytest-django read them."""
    prepared.share()  # by all processes of pytest-xdist, which inherit it
    if not runs_tests(config):
        return  # The processes that do inherit the environment, and must find it as it was given.
    for name in SETTINGS:
        os.environ.pop(name, None)
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

    # Tests may send any number of requests; those of a limit set one.
    settings.API_RATE = settings.SEARCH_RATE = settings.SIGN_IN_RATE = settings.RESET_RATE = None
    # In a file, because a database in memory locks differently from the one people have.
    if "DATABASE_URL" not in os.environ:
        settings.DATABASES["default"]["TEST"] = {"NAME": f"{folder.name}/test.sqlite3"}
    # Pages are tested without collecting static files first; the embedded server collects them.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    options: Any = settings.TEMPLATES[0]["OPTIONS"]
    options["string_if_invalid"] = UnknownVariable()
    post_migrate.connect(empty_search_index)


def runs_tests(config: pytest.Config) -> bool:
    """Whether this process runs tests itself and does not only hand them to others."""
    return hasattr(config, "workerinput") or not config.getoption("numprocesses")


def empty_search_index(**_: object) -> None:
    """Empty the search index after tests that commit: they end with a flush, which sends
    post_migrate and does not empty the index, a table that Django does not know."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM digests_search")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        asked = getattr(item, "fixturenames", ())
        for mark in sorted({MARKS[name] for name in asked if name in MARKS}):
            item.add_marker(mark)
    if not config.getoption("--postgresql"):
        return
    chosen = [item for item in items if item.get_closest_marker("postgresql")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_runtest_setup(item: pytest.Item) -> None:
    if reason := item.config.stash.get(missing, ""):
        unavailable(Unavailable(reason))


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
        frame = sys._getframe(1).f_back
        while frame:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None):
                if Path(node.origin.name).is_relative_to(ROOT) and ".venv" not in node.origin.name:
                    pytest.fail(f"{node.origin.name} has no variable “{variable}”")
                break
            frame = frame.f_back
        return ""


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Each test begins in the site's language, whatever the last request of another spoke."""
    translation.deactivate()
    yield


@pytest.fixture(scope="session")
def postgresql() -> Postgresql:
    """A PostgreSQL server; `with postgresql.database() as url` gives an empty database, and
    `migrated()` one with the tables."""
    try:
        return the_postgresql()
    except Unavailable as error:
        unavailable(error)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a Redis that runs for the whole session."""
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


@pytest.fixture(scope="module")
def module_transaction(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around the tests of a module, each of which undoes its own changes within it.

    For fixtures of a module that make rows for all of its tests. None of these may commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ann() -> "User":
    """An editor, in the database of a test that asks for one."""
    from tests.factories import person

    return person(username="ann", first_name="Ann")


@pytest.fixture
def noor() -> "User":
    """Another editor."""
    from tests.factories import person

    return person(username="noor", first_name="Noor")


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    """An export folder of the test's own, which is not made yet."""
    root = tmp_path / "export"
    settings.EXPORT_ROOT = root
    return root


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A data folder of the test's own, with a migrated database and the static files."""
    return prepared.data_folder(tmp_path / "data")


@pytest.fixture
def server(data_folder: Path) -> Iterator[EmbeddedServer]:
    """Newsroom on SQLite as `manage.py up` starts it, for this test alone."""
    with EmbeddedServer(data_folder) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; with HEADED=1 in a window and slowly, with TRACE=1 leaving traces in var/traces."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        try:
            browser = launch_chromium(playwright, in_a_window=bool(os.environ.get("HEADED")))
        except Unavailable as error:
            unavailable(error)
        if os.environ.get("TRACE"):
            trace_contexts(browser, ROOT / "var/traces")
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile. A script's error, or a breach of the CSP, fails the test."""
    troubles: list[str] = []

    def note_breach(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            troubles.append(message.text)

    with browser.new_context() as context:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", note_breach)
        yield page
    assert not troubles


@pytest.fixture
def desk_site(
    live_server: LiveServer,
    browser: Browser,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> "DeskSite":
    """The desk, served by a thread of this process: its rows are those of the test."""
    from tests.desk_site import DeskSite

    settings.SITE_URL = live_server.url
    # Or Django would serve uploads itself, without the headers of our view.
    monkeypatch.setattr("django.test.testcases._MediaFilesHandler._should_handle", lambda *_: False)
    return DeskSite(live_server.url, browser)


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
