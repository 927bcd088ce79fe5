"""Responses of readers' pages: under a strict CSP, in one language for every reader."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from digests.public.caching import View, cached_per_edition, public_response

# As OpenGraph names the languages of `digests.models.fields.Language`.
LOCALES = {"zh-hans": "zh_CN", "en": "en_US"}
POLICY: dict[str, list[str]] = settings.READERS_CSP


def for_readers(view: View) -> View:
    """Make a view a readers' page: read-only, and made once for each edition of the site."""
    return for_readers_with()(view)


def for_readers_with(*params: str) -> Callable[[View], View]:
    """`for_readers` for a page that depends on these parameters of its address as well."""

    def decorate(view: View) -> View:
        return require_safe(csp_override(POLICY)(cached_per_edition(view, params=params)))

    return decorate


def error_page(view: View) -> View:
    """Make a view the answer that readers get at an address where there is nothing."""
    return csp_override(POLICY)(public_response(view))


def render_page(
    template: str, language: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of `templates/public/` in one language.

    The templates get no request: nothing of a session can reach a page that caches keep.
    """
    site = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    of_language = {"language": language, "locale": LOCALES.get(language, language)}
    with translation.override(language):
        html = render_to_string(f"public/{template}", context | site | of_language)
    # A row may hold half a surrogate pair, which no verb lets in and UTF-8 cannot hold.
    response = HttpResponse(html.encode(errors="replace"), status=status)
    response["Content-Language"] = language
    return response
