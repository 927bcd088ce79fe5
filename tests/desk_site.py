"""The desk in Chromium: Newsroom as people start it, and editors who are signed in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from tests.embedded import EmbeddedServer

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


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
