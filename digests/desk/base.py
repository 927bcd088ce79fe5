"""What the desk's screens share: acting through a verb, and showing why it refused."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from digests.editorial import compose, items, triage
from digests.editorial.errors import gone, sentence, sentences
from digests.editorial.guards import available
from digests.models import Digest, HistoryEntry, Item, Refusal, User
from digests.models.numbers import parse_pk
from digests.text.finding import Finding

MOVES = 200  # on a page
REASONS = 5  # why several stories were refused

# Steps of a digest that are taken where it is judged.
JUDGEMENTS = {"approve", "send_back", "publish", "correct", "abandon", "withdraw"}


class VersionedForm(forms.Form):
    """The least a step needs: which version of the row its button was shown for."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def actor(request: HttpRequest) -> User:
    """Who acts; the admin's own guard has let nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require_view(request: HttpRequest, model: type[models.Model]) -> None:
    """403 for who may not look at such rows."""
    if not request.user.has_perm(f"digests.view_{model._meta.model_name}"):
        raise PermissionDenied


def get_row[M: (Item, Digest)](request: HttpRequest, model: type[M], pk: int, *joined: str) -> M:
    """The item or digest of a page, with what it points to; 403 for who may not look at it."""
    require_view(request, model)
    rows = model._default_manager.all()
    return get_object_or_404(rows.select_related(*joined) if joined else rows, pk=pk)


def row_url(row: models.Model) -> str:
    """Where one works on a row: an item in its editor, a digest on Compose, all else in a form of
    the admin."""
    name = {"item": "write", "digest": "compose"}.get(str(row._meta.model_name), "change")
    return reverse(f"admin:digests_{row._meta.model_name}_{name}", args=[row.pk])


def page(
    request: HttpRequest, template: str, title: str, row: models.Model, **context: Any
) -> TemplateResponse:
    """A page of the admin that belongs to a row, or makes one."""
    return TemplateResponse(
        request,
        f"desk/{template}",
        {
            **admin.site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": row._meta,
            "row": row,
            "row_url": row_url(row) if row.pk else "",
            **context,
        },
    )


def screen(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """A screen of the desk, with scripts that ask the desk's API. `screen` marks the place in the
    head of the page."""
    around = admin.site.each_context(request) | {"is_nav_sidebar_enabled": False}
    return TemplateResponse(
        request,
        f"desk/{template}",
        {**around, "title": title, "subtitle": None}
        | {"screen": template.removesuffix(".html"), **context},
    )


def history_page(request: HttpRequest, row: Item | Digest) -> Page[HistoryEntry]:
    """What happened to the row, newest first; `?p=2` has what is older."""
    moves = row.history.select_related("actor", "revision").order_by("-pk")
    light = moves.defer("revision__document", "revision__text")
    return Paginator(light, MOVES).get_page(request.GET.get("p"))


def back_to(digest: Digest, by: User) -> HttpResponseRedirect:
    """To the screen on which the digest stands: Compose, or Approve where it is judged."""
    is_judged = JUDGEMENTS.intersection(available(digest, by))
    name = "approve" if is_judged and not digest.is_composable else "compose"
    return HttpResponseRedirect(reverse(f"admin:digests_digest_{name}", args=[digest.pk]))


def onward(digest: Digest, by: User) -> HttpResponseRedirect:
    """From a step that was taken to where the work goes on: a draft is composed, and what one may
    approve is read; with everything else one is done, and Today says what is next."""
    mine = digest.is_composable and compose.may_compose(digest, by)
    if mine or "approve" in available(digest, by):
        return back_to(digest, by)
    return today_page()


def today_page() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:index"))


def attempt(request: HttpRequest, verb: Callable[[], object]) -> bool:
    """Try a verb; when it refuses, the next page says why."""
    against = errors_from(verb)
    if against:
        messages.error(request, " ".join(against))
    return not against


def attempt_form(form: forms.Form, verb: Callable[[], object]) -> bool:
    """Try a verb; when it refuses, the form says why, beside the text that was sent."""
    against = errors_from(verb)
    if against:
        form.add_error(None, against)
    return not against


def tell_errors(request: HttpRequest, form: forms.Form) -> None:
    """Say what is wrong with what was sent, each after the field that it is about."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        sentence = " ".join(map(str, errors))
        messages.error(request, f"{label}: {sentence}" if label else sentence)


def errors_from(verb: Callable[[], object]) -> list[str]:
    """What the verb says against being done; nothing when it has been done."""
    try:
        verb()
    except Refusal as refusal:
        return [str(refusal)]
    except ValidationError as error:
        return sentences(error)
    except ObjectDoesNotExist:
        return [gone()]
    return []


@dataclass(frozen=True)
class Remark:
    """A finding as a page lists it, with the story it is about where that has to be told."""

    severity: str
    sentence: str
    item: Item | None


def remarks(findings: Iterable[Finding], items: Sequence[Item] = ()) -> list[Remark]:
    """The findings on a text, or on a document whose stories these `items` are."""
    return [
        Remark(
            finding.severity,
            sentence(finding),
            items[finding.item - 1] if items and finding.item else None,
        )
        for finding in findings
    ]


def parse_versions(request: HttpRequest) -> list[tuple[Item, int]]:
    """The items that were sent, with the versions they were shown with: `item=12` beside
    `version-12=3`."""
    sent = request.POST
    try:
        return [
            (Item(pk=parse_pk(pk)), int(sent.get(f"version-{pk}", "")))
            for pk in sent.getlist("item")
        ]
    except ValueError:
        raise BadRequest("No such story.") from None


def approve_items(request: HttpRequest, rows: Iterable[tuple[Item, int]]) -> bool:
    """Approve those that are ready, and say how many, and why not the others. Whether any was."""
    outcome = triage.each(items.approve, rows, by=actor(request))
    tell(request, outcome, outcome.count_approved())
    return bool(outcome.done)


def tell(request: HttpRequest, outcome: triage.Outcome, done: str) -> None:
    """Say of several what was done, and why it was not done to the others."""
    if outcome.done:
        messages.success(request, done)
    for _item, reason in outcome.refused[:REASONS]:
        messages.error(request, reason)


def posted_version(request: HttpRequest) -> int:
    """The version that was loaded with the page whose button was pressed."""
    form = VersionedForm(request.POST)
    if not form.is_valid():
        raise BadRequest("The version is missing.")
    version: int = form.cleaned_data["version"]
    return version
