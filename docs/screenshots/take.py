"""Takes the pictures that README and the guides show from the running product: `make screenshots`.

A picture's name says what it shows: a page of `PAGES`, or a screen of `SCREENS`, then the size, the
colours and, of a screen, the language. Whatever a document shows is taken, and nothing else.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.embedded import EmbeddedServer
from tests.services import find_chromium

HERE = Path(__file__).parent
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
LANGUAGES = {"en": "en", "zh": "zh-hans"}
NARROW = 760, 900
FILE = """
<meta charset="utf-8"><title>file</title>
<style>pre {{ margin: 2rem; font: 15px/1.7 "Noto Sans Mono CJK SC", monospace;
white-space: pre-wrap; overflow-wrap: anywhere; }}</style><pre>{text}</pre>
"""
# A newsroom in the middle of its work, beside what the demo fills in.
SCENE = """
import dataclasses
import json
from datetime import timedelta
from django.utils import timezone
from digests.editorial import collaboration, compose, items, lifecycle
from digests.models import Category, Digest, Item, Presence, Series, Source
from digests.accounts.roles import ADMINISTRATOR, EDITOR
from tests.factories import person
wen = person(ADMINISTRATOR, username="wen", first_name="Wen Li", is_superuser=True)
chief = person(ADMINISTRATOR, username="ana", first_name="Ana Ruiz")
noor = person(EDITOR, username="noor", first_name="Noor Haddad")
series = Series.objects.get(slug="global-ai")
Series.objects.filter(pk=series.pk).update(four_eyes=True, four_eyes_override=True)
now = timezone.now().replace(microsecond=0)
for number, item in enumerate(Item.objects.order_by("-pk")):
    Item.objects.filter(pk=item.pk).update(posted_at=now - timedelta(minutes=7 * number + 4))
title = "{:%Y.%m.%d.%H} 过去4小时全球AI发生了什么？"
def new(hours, by, note=""):
    date = now + timedelta(hours=hours)
    local = date.astimezone(series.zone)
    return compose.new(
        series, title.format(local), by=by, date=date, categories=list(Category.objects.all()[:3]))
drafts = list(Item.objects.filter(status="draft").exclude(body="").order_by("pk"))
digest = new(1, wen)
digest = compose.add_section(digest, "技术研究", by=wen, version=digest.version)
section = digest.sections.get()
for number, item in enumerate(drafts[:6]):
    digest = compose.place(digest, item, by=wen, version=digest.version,
                             section=section if number > 3 else None)
for item in drafts[:4]:
    items.approve(item, by=wen, version=item.version)
ran = list(Item.objects.filter(digests__status="published", headline_key__gt="").order_by("pk"))
review = new(5, noor)
for item in ran[:7]:
    review = compose.place(review, item, by=noor, version=review.version)
review = lifecycle.submit(review, by=noor, version=review.version)
review = lifecycle.send_back(review, by=chief, version=review.version,
                             note="第三条的数字请再核一遍。")
third = Item.objects.get(pk=ran[2].pk)
entry = third.entry()
third = items.edit(third, dataclasses.replace(
    entry, headline=entry.headline + "：主办方更正数字", body=entry.body.replace("22%", "18%")),
    by=noor, version=third.version)
items.approve(third, by=noor, version=third.version)
review = compose.remove(review, ran[6], by=noor)
review = lifecycle.submit(review, by=noor, version=review.version, note="已核对，数字改正。")
back = new(9, wen)
for item in ran[8:12]:
    back = compose.place(back, item, by=wen, version=back.version)
back = lifecycle.submit(back, by=wen, version=back.version)
back = lifecycle.send_back(back, by=chief, version=back.version, note="标题太长，第二条缺署名。")
inbox = list(Item.objects.filter(status="inbox").order_by("-posted_at")[:8])
collaboration.claim(inbox[2], by=noor)
again = next(entry for entry in ran if entry.url)
items.add(again.entry(), by=noor, language="zh-hans", source=again.source,
                   repeat_of=again, captured="Posted again this morning.", posted_at=now)
old = drafts[5]
items.edit(old, dataclasses.replace(
    old.entry(), byline="Noor H", body=old.body + "**要点：**下周还会有更多结果,值得关注!"),
    by=wen, version=old.version)
