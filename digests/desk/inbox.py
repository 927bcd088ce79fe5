"""The inbox: candidates, triaged by one key each; and the box for what was found elsewhere."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from digests import editorial
from digests.desk import last_act
from digests.desk.base import actor, attempt, screen, tell
from digests.desk.candidates import Candidates
from digests.ingest.capture import Captured, capture
from digests.models import Item, User
from digests.models.numbers import parse_pk

MAX_PASTE = 100_000  # characters


class PasteForm(forms.Form):
    text = forms.CharField(
        label=_("Links, one in a line"),
        max_length=MAX_PASTE,
        widget=forms.Textarea,
    )


def inbox(request: HttpRequest) -> HttpResponse:
    """The items that the address asks for."""
    user = actor(request)
    if not user.has_perm("digests.view_item"):
        raise PermissionDenied
    return screen(request, "inbox.html", _now("Inbox"), **_shown(request, user))


def _shown(request: HttpRequest, user: User) -> dict[str, object]:
    candidates = Candidates(request.GET, user)
    return {
        "candidates": candidates,
        "reasons": Item.Reason.choices,
        "may_act": user.has_perm("digests.change_item"),
        "may_add": user.has_perm("digests.add_item"),
        "as_cards": request.GET.get("view") == "cards",
        "paste_form": PasteForm(),
    }


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """What a button of the inbox says, such as `shortlist:12` for one row or `shortlist` for the
    ticked ones. Leads back to the list."""
    user = actor(request)
    what, _colon, number = request.POST.get("do", "").partition(":")
    rows = _rows(request.POST, number)
    if what == "undo" and not rows:
        outcome = last_act.undo(request)
        if outcome is None:
            messages.warning(request, _now("There is nothing to undo."))
        else:
            _tell(request, outcome)
    elif not rows:
        messages.warning(request, _now("Tick some stories first."))
    elif what in ("claim", "release"):
        verb = editorial.claim if what == "claim" else editorial.release
        for item, _version in rows:
            attempt(request, partial(verb, item, by=user))
    else:
        outcome = _act(request, user, what)(rows)
        digest = user.current_draft if what == "place" else None
        last_act.remember(request, what, outcome.done, digest)
        _tell(request, outcome)
    return HttpResponseRedirect(f"{reverse('admin:inbox')}?{_address(request)}")


def _tell(request: HttpRequest, outcome: editorial.Outcome) -> None:
    count = len(outcome.done)
    done = ngettext("%(count)s story done.", "%(count)s stories done.", count)
    tell(request, outcome, done % {"count": count})


def _act(
    request: HttpRequest, user: User, what: str
) -> Callable[[list[tuple[Item, int]]], editorial.Outcome]:
    if what == "place":
        digest = user.current_draft
        if digest is None:
            raise BadRequest("There is no current digest.")
        return partial(editorial.take_in, digest, by=user)
    if what not in editorial.ACTS:
        raise BadRequest("No such act.")
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    return partial(editorial.triage, what, by=user, reason=reason, note=note)


def _rows(sent: QueryDict, number: str) -> list[tuple[Item, int]]:
    """Items with the versions their rows were shown with: `version-12=3`."""
    chosen = [number] if number else sent.getlist("item")
    try:
        return [(Item(pk=parse_pk(key)), int(sent.get(f"version-{key}", ""))) for key in chosen]
    except ValueError:
        raise BadRequest("No such item.") from None


def _address(request: HttpRequest) -> str:
    """The filter that the form was shown with, read again so that it leads nowhere else."""
    return QueryDict(request.POST.get("address", "")).urlencode()


def paste(request: HttpRequest) -> HttpResponse:
    """Make items of pasted lines; what could not be read stays in the box."""
    user = actor(request)
    if not user.has_perm("digests.add_item"):
        raise PermissionDenied
    form = PasteForm(request.POST or None)
    captured = Captured()
    if form.is_valid():
        captured = capture(form.cleaned_data["text"], by=user)
        form = PasteForm(initial={"text": captured.rest})
    if request.headers.get("X-Fragment"):
        return render(request, "admin/desk/_paste.html", {"paste_form": form, "captured": captured})
    return screen(request, "paste.html", _now("Paste"), paste_form=form, captured=captured)
