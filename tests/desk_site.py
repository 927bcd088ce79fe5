"""The desk in Chromium, and editors who are signed in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    ViewportSize,
    expect,
)

from digests.models import User
from tests.screens import signed_in

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}

expect.set_options(timeout=10_000)  # on a machine that is busy with other tests


# Resolves with the frame after this one: by then, observers know what came into view.
NEXT_FRAME = "new Promise((shown) => new IntersectionObserver(shown).observe(document.body))"


def frames(page: Page) -> Iterator[None]:
    """The frames that a page shows, as many as a test could wait for."""
    for _frame in range(2000):
        page.evaluate(NEXT_FRAME)
        yield


class Delay:
    """Holds requests to an address, of one method if named, until they are let go."""

    def __init__(self, page: Page, address: str, method: str = "") -> None:
        self.page = page
        self.address = address
        self.method = method
        self.waiting: list[Route] = []
        self.is_over = False
        page.route(address, self._meet)

    def _meet(self, route: Route) -> None:
        if self.is_over or self.method not in ("", route.request.method):
            route.continue_()
        else:
            self.waiting.append(route)

    def wait(self) -> None:
        """Wait until a request is held."""
        for _frame in frames(self.page):
            if self.waiting:
                return
        raise AssertionError(f"Nothing asked for {self.address}.")

    def let_go(self) -> None:
        self.is_over = True
        for route in self.waiting:
            route.continue_()
        self.waiting.clear()


def break_off(page: Page, address: str) -> None:
    """Let the next answer from an address end in the middle."""
    page.route(
        address,
        lambda route: route.fulfill(content_type="application/json", body='{"version": '),
        times=1,
    )


class Editor:
    """A user with a browser of their own; errors and warnings in its console fail the test."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.troubles: list[str] = []
        self.forgiven: tuple[str, ...] = ()
        self.pending: set[Request] = set()
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        self.pending.add(request)

    def _end(self, request: Request) -> None:
        self.pending.discard(request)

    def _hear(self, message: ConsoleMessage) -> None:
        # A trace looks at each frame by a script; the preview's frame runs none.
        if os.environ.get("TRACE") and message.text.startswith("Blocked script execution"):
            return
        if message.type in ("error", "warning"):
            self.troubles.append(f"{self.page.url}: {message.text}")

    def open(self, address: str) -> Response | None:
        self.pending.clear()
        return self.page.goto(self.url + address)

    def intercept(self) -> None:
        """Intercept requests from now on, by a route that meets none. Chromium may let the first
        request pass that comes right after a page's first route."""
        self.page.route("http://nothing.invalid/", lambda route: route.abort())

    def settle(self) -> None:
        """Wait until the page, its scripts and what came into view ask for nothing more.

        Requests are counted, so no half a second of silence is needed, as for `networkidle`.
        """
        quiet = 0
        for _frame in frames(self.page):
            quiet = 0 if self.pending else quiet + 1
            if quiet == 2:
                return
        raise AssertionError(f"{self.page.url} still waits for {[r.url for r in self.pending]}.")

    def sign_in(self, username: str) -> None:
        """Sign in by the form, as a user made by the factories."""
        self.open("/admin/login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", "password")
        self.page.click("[type=submit]")
        self.page.wait_for_url(f"{self.url}/admin/")

    def forgive(self, *statuses: str) -> None:
        """Allow answers that the test provokes, and that the browser reports on its console."""
        self.forgiven = statuses

    def held_against(self) -> list[str]:
        return [
            trouble
            for trouble in self.troubles
            if not any(f"status of {status}" in trouble for status in self.forgiven)
        ]


class DeskSite:
    """A running site, and editors who look at its desk in browsers of their own."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url = url
        self.browser = browser

    @contextmanager
    def visitor(
        self,
        *,
        phone: bool = False,
        script: bool = True,
        language: str = "en",
        zone: str | None = None,
        size: ViewportSize | None = None,
    ) -> Iterator[Editor]:
        """A visitor who has not signed in, at a browser of their own."""
        with self.browser.new_context(
            viewport=size or (PHONE if phone else DESKTOP),
            has_touch=phone,
            is_mobile=phone,
            java_script_enabled=script,
            locale={"en": "en-US", "zh-hans": "zh-CN"}[language],
            timezone_id=zone,
        ) as context:
            editor = Editor(context.new_page(), self.url)
            yield editor
            troubles = editor.held_against()
            assert not troubles, "\n".join(troubles)

    @contextmanager
    def editor(
        self,
        user: User,
        at: str | None = "/admin/",
        *,
        phone: bool = False,
        script: bool = True,
        language: str = "en",
        size: ViewportSize | None = None,
    ) -> Iterator[Editor]:
        """A user of this process's database, signed in without the form, at one of the screens
        or, if None, before any."""
        with self.visitor(phone=phone, script=script, language=language, size=size) as editor:
            session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            editor.page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}]
            )
            if at is not None:
                editor.open(at)
            yield editor
