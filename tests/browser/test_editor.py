"""The Markdown editor in Chromium, used as people use it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, Route, expect

from digests.editorial import compose
from digests.models import Item, Section, User
from digests.text.markdown.html import MAX_BODY, to_html
from tests.desk_site import DeskSite, Editor
from tests.factories import draft, person
from tests.screens import below

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/digests/item/add/"
BODY = "一段**加粗：**的正文，见[来源](https://example.org/1)。\n\n- 一\n- 二"
SIGNED_OUT = "You are signed out. Your text is still here; sign in in another tab, then continue."
# Milliseconds without a key, after which the preview is asked for.
PAUSE = 500
# A sheet made by a script is none that the page's policy would keep out.
HIDE_EDITORS = """
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("markdown-editor { display: none !important }");
    document.adoptedStyleSheets = [sheet];
"""


@pytest.fixture
def user() -> User:
    return person("Editor", username="ann")


@pytest.fixture
def section(user: User) -> Section:
    digest = draft()
    compose.add_section(digest, "研究", intro=BODY, by=user, version=digest.version)
    return digest.sections.get()


@pytest.fixture(autouse=True)
def public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's server stands for a site that everybody can reach, so it takes images."""
    monkeypatch.setattr("digests.desk.editor.views.is_public", lambda url: True)


def form_of(section: Section) -> str:
    return below(section.digest, "section", section.pk)


@pytest.fixture
def ann(desk_site: DeskSite, user: User) -> Iterator[Editor]:
    """The user, whose pages have a clock that the test can put forward; none is open yet."""
    with desk_site.editor(user, None) as ann:
        ann.page.clock.install()
        yield ann


@pytest.fixture
def editor(ann: Editor, section: Section) -> Locator:
    """The editor of the section's intro, its preview shown."""
    ann.open(form_of(section))
    editor = ann.page.locator("markdown-editor")
    expect(editor.locator("strong")).to_have_text("加粗：")
    return editor


def field(editor: Locator) -> Locator:
    return editor.get_by_role("textbox")


def status(editor: Locator) -> Locator:
    return editor.get_by_role("status")


def preview(editor: Locator) -> Locator:
    return editor.get_by_role("group", name="Preview")


def select(editor: Locator, start: int, end: int) -> None:
    field(editor).focus()
    field(editor).evaluate(f"field => field.setSelectionRange({start}, {end})")


def pause(page: Page) -> None:
    """Type nothing for so long that the preview is asked for."""
    page.clock.fast_forward(PAUSE)


def write(editor: Locator, text: str) -> None:
    field(editor).fill(text)
    pause(editor.page)


def png(folder: Path, name: str = "chart.png") -> Path:
    Image.new("RGB", (8, 6), "red").save(folder / name)
    return folder / name


def insert(editor: Locator, *images: Path) -> None:
    with editor.page.expect_file_chooser() as chooser:
        editor.get_by_role("button", name="Insert an image").click()
    chooser.value.set_files(images)
    expect(status(editor)).not_to_have_text(re.compile("^$|^Uploading"))


def previews_asked(page: Page) -> list[Request]:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "preview" in request.url else None)
    return asked


def test_tab_leaves_the_field(editor: Locator) -> None:
    field(editor).focus()
    editor.page.keyboard.press("Tab")
    expect(field(editor)).not_to_be_focused()
    expect(field(editor)).to_have_value(BODY)
    editor.page.keyboard.press("Shift+Tab")
    expect(field(editor)).to_be_focused()


def test_every_tool_is_reached_by_keyboard_and_has_a_name(editor: Locator) -> None:
    editor.get_by_role("button", name="Bold").focus()
    for name in ("Link", "Insert an image"):
        editor.page.keyboard.press("Tab")
        expect(editor.get_by_role("button", name=name)).to_be_focused()
    editor.page.keyboard.press("Tab")
    expect(field(editor)).to_be_focused()


def test_the_preview_is_what_to_html_gives(editor: Locator) -> None:
    shown = preview(editor).evaluate(
        "pane => { pane.querySelectorAll('a').forEach(a => a.removeAttribute('target'));"
        " return pane.innerHTML }"
    )
    same = editor.evaluate(
        "(_, html) => { const pane = document.createElement('div');"
        " pane.innerHTML = html; return pane.innerHTML }",
        to_html(BODY),
    )
    assert shown == same


