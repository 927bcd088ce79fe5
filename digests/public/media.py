"""Uploaded images, and nothing else that may lie in the media folder."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import re_path
from django.views.decorators.http import require_safe

CONTENT_TYPES = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}


@require_safe
def media(request: HttpRequest, name: str, extension: str) -> FileResponse:
    try:
        file = default_storage.open(f"{name}.{extension}")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type=CONTENT_TYPES[extension],
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


urlpatterns = [
    # Names are random and never used twice, so what they stand for never changes.
    re_path(
        rf"^media/(?P<name>[0-9a-f]{{32}})\.(?P<extension>{'|'.join(CONTENT_TYPES)})\Z",
        media,
        name="media",
    )
]
