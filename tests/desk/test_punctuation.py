"""Chinese pages have the punctuation of Chinese, also where templates put words together."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from digests.editorial import collaboration, compose, items, lifecycle, planning, slots
from digests.models import Category, Digest, Item, Series, Site, Source, User
from digests.models.fields import Language
from digests.text.characters import HAN
from tests.factories import (
    approve,
    draft,
    in_review,
    move,
    person,
    published,
    scheduled,
    series,
    source,
    story,
)
from tests.screens import SCREENS, signed_in

pytestmark = pytest.mark.django_db

CHINESE = Language.SIMPLIFIED_CHINESE
_HALF = "[:,;()?!]"
# Half-width punctuation beside a Chinese character, and a space beside full-width punctuation.
POOR = re.compile(rf"[{HAN}] ?{_HALF}|{_HALF} ?[{HAN}]|[，。：；！？、（] | [，。：；！？、（）]")
# States of screens that the list of all screens does not ask for.
MORE = [
    "/global-ai/2026-11-20-0800/",
    "/admin/inbox/?state=rejected",
    "/admin/inbox/?state=approved",
    "/admin/inbox/?q=nothing",
    "/admin/digests/digest/{back}/compose/",
    "/admin/digests/digest/{withdrawn}/compose/",
    "/admin/digests/digest/{withdrawn}/history/",
    "/admin/digests/digest/{corrected}/compose/",
    "/admin/digests/digest/{corrected}/compose/findings/",
    "/admin/digests/item/{ran}/write/",
    "/admin/digests/item/{ran}/details/",
]
# Elements within a line of text. All others begin a line of their own.
INLINE = {"a", "b", "code", "del", "em", "ins", "mark", "q", "small", "span", "strong", "time"}
SPOKEN = {"alt", "aria-label", "placeholder", "title"}


class Texts(HTMLParser):
    """The texts of a page: its lines, and what its attributes say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts = [""]
        self.is_code = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = [text for name, text in attrs if name in SPOKEN or name.startswith("data-says")]
        self._break(tag)
        if any(said):
            self.texts[-1:-1] = filter(None, said)
        self.is_code = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        self.is_code = False

    def handle_data(self, data: str) -> None:
        if not self.is_code:
            self.texts[-1] += data

    def _break(self, tag: str) -> None:
        if tag not in INLINE:
            self.texts.append("")


def poor_in(html: str) -> list[str]:
    lines = (" ".join(text.split()) for text in Texts(html).texts)
    return [line for line in lines if POOR.search(line)]


@pytest.fixture
def chief() -> User:
    return person("Administrator", username="chief", is_superuser=True, language=CHINESE)


def told(headline: str, by: User, **fields: Any) -> Item:
    return story(headline, by=by, **{"byline": "Noor", "body": "Some **bold** text."} | fields)


@pytest.fixture
def named(chief: User) -> dict[str, object]:
    """What the addresses of the screens name: rows with Latin texts only, of a Chinese site."""
    Site.objects.update(language=CHINESE, about="Who we are.")
    series("global-ai", name="Global", four_eyes=True, four_eyes_override=True, headline_max=2)
    Category.objects.create(name="Chips")
    filed: dict[str, Any] = {"by": chief, "categories": ("AI", "Law")}
    item = told("Two", chief, status=Item.Status.DRAFT, source=source(), captured="Found.")
    fresh = told("Three", chief, status=Item.Status.INBOX, posted_at=timezone.now())
    old = told("Four", chief, status=Item.Status.DRAFT)
    items.reject(old, by=chief, version=old.version, reason="old", note="Too late")
    ran = told("Five", chief)
    live = move(published(ran, title="Ran", **filed), lifecycle.correct)
    live = approve(move(live, lifecycle.submit), note="Fine")
    gone = published(told("Six", chief), title="Gone", **filed)
    lifecycle.withdraw(gone, by=chief, version=gone.version, note="Wrong.")
    corrected = published(told("Seven", chief), title="Reread", **filed)
    move(corrected, lifecycle.correct)
    digest = draft(item, ran, title="Draft", **filed)
    digest = compose.add_section(digest, "Chips", by=chief, version=digest.version)
    review = in_review(told("Eight", chief, byline=""), item, title="Waiting", **filed)
    back = in_review(told("Nine", chief), title="Back", **filed)
    move(back, lifecycle.send_back, note="Shorter")
    collaboration.heartbeat(digest, by=person(), is_unsaved=True)
    now = timezone.now()
    pattern = "{slot:%Y-%m-%d %H:%M}"
    clocked = scheduled("clocked", name="Clocked", title_pattern=pattern, lead_minutes=24 * 60)
    paused = scheduled("paused", name="Paused", title_pattern=pattern, paused_at=now)
    Series.objects.filter(pk=clocked.pk).update(planned_until=now - timedelta(days=1))
    planning.keep()
    missed, coming = clocked.slots.earliest("due_at"), clocked.slots.to_come(now)[0]
    slots.skip(clocked.slots.to_come(now)[1], by=chief, reason="Holiday")
    return {
        "item": item.pk,
        "fresh": fresh.pk,
        "digest": digest.pk,
        "section": digest.sections.earliest("pk").pk,
        "review": review.pk,
        "live": live.pk,
        "gone": gone.slug,
        "user": chief.pk,
        "back": back.pk,
        "withdrawn": gone.pk,
        "corrected": corrected.pk,
        "ran": ran.pk,
        "series": live.series_id,
        "source": Source.objects.earliest("pk").pk,
        "scheduled": clocked.pk,
        "paused": paused.pk,
        "slot": coming.pk,
        "promised": coming.digest_id,
        "missed": missed.pk,
    }