def test_a_link_in_the_preview_does_not_take_the_editor_away(editor: Locator) -> None:
    link = preview(editor).get_by_role("link")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_each_visible_editor_asks_once_and_no_hidden_one(ann: Editor) -> None:
    page = ann.page
    page.set_viewport_size({"width": 1280, "height": 3000})
    asked = previews_asked(page)
    page.add_init_script(HIDE_EDITORS)
    ann.open(below(draft(intro="引言", outro="结语"), "details"))
    expect(page.locator("markdown-editor:defined")).to_have_count(2)
    pause(page)
    ann.settle()
    assert not asked
    page.evaluate("document.adoptedStyleSheets = []")
    for text in ("引言", "结语"):
        expect(page.locator(".editor-preview", has_text=text)).to_be_visible()
    pause(page)
    ann.settle()
    assert len(asked) == 2


def test_an_editor_out_of_sight_does_not_ask(ann: Editor, section: Section) -> None:
    page = ann.page
    page.set_viewport_size({"width": 1280, "height": 100})
    asked = previews_asked(page)
    ann.open(form_of(section))
    pause(page)
    ann.settle()
    assert not asked
    page.locator("markdown-editor").scroll_into_view_if_needed()
    expect(page.locator("markdown-editor strong")).to_have_text("加粗：")
    assert len(asked) == 1


def test_the_preview_follows_the_pen_with_one_request(editor: Locator) -> None:
    page = editor.page
    asked = previews_asked(page)
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)
    field(editor).fill("")
    for key in "a **b** c":
        field(editor).press_sequentially(key)
        page.clock.run_for(PAUSE - 1)
    assert not asked
    page.clock.run_for(1)
    expect(preview(editor)).to_have_text("a b c")
    page.clock.run_for(PAUSE)
    assert len(asked) == 1


def test_an_answer_to_an_older_text_is_not_shown(editor: Locator) -> None:
    held: list[Route] = []
    editor.page.route("**/preview/", lambda route: held.append(route), times=1)
    with editor.page.expect_request("**/preview/"):
        write(editor, "older")
    with editor.page.expect_event("requestfailed") as called_off:
        write(editor, "newer")
    assert called_off.value is held[0].request
    expect(preview(editor)).to_have_text("newer")
    expect(status(editor)).to_be_empty()


@pytest.mark.parametrize("key", ["Control+b", "button"])
def test_bold_comes_and_goes_and_can_be_undone(editor: Locator, key: str) -> None:
    def bold() -> None:
        if key == "button":
            editor.get_by_role("button", name="Bold").click()
        else:
            editor.page.keyboard.press(key)

    field(editor).fill("要点：内容")
    select(editor, 0, 3)
    bold()
    expect(field(editor)).to_have_value("**要点：**内容")
    expect(field(editor)).to_be_focused()
    pause(editor.page)
    expect(preview(editor).locator("strong")).to_have_text("要点：")
    bold()
    expect(field(editor)).to_have_value("要点：内容")
    editor.page.keyboard.press("Control+z")
    expect(field(editor)).to_have_value("**要点：**内容")
    editor.page.keyboard.press("Control+z")
    expect(field(editor)).to_have_value("要点：内容")
    editor.page.keyboard.press("Control+z")
    expect(field(editor)).to_have_value(BODY)


def test_italic_inside_bold_leaves_the_bold(editor: Locator) -> None:
    field(editor).fill("**word**")
    select(editor, 2, 6)
    editor.page.keyboard.press("Control+i")
    expect(field(editor)).to_have_value("***word***")
    editor.page.keyboard.press("Control+i")
    expect(field(editor)).to_have_value("**word**")


def test_marks_stand_next_to_the_words_and_not_twice(editor: Locator) -> None:
    field(editor).fill("one two three")
    select(editor, 4, 8)
    editor.page.keyboard.press("Control+b")
    expect(field(editor)).to_have_value("one **two** three")
    select(editor, 4, 11)
    editor.page.keyboard.press("Control+b")
    expect(field(editor)).to_have_value("one two three")


