"""The answer to an act: the regions of its page for a script, or else the whole page again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse


def wants_regions(request: HttpRequest) -> bool:
    """Whether a script asks, which replaces the page's regions by those of the answer."""
    return "X-Fragment" in request.headers


def answer(
    request: HttpRequest,
    page: HttpResponseRedirect,
    show: Callable[[], TemplateResponse],
    *,
    done: bool,
) -> HttpResponse:
    """The page again, or its regions as `show` makes them. Either way, messages report how the act
    went; `_messages.html` marks a refusal."""
    if not wants_regions(request):
        return page
    response = show()
    response.context_data = {**(response.context_data or {}), "is_refused": not done}
    return response


def redirect(request: HttpRequest, page: HttpResponseRedirect, *, version: int) -> HttpResponse:
    """Redirect to another page, which reports how the act went; a script goes there itself. Until
    then it goes on from `version`, that of the row as the act left it."""
    if not wants_regions(request):
        return page
    return HttpResponse(headers={"X-Location": page.url, "X-Version": str(version)})
