"""Takes the README's pictures from the running product: `make screenshots`."""

import tempfile
from html import escape
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.embedded import ROOT, EmbeddedServer
from tests.services import find_chromium

HERE = Path(__file__).parent
DIGEST = "2026-11-20-0800"
SIZE = 760, 900
FILE = """
<meta charset="utf-8"><title>file</title>
<style>pre {{ margin: 2rem; font: 15px/1.7 "Noto Sans Mono CJK SC", monospace;
white-space: pre-wrap; overflow-wrap: anywhere; }}</style><pre>{text}</pre>
"""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedServer(Path(folder) / "data") as server,
        sync_playwright() as playwright,
    ):
        samples = str(ROOT / "samples/digests/global-ai")
        server.manage(
            "import_digests", samples, "--series=global-ai", "--time-zone=Asia/Shanghai",
            "--language=zh-hans",
        )  # fmt: skip
        server.manage("export_digests")
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        width, height = SIZE
        page = browser.new_page(viewport={"width": width, "height": height})
        text = (server.folder / "export" / f"{DIGEST}.md").read_text()
        page.set_content(FILE.format(text=escape(text)))
        shoot(page, "file")
        page.goto(f"{server.url}/global-ai/{DIGEST}/")
        shoot(page, "page")
        browser.close()


def shoot(page: Page, name: str) -> None:
    page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main()
