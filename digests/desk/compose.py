"""Compose: the stories of a digest, in order, beside those that could be added."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext

from digests.desk import undo
from digests.desk.access import actor, get_row, posted_pk, require_view
from digests.desk.attempts import (
    approve_items,
    attempt,
    question_without_text,
    report,
    report_errors,
)
from digests.desk.embargo import why_not_published
from digests.desk.flags import category_use, flags_on
from digests.desk.frames import screen
from digests.desk.layout import Layout, Position, Row
from digests.desk.live import Seen
from digests.desk.locked import why_locked
from digests.desk.moment import moment_of
from digests.desk.outcomes import report_outcome
from digests.desk.pool import Pool, in_window
from digests.desk.regions import answer, wants_regions
from digests.desk.sections import SectionForm, compose_page
from digests.desk.slot_rows import SlotRow, slot_of
from digests.desk.steps import DIGEST_STEPS, buttons, offered
from digests.desk.versions import parse_versions, posted_version
from digests.desk.write import EntryForm, draft_again
from digests.editorial import collaboration, lifecycle, triage, writing
from digests.editorial import compose as composing
from digests.editorial.errors import Gone
from digests.editorial.guards import available, refuse_stale
from digests.editorial.order import added_since, changes_since
from digests.models import Digest, HistoryEntry, Item, Refusal, Section, Source
from digests.models.numbers import MAX_PK
from digests.text.format.errors import MAX_DIGEST_ITEMS

MAX_POSITION = 10_000  # more than a digest has stories

# A verb that still needs `by` and `version`.
type Step = Callable[..., Digest]


class PositionField(forms.IntegerField):
    """A position among the stories of a section. However large a number, it means the last one."""

    def to_python(self, value: object) -> int | None:
        try:
            number = super().to_python(value)
        except forms.ValidationError:
            sentence = gettext("“%(typed)s” is not a position: type a number.")
            raise forms.ValidationError(sentence, params={"typed": value}) from None
        return None if number is None else min(number, MAX_POSITION)


class PlaceForm(forms.Form):
    """A story and its new place: a section (none: before the first) and in it a position or the
    story that it goes before (none: its end)."""

    item = forms.IntegerField(min_value=1, max_value=MAX_PK)
    before = forms.IntegerField(min_value=1, max_value=MAX_PK, required=False)
    section = forms.ModelChoiceField(Section.objects.none(), required=False)
    position = PositionField(required=False)

    def __init__(self, digest: Digest, sent: QueryDict) -> None:
        super().__init__(sent)
        field = self.fields["section"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (it is, above)
        field.queryset = digest.sections.all()


def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the digest; by POST, change it as the pressed button says."""
    if request.method != "POST":
        return _render(request, pk)
    digest = get_row(request, Digest, pk, "series")
    name = request.POST.get("do", "")
    act = ACTS.get(name)
    if act is None:
        raise BadRequest("No such act.")
    try:
        if _needs_version(name, digest):
            # First, because what else a stale page sends may be gone, and the reason is who was
            # faster.
            refuse_stale(digest, posted_version(request))
        done, fragment = act(request, digest)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        done, fragment = False, "stories"
    if name == "approve" and not (done or wants_regions(request)):
        return _render(request, pk)  # with what was asked, which an address does not tell
    return answer(request, compose_page(digest, fragment), lambda: _render(request, pk), done=done)


def _render(request: HttpRequest, pk: int) -> TemplateResponse:
    by = actor(request)
    seen = Seen.now(f"digest-{pk}", by)  # before the rows are read
    digest, last_steps = _opened(request, pk)
    may_compose = composing.may_compose(digest, by)
    if may_compose and not wants_regions(request):
        # Opening a draft makes it the current one; a page that refreshes itself opens nothing.
        collaboration.set_current_digest(digest, by=by)
    layout = Layout(digest)
    pool = Pool(digest, request.GET) if may_compose else None
    stories = [*layout.items, *(pool.items + pool.left_over if pool else [])]
    layout.flags = flags_on(stories, digest, moment_of(request))
    layout.steps = {item.pk: available(item, by) for item in layout.items}
    if pool:
        pool.flags = dict(layout.flags)
    verbs = offered(digest, by)
    slot = slot_of(digest)
    promised = SlotRow(slot, moment_of(request), by) if slot and slot.is_open else None
    not_published = why_not_published(digest, layout.items, moment_of(request))
    context = {
        "seen": seen,
        "digest": digest,
        "promised": promised,
        # An approved edition is in danger as well if a story holds it.
        "danger": promised and (promised.slot.danger if not_published else promised.danger),
        "layout": layout,
        "pool": pool,
        "may_compose": may_compose,
        "why_locked": why_locked(digest, verbs),
        "not_published": not_published,
        "may_submit": "submit" in verbs,
        "may_approve": "approve" in verbs,
        "notes": HistoryEntry.notes_of_last_step(last_steps),
        "buttons": buttons(digest, DIGEST_STEPS, [verb for verb in verbs if verb != "submit"]),
        "ready": layout.ready(by),
        "asked": request.POST.get("item") if request.POST.get("do") == "approve" else None,
        "filled": undo.last_fill(request, digest),
    }
    if wants_regions(request):
        return TemplateResponse(request, "desk/compose_regions.html", context)
    return screen(request, "compose.html", str(digest), **context)