def test_a_link_waits_for_what_is_missing(editor: Locator) -> None:
    field(editor).fill("see the source")
    select(editor, 8, 14)
    editor.get_by_role("button", name="Link").click()
    editor.page.keyboard.type("https://example.org/2")
    expect(field(editor)).to_have_value("see the [source](https://example.org/2)")
    field(editor).fill("https://example.org/3")
    select(editor, 0, 21)
    editor.page.keyboard.press("Control+k")
    editor.page.keyboard.type("来源")
    expect(field(editor)).to_have_value("[来源](https://example.org/3)")


def test_other_keys_stay_the_browsers(editor: Locator) -> None:
    field(editor).fill("a b")
    select(editor, 3, 3)
    for key in ("Control+Shift+K", "Alt+b"):
        editor.page.keyboard.press(key)
    expect(field(editor)).to_have_value("a b")


def test_an_image_is_inserted_with_an_absolute_address_and_can_be_undone(
    desk_site: DeskSite, editor: Locator, tmp_path: Path
) -> None:
    field(editor).fill("前后")
    select(editor, 1, 1)
    insert(editor, png(tmp_path))
    text = field(editor).input_value()
    assert field(editor).evaluate("field => field.selectionStart") == len("前![")
    image = re.fullmatch(rf"前!\[\]\(({desk_site.url}/media/[0-9a-f]{{32}}\.png)\)后", text)
    assert image
    expect(status(editor)).to_have_text(
        "The image is in the text. Describe it between the square brackets."
    )
    pause(editor.page)
    expect(preview(editor).locator("img")).to_have_js_property("naturalWidth", 8)

    editor.page.keyboard.press("Control+z")
    expect(field(editor)).to_have_value("前后")
    editor.page.keyboard.press("Control+Shift+z")
    expect(field(editor)).to_have_value(text)
    select(editor, 3, 3)
    editor.page.keyboard.type("一张图")
    expect(field(editor)).to_have_value(f"前![一张图]({image[1]})后")

    served = editor.page.request.get(image[1])
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert Image.open(BytesIO(served.body())).size == (8, 6)


def test_two_images_do_not_land_in_each_other(editor: Locator, tmp_path: Path) -> None:
    field(editor).fill("")
    insert(editor, png(tmp_path), png(tmp_path, "photo.png"))
    expect(field(editor)).to_have_value(re.compile(r"^!\[\]\(\S+\)\n\n!\[\]\(\S+\)$"))


def test_an_upload_shows_that_it_is_under_way(editor: Locator, tmp_path: Path) -> None:
    held: list[Route] = []
    editor.page.route("**/upload/", lambda route: held.append(route))
    progress = editor.get_by_role("progressbar", name="Upload")
    expect(progress).to_be_hidden()
    with editor.page.expect_request("**/upload/"):
        editor.locator("input[type=file]").set_input_files(png(tmp_path))
    expect(progress).to_be_visible()
    expect(progress).to_have_js_property("position", -1)  # how far it is, nobody knows
    held[0].continue_()
    expect(progress).to_be_hidden()
    expect(field(editor)).to_have_value(re.compile(r"!\[\]\(http\S+\.png\)"))


def test_a_refused_image_leaves_the_text_alone(
    ann: Editor, editor: Locator, tmp_path: Path
) -> None:
    ann.forgive("400")
    fake = tmp_path / "fake.png"
    fake.write_text("<script>alert(1)</script>")
    insert(editor, fake)
    expect(status(editor)).to_have_text(
        "This file cannot be read as an image. Use JPEG, PNG, WebP or GIF."
    )
    expect(field(editor)).to_have_value(BODY)
    expect(field(editor)).to_be_enabled()


# What the system's own clipboard and mouse would hand over.
HAND_OVER = """
(target, [type, files, text]) => {
  const data = new DataTransfer();
  for (const [name, kind, bytes] of files) {
    data.items.add(new File([new Uint8Array(bytes)], name, { type: kind }));
  }
  if (text) data.setData("text/plain", text);
  const how = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  const event = type === "paste" ? new ClipboardEvent(type, how) : new DragEvent(type, how);
  return !target.dispatchEvent(event);  // whether somebody saw to it
}
"""


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_an_image_can_be_pasted_and_dropped(editor: Locator, tmp_path: Path, how: str) -> None:
    field(editor).fill("")
    image = ["chart.png", "image/png", list(png(tmp_path).read_bytes())]
    assert field(editor).evaluate(HAND_OVER, [how, [image], ""])
    expect(field(editor)).to_have_value(re.compile(r"^!\[\]\(http\S+\.png\)$"))


