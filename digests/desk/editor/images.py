"""Uploaded pictures: whatever comes in, only freshly written pixels go out."""

from dataclasses import dataclass
from io import BytesIO
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext
from PIL import Image, ImageOps

MAX_PIXELS = 25_000_000
# A progressive JPEG is decoded again for each of its scans, and an empty scan takes 42 bytes: 5 MB
# of them would keep the decoder busy for most of an hour. Cameras and programs write about ten.
MAX_SCANS = 100
START_OF_SCAN = b"\xff\xda"

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
# The effort of WebP is 4 by default, which takes four times as long for a hundredth of the size.
OPTIONS = {"JPEG": {"quality": 85}, "WEBP": {"quality": 85, "method": 2}}


@dataclass(frozen=True)
class Picture:
    """A picture written again: upright, one frame, no metadata."""

    data: bytes
    extension: str
    was_animated: bool

    def store(self) -> str:
        """Store the picture under a random name; returns its path on this site, such as
        /media/….png."""
        name = default_storage.save(f"{token_hex(16)}.{self.extension}", ContentFile(self.data))
        return default_storage.url(name)


def read_picture(data: bytes) -> Picture:
    """The picture in an uploaded file; ValidationError with a sentence if there is none.

    Of an animation the first frame is kept: what moves needs a button that stops it, which a
    Markdown file cannot offer.
    """
    try:
        return _write_again(_open(data))
    except ValidationError:
        raise
    # A decoder that is given hostile bytes may fail in any way, and every way means the same.
    except Exception as error:
        raise ValidationError(
            gettext("This file cannot be read as an image. Use JPEG, PNG, WebP or GIF.")
        ) from error


def _open(data: bytes) -> Image.Image:
    """The image, checked but not decoded yet."""
    image = Image.open(BytesIO(data), formats=list(EXTENSIONS))
    if image.width * image.height > MAX_PIXELS:
        size = {"width": image.width, "height": image.height, "limit": MAX_PIXELS // 1_000_000}
        raise ValidationError(
            gettext(
                "The image has %(width)d × %(height)d pixels; the maximum is %(limit)d million."
            ),
            params=size,
        )
    if data.count(START_OF_SCAN) > MAX_SCANS and _format(image) == "JPEG":
        raise ValueError("too many scans")
    # Looks at checksums only, and the image is of no use afterwards.
    image.verify()
    return Image.open(BytesIO(data), formats=list(EXTENSIONS))


def _write_again(image: Image.Image) -> Picture:
    kind = _format(image)
    was_animated = kind != "JPEG" and getattr(image, "is_animated", False)
    image.seek(0)
    image = ImageOps.exif_transpose(image)
    if image.mode == "I;16":  # Converting would cut sixteen bits off at 255, not scale them.
        image = image.point(lambda value: value / 256).convert("L")
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.info.clear()  # Comments and profiles would be written again.
    written = BytesIO()
    image.save(written, kind, **OPTIONS.get(kind, {}))
    return Picture(written.getvalue(), EXTENSIONS[kind], was_animated)


def _format(image: Image.Image) -> str:
    """The image's format, a key of EXTENSIONS; a telephone's JPEG with a second picture behind it
    is a JPEG too."""
    return "JPEG" if image.format == "MPO" else str(image.format)
