"""What came of a step, as a sentence for the page that follows it."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from digests.desk.access import actor
from digests.models import Digest, Item, User
from digests.text.characters import in_quotes

ITEM_OUTCOMES: Mapping[str, StrPromise] = {
    "shortlist": _("Shortlisted: %(what)s"),
    "approve": _("Approved: %(what)s"),
    "reject": _("Rejected: %(what)s"),
    "reopen": _("Back in the inbox: %(what)s"),
}
DIGEST_OUTCOMES: Mapping[str, StrPromise] = {
    "submit": _("“%(digest)s” is submitted. It is waiting for a reviewer."),
    "take_back": _("“%(digest)s” is taken back: you can change it again."),
    "send_back": _("“%(digest)s” is sent back to %(owner)s, who sees your note."),
    "approve": _("“%(digest)s” is approved. It will be published at %(time)s."),
    "publish": _("“%(digest)s” is published."),
    "correct": _(
        "“%(digest)s” is open for correction. Readers see the old text until the new one is"
        " approved."
    ),
    "abandon": _(
        "The correction of “%(digest)s” is abandoned. Readers still see the published text."
    ),
    "withdraw": _("“%(digest)s” is withdrawn. Readers see your note instead."),
    "reopen": _("“%(digest)s” is a draft again. Readers see the note until it is published again."),
}
CORRECTED = _("The correction of “%(digest)s” is published (revision %(number)s).")


def report_outcome(request: HttpRequest, row: Item | Digest, verb: str) -> None:
    """Report a step that was taken; from a published digest a link leads to its public page."""
    row.refresh_from_db()
    if isinstance(row, Item):
        messages.success(request, ITEM_OUTCOMES[verb] % {"what": row})
        return
    sentence = _outcome(row, verb, actor(request))
    if row.status == Digest.Status.PUBLISHED:
        link = '{} <a href="{}">{}</a>'
        label = gettext("See the public page")
        sentence = format_html(link, sentence, row.get_absolute_url(), label)
    messages.success(request, sentence)


def _outcome(digest: Digest, verb: str, by: User) -> str:
    if verb == "approve" and digest.status == Digest.Status.PUBLISHED:
        verb = "publish"  # its time had come already
    sentence, live = DIGEST_OUTCOMES[verb], digest.live_revision
    if verb == "publish" and live and hasattr(live, "correction"):
        sentence = CORRECTED
    if verb == "send_back" and digest.owner in (None, by):
        sentence = _("“%(digest)s” is sent back. Its editors see your note.")
    return sentence % {
        "digest": in_quotes(str(digest)),
        "owner": digest.owner,
        "number": live.number if live else "",
        "time": _clock(digest),
    }


def _clock(digest: Digest) -> str:
    """The time at which a digest is published, in its series' zone: with the day if that is not
    today, and with the zone's name if the user's clock shows another time."""
    local = digest.local_date
    is_today = local.date() == timezone.now().astimezone(digest.series.zone).date()
    shown = date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
    is_elsewhere = local.utcoffset() != timezone.localtime(local).utcoffset()
    return f"{shown} {digest.series.time_zone}" if is_elsewhere else shown
