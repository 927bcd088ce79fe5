"""The inbox, where stories are triaged, and the form for pasted links."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from digests.desk import undo
from digests.desk.access import actor, require_view
from digests.desk.attempts import report_errors
from digests.desk.candidates import NO_SOURCE, Candidates
from digests.desk.frames import screen
from digests.desk.live import Seen
from digests.desk.moment import moment_of
from digests.desk.next_slots import NEXT, next_slots, posted_series
from digests.desk.outcomes import ITEM_OUTCOMES
from digests.desk.regions import answer, wants_regions
from digests.desk.versions import parse_versions
from digests.editorial import collaboration, items, slots, triage
from digests.editorial.errors import Gone
from digests.ingest.paste import Captured, capture
from digests.models import Digest, Item, Refusal, Source, User
from digests.models.fields import Language
from digests.models.numbers import MAX_PK, parse_pk
from digests.text.characters import join_sentences

MAX_PASTE = 100_000  # characters

type Rows = list[tuple[Item, int]]

# The acts, each with the message that names the stories it was done to.
SENTENCES = {
    **{name: ITEM_OUTCOMES[name] for name in ("shortlist", "reject", "reopen")},
    "place": _("Added to “%(digest)s”: %(what)s"),
    "edit": _("Changed: %(what)s"),
    "claim": _("Claimed for 15 minutes: %(what)s"),
    "release": _("Released: %(what)s"),
    "undo": _("Undone: %(what)s"),
}


class DetailsForm(forms.Form):
    """What is changed in many stories at once; what is left empty stays as it is."""

    source = forms.IntegerField(min_value=NO_SOURCE, max_value=MAX_PK, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("unchanged")), *Language.choices], required=False
    )
    byline = forms.CharField(label=_("Byline"), max_length=200, required=False)

    def details(self) -> dict[str, Any]:
        """What is given, as the verb wants it."""
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in ("", None)
        }
        if source := given.get("source"):
            given["source"] = Source.objects.filter(pk=source).first()
            if given["source"] is None:
                raise Gone
        elif "source" in given:
            given["source"] = None
        return given


class PasteForm(forms.Form):
    text = forms.CharField(
        label=_("One link per line"),
        max_length=MAX_PASTE,
        widget=forms.Textarea,
    )


def inbox(request: HttpRequest) -> HttpResponse:
    """Show the items that the address selects; by POST, act on the posted ones."""
    require_view(request, Item)
    if request.method != "POST":
        return _render(request)
    name, rows = request.POST.get("do", ""), parse_versions(request)
    if name not in SENTENCES and not name.startswith(NEXT):
        raise BadRequest("No such act.")
    done, undone = False, None
    try:
        if rows:
            done = _act(request, name, rows)
        elif name == "undo":
            undone = _undo(request)
            done = undone is not None
        else:
            messages.warning(request, gettext("Select some stories first."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    is_bulk = "reason" in request.POST
    if is_bulk and not done and not wants_regions(request):
        return _render(request)  # with the ticks and the reason as they were sent
    page = HttpResponseRedirect(f"{reverse('admin:inbox')}?{request.GET.urlencode()}")
    return answer(request, page, lambda: _render(request, undone), done=done)


def _render(request: HttpRequest, undone: Item | None = None) -> TemplateResponse:
    user = actor(request)
    context: dict[str, object] = {
        "seen": Seen.now("inbox", user),  # before the rows are read
        "candidates": Candidates(request.GET, user),
        "digest": user.current_draft,
        "may_act": user.has_perm("digests.change_item"),
        "next_slots": next_slots(user, moment_of(request)),
        "as_cards": request.GET.get("view") == "cards",
        "undone": undone,
    }
    if wants_regions(request):
        return TemplateResponse(request, "desk/inbox_regions.html", context)
    context |= {
        "reasons": Item.Reason.choices,
        "may_add": user.has_perm("digests.add_item"),
        "paste_form": PasteForm(),
        "details_form": DetailsForm(),
        "all_sources": Source.objects.values_list("pk", "name"),
        "ticked": [item.pk for item, _version in parse_versions(request)],
    }
    return screen(request, "inbox.html", gettext("Inbox"), **context)


def _act(request: HttpRequest, name: str, rows: Rows) -> bool:
    """Do an act to each of the stories, and report on them. True if it was done to any. Raises a
    Refusal that concerns all of them."""
    user, sent = actor(request), request.POST
    digest = before = None
    if name.startswith(NEXT):
        digest, outcome = slots.put_into_next(rows, posted_series(name), by=user)
        name = "place"
    elif name == "place":
        digest = _posted_digest(request)
        outcome = triage.add_to_digest(digest, rows, by=user)
    elif name == "reject":
        why = {"reason": sent.get("reason", ""), "note": sent.get("note", "")}
        outcome = triage.each(items.reject, rows, by=user, **why)
    elif name == "edit":
        details = _posted_details(request)
        if not details:
            return False
        undo.refuse_if_too_many(max(len(rows), _selected(request)))
        before = undo.details_of(rows, details)
        outcome = _changed(triage.each(partial(items.edit_details, **details), rows, by=user), rows)
    else:
        outcome = triage.each(VERBS[name], rows, by=user)
    continues = "continues" in sent
    act = undo.remember(request, name, outcome, digest, before=before, continues=continues)
    _report(request, act, outcome.done, digest)
    return bool(act["rows"])


def _selected(request: HttpRequest) -> int:
    """How many stories were selected, of which these may be a portion."""
    try:
        return int(request.POST.get("selected", 0))
    except ValueError:
        raise BadRequest("No such number of stories.") from None


def _changed(outcome: triage.Outcome, rows: Rows) -> triage.Outcome:
    """An edit's outcome without the stories that were like this already."""
    versions = {item.pk: version for item, version in rows}
    done = [item for item in outcome.done if item.version != versions[item.pk]]
    return replace(outcome, done=done)


