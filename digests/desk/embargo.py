"""The embargo of a story: the page that sets it, and what it keeps a digest from, as sentences."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, get_row
from digests.desk.attempts import attempt_row
from digests.desk.fields import ClockField, at_the_clock, clock
from digests.desk.frames import page
from digests.desk.navigation import asked_next, row_url
from digests.desk.versions import VersionedForm
from digests.editorial import items
from digests.editorial.errors import Embargoed
from digests.models import Digest, Item
from digests.text.characters import in_quotes


class EmbargoForm(VersionedForm):
    not_before = ClockField(label=_("Not before"), required=False)

    def __init__(self, data: Any, *, item: Item) -> None:
        self.item = item
        self.zone = timezone.get_current_timezone()
        saved = {"version": item.version, "not_before": clock(item.not_before, self.zone)}
        super().__init__(data, initial=saved)
        self.fields["not_before"].help_text = gettext(
            "No digest with this story is published earlier. Time zone: %(zone)s. Leave it empty to"
            " lift the embargo."
        ) % {"zone": self.zone}

    def clean_not_before(self) -> datetime | None:
        return at_the_clock(self.cleaned_data["not_before"], self.zone, self.item.not_before)


def embargo(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a story's embargo, which may be set at any time."""
    item = get_row(request, Item, pk)
    form = EmbargoForm(request.POST or None, item=item)
    if form.is_valid() and (not form.has_changed() or _set(request, form)):
        return asked_next(request) or HttpResponseRedirect(row_url(item))
    return page(
        request,
        "embargo.html",
        gettext("Embargo"),
        item,
        form=form,
        back=row_url(item),
        is_stale=form.is_stale(item),
    )


def _set(request: HttpRequest, form: EmbargoForm) -> bool:
    verb = partial(items.set_embargo, form.item, by=actor(request), **form.cleaned_data)
    saved = attempt_row(form, verb)
    if saved is None:
        return False
    sentence = gettext("“%(item)s” may be published at any time.")
    if saved.not_before:
        sentence = gettext("“%(item)s” will not be published before %(time)s.")
    messages.success(
        request, sentence % {"item": in_quotes(str(saved)), "time": shown(saved.not_before)}
    )
    return True


def shown(at: datetime | None) -> str:
    """A time for the user."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""


def why_not_published(digest: Digest, stories: Iterable[Item], now: datetime) -> list[str]:
    """Why a digest on its way to readers cannot be published at its time, as sentences: the
    embargoes of its stories, or else what kept it from them when its time had come."""
    if digest.status not in Digest.ON_THE_WAY:
        return []
    at = max(digest.date, now)
    embargoes = [str(Embargoed(item)) for item in stories if item.is_embargoed(at)]
    if embargoes or not digest.why_held:
        return embargoes
    sentence = gettext("It could not be published: %(reason)s The next attempt is at %(time)s.")
    return [sentence % {"reason": digest.why_held, "time": shown(digest.held_until)}]