collaboration.set_current_digest(Digest.objects.get(pk=digest.pk), by=wen)
Presence.objects.create(user=noor, digest=digest)
public = Digest.objects.get(series=series, slug="2026-11-20-0800")
public = lifecycle.correct(public, by=chief, version=public.version)
wrong = public.placements.order_by("position").first().item
right = items.edit(wrong, dataclasses.replace(
    wrong.entry(), body=wrong.body + "（数字已核对。）"), by=noor, version=wrong.version)
items.approve(right, by=noor, version=right.version)
public = lifecycle.submit(public, by=noor, version=public.version)
lifecycle.approve(public, by=wen, version=public.version,
                  sha256=public.working_copy().fingerprint,
                  correction="第一条的数字有误，已按原始数据改正。")
print(json.dumps({"digest": digest.pk, "item": old.pk, "review": review.pk}))
"""
PAGES = {
    "reader-chinese": "/global-ai/2026-11-20-0800/",
    "reader-search": "/search/?q=模型",
}
SCREENS = {
    "today": "/admin/",
    "board": "/admin/board/",
    "inbox": "/admin/inbox/",
    "write": "/admin/digests/item/{item}/write/",
    "compose": "/admin/digests/digest/{digest}/compose/",
    "approve": "/admin/digests/digest/{review}/approve/",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = EmbeddedServer(Path(folder) / "data", LOG_LEVEL="WARNING")
        server.manage("demo", "--fill", "--no-serve")  # first: it fills an empty folder alone
        take(server, playwright)


def take(server: EmbeddedServer, playwright: Playwright) -> None:
    with server:
        rows = json.loads(server.manage("shell", "-v", "0", "-c", SCENE))
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        take_file(browser, server)
        for name in sorted(shown() - {"file", "page"}):
            what, size, scheme, language = parts(name)
            with opened(browser, size, scheme) as page:
                if language:
                    sign_in(page, server, LANGUAGES[language])
                address = (SCREENS if language else PAGES)[what]
                page.goto(server.url + address.format(**rows))
                page.wait_for_load_state("networkidle")
                shoot(page, name)
        browser.close()


def shown() -> set[str]:
    """The names of the pictures in README and the guides."""
    documents = [HERE.parent.parent / "README.md", *HERE.parent.glob("*.md")]
    text = "".join(document.read_text(encoding="utf-8") for document in documents)
    return set(re.findall(r"screenshots/([\w-]+)\.png", text))


def parts(name: str) -> tuple[str, str, str, str]:
    """What a picture shows, the size, the colours, and the language or “”."""
    found = re.fullmatch(r"(.+)-(desktop|phone)-(light|dark)(?:-(en|zh))?", name)
    if found is None:
        raise SystemExit(f"{name} does not say what the picture shows.")
    what, size, scheme, language = found.groups(default="")
    return what, size, scheme, language


def take_file(browser: Browser, server: EmbeddedServer) -> None:
    """The exported file, and the page of the same digest beside it."""
    width, height = NARROW
    page = browser.new_page(viewport={"width": width, "height": height})
    file = max((server.folder / "export").glob("20*-*-*.md"))
    page.set_content(FILE.format(text=escape(file.read_text())))
    shoot(page, "file")
    page.goto(f"{server.url}/global-ai/{file.stem}/")
    shoot(page, "page")


@contextmanager
def opened(browser: Browser, size: str, scheme: str) -> Iterator[Page]:
    width, height = SIZES[size]
    is_phone = size == "phone"
    with browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=is_phone,
        is_mobile=is_phone,
    ) as context:
        yield context.new_page()


def sign_in(page: Page, server: EmbeddedServer, language: str) -> None:
    page.goto(f"{server.url}/admin/login/")
    page.fill("[name=username]", "wen")
    page.fill("[name=password]", "password")
    with page.expect_navigation():  # the next page would break off what is sent
        page.click("[type=submit]")
    page.goto(f"{server.url}/admin/settings/")
    page.select_option("[name=language]", language)
    with page.expect_navigation():
        page.locator("form.plain-form [type=submit]").click()


def shoot(page: Page, name: str) -> None:
    """Keep the picture with 256 colours, which nobody sees and takes a third of the room."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