def _undo(request: HttpRequest) -> Item | None:
    """Undo the last act, and report it. Returns the first of its stories."""
    outcome = undo.undo(request)
    if outcome is None:
        messages.warning(request, gettext("There is nothing to undo."))
        return None
    _report(request, undo.remember(request, "undo", outcome), outcome.done, None)
    return outcome.done[0] if outcome.done else None


def _claim(item: Item, *, by: User, version: int) -> Item:
    return collaboration.claim(item, by=by).item


def _release(item: Item, *, by: User, version: int) -> Item:
    return collaboration.release(item, by=by)


# Acts on one story that need nothing but its version.
VERBS: dict[str, Callable[..., Item]] = {
    "shortlist": items.shortlist,
    "reopen": items.reopen,
    "undo": items.undo,
    "claim": _claim,
    "release": _release,
}


def _posted_details(request: HttpRequest) -> dict[str, Any]:
    """What is to be changed; nothing, with a message, if nothing can be."""
    form = DetailsForm(request.POST)
    if not form.is_valid():
        report_errors(request, form)
        return {}
    details = form.details()
    if not details:
        messages.warning(request, gettext("Choose what to change."))
    return details


def _posted_digest(request: HttpRequest) -> Digest:
    """The digest that was current when the page was shown; raises Gone if it is not there any
    more."""
    try:
        return Digest.objects.get(pk=parse_pk(request.POST.get("digest", "")))
    except ValueError:
        raise BadRequest("There is no current digest.") from None
    except Digest.DoesNotExist:
        raise Gone from None


def _report(request: HttpRequest, act: undo.Act, done: list[Item], digest: Digest | None) -> None:
    """Report what was done, naming a single story by its headline, and what was left and why."""
    count, reasons = len(act["rows"]), join_sentences(act["reasons"])
    if not count:
        nothing = gettext("Nothing was changed: the stories are like this already.")
        messages.error(request, reasons or nothing)
        return
    stories = ngettext("%(counter)s story", "%(counter)s stories", count) % {"counter": count}
    what = done[0] if count == len(done) == 1 else stories
    sentence = SENTENCES[act["name"]] % {"what": what, "digest": digest}
    if not act["refused"]:
        messages.success(request, sentence)
        return
    left = ngettext(
        "%(done)s. %(count)s was left out: %(why)s",
        "%(done)s. %(count)s were left out: %(why)s",
        act["refused"],
    )
    messages.warning(request, left % {"done": sentence, "count": act["refused"], "why": reasons})


def paste(request: HttpRequest) -> HttpResponse:
    """Make items from pasted lines; lines that could not be read stay in the box."""
    user = actor(request)
    if not user.has_perm("digests.add_item"):
        raise PermissionDenied
    form = PasteForm(request.POST or None)
    captured = Captured()
    if form.is_valid():
        captured = capture(form.cleaned_data["text"], by=user)
        form = PasteForm(initial={"text": captured.rest})
    if wants_regions(request):
        return render(request, "desk/_paste.html", {"paste_form": form, "captured": captured})
    return screen(request, "paste.html", gettext("Paste"), paste_form=form, captured=captured)
