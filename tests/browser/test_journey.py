"""The whole main job in Chromium: from the first link on the console to page, feed, API, file."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.embedded import EmbeddedServer
from tests.services import Postgresql, wait_until

pytestmark = pytest.mark.processes

# The machine may be busy with the rest of the tests.
expect.set_options(timeout=20_000)

HEADLINE = "港城机器学习周：大集群之外，也谈一块芯片"
BODY = "**今日看点：**最满的会场不在大规模训练。"
PASSWORD = "a long enough password"


def go_the_whole_way(page: Page, server: EmbeddedServer) -> None:
    """Become the first administrator, make a series, write, compose, approve; look everywhere."""
    link = re.search(r"first administrator here, once:\s+(\S+)", server.log)
    assert link
    page.goto(link[1])
    page.fill("[name=new_password1]", PASSWORD)
    page.fill("[name=new_password2]", PASSWORD)
    page.locator("[type=submit]").last.click()
    page.goto(f"{server.url}/admin/")
    if page.locator("[name=username]").count():
        page.fill("[name=username]", "admin")
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    expect(page.locator(".first-steps li")).to_have_count(6)

    page.goto(f"{server.url}/admin/digests/series/add/")
    page.fill("[name=slug]", "global-ai")
    page.fill("[name=name]", "全球AI速览")
    page.select_option("[name=time_zone]", "Asia/Shanghai")
    page.select_option("[name=language]", "zh-hans")
    page.get_by_role("button", name="Save", exact=True).click()

    page.goto(f"{server.url}/admin/digests/item/add/")
    page.fill("[name=headline]", HEADLINE)
    page.fill("[name=byline]", "林知远")
    page.fill("[name=url]", "https://example.org/harbour?utm_source=x")
    page.fill("[name=body]", BODY)
    page.select_option("[name=language]", "zh-hans")
    expect(page.locator("markdown-editor strong").first).to_have_text("今日看点：")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Shortlist").click()
    page.get_by_role("button", name="Approve and go on").click()
    expect(page.locator(".write-head .pill")).to_have_text("approved")

    page.goto(f"{server.url}/admin/digests/digest/add/")
    page.select_option("[name=series]", label="全球AI速览")
    page.fill("[name=title]", "过去4小时全球AI发生了什么？")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name=f"Add {HEADLINE}").click()
    expect(page.locator(".placements")).to_contain_text(HEADLINE)
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_role("link", name="Read and approve…").click()
    shown = page.locator("pre.file").text_content()
    reader = page.frame_locator("iframe.reader")
    expect(reader.locator("strong").first).to_have_text("今日看点：")
    # By keyboard: a headless browser may give a click just after scrolling to the frame above.
    page.get_by_role("button", name="Approve this version").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("is published")

    page.get_by_role("link", name="See the public page").click()
    expect(page.locator("h1")).to_have_text("过去4小时全球AI发生了什么？")
    expect(page.get_by_role("link", name=HEADLINE)).to_have_attribute(
        "href", "https://example.org/harbour?utm_source=x"
    )
    expect(page.locator("article strong").first).to_have_text("今日看点：")
    export = server.folder / "export"
    wait_until(lambda: any(export.glob("*.md")), what="the file is there")
    (file,) = export.glob("*.md")
    assert file.read_text() == shown
    assert "今日看点" in read(server, "/feed.atom")
    (listed,) = json.loads(read(server, "/api/v1/digests/"))["digests"]
    detail = json.loads(read(server, f"/api/v1/digests/global-ai/{listed['slug']}/"))
    assert detail["sections"][0]["entries"][0]["headline"] == HEADLINE
    assert detail["file"]["text"] == shown


def read(server: EmbeddedServer, path: str) -> str:
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:  # noqa: S310 (ours)
        return str(answer.read().decode())


def test_a_story_becomes_a_file_a_page_a_feed_entry_and_json(
    page: Page, server: EmbeddedServer
) -> None:
    go_the_whole_way(page, server)


def test_the_same_way_leads_there_on_postgresql_and_redis(
    page: Page, data_folder: Path, postgresql: Postgresql, redis_url: str
) -> None:
    with (
        postgresql.migrated() as url,
        EmbeddedServer(data_folder, DATABASE_URL=url, REDIS_URL=redis_url) as server,
    ):
        go_the_whole_way(page, server)
