"""The desk in Chromium: Newsroom as people start it, and editors who are signed in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Route, ViewportSize

from tests.embedded import EmbeddedServer

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


class Delay:
    """Requests to an address, of one method if named, that wait until they are let go."""

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
        """Until a request waits."""
        for _tenth in range(80):
            if self.waiting:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"Nothing asked for {self.address}.")

    def let_go(self) -> None:
        self.is_over = True
        for route in self.waiting:
            route.continue_()
        self.waiting.clear()


def break_off(page: Page, address: str) -> None:
    """Let the next answer from an address end in the middle."""
    half = {"status": 200, "content_type": "application/json", "body": '{"version": '}
    page.route(address, lambda route: route.fulfill(**half), times=1)  # type: ignore[arg-type]


class Editor:
    """Somebody at a browser of their own. What its console says is held against the test."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.troubles: list[str] = []
        self.forgiven: tuple[str, ...] = ()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and self.troubles.append(message.text)
            ),
        )

    def open(self, address: str) -> None:
        self.page.goto(self.url + address)

    def forgive(self, *statuses: str) -> None:
        """Answers that the test provokes, and that a browser tells of by itself."""
        self.forgiven = statuses

    def held_against(self) -> list[str]:
        return [
            trouble
            for trouble in self.troubles
            if not any(f"status of {status}" in trouble for status in self.forgiven)
        ]


class DeskSite:
    """A server with rows; `rows` is code for its shell that prints JSON, kept as `self.rows`."""

    def __init__(self, server: EmbeddedServer, browser: Browser, rows: str) -> None:
        self.server = server
        self.browser = browser
        self.rows: Any = json.loads(server.manage("shell", "-v", "0", "-c", rows))

    @contextmanager
    def editor(
        self,
        username: str,
        *,
        phone: bool = False,
        script: bool = True,
        language: str = "en",
        size: ViewportSize | None = None,
    ) -> Iterator[Editor]:
        with self.browser.new_context(
            viewport=size or (PHONE if phone else DESKTOP),
            has_touch=phone,
            is_mobile=phone,
            java_script_enabled=script,
            locale={"en": "en-US", "zh-hans": "zh-CN"}[language],
        ) as context:
            editor = Editor(context.new_page(), self.server.url)
            editor.open("/admin/login/")
            editor.page.fill("[name=username]", username)
            editor.page.fill("[name=password]", "password")
            editor.page.click("[type=submit]")
            editor.page.wait_for_url(f"{self.server.url}/admin/")
            yield editor
            assert not editor.held_against()
