"""Playwright traces of browser tests, for `playwright show-trace FILE`."""

import os
import re
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext


def trace_contexts(browser: Browser, folder: Path) -> None:
    """Keep a trace of each context that the browser opens, named after the test it serves."""
    new_context = browser.new_context
    numbers = count(1)

    def new_traced_context(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.tracing.start(screenshots=True, snapshots=True, sources=True)
        close = context.close
        test = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2].partition(" ")[0]
        file = folder / f"{re.sub(r'\W+', '-', test).strip('-')}-{next(numbers)}.zip"

        def keep_and_close(**how: Any) -> None:
            context.tracing.stop(path=file)
            close(**how)

        context.close = keep_and_close  # type: ignore[method-assign]
        return context

    browser.new_context = new_traced_context  # type: ignore[method-assign]