def test_a_file_that_is_no_image_is_refused_where_it_is_dropped(editor: Locator) -> None:
    assert field(editor).evaluate(HAND_OVER, ["drop", [["a.pdf", "application/pdf", [1]]], ""])
    expect(status(editor)).to_have_text("Only JPEG, PNG, WebP and GIF images can be inserted.")
    expect(field(editor)).to_have_value(BODY)


def test_text_and_other_places_are_left_to_the_browser(editor: Locator) -> None:
    image = ["chart.png", "image/png", [1]]
    # An office program's text, which comes with a picture of it.
    assert not field(editor).evaluate(HAND_OVER, ["paste", [image], "text"])
    assert not field(editor).evaluate(HAND_OVER, ["paste", [], "text"])
    assert not field(editor).evaluate(HAND_OVER, ["drop", [], "text"])
    for elsewhere in (editor.page.locator("#id_heading"), preview(editor)):
        for how in ("dragover", "drop", "paste"):
            assert not elsewhere.evaluate(HAND_OVER, [how, [image], ""])


def test_who_is_signed_out_keeps_the_text_and_can_go_on(ann: Editor) -> None:
    page = ann.page
    ann.forgive("401")
    ann.open(ADD)
    page.locator("[name=headline]").fill("标题")
    page.locator("[name=language]").select_option("zh-hans")
    editor = page.locator("markdown-editor")
    write(editor, "**Before**")
    expect(preview(editor).locator("strong")).to_have_text("Before")
    shown = preview(editor).inner_html()
    page.context.clear_cookies(name="sessionid")
    write(editor, "A long story that took an hour")
    expect(status(editor)).to_have_text(SIGNED_OUT)
    assert preview(editor).inner_html() == shown

    # Saving now would lead to the sign-in page.
    with page.expect_response("**/preview/"):
        page.get_by_role("button", name="Save", exact=True).click()
    expect(status(editor)).to_have_text(SIGNED_OUT)
    expect(field(editor)).to_have_value("A long story that took an hour")
    assert page.url == ann.url + ADD

    # Signing in renews the CSRF cookie, so the form's own token has grown old.
    other = Editor(page.context.new_page(), ann.url)
    other.sign_in("ann")
    assert not other.held_against()
    other.page.close()
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    assert Item.objects.get().body == "A long story that took an hour"


def test_a_form_left_overnight_is_held_back(ann: Editor, editor: Locator, section: Section) -> None:
    page = ann.page
    ann.forgive("401")
    write(editor, "Written in the evening")
    expect(preview(editor)).to_have_text("Written in the evening")
    page.clock.fast_forward("12:00:00")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(status(editor)).to_have_text(SIGNED_OUT)
    expect(field(editor)).to_have_value("Written in the evening")
    assert page.url == ann.url + form_of(section)


def test_a_lost_csrf_cookie_reads_as_signed_out(ann: Editor, editor: Locator) -> None:
    ann.forgive("403")
    ann.page.context.clear_cookies(name="csrftoken")
    write(editor, "text")
    expect(status(editor)).to_have_text(SIGNED_OUT)
    expect(field(editor)).to_have_value("text")


def test_an_upload_by_who_is_signed_out_says_so(
    ann: Editor, editor: Locator, tmp_path: Path
) -> None:
    ann.forgive("401")
    ann.page.context.clear_cookies(name="sessionid")
    insert(editor, png(tmp_path))
    expect(status(editor)).to_have_text(SIGNED_OUT)
    expect(field(editor)).to_have_value(BODY)


def test_a_server_out_of_reach_is_said_and_forgotten(ann: Editor, editor: Locator) -> None:
    ann.page.context.set_offline(True)
    write(editor, "text")
    expect(status(editor)).to_have_text("The server is not responding. Your text is still here.")
    ann.page.context.set_offline(False)
    write(editor, "**text**")
    expect(preview(editor).locator("strong")).to_have_text("text")
    expect(status(editor)).to_be_empty()
    assert all("ERR_INTERNET_DISCONNECTED" in trouble for trouble in ann.troubles)
    ann.troubles.clear()


