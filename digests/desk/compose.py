"""Compose: what stands in a digest, in order, beside the stories that could.

With JavaScript the screen asks the desk's API; the POST forms here do the same without it.
"""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from digests import editorial
from digests.desk.base import (
    actor,
    approve_items,
    attempt,
    get_row,
    pairs,
    posted_version,
    require_view,
    screen,
)
from digests.desk.flags import category_use, flags_on
from digests.desk.pool import Pool
from digests.desk.sections import compose_page
from digests.desk.steps import DIGEST_STEPS, buttons
from digests.desk.table import Spot, Table
from digests.models import Digest, Item, Move, Section, Source
from digests.models.numbers import parse_pk

# A verb that still wants who and which version.
type Step = Callable[..., Digest]


def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the digest; by POST, change it as the pressed button says, such as `up:12`."""
    if request.method == "POST":
        return _change(request, get_row(request, Digest, pk, "series"))
    digest, last_steps = _opened(request, pk)
    by = actor(request)
    may_compose = editorial.may_compose(digest, by)
    if may_compose and not request.headers.get("X-Fragment"):
        # Opening a draft is working on it; a page that reads itself again opens nothing.
        editorial.work_on(digest, by=by)
    table = Table(digest)
    pool = Pool(digest, request.GET) if may_compose else None
    items = [*table.items, *(pool.items if pool else [])]
    table.flags = flags_on(items, digest)
    table.steps = {item.pk: editorial.available(item, by) for item in table.items}
    if pool:
        pool.flags = dict(table.flags)
    verbs = editorial.available(digest, by)
    context = {
        "digest": digest,
        "table": table,
        "pool": pool,
        "may_compose": may_compose,
        "may_submit": "submit" in verbs,
        "may_approve": "approve" in verbs,
        "said": Move.said(last_steps),
        "buttons": buttons(digest, DIGEST_STEPS, [verb for verb in verbs if verb != "submit"]),
        "ready": [item for item in table.items if "approve" in table.steps[item.pk]],
        "window_begins": digest.series.window_begins(digest.date),
    }
    if request.headers.get("X-Fragment"):
        return TemplateResponse(request, "admin/desk/compose_regions.html", context)
    return screen(request, "compose.html", str(digest), **context)


def _opened(request: HttpRequest, pk: int) -> tuple[Digest, list[Move]]:
    """The digest, and the last steps of its way: one query, because the screen reads itself again
    whenever something changes."""
    require_view(request, Digest)
    steps = Move.objects.filter(digest=pk).select_related("digest__series").last_steps()
    if steps and steps[0].digest:
        return steps[0].digest, steps
    return get_row(request, Digest, pk, "series"), []


def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be said of the digest as it stands: fetched by Compose when there is time."""
    digest = get_row(request, Digest, pk, "series")
    table = Table(digest, digest.series.house_style(Source.objects.bylines()))
    context = {
        "digest": digest,
        "findings": table.findings(),
        "unapproved": table.unapproved(),
        "categories": category_use(digest, table.document.categories),
    }
    if request.headers.get("X-Fragment"):
        return TemplateResponse(request, "admin/desk/_compose_findings.html", context)
    return screen(request, "compose_findings.html", _("What stands against it"), **context)


def _change(request: HttpRequest, digest: Digest) -> HttpResponse:
    what, _colon, number = request.POST.get("do", "").partition(":")
    if what == "approve":
        approve_items(request, pairs([f"{number}:{request.POST.get('item_version')}"]))
        return compose_page(digest, f"item-{number}")
    if what == "approve_all":
        approve_items(request, pairs(request.POST.getlist("ready")))
        return compose_page(digest)
    version = posted_version(request)
    step: Step
    if what == "submit":
        step, fragment = partial(editorial.submit, digest), ""
    elif what == "place":
        step, fragment = _placing(digest, request.POST)
    elif what in ("earlier", "later", "dissolve"):
        section = get_object_or_404(digest.sections, pk=_number(number))
        step = _section_step(digest, section, what)
        fragment = "stories" if what == "dissolve" else f"section-{section.pk}"
    else:
        try:
            step, fragment = _story_step(digest, what, _number(number), request.POST)
        except editorial.Invalid as refusal:
            messages.error(request, str(refusal))
            return compose_page(digest, f"item-{number}")
    attempt(request, lambda: step(by=actor(request), version=version))
    return compose_page(digest, fragment)


def _placing(digest: Digest, sent: QueryDict) -> tuple[Step, str]:
    item = get_object_or_404(Item.objects.placeable(), pk=_number(sent.get("item")))
    section = _section(digest, sent.get("section"))
    return partial(editorial.place, digest, item, section=section), f"item-{item.pk}"


def _section_step(digest: Digest, section: Section, what: str) -> Step:
    if what == "dissolve":
        return partial(editorial.remove_section, digest, section)
    position = section.position + (1 if what == "later" else -1)
    return partial(editorial.move_section, digest, section, position)


def _story_step(digest: Digest, what: str, pk: int, sent: QueryDict) -> tuple[Step, str]:
    placement = get_object_or_404(digest.placements.select_related("item"), item=pk)
    item = placement.item
    if what == "remove":
        return partial(editorial.remove, digest, item), "stories"
    row = Table(digest).row(pk)
    if row is None or what not in ("up", "down", "move"):
        raise BadRequest("No such step.")
    # Beyond the ends it stays where it is.
    here = Spot(placement.section, row.number)
    spot = {"up": row.up or here, "down": row.down or here}.get(what)
    if spot is None:
        spot = _typed(digest, here, sent.get(f"section-{pk}"), sent.get(f"position-{pk}"))
    place = partial(editorial.place, digest, item, section=spot.section, position=spot.position)
    return place, f"item-{pk}"


def _typed(digest: Digest, here: Spot, section: str | None, position: str | None) -> Spot:
    """The place that was chosen: a number within the section, or the end of another section."""
    chosen = here.section if section is None else _section(digest, section)
    number = _position(position) if position else None
    # In another section the number it had says nothing.
    return Spot(chosen, number if chosen == here.section or number != here.position else None)


def _position(sent: str) -> int:
    """A number that somebody typed."""
    try:
        return int(sent)
    except ValueError:
        raise editorial.Invalid(
            _("“%(typed)s” is no position: type a number.") % {"typed": sent}
        ) from None


def _section(digest: Digest, sent: str | None) -> Section | None:
    return get_object_or_404(digest.sections, pk=_number(sent)) if sent else None


def _number(sent: str | None) -> int:
    try:
        return parse_pk(sent or "")
    except ValueError:
        raise BadRequest("No such number.") from None