def test_every_screen_has_the_punctuation_of_chinese(
    client: Client, chief: User, named: dict[str, object]
) -> None:
    desk, poor = signed_in(chief), []
    for screen in [*SCREENS, *MORE]:
        at = screen.format(**named)
        answer = (desk if at.startswith("/admin/") else client).get(at)
        poor += [f"{screen}: {line}" for line in poor_in(answer.text)]
    assert not poor, "\n".join(poor)


def wrong_intro(digest: object) -> dict[str, object]:
    """What is refused with the place of the error: a list in the intro."""
    version = Digest.objects.get(pk=str(digest)).version
    dated = {"date_0": "2026-11-20", "date_1": "08:00", "title": "Draft"}
    return {"version": version, "intro": "Text.\n\n1. [x](https://example.org) y", **dated}


def test_what_a_form_answers_has_the_punctuation_of_chinese(
    chief: User, named: dict[str, object]
) -> None:
    desk = signed_in(chief)
    write, digest = "/admin/digests/item/{item}/write/", "/admin/digests/digest/{digest}/"
    for address, sent in [
        ("/admin/paste/", {"text": "One\nhtp:/two\nhttps://example.org/1"}),
        ("/admin/digests/digest/add/", {}),
        ("/admin/digests/series/add/", {"name": "x", "path_pattern": "{date:%Y}.md"}),
        (write, {"do": "save", "version": 1, "headline": "Two"}),
        (digest + "compose/", {"do": "move", "version": 1}),
        (digest + "compose/", {"do": "submit", "version": 4}),
        (digest + "details/", {"version": 1, "title": ""}),
        (digest + "details/", wrong_intro(named["digest"])),
        ("/admin/digests/digest/{review}/step/send_back/", {"version": 1}),
        ("/admin/digests/digest/{review}/approve/", {"version": "x"}),
    ]:
        answer = desk.post(address.format(**named), sent, follow=True)
        assert not poor_in(answer.text), address


def test_an_empty_newsroom_has_the_punctuation_of_chinese(chief: User) -> None:
    colleague = person(language=CHINESE)
    Site.objects.update(language=CHINESE)
    for user in (chief, colleague):
        desk = signed_in(user)
        for screen in [screen for screen in SCREENS if "{" not in screen]:
            assert not poor_in(desk.get(screen).text), screen


@pytest.mark.parametrize(
    "planted",
    [
        "<p>标题: 甲</p>",
        "<li>条目 <b>(草稿)</b></li>",
        "<td>甲</td>, <span>全球</span>",
        "<p>已撤回。 读者看到的内容</p>",
        '<button aria-label="加粗 (Ctrl B)"></button>',
        '<div data-says-gone="没有了!"></div>',
    ],
)
def test_poor_punctuation_would_be_found(planted: str) -> None:
    assert poor_in(planted)
    assert not poor_in("<p>标题：甲（草稿）。</p><p>Draft: A (b), c</p><script>a(‘中’)</script>")
