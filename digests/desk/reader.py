"""The working copy as readers would see it, in a frame that can do nothing."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from digests.desk.access import get_row
from digests.desk.frames import page
from digests.models import Digest, Rendering
from digests.text.page import Page, rendered
from digests.text.page import page as page_of

# As on readers' pages, except for the frame around them; no script at all. Their frames are
# sandboxed, but of the site's origin: in any other Safari finds no style that comes from 'self'.
FRAME_POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF, "https:", "data:"],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    return page(request, "reader.html", gettext("As a reader"), digest)


@xframe_options_sameorigin
@csp_override(FRAME_POLICY)
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that the public sees now, in the frame."""
    digest = get_row(request, Digest, pk, "series", "live_revision")
    if digest.live_revision is None:
        raise Http404
    return _framed(request, digest, Rendering.objects.of(digest.live_revision).page())


@xframe_options_sameorigin
@csp_override(FRAME_POLICY)
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    copy = digest.working_copy()
    # As the revision would hold it, even its date, which has an offset and no zone.
    document = copy.judgement.document
    marks = [(item.pk, item.language) for item in copy.items]
    return _framed(request, digest, page_of(document, rendered(document, marks)))


def _framed(request: HttpRequest, digest: Digest, shown: Page) -> HttpResponse:
    context = {
        "page": shown,
        "series": digest.series,
        "language": digest.series.language,
        "site_name": settings.SITE_NAME,
    }
    with translation.override(digest.series.language):
        return render(request, "desk/frame.html", context)
