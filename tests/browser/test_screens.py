"""Every screen in Chromium: no breach of the CSP, no error, no overflow, all in reach. On
telephones of any width: no sideways scroll, and no line of a title that begins with a closing mark.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize

from digests.editorial import compose, lifecycle, planning
from digests.models import Item, Series, Shift, Source, User
from tests.desk_site import DESKTOP, PHONE, DeskSite, Editor
from tests.embedded import ROOT
from tests.factories import draft, in_review, person, published, scheduled, source, story
from tests.screens import SCREENS

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_IN = "/admin/login/"
LONDON = "Europe/London"
# What answers other than 200, on purpose.
STATUSES = {
    "/global-ai/{gone}/": 410,
    "/admin/digests/user/{user}/link/": 405,
    "/admin/nowhere/": 404,
    "/admin/digests/user/?password__startswith=md5": 400,
    "/nothing/": 404,
}
# Widths of telephones, upright and on their side, and some between them for titles.
UPRIGHT = [320, 330, 340, 350, 360, 375, 390, 402, 412, 421, 430]
ON_THEIR_SIDE = [(568, 320), (640, 360), (667, 375), (844, 390), (932, 430)]
# Where the lines of a title begin with a mark that ends something, or one after a word.
BAD_BEGINNINGS = """() => {
  const titles = document.querySelectorAll("h1, h2, h3, .title, .headline, .rows th, .teaser h2");
  const ending = /[、。，．：；！？）》」』】〉”’…,.:;!?)\\]]/;
  return [...titles].filter((title) => title.checkVisibility()).flatMap((title) => {
    const texts = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
    const found = [];
    let before = null;
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (let at = 0; at < text.data.length; at += 1) {
        if (before && ending.test(text.data[at])) {
          const [last, first] = [before, [text, at]].map(([node, offset]) => {
            const range = new Range();
            range.setStart(node, offset);
            range.setEnd(node, offset + 1);
            return range.getBoundingClientRect();
          });
          if (last.height && first.height && first.top >= last.bottom - 2) {
            found.push(title.textContent.trim().slice(0, 60));
          }
        }
        before = /\\s/.test(text.data[at]) ? null : [text, at];
      }
    }
    return found;
  });
}"""
AS_NARROW = f"() => [document.documentElement.scrollWidth, ({BAD_BEGINNINGS})()]"


# What is pressed or typed into, also in forms that unfold, and can be hit on less than 44 px of
# height; links may stand within a text.
LOW = """() => {
  const folded = [...document.querySelectorAll("form.text[hidden]")];
  for (const form of folded) form.hidden = false;
  const heightOf = (one) => {
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = one.getBoundingClientRect();
    const x = left + Math.min(width / 2, 16), middle = top + height / 2;
    const hits = (y) => one.contains(document.elementFromPoint(x, y));
    const reach = (step) => {
      let far = 0;
      while (far < 22 && hits(middle + step * (far + 1))) far += 1;
      return far;
    };
    return Math.max(height, reach(-1) + reach(1) + 1);
  };
  const isAlone = (link) => {
    const around = link.parentElement;
    const isItem = /flex|grid/.test(getComputedStyle(around).display);
    return isItem || around.textContent.trim() === link.textContent.trim();
  };
  const pressed = document.querySelectorAll("a.step, button, summary, select, textarea, input");
  const links = [...document.querySelectorAll("a:not(.step)")].filter(isAlone);
  const low = [...pressed, ...links]
    .filter((one) => one.checkVisibility() && !["checkbox", "radio", "hidden"].includes(one.type))
    .filter((one) => !one.matches(".skip-to-content-link, .visually-hidden"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, { width, height }]) => width > 1 && height > 1 && height < 43.5)
    .map(([one]) => [one, heightOf(one)])
    .filter(([, height]) => height < 43)
    .map(([one, height]) => `${one.outerHTML.slice(0, 90)} (${Math.round(height)} px)`);
  for (const form of folded) form.hidden = true;
  scrollTo(0, 0);
  return low;
}"""


# What is marked as hidden, and seen all the same.
SEEN = """() => [...document.querySelectorAll("[hidden]")]
  .filter((one) => one.checkVisibility())
  .map((one) => one.outerHTML.slice(0, 90))"""


def rows(chief: User) -> dict[str, object]:
    """What the addresses of the screens name."""
    long = "https://example.org/" + "long" * 40
    item = story("推理模型为什么会变笨？", byline=long, status=Item.Status.DRAFT, source=source())
    fresh = story("没有动过的条目", status=Item.Status.INBOX)
    digest = draft(story(), item)
    digest = compose.add_section(digest, "研究", by=chief, version=digest.version)
    compose.add_section(digest, "谁在用？怎么用？", by=chief, version=digest.version)
    review, live = in_review(story(byline=long), title="这一周，谁变聪明了？"), published(story())
    gone = published(story())
    lifecycle.withdraw(gone, by=chief, version=gone.version, note="来源撤稿。")
    clocked = scheduled("clocked", name="每四小时的全球AI速览", lead_minutes=24 * 60)
    Shift.objects.create(series=clocked, user=chief, days="12345", begins=20, ends=8)
    Series.objects.filter(pk=clocked.pk).update(planned_until=timezone.now() - timedelta(days=1))
    planning.keep()
    slots = clocked.slots.order_by("due_at")
    slot = slots.to_come(timezone.now())[0]
    samples = ROOT / "samples/digests"
    call_command("import_digests", samples / "global-ai", series="global-ai")
    call_command("import_digests", samples / "tech-week", series="tech-week", time_zone=LONDON)
    return {
        "item": item.pk,
        "fresh": fresh.pk,
        "digest": digest.pk,
        "section": digest.sections.earliest("pk").pk,
        "review": review.pk,
        "live": live.pk,
        "gone": gone.slug,
        "user": chief.pk,
        "series": live.series_id,
        "scheduled": clocked.pk,
        "paused": scheduled("paused", paused_at=timezone.now()).pk,
        "source": Source.objects.earliest("pk").pk,
        "slot": slot.pk,
        "promised": slot.digest_id,
        "missed": slots[0].pk,
    }


def breaches(page: Page, axe: Axe) -> list[str]:
    """The rules of accessibility that a screen breaks."""
    found = axe.run(page)
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found.response["violations"]
    ]


def narrow_troubles(page: Page, screen: str) -> Iterator[str]:
    """What goes wrong when the page that is open is as narrow as some telephone, or as low."""
    sizes = [(width, 844) for width in UPRIGHT]
    for width, height in sizes + ON_THEIR_SIDE:
        page.set_viewport_size({"width": width, "height": height})
        wide, titles = page.evaluate(AS_NARROW)
        if wide > width:
            yield f"{screen}: {wide} px wide at {width} px"
        if width in (PHONE["width"], PHONE["height"]):
            for low in page.evaluate(LOW):
                yield f"{screen}: {low} is less than 44 px high at {width} px"
        for title in titles:
            yield f"{screen}: a line of “{title}” begins with a mark at {width} px"


def troubles_at(editor: Editor, screen: str, address: str, language: str, axe: Axe) -> list[str]:
    """What is wrong with a screen, apart from what the console says of it."""
    answer = editor.open(address)
    assert answer
    assert answer.status == STATUSES.get(screen, 200), screen
    assert editor.page.url == editor.url + address
    editor.settle()
    if screen.startswith("/admin/"):
        assert editor.page.evaluate("document.documentElement.lang").lower() == language, screen
    size = editor.page.viewport_size
    width = editor.page.evaluate("document.documentElement.scrollWidth")
    assert size
    troubles = [f"{screen}: {width} px wide"] if width > size["width"] else []
    if not screen.startswith("/api/"):
        troubles += [f"{screen}: {seen} is hidden" for seen in editor.page.evaluate(SEEN)]
        troubles += [f"{screen}: {breach}" for breach in breaches(editor.page, axe)]
        if size["width"] == PHONE["width"]:
            troubles += narrow_troubles(editor.page, screen)
            editor.page.set_viewport_size(size)
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
    with desk_site.visitor(phone=size is PHONE, language=language) as editor:
        editor.page.emulate_media(color_scheme=scheme)
        editor.forgive("400", "404", "405", "410")
        troubles = troubles_at(editor, SIGN_IN, SIGN_IN, language, axe)
        editor.sign_in("chief")
        for screen in SCREENS:
            troubles += troubles_at(editor, screen, screen.format(**named), language, axe)
        troubles += editor.held_against()
        assert not troubles, "\n".join(troubles)
