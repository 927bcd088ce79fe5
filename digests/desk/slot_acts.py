"""Acts on slots, as the board, a slot's page and a digest's details post them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, posted_pk
from digests.desk.attempts import attempt, report_errors
from digests.desk.moment import moment_of
from digests.desk.versions import posted_version
from digests.editorial import planning, slots
from digests.editorial.errors import Gone
from digests.models import Digest, Series, Slot
from digests.text.characters import in_quotes

MAX_MINUTES = 7 * 24 * 60


class MakeForm(forms.Form):
    """One more slot. It is due in so many minutes, which are the same in every zone."""

    series = forms.ModelChoiceField(Series.objects.scheduled(), label=_("Series"))
    minutes = forms.IntegerField(
        label=_("Due in (minutes)"), min_value=1, max_value=MAX_MINUTES, initial=30
    )


@dataclass(frozen=True)
class Done:
    """What an act led to: a sentence, and the slot with which work goes on, if it is there."""

    sentence: str
    slot: Slot | None = None


def act(request: HttpRequest) -> Done | None:
    """Do what the pressed button says, and report on it; None if it was refused."""
    verb = ACTS.get(request.POST.get("do", ""))
    if verb is None:
        raise BadRequest("No such act.")
    outcome: list[Done | None] = []
    if not attempt(request, lambda: outcome.append(verb(request))):
        return None
    (done,) = outcome
    if done:
        messages.success(request, done.sentence)
    return done


def _take(request: HttpRequest) -> Done:
    slot = slots.take(_slot(request), by=actor(request))
    return Done(gettext("%s is now yours.") % slot, slot)


def _draft(request: HttpRequest) -> Done:
    slot = _slot(request)
    digest = planning.make_draft(slot, by=actor(request))
    return Done(gettext("The draft “%s” is ready.") % in_quotes(str(digest)), slot)


def _skip(request: HttpRequest) -> Done:
    reason = request.POST.get("reason", "")
    slot = slots.skip(_slot(request), by=actor(request), reason=reason)
    return Done(gettext("%s is skipped.") % slot, slot)


def _unskip(request: HttpRequest) -> Done:
    slot = slots.unskip(_slot(request), by=actor(request))
    return Done(gettext("%s is no longer skipped.") % slot, slot)


def _make(request: HttpRequest) -> Done | None:
    form = MakeForm(request.POST)
    if not form.is_valid():
        report_errors(request, form)
        return None
    begin = moment_of(request).replace(second=0, microsecond=0) + timedelta(minutes=1)
    due_at = begin + timedelta(minutes=form.cleaned_data["minutes"])
    slot = slots.make_now(form.cleaned_data["series"], due_at, by=actor(request))
    return Done(gettext("%s is added, and its draft is ready.") % slot, slot)


def _move(request: HttpRequest) -> Done:
    digest, to = _digest(request), _slot(request, "to")
    digest = slots.move(digest, to, by=actor(request), version=posted_version(request))
    words = {"digest": in_quotes(str(digest)), "slot": to}
    return Done(gettext("“%(digest)s” is moved to %(slot)s.") % words, to)


def _free(request: HttpRequest) -> Done:
    digest, slot = _digest(request), _slot(request)
    digest = slots.free(digest, by=actor(request), version=posted_version(request))
    words = {"digest": in_quotes(str(digest)), "slot": slot}
    left = Slot.objects.filter(pk=slot.pk).first()
    return Done(gettext("“%(digest)s” is no longer in %(slot)s.") % words, left)


ACTS: dict[str, Callable[[HttpRequest], Done | None]] = {
    "take": _take,
    "draft": _draft,
    "skip": _skip,
    "unskip": _unskip,
    "make": _make,
    "move": _move,
    "free": _free,
}


def _slot(request: HttpRequest, name: str = "slot") -> Slot:
    return Slot.objects.select_related("series").get(pk=posted_pk(request, name))


def _digest(request: HttpRequest) -> Digest:
    """The digest of the posted slot; raises Gone if it has another or none by now."""
    digest = Digest.objects.select_related("series").filter(slot=posted_pk(request, "slot")).first()
    if digest is None:
        raise Gone
    return digest