def _opened(request: HttpRequest, pk: int) -> tuple[Digest, list[HistoryEntry]]:
    """The digest and its last steps: one query, because the screen refreshes itself whenever
    something changes."""
    require_view(request, Digest)
    entries = HistoryEntry.objects.filter(digest=pk)
    steps = (
        entries.select_related("digest__series", "digest__live_revision", "digest__slot")
        .defer("digest__live_revision__document", "digest__live_revision__text")
        .last_steps()
    )
    if steps and steps[0].digest:
        return steps[0].digest, steps
    return get_row(request, Digest, pk, "series", "slot"), []


def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """The findings on the digest as it stands, which Compose fetches when there is time."""
    digest = get_row(request, Digest, pk, "series", "live_revision")
    layout = Layout(digest, digest.series.house_style(Source.objects.bylines()))
    context = {
        "digest": digest,
        "differs": layout.differs_from_live(),
        "findings": layout.findings(),
        "checks": layout.checks(),
        "categories": category_use(digest, layout.document.categories),
    }
    if wants_regions(request):
        return TemplateResponse(request, "desk/_compose_findings.html", context)
    return screen(request, "compose_findings.html", gettext("Check"), **context)


def lost_row(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Who took a story's row off the page, as a sentence, for what somebody was typing in it."""
    digest, story = get_row(request, Digest, pk), get_row(request, Item, item)
    entries = digest.history.select_related("actor")
    if not digest.placements.filter(item=story).exists():
        entries = entries.filter(action=HistoryEntry.Action.REMOVE, note=story.headline)
    entry = entries.last()
    happened = entry.describe(digest) if entry else ""
    return TemplateResponse(request, "desk/_compose_lost.html", {"happened": happened})


# Acts. Each returns whether it was done, and the place on the page where work goes on.


def _take(request: HttpRequest, step: Step, fragment: str = "stories") -> tuple[bool, str]:
    version = posted_version(request)
    return attempt(request, lambda: step(by=actor(request), version=version)), fragment


def _place(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """Put a story into the digest, or move it to another place there."""
    form = PlaceForm(digest, request.POST)
    if not form.is_valid():
        changes_since(digest, posted_version(request))  # its section may be gone
        report_errors(request, form)
        return False, "stories"
    sent = form.cleaned_data
    if sent["before"] and sent["position"] is not None:
        raise BadRequest("A story goes to a position or before another one.")
    item = _there(Item.objects.filter(pk=sent["item"]).first())
    before = Item(pk=sent["before"]) if sent["before"] else None
    return _put(request, digest, item, Position(sent["section"], sent["position"]), before)


def _move(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """As `_place`, with what was typed and chosen in the story's row: when the section changes, a
    number left as it was is ignored."""
    form = PlaceForm(digest, request.POST)
    row = _row(request, digest)
    if not form.is_valid():
        report_errors(request, form)
        return False, f"item-{row.item.pk}"
    here = Position(row.placement.section, row.number)
    section, number = form.cleaned_data["section"], form.cleaned_data["position"]
    if "section" not in request.POST:
        section = here.section
    position = number if section == here.section or number != here.position else None
    return _put(request, digest, row.item, Position(section, position))


def _step(request: HttpRequest, digest: Digest, *, is_up: bool) -> tuple[bool, str]:
    """Move a story up or down by one; beyond the ends it stays where it is."""
    row = _row(request, digest)
    there = (row.up if is_up else row.down) or Position(row.placement.section, row.number)
    return _put(request, digest, row.item, there)


def _put(
    request: HttpRequest, digest: Digest, item: Item, to: Position, before: Item | None = None
) -> tuple[bool, str]:
    step = partial(
        composing.place, digest, item, section=to.section, position=to.position, before=before
    )
    return _take(request, step, f"item-{item.pk}")


def _remove(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    version = posted_version(request)
    try:
        item = _placed(request, digest)
    except Gone:
        refuse_stale(digest, version)  # who was faster
        raise
    return attempt(request, partial(composing.remove, digest, item, by=actor(request))), "stories"


def _fill(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """Put every approved story of the window into the digest, as one act with one undo."""
    user = actor(request)
    rows = [(item, item.version) for item in in_window(digest)[:MAX_DIGEST_ITEMS]]
    outcome = triage.add_to_digest(digest, rows, by=user)
    undo.remember(request, undo.FILL, outcome, digest)
    count = len(outcome.done)
    done = ngettext("%(count)d story added.", "%(count)d stories added.", count)
    if not rows:
        messages.warning(request, gettext("No approved stories in the window are waiting."))
    report(request, outcome, done % {"count": count})
    return bool(outcome.done), "stories"


def _undo_fill(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    if not undo.last_fill(request, digest):
        messages.warning(request, gettext("There is nothing to undo."))
        return False, "stories"
    outcome = undo.undo(request)
    assert outcome is not None  # noqa: S101 (it was asked, above)
    count = len(outcome.done)
    done = ngettext("%(count)d story removed.", "%(count)d stories removed.", count)
    report(request, outcome, done % {"count": count})
    return bool(outcome.done), "stories"


def _edit(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """Save the text of a story; the posted version is the story's, not the digest's."""
    item, version, form = _placed(request, digest), posted_version(request), EntryForm(request.POST)
    refuse_stale(item, version)
    if not form.is_valid():
        report_errors(request, form)
        return False, f"item-{item.pk}"
    edit = partial(writing.save_text, item, form.entry(), by=actor(request), undecided=True)
    done = attempt(request, partial(edit, version=version))
    if done and (sentence := draft_again(item, Item.objects.get(pk=item.pk))):
        messages.success(request, sentence)
    return done, f"item-{item.pk}"


def _approve(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """Approve the stories that were posted with their versions; one without a text only when its
    button is pressed once more."""
    rows = parse_versions(request)
    bare = Item.objects.filter(pk__in=[item.pk for item, _version in rows], body="").first()
    if bare and (question := question_without_text(request, bare)):
        messages.warning(request, question)
        return False, f"item-{bare.pk}"
    return approve_items(request, rows), "stories"


def _submit(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """Submit the digest. While stories are not approved, its button leads to a page that asks
    first; a page that was shown before gets that button now."""
    if count := len(Layout(digest).unapproved()):
        sentence = ngettext(
            "%(count)d story is not approved yet. Submit again if the digest should go all the"
            " same.",
            "%(count)d stories are not approved yet. Submit again if the digest should go all the"
            " same.",
            count,
        )
        messages.warning(request, sentence % {"count": count})
        return False, ""
    done, fragment = _take(request, partial(lifecycle.submit, digest), "")
    if done:
        report_outcome(request, digest, "submit")
    return done, fragment


def _write_section(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    """Add a section, or save the text of the posted one."""
    form = SectionForm(request.POST)
    if not form.is_valid():
        report_errors(request, form)
        return False, "stories"
    verb = partial(composing.add_section, digest)
    if request.POST.get("section"):
        verb = partial(composing.edit_section, digest, _section(request, digest))
    return attempt(request, partial(verb, by=actor(request), **form.cleaned_data)), "stories"


def _move_section(request: HttpRequest, digest: Digest, *, by: int) -> tuple[bool, str]:
    changes_since(digest, posted_version(request))  # it may be gone
    section = _section(request, digest)
    step = partial(composing.move_section, digest, section, section.position + by)
    return _take(request, step, f"section-{section.pk}")


def _dissolve(request: HttpRequest, digest: Digest) -> tuple[bool, str]:
    return _take(request, partial(composing.remove_section, digest, _section(request, digest)))


ACTS: dict[str, Callable[[HttpRequest, Digest], tuple[bool, str]]] = {
    "place": _place,
    "move": _move,
    "up": partial(_step, is_up=True),
    "down": partial(_step, is_up=False),
    "remove": _remove,
    "fill": _fill,
    "undo_fill": _undo_fill,
    "edit": _edit,
    "approve": _approve,
    "submit": _submit,
    "write_section": _write_section,
    "earlier": partial(_move_section, by=-1),
    "later": partial(_move_section, by=1),
    "dissolve": _dissolve,
}
# Acts that carry the versions of stories; all others carry the digest's.
ON_STORIES = {"edit", "approve"}
# Acts that mean the same on any version, and those whose verb judges whether they do.
ON_ANY_VERSION = {
    *("place", "remove", "fill", "undo_fill"),
    *("move", "up", "down", "earlier", "later"),
}


def _needs_version(name: str, digest: Digest) -> bool:
    """Whether an act is refused on a later version of the digest than its page showed. Acts on
    stories carry versions of their own, and others mean the same after what others did, as long as
    the digest may be composed."""
    return name not in ON_STORIES and not (name in ON_ANY_VERSION and digest.is_composable)


def _placed(request: HttpRequest, digest: Digest) -> Item:
    placements = digest.placements.select_related("item")
    return _there(placements.filter(item=posted_pk(request, "item")).first()).item


def _row(request: HttpRequest, digest: Digest) -> Row:
    """The row of a placed story as its page showed it, which knows where one step leads."""
    layout = Layout(digest)
    layout.hide(added_since(digest, posted_version(request)))
    return _there(layout.row(posted_pk(request, "item")))


def _section(request: HttpRequest, digest: Digest) -> Section:
    return _there(digest.sections.filter(pk=posted_pk(request, "section")).first())


def _there[Found](row: Found | None) -> Found:
    """The row; raises Gone if somebody else has removed it since the page was shown."""
    if row is None:
        raise Gone
    return row
