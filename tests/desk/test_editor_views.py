"""The answers of the editor's two addresses, above all to hostile requests."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER
from digests.text.markdown.html import MAX_BODY, to_html
from tests.cost import cpu_seconds
from tests.factories import person
from tests.screens import Response

pytestmark = pytest.mark.django_db

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"'
HOSTILE_SVGS = {
    "onload": SVG + b' onload="alert(1)"/>',
    "onload without quotes": SVG + b" onload=alert(1)/>",
    "script": SVG + b"><script>alert(1)</script></svg>",
    "link": SVG + b'><a href="javascript:alert(1)"><text>x</text></a></svg>',
    "entity": b'<!DOCTYPE svg [<!ENTITY x "y">]>' + SVG + b">&x;</svg>",
    "behind an xml declaration": b'<?xml version="1.0"?>\n' + SVG + b"/>",
}


@pytest.fixture(autouse=True)
def media_root(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SITE_URL = "https://news.example.org"
    return tmp_path / "media"


@pytest.fixture
def editor() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person(EDITOR))
    return client


@pytest.fixture
def client() -> Client:
    """Nobody who has signed in."""
    return Client()


def preview(client: Client, **data: str) -> Response:
    return client.post(reverse("markdownx_markdownify"), data)


def upload(
    client: Client, data: bytes, name: str = "image.png", content_type: str = "image/png"
) -> Response:
    file = SimpleUploadedFile(name, data, content_type)
    return client.post(reverse("markdownx_upload"), {"image": file})


def picture(
    kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (8, 6), **how: Any
) -> bytes:
    written = BytesIO()
    Image.new(mode, size, how.pop("color", 0)).save(written, kind, **how)
    return written.getvalue()


def animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "green", "blue")]
    written = BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


def stored(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.exists() else []


def test_the_editor_shows_what_to_html_gives_and_nothing_else(editor: Client) -> None:
    text = (
        "## 要点\r\n\r\n一段**加粗：**的正文，见[来源](https://example.org/1)。\r\n\r\n- 一\r\n- 二"
    )
    answer = preview(editor, content=text)
    assert answer.status_code == 200
    assert answer.text == to_html(text.replace("\r\n", "\n"))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "<javascript:alert(1)>",
        '[x](https://example.org "onmouseover=alert(1)")<svg onload=alert(1)>',
    ],
)
def test_a_hostile_text_is_harmless_in_the_preview(editor: Client, text: str) -> None:
    html = preview(editor, content=text).text
    assert html == to_html(text)
    for danger in ("<script", "<svg", "<img src=x", 'href="javascript', 'src="javascript'):
        assert danger not in html


def test_twenty_thousand_brackets_are_shown_at_once(editor: Client) -> None:
    text = "[" * MAX_BODY
    assert preview(editor, content=text).status_code == 200
    assert cpu_seconds(lambda: preview(editor, content=text)) < 0.5


def test_an_empty_text_has_an_empty_preview(editor: Client) -> None:
    answer = preview(editor, content="")
    assert (answer.status_code, answer.text) == (200, "")


def test_a_text_is_measured_in_characters_and_lines_end_with_one(editor: Client) -> None:
    longest = "稿" * (MAX_BODY - 2) + "\r\n末"
    assert preview(editor, content=longest).status_code == 200
    too_long = preview(editor, content=longest + "尾")
    assert too_long.status_code == 413
    assert too_long.json() == {"detail": "This text has 20001 characters; the maximum is 20000."}


def test_a_request_without_text_is_told_so(editor: Client) -> None:
    answer = preview(editor)
    assert answer.status_code == 400
    assert answer.json() == {"detail": "The request holds no text."}


def test_a_null_character_is_refused_with_a_sentence(editor: Client) -> None:
    answer = preview(editor, content="a\0b")
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("name", ["markdownx_markdownify", "markdownx_upload"])
@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_both_addresses_answer_to_post_only(editor: Client, name: str, method: str) -> None:
    answer = getattr(editor, method)(reverse(name))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    if method != "head":
        assert answer.json()["detail"]


def test_nobody_gets_an_answer_without_signing_in(client: Client, media_root: Path) -> None:
    answers = [preview(client, content="**text**"), upload(client, picture())]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json() == {"detail": "You are signed out."}
    assert not stored(media_root)


def test_a_signed_in_reader_gets_no_answer(client: Client, media_root: Path) -> None:
    client.force_login(person(None))
    for answer in (preview(client, content="**text**"), upload(client, picture())):
        assert answer.status_code == 403
        assert answer.json() == {
            "detail": "You don’t have permission to change stories or digests."
        }
    assert not stored(media_root)


def test_staff_without_a_role_gets_no_answer(client: Client, media_root: Path) -> None:
    somebody = person(None)
    somebody.is_staff = True
    somebody.save()
    client.force_login(somebody)
    for answer in (preview(client, content="**text**"), upload(client, picture())):
        assert answer.status_code == 403
        assert answer.json()["detail"]
    assert not stored(media_root)


@pytest.mark.parametrize("role", [EDITOR, REVIEWER, ADMINISTRATOR])
def test_every_role_that_edits_may_preview_and_upload(client: Client, role: str) -> None:
    client.force_login(person(role))
    assert preview(client, content="x").status_code == 200
    assert upload(client, picture()).status_code == 200


def test_a_request_from_another_site_is_refused(media_root: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(EDITOR))
    assert preview(client, content="x").status_code == 403
    assert upload(client, picture()).status_code == 403
    assert not stored(media_root)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]"])
def test_no_image_gets_an_address_that_others_cannot_open(
    editor: Client, media_root: Path, settings: Settings, url: str
) -> None:
    settings.SITE_URL = url
    answer = upload(editor, picture())
    assert answer.status_code == 409
    assert f"nobody else can open {url}. Set SITE_URL" in answer.json()["detail"]
    assert not stored(media_root)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_image_is_stored_under_a_random_name(
    editor: Client, media_root: Path, kind: str
) -> None:
    answer = upload(editor, picture(kind), "../../evil.html", "text/html")
    assert answer.status_code == 200
    [file] = stored(media_root)
    assert len(file.stem) == 32
    assert file.suffix == f".{FORMATS[kind]}"
    assert answer.json() == {
        "image_code": f"![]({settings.SITE_URL}/media/{file.name})",
        "note": "",
    }
    with Image.open(file) as image:
        image.load()
        assert (image.format, image.size) == (kind, (8, 6))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(editor: Client, mode: str) -> None:
    assert upload(editor, picture("PNG", mode)).status_code == 200


def test_sixteen_bit_grey_stays_as_bright_as_it_was(editor: Client, media_root: Path) -> None:
    upload(editor, picture("PNG", "I;16", color=0x8000))
    with Image.open(stored(media_root)[0]) as image:
        assert image.getpixel((0, 0)) == (128, 128, 128)


def test_what_is_transparent_stays_so(editor: Client, media_root: Path) -> None:
    upload(editor, picture("PNG", "RGBA", color=(255, 0, 0, 0)))
    with Image.open(stored(media_root)[0]) as image:
        assert image.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0


def test_an_rgba_image_sent_as_jpeg_is_what_it_is(editor: Client, media_root: Path) -> None:
    assert upload(editor, picture("PNG", "RGBA"), "photo.jpg", "image/jpeg").status_code == 200
    assert stored(media_root)[0].suffix == ".png"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_and_tells_no_secrets(
    editor: Client, media_root: Path, kind: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "SECRET"
    assert b"SECRET" in (photo := picture(kind, exif=exif))
    assert upload(editor, photo).status_code == 200
    [file] = stored(media_root)
    assert b"SECRET" not in file.read_bytes()
    with Image.open(file) as image:
        assert image.size == (6, 8)
        assert not image.getexif()


def test_nothing_but_pixels_survives(editor: Client, media_root: Path) -> None:
    script = b"<script>alert(1)</script>"
    upload(editor, picture("GIF", comment=script) + script)
    upload(editor, picture("JPEG", comment=script) + script)
    upload(editor, picture("PNG", icc_profile=script) + script)
    assert len(stored(media_root)) == 3
    assert not [file for file in stored(media_root) if b"script" in file.read_bytes()]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_keeps_its_first_frame_and_says_so(
    editor: Client, media_root: Path, kind: str
) -> None:
    answer = upload(editor, animation(kind))
    assert answer.json()["note"] == "The image was animated; only its first frame was kept."
    with Image.open(stored(media_root)[0]) as image:
        assert getattr(image, "n_frames", 1) == 1
        pixel = image.convert("RGB").getpixel((4, 3))
        assert isinstance(pixel, tuple)
        red, green, blue = pixel
        assert red > 200 and green < 50 and blue < 50


def test_a_telephones_jpeg_with_two_pictures_is_a_jpeg(editor: Client, media_root: Path) -> None:
    written = BytesIO()
    Image.new("RGB", (8, 6)).save(
        written, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 6))]
    )
    answer = upload(editor, written.getvalue(), "photo.jpg", "image/jpeg")
    assert answer.json()["note"] == ""
    assert stored(media_root)[0].suffix == ".jpg"


def bomb() -> bytes:
    """A few hundred bytes that would be 169 million pixels."""
    return picture("PNG", "1", (13_000, 13_000))


def scans() -> bytes:
    """A small JPEG that a decoder would go over a thousand times."""
    jpeg = picture("JPEG", "L", (64, 64), progressive=True)
    last = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    return jpeg[:-2] + last * 1000 + jpeg[-2:]


def wrong_checksum() -> bytes:
    png = bytearray(picture("PNG", size=(64, 64), color="red"))
    png[png.index(b"IDAT") + 8] ^= 0xFF
    return bytes(png)


HOSTILE_FILES = {
    "html as gif": (b"<!doctype html><script>alert(1)</script>", "evil.html", "image/gif"),
    "html behind the first bytes of a gif": (b"GIF89a<script>alert(1)</script>", "a.gif", ""),
    "junk as gif": (b"\x00\xff" * 50_000, "junk.gif", "image/gif"),
    "too many bytes": (b"GIF89a" + bytes(5 * 1024 * 1024), "huge.gif", "image/gif"),
    "a bomb": (bomb(), "bomb.png", "image/png"),
    "a thousand scans": (scans(), "scans.jpg", "image/jpeg"),
    "a truncated png": (picture("PNG", size=(64, 64))[:-30], "cut.png", "image/png"),
    "a truncated jpeg": (picture("JPEG", size=(64, 64))[:-100], "cut.jpg", "image/jpeg"),
    "a truncated webp": (picture("WEBP", size=(64, 64))[:-10], "cut.webp", "image/webp"),
    "a corrupt png": (wrong_checksum(), "corrupt.png", "image/png"),
    "the start of a png": (b"\x89PNG\r\n\x1a\n", "start.png", "image/png"),
    "the start of a gif": (b"GIF89a", "start.gif", "image/gif"),
    "no size": (b"GIF89a" + bytes(7), "zero.gif", "image/gif"),
    "another format": (picture("BMP"), "image.png", "image/png"),
    "a tiff": (picture("TIFF"), "image.jpg", "image/jpeg"),
    "nothing": (b"", "empty.png", "image/png"),
} | {f"svg: {name}": (svg, "a.svg", "image/svg+xml") for name, svg in HOSTILE_SVGS.items()}


@pytest.mark.parametrize("file", HOSTILE_FILES.values(), ids=HOSTILE_FILES)
def test_a_hostile_file_is_refused_and_not_kept(
    editor: Client, media_root: Path, file: tuple[bytes, str, str]
) -> None:
    answer = upload(editor, *file)
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(".")
    assert not stored(media_root)


def test_a_refusal_names_the_limit(editor: Client) -> None:
    too_many_bytes, *_ = HOSTILE_FILES["too many bytes"]
    message = upload(editor, too_many_bytes).json()["detail"].replace("\xa0", " ")
    assert message == "An image may have at most 5.0 MB."
    message = upload(editor, bomb()).json()["detail"]
    assert message == "The image has 13000 × 13000 pixels; the maximum is 25 million."


def test_an_upload_without_a_file_is_told_so(editor: Client, media_root: Path) -> None:
    for data in ({}, {"image": "not a file"}):
        answer = editor.post(reverse("markdownx_upload"), data)
        assert answer.status_code == 400
        assert answer.json() == {"detail": "The request holds no image."}
    assert not stored(media_root)


def test_every_byte_of_a_picture_may_be_wrong(editor: Client, media_root: Path) -> None:
    for kind in FORMATS:
        good = picture(kind, size=(4, 4))
        for position in range(0, len(good), max(1, len(good) // 30)):
            bad = bytearray(good)
            bad[position] ^= 0xFF
            assert upload(editor, bytes(bad)).status_code in (200, 400)