ANSWERS: list[tuple[dict[str, Any], str]] = [
    ({"status": 500, "body": "<b id=evil>500</b>", "content_type": "text/html"}, "could not"),
    ({"status": 200, "body": "<b id=evil>JSON</b>", "content_type": "text/plain"}, "could not"),
    ({"status": 302, "headers": {"Location": "/admin/login/"}}, SIGNED_OUT),
    ({"status": 400, "json": {"detail": "<b id=evil>No.</b>"}}, "<b id=evil>No.</b>"),
    ({"status": 413, "json": {"detail": "Too long."}}, "Too long."),
    ({"status": 403, "json": {"detail": "You may not."}}, "You may not."),
    ({"status": 403, "body": "<b id=evil>403</b>", "content_type": "text/html"}, "could not"),
]


def test_nothing_but_a_preview_is_shown_as_one(ann: Editor, editor: Locator) -> None:
    ann.forgive("400", "403", "413", "500")
    shown = preview(editor).inner_html()
    answers: list[dict[str, Any]] = []
    editor.page.route("**/preview/", lambda route: route.fulfill(**answers.pop()))
    for number, (answer, sentence) in enumerate(ANSWERS):
        answers.append(answer)
        write(editor, f"text {number}")
        expect(status(editor)).to_contain_text(sentence)
        assert preview(editor).inner_html() == shown
        expect(editor.page.locator("#evil")).to_have_count(0)
        expect(field(editor)).to_have_value(f"text {number}")
        field(editor).evaluate("field => field.closest('markdown-editor').say('')")


def test_a_text_too_long_is_counted_and_never_cut(editor: Locator) -> None:
    expect(editor).to_contain_text(f"{len(BODY)} of 20,000 characters")
    asked = previews_asked(editor.page)
    write(editor, "😀" * MAX_BODY)
    expect(editor).to_contain_text("20,000 of 20,000 characters")
    expect(preview(editor)).to_contain_text("😀")
    write(editor, "😀" * MAX_BODY + "!")
    expect(editor).to_contain_text("20,001 of 20,000 characters")
    expect(status(editor)).to_have_text("The text is too long. Shorten it to see the preview.")
    assert len(asked) == 1
    assert len(field(editor).input_value()) == MAX_BODY + 1


def test_a_row_that_a_formset_adds_has_an_editor_that_works(editor: Locator) -> None:
    # As the admin adds one: a copy of a row that is there.
    editor.evaluate("editor => editor.parentElement.append(editor.cloneNode(true))")
    added = editor.page.locator("markdown-editor").nth(1)
    write(added, "**新**")
    expect(preview(added).locator("strong")).to_have_text("新")
    expect(preview(editor.first).locator("strong")).to_have_text("加粗：")


def test_without_javascript_it_is_a_plain_field(
    desk_site: DeskSite, user: User, section: Section
) -> None:
    with desk_site.editor(user, form_of(section), script=False) as ann:
        editor = ann.page.locator("markdown-editor")
        expect(field(editor)).to_have_value(BODY)
        expect(editor.get_by_role("button")).to_have_count(0)
        expect(preview(editor)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_fits_the_screen(editor: Locator, scheme: Literal["light", "dark"]) -> None:
    page = editor.page
    page.emulate_media(color_scheme=scheme)
    write(editor, "https://example.org/" + "long" * 50 + "\n\n|a|b|\n|-|-|\n|" + "宽" * 99)
    expect(preview(editor).locator("td")).to_have_count(2)
    for width, columns in ((1280, 2), (900, 2), (390, 1), (320, 1)):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        text, pane = field(editor).bounding_box(), preview(editor).bounding_box()
        assert text and pane
        assert (text["x"] + text["width"] <= pane["x"]) == (columns == 2)
        assert (text["y"] + text["height"] <= pane["y"]) == (columns == 1)


def test_the_console_stays_empty(ann: Editor, section: Section, tmp_path: Path) -> None:
    page = ann.page
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    ann.open(form_of(section))
    editor = page.locator("markdown-editor")
    insert(editor, png(tmp_path))
    pause(page)
    expect(preview(editor).locator("img")).to_have_js_property("complete", True)
    assert said == []
