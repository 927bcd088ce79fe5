"""The working copy as readers would see it, in a frame that can do nothing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from digests.desk.base import get_row, page
from digests.models import Digest
from digests.text.document import normal
from digests.text.page import page as page_of
from digests.text.page import rendered

# As readers' pages, but for the frame they stand in; no script at all.
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
    return page(request, "reader.html", _("As a reader"), digest)


@xframe_options_sameorigin
@csp_override(FRAME_POLICY)
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    placements = list(digest.placements.in_order())
    # As the revision would hold it, also its date, which names its offset and no zone.
    document = normal(digest.compose(placements))
    marks = [(placement.item_id, placement.item.language) for placement in placements]
    context = {
        "page": page_of(document, rendered(document), marks),
        "series": digest.series,
        "language": digest.series.language,
        "site_name": settings.SITE_NAME,
    }
    with translation.override(digest.series.language):
        return render(request, "admin/digests/frame.html", context)
