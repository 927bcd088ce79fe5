"""Trying a verb, and reporting how it went."""

from collections.abc import Callable, Collection
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from digests.desk.access import actor
from digests.editorial import items, triage
from digests.editorial.errors import Gone, labelled
from digests.editorial.transactions import in_transaction
from digests.models import Item, Refusal, User
from digests.text.characters import in_quotes, join_sentences

# Within this time, what is posted again was posted by pressing the button twice.
SECOND_PRESS = timedelta(seconds=10)
REASONS = 5  # shown at most when several stories are refused


def attempt(request: HttpRequest, verb: Callable[[], object]) -> bool:
    """Try a verb; when it refuses, the next page says why."""
    against = errors_from(verb)
    if against:
        messages.error(request, join_sentences(against))
    return not against


def attempt_form(form: forms.Form, verb: Callable[[], object]) -> bool:
    """Try a verb; when it refuses, the form says why, beside the text that was sent."""
    against = errors_from(verb)
    if against:
        form.add_error(None, against)
    return not against


def attempt_row[Row: Model](form: forms.Form, verb: Callable[[], Row]) -> Row | None:
    """Try a verb. Returns the row as it leaves it; None when it refuses, and the form says why."""
    outcome: list[Row] = []
    return outcome[0] if attempt_form(form, lambda: outcome.append(verb())) else None


@in_transaction
def make_once[Row: Model](alike: QuerySet[Row], make: Callable[[], Row], *, by: User) -> Row:
    """Make a row, unless there is one `alike` already, which this user made a moment ago: whoever
    presses a button twice wants one row. The second request waits for the first."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return alike.first() or make()


def errors_from(verb: Callable[[], object]) -> list[str]:
    """Call a verb. Returns the reasons why it refused; none when it has been done."""
    try:
        verb()
    except Refusal as refusal:
        return [str(refusal)]
    except ObjectDoesNotExist:
        return [str(Gone())]
    return []


def report_errors(request: HttpRequest, form: forms.Form) -> None:
    """Report the errors of a form as messages, each after the label of its field."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, labelled(label, join_sentences(map(str, errors))))


def approve_items(request: HttpRequest, rows: Collection[tuple[Item, int]]) -> bool:
    """Approve the items that are ready; report how many, and why not the others. True if any
    was."""
    outcome = triage.each(items.approve, rows, by=actor(request))
    count = len(outcome.done)
    done = ngettext("%(count)d story approved.", "%(count)d stories approved.", count)
    report(request, outcome, done % {"count": count})
    return bool(outcome.done)


def question_without_text(request: HttpRequest, item: Item) -> str:
    """The question before a story without a text is approved. Empty for a story with a text, and
    once it was asked: the form then sends `without_text`."""
    if item.body or "without_text" in request.POST:
        return ""
    sentence = gettext("“%(story)s” has no text. Approve it again if it should appear without one.")
    return sentence % {"story": in_quotes(str(item))}


def report(request: HttpRequest, outcome: triage.Outcome, done: str) -> None:
    """Report what was done to several stories, and why it was not done to the others."""
    if outcome.done:
        messages.success(request, done)
    for _item, reason in outcome.refused[:REASONS]:
        messages.error(request, reason)
