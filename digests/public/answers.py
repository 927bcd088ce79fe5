"""How readers' pages answer: to everybody alike, under a strict policy, and only when changed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

type View = Callable[..., HttpResponse]

POLICY: dict[str, list[str]] = settings.READERS_CSP


def for_everybody(view: View) -> View:
    """Answer under the readers' policy, and let caches keep the answer.

    They must ask again each time, so that a correction or a withdrawal shows at once.
    """
    return csp_override(POLICY)(cache_control(public=True, no_cache=True)(view))


def for_readers(view: View) -> View:
    """The same for a page that can only be read: other methods are refused."""
    return require_safe(for_everybody(view))


def unless_unchanged(
    request: HttpRequest, shown: list[Any], answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer, or 304 where the client has it already.

    `shown` is everything the answer depends on beside its address, the release and the site's name
    and address; its `repr` must tell any two states apart. So whatever was answered before under
    the same ETag is the answer still, and is kept for a while.
    """
    site = [settings.RELEASE, settings.SITE_URL, settings.SITE_NAME]
    key = hashlib.sha256(repr([request.path, site, shown]).encode()).hexdigest()[:32]
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = caches["pages"].get(key)
    if response is None:
        response = answer()
        caches["pages"].set(key, response)
    response["ETag"] = etag
    return response


def page(template: str, language: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of `templates/public/` in one language, whoever reads it.

    The templates get no request: nothing of a session can reach a page that caches keep.
    """
    site = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    with translation.override(language):
        html = render_to_string(f"public/{template}", context | site | {"language": language})
    response = HttpResponse(html, status=status)
    response["Content-Language"] = language
    return response
