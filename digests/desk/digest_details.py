"""The form of a new digest, and that of a digest's details: title, date, categories, texts."""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import make_aware, make_naive
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, get_row
from digests.desk.attempts import SECOND_PRESS, attempt_form, attempt_row, make_once
from digests.desk.editor.fields import EditorField
from digests.desk.fields import ClockField, OrderedChoiceField, at_the_clock, clock
from digests.desk.frames import page
from digests.desk.locked import why_locked
from digests.desk.moment import moment_of
from digests.desk.navigation import back_to, row_url, with_next
from digests.desk.slot_rows import open_slots, slot_of
from digests.desk.versions import VersionedForm
from digests.editorial import compose, deleting, slots
from digests.editorial.errors import sentence
from digests.editorial.guards import available
from digests.models import Category, Digest, HistoryEntry, Series, User
from digests.models.numbers import parse_pk
from digests.text.characters import normal_line
from digests.text.format.editable import editable
from digests.text.style.dates import date_findings, redated

MAX_TITLE = 300  # characters
FAR_AHEAD = timedelta(days=100)  # a digest dated later has no part in a rhythm


class NewDigestForm(forms.Form):
    """The series and the title of a new digest. Of the series that is asked for, or is the only
    one, the next title is proposed, as `new_digest.js` does when another series is chosen."""

    series = forms.ModelChoiceField(
        Series.objects.all(), label=_("Series"), empty_label=_("Choose a series")
    )
    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)

    class Media:
        js = (Script("desk/new_digest.js", type="module"),)

    def __init__(self, data: Any, *, asked: str = "") -> None:
        super().__init__(data)
        rows = Series.objects.all()
        with suppress(ValueError):
            rows = rows.filter(pk=parse_pk(asked))
        if len(series := rows[:2]) == 1:
            title, _date = next_digest(series[0])
            self.initial.update(series=series[0], title=title)


class DigestForm(VersionedForm):
    """The details of a digest: its fields are the arguments of `compose.edit`, but for `seen`.

    While the saved details are those that were seen, the form counts as of the digest's present
    version: stories that others added or moved meanwhile do not matter to it.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    date = ClockField(label=_("Date"))
    categories = OrderedChoiceField(
        label=_("Categories"),
        queryset=Category.objects.all(),
        required=False,
        help_text=_("In the order of the file. To move one, choose it in another line."),
    )
    intro = EditorField(label=_("Intro"), required=False)
    outro = EditorField(label=_("Outro"), required=False)

    def __init__(self, data: Any, *, digest: Digest) -> None:
        self.digest = digest
        self.zone = digest.series.zone
        filed = digest.filed_under.select_related("category").order_by("position")
        self.filed = [each.category for each in filed]
        saved = {
            "title": digest.title,
            "date": clock(digest.date, self.zone),
            "categories": [category.pk for category in self.filed],
            "intro": editable(digest.intro),
            "outro": editable(digest.outro),
        }
        seen = sha256(repr(saved).encode()).hexdigest()
        if digest.is_composable and data and data.get("seen") == seen:
            data = data.copy()
            data["version"] = digest.version
        super().__init__(data, initial=saved | {"version": digest.version, "seen": seen})
        if not self.filed and not Category.objects.exists():
            self.fields["categories"].widget = forms.MultipleHiddenInput()
        for text in ("intro", "outro"):
            self.fields[text].widget.attrs["lang"] = digest.series.language
        if slot_of(digest):
            self.fields["date"].disabled = True
            about = gettext("The time of its slot, in the series’ time zone, %(zone)s.")
        else:
            about = gettext(
                "In the series’ time zone, %(zone)s."
                " A digest with a future date is published at that time."
            )
        self.fields["date"].help_text = about % {"zone": self.zone}

    def clean(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def clean_date(self) -> datetime | None:
        return at_the_clock(self.cleaned_data["date"], self.zone, self.digest.date)


def next_digest(series: Series) -> tuple[str, datetime | None]:
    """The title of the next digest and its date, by the rhythm that the last two have on the
    series' clock: the last title with its date moved on. Without a date in the title, or a rhythm,
    there is none."""
    now = timezone.now()
    rows = series.digests.filter(date__lt=now + FAR_AHEAD).order_by("-date")[:2]
    dates = [make_naive(row.date, series.zone) for row in rows]
    if len(dates) < 2 or dates[0] == dates[1]:
        return "", None
    last, rhythm = dates[0], dates[0] - dates[1]
    # The one that should be out by now, if any, else the first to come.
    shown = last + rhythm * max((make_naive(now, series.zone) - last) // rhythm, 1)
    title = redated(rows[0].title, shown)
    return (title, make_aware(shown, series.zone)) if title else ("", None)


def add_digest(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    if not user.has_perm("digests.add_digest"):
        raise PermissionDenied
    if not Series.objects.exists():
        return _without_series(request, user)
    form = NewDigestForm(request.POST or None, asked=request.GET.get("series", ""))
    if form.is_valid():
        digest = attempt_row(form, partial(_add, form, user))
        if digest:
            # On to its stories: opening it on Compose makes it the current digest.
            return back_to(digest)
    back = reverse("admin:index")
    return page(request, "row_form.html", gettext("New digest"), Digest(), form=form, back=back)


def _without_series(request: HttpRequest, user: User) -> HttpResponse:
    """Lead users who may to the form of a new series, and tell the others who may."""
    if not user.has_perm("digests.add_series"):
        return page(request, "no_series.html", gettext("New digest"), Digest())
    messages.info(request, gettext("A digest belongs to a series: add the first one, then go on."))
    form = with_next(reverse("admin:digests_series_add"), reverse("admin:digests_digest_add"))
    return HttpResponseRedirect(form)


def _add(form: NewDigestForm, by: User) -> Digest:
    given = form.cleaned_data
    alike = Digest.objects.filter(
        series=given["series"],
        title=normal_line(given["title"]),
        history__action=HistoryEntry.Action.ADD,
        history__actor=by,
        history__at__gte=timezone.now() - SECOND_PRESS,
    )
    title, date = next_digest(given["series"])
    # Dated as its title says, when that is the one that was proposed.
    when = date if given["title"] == title else None
    return make_once(alike, partial(compose.new, **given, date=when, by=by), by=by)


def edit_details(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a digest's details; where they may not be changed, their values as text."""
    digest = get_row(request, Digest, pk, "series", "live_revision", "slot")
    user = actor(request)
    slot = slot_of(digest)
    form = DigestForm(request.POST or None, digest=digest)
    may_edit = compose.may_compose(digest, user)
    may_move = slot is not None and slots.may_move(digest, user)
    if form.is_valid():
        save = partial(compose.edit, digest, by=user, **form.cleaned_data)
        if not form.has_changed():
            return back_to(digest)
        if attempt_form(form, save):
            digest.refresh_from_db()
            messages.success(request, gettext("“%(row)s” saved.") % {"row": digest})
            for finding in date_findings(digest.title, digest.local_date):
                messages.warning(request, sentence(finding))
            return back_to(digest)
    return page(
        request,
        "digest_details.html",
        gettext("Title, date, intro"),
        digest,
        form=form,
        back=row_url(digest),
        slot=slot,
        targets=open_slots(digest, moment_of(request)) if may_move else None,
        # What was posted is kept, even when nothing can be changed any more.
        is_shown_as_text=not form.is_bound and not may_edit,
        why_locked=why_locked(digest, available(digest, user)),
        is_stale=may_edit and form.is_stale(digest),
        may_delete=deleting.may_delete(digest, user),
    )
