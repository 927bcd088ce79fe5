"""The pages that add or edit a section; Compose has the same form in place."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, get_row
from digests.desk.attempts import attempt_form
from digests.desk.editor.fields import EditorField
from digests.desk.frames import page
from digests.desk.versions import VersionedForm
from digests.editorial import compose
from digests.models import Digest, Section
from digests.text.format.editable import editable


class SectionForm(VersionedForm):
    heading = forms.CharField(label=_("Heading"), max_length=200)
    intro = EditorField(label=_("Intro"), required=False)


def add_section(request: HttpRequest, pk: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    return _section_page(request, digest, gettext("Add a section"), compose.add_section)


def edit_section(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    digest = get_row(request, Digest, pk)
    row = digest.sections.filter(pk=section).first()
    if row is None and request.method != "POST":
        raise Http404
    # Of one that is gone the verb says who dissolved it, and the page keeps what was typed.
    row = row or Section(pk=section, heading=request.POST.get("heading", ""))
    verb = partial(compose.edit_section, section=row)
    return _section_page(
        request, digest, str(row), verb, heading=row.heading, intro=editable(row.intro)
    )


def compose_page(digest: Digest, fragment: str = "stories") -> HttpResponseRedirect:
    """Redirect to Compose, to the place of the fragment."""
    return HttpResponseRedirect(
        reverse("admin:digests_digest_compose", args=[digest.pk], fragment=fragment or None)
    )


def _section_page(
    request: HttpRequest, digest: Digest, title: str, verb: Callable[..., Digest], **saved: str
) -> HttpResponse:
    """The page with a section's form; the reason why a verb refused stands beside the posted
    text."""
    form = SectionForm(request.POST or None, initial={"version": digest.version, **saved})
    form.fields["intro"].widget.attrs["lang"] = digest.series.language
    if form.is_valid():
        act = partial(verb, digest, by=actor(request), **form.cleaned_data)
        if attempt_form(form, act):
            return compose_page(digest)
    return page(request, "row_form.html", title, digest, form=form, back=compose_page(digest).url)
