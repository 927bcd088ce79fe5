"""Uploaded images are served as images and as nothing else."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.factories import person

NAME = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = folder
    return folder


@pytest.mark.parametrize(
    "extension, content_type",
    [("jpg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp"), ("gif", "image/gif")],
)
def test_an_image_is_served_as_what_it_is_and_can_do_nothing(
    client: Client, folder: Path, extension: str, content_type: str
) -> None:
    (folder / f"{NAME}.{extension}").write_bytes(b"<script>alert(1)</script>")
    answer = client.get(f"/media/{NAME}.{extension}")
    assert answer.status_code == 200
    assert answer.getvalue() == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_view_stands_where_uploads_are_said_to_be() -> None:
    address = reverse("media", kwargs={"name": NAME, "extension": "png"})
    assert default_storage.url(f"{NAME}.png") == address


def test_a_head_request_is_answered_and_no_other(client: Client, folder: Path) -> None:
    (folder / f"{NAME}.png").write_bytes(b"png")
    assert client.head(f"/media/{NAME}.png").headers["Content-Length"] == "3"
    assert client.post(f"/media/{NAME}.png").status_code == 405


@pytest.mark.django_db
def test_an_unknown_image_is_not_found(client: Client) -> None:
    assert client.get(f"/media/{NAME}.png").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        f"{NAME}.svg",
        f"{NAME}.html",
        f"{NAME}.PNG",
        f"{NAME}.png.html",
        f"{NAME}.png%0A",
        f"{NAME}.png%00",
        f"{NAME}.png/",
        f"{NAME}",
        "image.png",
        ".png",
        "",
        f"folder/{NAME}.png",
        "../secret_key",
        "%2e%2e/secret_key",
        "..%2fsecret_key",
        "..%2Fmedia%2Fimage.png",
        "%2fetc%2fpasswd",
        "..\\secret_key",
        f"../{NAME}.png",
    ],
)
def test_nothing_else_in_or_near_the_folder_is_served(
    client: Client, folder: Path, name: str
) -> None:
    secret = "secret"
    for path in (f"{NAME}.svg", f"{NAME}.html", f"{NAME}.PNG", f"{NAME}.png.html", "image.png"):
        (folder / path).write_text(secret)
    (folder / "folder").mkdir()
    (folder / "folder" / f"{NAME}.png").write_text(secret)
    (folder.parent / "secret_key").write_text(secret)
    (folder.parent / f"{NAME}.png").write_text(secret)
    answer = client.get(f"/media/{name}", follow=True)
    assert answer.status_code == 404
    assert secret not in answer.text


@pytest.mark.django_db
def test_a_shared_cache_may_keep_an_image_because_it_renews_no_session(
    client: Client, folder: Path
) -> None:
    (folder / f"{NAME}.png").write_bytes(b"png")
    client.force_login(person())
    answer = client.get(f"/media/{NAME}.png")
    assert not answer.cookies
    assert answer.headers["Cache-Control"].startswith("public")
