"""What the public sees, step by step: page, feed, API and lists always agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import feedparser
import pytest
from django.test import Client

from digests.accounts.roles import REVIEWER
from digests.editorial import compose, items, lifecycle
from digests.models import Category, Digest
from digests.text.format import Entry
from tests.factories import PAST, approve, in_review, move, person, published, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

PAGE = "/global-ai/2026-11-20-0800/"
API = "/api/v1/digests/global-ai/2026-11-20-0800/"


@dataclass
class Public:
    """What stands at a digest's addresses: title and first body, or the note."""

    status: int
    title: str = ""
    body: str = ""
    note: str = ""


def look(client: Client) -> Public:
    """Ask every public surface, and insist that they agree."""
    page, detail = client.get(PAGE), client.get(API)
    assert page.status_code == detail.status_code
    surfaces = [client.get(address) for address in ("/", "/global-ai/")]
    listed = client.get("/api/v1/digests/").json()["digests"]
    feeds = [
        feedparser.parse(client.get(address).content).entries
        for address in ("/feed.atom", "/global-ai/feed.atom")
    ]
    if page.status_code != 200:
        assert listed == [] and feeds == [[], []]
        assert all(PAGE not in surface.text for surface in surfaces)
        note = detail.json().get("note", "")
        assert note in page.text
        return Public(page.status_code, note=note)
    data = detail.json()
    title = data["title"]
    body = data["sections"][0]["entries"][0]["body"]
    assert body["html"] == f"<p>{body['markdown']}</p>\n"
    assert f"<h1>{title}</h1>" in page.text and body["html"] in page.text
    assert body["markdown"] in data["file"]["text"] and title in data["file"]["text"]
    assert [digest["title"] for digest in listed] == [title]
    for entries in feeds:
        assert [entry.title for entry in entries] == [title]
        assert body["html"].strip() in entries[0].content[0].value
    assert all(f'<a href="{PAGE}">{title}</a>' in surface.text for surface in surfaces)
    return Public(200, title, body["markdown"])


def fresh(digest: Digest) -> Digest:
    return Digest.objects.get(pk=digest.pk)


def edit_item(digest: Digest, body: str) -> None:
    item = digest.placements.get().item
    entry = Entry(item.headline, item.byline, item.url, body)
    by = person(REVIEWER)
    item = items.edit(item, entry, by=by, version=item.version)
    items.approve(item, by=by, version=item.version)


def retitle(digest: Digest, title: str) -> None:
    move(digest, compose.edit, title=title, date=PAST, categories=[], intro="", outro="")


FIRST = Public(200, "初版", "原文。")
WITHDRAWN = Public(410, note="来源有误。")

# Stories, each a list of steps and of what the public sees after each.
STORIES: dict[str, list[tuple[str, Callable[[Digest], object], Public]]] = {
    "an item edited in a published digest": [
        ("published", lambda d: approve(d), FIRST),
        ("item edited", lambda d: edit_item(d, "新文。"), FIRST),
        ("another edit", lambda d: edit_item(d, "更新的文。"), FIRST),
    ],
    "a correction": [
        ("published", lambda d: approve(d), FIRST),
        ("opened", lambda d: move(d, lifecycle.correct), FIRST),
        ("title edited", lambda d: retitle(d, "更正版"), FIRST),
        ("item edited", lambda d: edit_item(d, "新文。"), FIRST),
        ("submitted", lambda d: move(d, lifecycle.submit), FIRST),
        ("sent back", lambda d: move(d, lifecycle.send_back, note="再看看"), FIRST),
        ("submitted again", lambda d: move(d, lifecycle.submit), FIRST),
        ("approved", lambda d: approve(d), Public(200, "更正版", "新文。")),
    ],
    "a correction abandoned": [
        ("published", lambda d: approve(d), FIRST),
        ("opened", lambda d: move(d, lifecycle.correct), FIRST),
        ("title edited", lambda d: retitle(d, "更正版"), FIRST),
        ("item edited", lambda d: edit_item(d, "新文。"), FIRST),
        ("submitted", lambda d: move(d, lifecycle.submit), FIRST),
        ("abandoned", lambda d: move(d, lifecycle.abandon), FIRST),
    ],
    "a withdrawal and its republication": [
        ("published", lambda d: approve(d), FIRST),
        ("withdrawn", lambda d: move(d, lifecycle.withdraw, note="来源有误。"), WITHDRAWN),
        ("reopened", lambda d: move(d, lifecycle.reopen), WITHDRAWN),
        ("item edited", lambda d: edit_item(d, "新文。"), WITHDRAWN),
        ("title edited", lambda d: retitle(d, "重发版"), WITHDRAWN),
        ("submitted", lambda d: move(d, lifecycle.submit), WITHDRAWN),
        ("approved", lambda d: approve(d), Public(200, "重发版", "新文。")),
    ],
    "a correction withdrawn before it was done": [
        ("published", lambda d: approve(d), FIRST),
        ("opened", lambda d: move(d, lifecycle.correct), FIRST),
        ("title edited", lambda d: retitle(d, "更正版"), FIRST),
        ("withdrawn", lambda d: move(d, lifecycle.withdraw, note="来源有误。"), WITHDRAWN),
    ],
    "an earlier text restored": [
        ("published", lambda d: approve(d), FIRST),
        ("opened", lambda d: move(d, lifecycle.correct), FIRST),
        ("item edited", lambda d: edit_item(d, "新文。"), FIRST),
        ("submitted", lambda d: move(d, lifecycle.submit), FIRST),
        ("approved", lambda d: approve(d), Public(200, "初版", "新文。")),
        ("opened again", lambda d: move(d, lifecycle.correct), Public(200, "初版", "新文。")),
        (
            "restored",
            lambda d: move(d, lifecycle.restore, revision=d.revisions.first()),
            Public(200, "初版", "新文。"),
        ),
    ],
}


@pytest.mark.parametrize("name", STORIES)
def test_the_public_sees_the_approved_text_and_nothing_else(client: Client, name: str) -> None:
    digest = in_review(story("条目", body="原文。"), title="初版")
    assert look(client) == Public(404)
    for step, act, expected in STORIES[name]:
        act(fresh(digest))
        assert look(client) == expected, step


def test_a_correction_in_work_changes_no_list_whatever_its_date_and_categories(
    client: Client,
) -> None:
    """Lists are sorted and searched by what was approved, not by the copy in work."""
    published(title="旧", date=PAST - timedelta(days=1), categories=("旧类",))
    newer = published(title="新", date=PAST, categories=("新类",))
    addresses = [
        "/",
        "/feed.atom",
        PAGE,
        "/global-ai/2026-11-19-0800/",
        "/api/v1/digests/",
        "/api/v1/digests/?category=新类",
        "/api/v1/digests/?category=草稿类",
        "/api/v1/digests/?date_from=2026-11-20",
    ]
    before = [client.get(address).content for address in addresses]
    move(newer, lifecycle.correct)
    move(
        newer,
        compose.edit,
        title="改",
        date=PAST - timedelta(days=9),
        categories=[Category.objects.create(name="草稿类")],
        intro="",
        outro="",
    )
    assert [client.get(address).content for address in addresses] == before
