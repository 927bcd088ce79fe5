"""One answer to an act, with scripts and without: the regions of its page, or the page again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse


def wants_regions(request: HttpRequest) -> bool:
    """Whether a script asks, which puts the regions of the answer in place of the page's."""
    return "X-Fragment" in request.headers


def answer(
    request: HttpRequest,
    page: HttpResponseRedirect,
    show: Callable[[], TemplateResponse],
    *,
    done: bool,
) -> HttpResponse:
    """The page again, or what `show` makes of its regions. What came of the act is told by
    messages, either way; `_messages.html` marks a refusal."""
    if not wants_regions(request):
        return page
    response = show()
    response.context_data = {**(response.context_data or {}), "is_refused": not done}
    return response


def redirect(request: HttpRequest, page: HttpResponseRedirect) -> HttpResponse:
    """The way to another page, where it tells what came of the act: a script goes there itself."""
    return HttpResponse(headers={"X-Location": page.url}) if wants_regions(request) else page
