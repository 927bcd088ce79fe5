"""What stands in a digest: a table of stories and sections, changed by small POST forms."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from digests import editorial
from digests.desk.base import (
    VersionedForm,
    actor,
    attempt,
    attempt_in,
    change_page,
    get_row,
    page,
    posted_version,
    sentences,
)
from digests.desk.editor.fields import EditorField
from digests.models import Digest, Item, Placement, Section
from digests.text.document import DigestDocument

# A verb that still wants who and which version.
type Step = Callable[..., Digest]


@dataclass(frozen=True)
class Row:
    """A placement with its number within its section."""

    placement: Placement
    number: int
    is_last: bool


class Table:
    """The stories of a digest by section, as the page of the digest lists them."""

    def __init__(self, digest: Digest) -> None:
        self.digest = digest
        self.placements = list(digest.placements.in_order())

    @cached_property
    def sections(self) -> list[Section]:
        return list(self.digest.sections.all())

    def parts(self) -> list[tuple[Section | None, list[Row]]]:
        return [(section, self._rows(section)) for section in (None, *self.sections)]

    def _rows(self, section: Section | None) -> list[Row]:
        together = self.within(section.pk if section else None)
        return [
            Row(placement, number, number == len(together))
            for number, placement in enumerate(together, start=1)
        ]

    def within(self, section: int | None) -> list[Placement]:
        return [placement for placement in self.placements if placement.section_id == section]

    @cached_property
    def document(self) -> DigestDocument:
        return self.digest.compose(self.placements)

    def differs_from_live(self) -> bool:
        """Whether the working copy would read otherwise than what the public sees."""
        live = self.digest.live_revision
        return live is not None and live.as_document() != self.document

    def findings(self) -> list[tuple[str, str]]:
        return sentences(editorial.findings_on(self.document))

    def unapproved(self) -> list[Item]:
        items = [placement.item for placement in self.placements]
        return [item for item in items if item.status != Item.Status.APPROVED]


class SectionForm(VersionedForm):
    heading = forms.CharField(label=_("Heading"), max_length=200)
    intro = EditorField(label=_("Intro"), required=False)


class PlaceForm(forms.Form):
    """Adds a story: one of those that may stand in a digest."""

    def __init__(self, digest: Digest, data: Any = None) -> None:
        super().__init__(data)
        self.fields["item"] = forms.ModelChoiceField(
            Item.objects.placeable(),
            label=_("Story"),
            widget=AutocompleteSelect(
                Placement._meta.get_field("item"), admin.site, attrs={"data-width": "100%"}
            ),
        )
        self.fields["section"] = forms.ModelChoiceField(
            digest.sections.all(),
            label=_("Section"),
            required=False,
            empty_label=_now("before the first section"),
        )


@require_POST
def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what stands in the digest as the pressed button says, such as `up:12`."""
    digest = get_row(request, Digest, pk)
    version = posted_version(request)
    what, _colon, number = request.POST.get("do", "").partition(":")
    if what == "place":
        step, fragment = _placing(digest, request.POST), "add"
    elif what in ("earlier", "later", "dissolve"):
        section = get_object_or_404(digest.sections, pk=_number(number))
        step = _section_step(digest, section, what)
        fragment = "stories" if what == "dissolve" else f"section-{section.pk}"
    else:
        placement = get_object_or_404(
            digest.placements.select_related("item"), item=_number(number)
        )
        step = _story_step(digest, placement, what, request.POST)
        fragment = "stories" if what == "remove" else f"item-{placement.item_id}"
    attempt(request, lambda: step(by=actor(request), version=version))
    return change_page(digest, fragment)


def _placing(digest: Digest, sent: QueryDict) -> Step:
    form = PlaceForm(digest, sent)
    if not form.is_valid():
        raise BadRequest("No such story, or no such section.")
    given = form.cleaned_data
    return partial(editorial.place, digest, given["item"], section=given["section"])


def _section_step(digest: Digest, section: Section, what: str) -> Step:
    if what == "dissolve":
        return partial(editorial.remove_section, digest, section)
    position = section.position + (1 if what == "later" else -1)
    return partial(editorial.move_section, digest, section, position)


def _story_step(digest: Digest, placement: Placement, what: str, sent: QueryDict) -> Step:
    item = placement.item
    if what == "remove":
        return partial(editorial.remove, digest, item)
    if what == "move":
        target = sent.get(f"section-{item.pk}")
        section = get_object_or_404(digest.sections, pk=_number(target)) if target else None
        return partial(editorial.place, digest, item, section=section)
    if what not in ("up", "down"):
        raise BadRequest("No such step.")
    together = Table(digest).within(placement.section_id)
    position = together.index(placement) + (2 if what == "down" else 0)
    return partial(
        editorial.place, digest, item, section=placement.section, position=max(position, 1)
    )


def _number(sent: str | None) -> int:
    try:
        return int(sent or "")
    except ValueError:
        raise BadRequest("No such number.") from None


def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """A list of the stories that may be added, newest first, for who has no JavaScript."""
    digest = get_row(request, Digest, pk)
    items = Item.objects.placeable().exclude(placements__digest=digest).select_related("source")
    # PostgreSQL knows no such character.
    asked = request.GET.get("q", "").replace("\0", "")
    found, _repeats = admin.site.get_model_admin(Item).get_search_results(request, items, asked)
    return page(
        request,
        "choose.html",
        _now("Add stories"),
        digest,
        stories=Paginator(found, 50).get_page(request.GET.get("p")),
        asked=asked,
        place_form=PlaceForm(digest),
    )


def add_section(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    return _section_page(request, digest, _now("Add a section"), editorial.add_section)


def edit_section(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    row = get_object_or_404(digest.sections, pk=section)
    verb = partial(editorial.edit_section, section=row)
    return _section_page(request, digest, str(row), verb, heading=row.heading, intro=row.intro)


def _section_page(
    request: HttpRequest, digest: Digest, title: str, verb: Callable[..., Digest], **saved: str
) -> HttpResponse:
    """The form of a section; what a verb says against it stands beside the text that was sent."""
    form = SectionForm(request.POST or None, initial={"version": digest.version, **saved})
    form.fields["intro"].widget.attrs["lang"] = digest.series.language
    if form.is_valid():
        act = partial(verb, digest, by=actor(request), **form.cleaned_data)
        if attempt_in(form, act):
            return change_page(digest, "stories")
    return page(request, "section.html", title, digest, form=form)
