"""Every screen in Chromium: no breach of the CSP, no error, no overflow, all in reach."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, ViewportSize

from digests.editorial import compose, lifecycle
from digests.models import Item, User
from tests.desk_site import DESKTOP, PHONE, DeskSite, Editor
from tests.embedded import ROOT
from tests.factories import draft, in_review, person, published, story

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_IN = "/admin/login/"
SCREENS = [
    "/admin/",
    "/admin/settings/",
    "/admin/password_change/",
    "/admin/inbox/",
    "/admin/inbox/?state=all&view=cards",
    "/admin/paste/",
    "/admin/current/",
    "/admin/digests/item/",
    "/admin/digests/item/add/",
    "/admin/digests/item/{item}/details/",
    "/admin/digests/item/{fresh}/details/",
    "/admin/digests/item/{fresh}/delete/",
    "/admin/digests/item/{item}/write/",
    "/admin/digests/item/{item}/history/",
    "/admin/digests/item/{item}/step/reject/",
    "/admin/digests/digest/",
    "/admin/digests/digest/add/",
    "/admin/digests/digest/{digest}/details/",
    "/admin/digests/digest/{digest}/compose/",
    "/admin/digests/digest/{digest}/compose/findings/",
    "/admin/digests/digest/{review}/compose/",
    "/admin/digests/digest/{digest}/sections/add/",
    "/admin/digests/digest/{digest}/sections/{section}/",
    "/admin/digests/digest/{digest}/step/submit/",
    "/admin/digests/digest/{digest}/reader/",
    "/admin/digests/digest/{review}/approve/",
    "/admin/digests/digest/{review}/step/send_back/",
    "/admin/digests/digest/{live}/details/",
    "/admin/digests/digest/{live}/compose/",
    "/admin/digests/digest/{live}/approve/",
    "/admin/digests/digest/{live}/history/",
    "/admin/digests/series/",
    "/admin/digests/series/add/",
    "/admin/digests/source/",
    "/admin/digests/category/",
    "/admin/digests/exportedfile/",
    "/admin/digests/user/",
    "/admin/digests/user/add/",
    "/admin/digests/user/{user}/change/",
    "/",
    "/global-ai/",
    "/global-ai/2026-11-20-0800/",
    "/global-ai/{gone}/",
    "/tech-week/2026-11-20-0730/",
    "/api/v1/docs",
]
# A part of Django's own admin that its tickets must name better: the search field of a list.
STOCK = [["#searchbar"]]
# What answers other than 200, on purpose.
GONE = "/global-ai/{gone}/"


def rows(chief: User) -> dict[str, object]:
    """What the addresses of the screens name."""
    item = story("推理模型为什么会变笨", status=Item.Status.DRAFT)
    fresh = story("没有动过的条目", status=Item.Status.INBOX)
    digest = draft(story(), item)
    digest = compose.add_section(digest, "研究", by=chief, version=digest.version)
    review, live, gone = in_review(story()), published(story()), published(story())
    lifecycle.withdraw(gone, by=chief, version=gone.version, note="来源撤稿。")
    samples = ROOT / "samples/digests/tech-week"
    call_command("import_digests", samples, series="tech-week", time_zone="Europe/London")
    return {
        "item": item.pk,
        "fresh": fresh.pk,
        "digest": digest.pk,
        "section": digest.sections.get().pk,
        "review": review.pk,
        "live": live.pk,
        "gone": gone.slug,
        "user": chief.pk,
    }


def breaches(page: Page, axe: Axe) -> list[str]:
    """The rules of accessibility that our part of a screen seriously breaks."""
    found = axe.run(page, {"exclude": STOCK})
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in found.response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def troubles_at(editor: Editor, screen: str, address: str, language: str, axe: Axe) -> list[str]:
    """What is wrong with a screen, apart from what the console says of it."""
    answer = editor.open(address)
    assert answer
    assert answer.status == (410 if screen == GONE else 200), screen
    assert editor.page.url == editor.url + address
    editor.settle()
    if screen.startswith("/admin/"):
        assert editor.page.evaluate("document.documentElement.lang").lower() == language, screen
    size = editor.page.viewport_size
    width = editor.page.evaluate("document.documentElement.scrollWidth")
    assert size
    troubles = [f"{screen}: {width} px wide"] if width > size["width"] else []
    if not screen.startswith("/api/"):
        troubles += [f"{screen}: {breach}" for breach in breaches(editor.page, axe)]
    return troubles


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(DESKTOP, "light", "en"), (PHONE, "dark", "zh-hans")],
    ids=["desktop-light-en", "phone-dark-zh"],
)
def test_every_screen_is_free_of_errors_fits_and_is_accessible(
    desk_site: DeskSite,
    size: ViewportSize,
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    chief = person("Administrator", username="chief", is_superuser=True, language=language)
    named = rows(chief)
    axe = Axe()
    with desk_site.visitor(size=size, language=language) as editor:
        editor.page.emulate_media(color_scheme=scheme)
        editor.forgive("410")
        troubles = troubles_at(editor, SIGN_IN, SIGN_IN, language, axe)
        editor.sign_in("chief")
        for screen in SCREENS:
            troubles += troubles_at(editor, screen, screen.format(**named), language, axe)
        troubles += editor.held_against()
        assert not troubles, "\n".join(troubles)
