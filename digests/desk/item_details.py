"""The form of a new item, and that of an item's details: source, language, the original text."""

from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.access import actor, get_row
from digests.desk.attempts import SECOND_PRESS, attempt_row, make_once
from digests.desk.fields import ClockField, FoundTextField, at_the_clock, clock
from digests.desk.frames import page
from digests.desk.navigation import back_to, row_url
from digests.desk.versions import VersionedForm
from digests.desk.write import EntryForm, Writing, draft_again
from digests.editorial import deleting, items
from digests.editorial.items import Details
from digests.models import Item, Source, User
from digests.models.fields import Language
from digests.text.format import normal_entry
from digests.text.urls import canonical_url


class DetailsForm(forms.Form):
    """The details of an item: all but its text. Whether it repeats another item depends on the link
    posted with it: only one item had a link first."""

    repeats = forms.BooleanField(
        label=_("The same link again"),
        label_suffix="",
        required=False,
        help_text=_("Another story has this link; this one tells it again in other words."),
    )
    source = forms.ModelChoiceField(
        Source.objects.all(), label=_("Source"), required=False, empty_label=_("No source")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Choose a language")), *Language.choices]
    )
    posted_at = ClockField(label=_("Posted"), required=False)
    captured = FoundTextField(
        label=_("Original text"), required=False, help_text=_("The original, as it was found.")
    )

    def __init__(self, data: Any, *, item: Item) -> None:
        self.item = item
        self.zone = timezone.get_current_timezone()
        saved = {
            "version": item.version,
            "url": item.url,
            "repeats": item.repeat_of is not None,
            "source": item.source_id,
            "language": item.language,
            "posted_at": clock(item.posted_at, self.zone),
            "captured": item.captured,
        }
        super().__init__(data, initial=saved)
        if not Source.objects.exists():
            self.fields["source"].widget = forms.HiddenInput()
        # The item that had the link first, if it is another one.
        self.first = item.repeat_of
        self.fields["posted_at"].help_text = gettext(
            "When its source published it, in your time zone: %(zone)s."
        ) % {"zone": self.zone}

    def clean_posted_at(self) -> datetime | None:
        return at_the_clock(self.cleaned_data["posted_at"], self.zone, self.item.posted_at)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.first = first_with(self.cleaned_data.get("url", ""), self.item)
        if self.cleaned_data.get("repeats") and self.first is None:
            self.add_error("repeats", gettext("No other story has this link."))
        return self.cleaned_data

    def details(self) -> Details:
        given = self.cleaned_data
        return {
            "source": given["source"],
            "language": given["language"],
            "captured": given["captured"],
            "repeat_of": self.first if given["repeats"] else None,
            "posted_at": given["posted_at"],
        }


class ItemForm(VersionedForm, DetailsForm):
    # Here as well as in the editor: a repeat gets another link only together with its “repeats”.
    url = forms.CharField(label=_("Link"), max_length=2000, required=False)
    field_order = ("url",)


class NewItemForm(DetailsForm, EntryForm):
    field_order = ("headline", "byline", "url", "repeats", "body")


def first_with(url: str, item: Item) -> Item | None:
    """The item that had this link first, if it is another one."""
    try:
        key = canonical_url(url)[1]
    except ValueError:
        return None
    return Item.objects.original_of(key).exclude(pk=item.pk).first()


def add_item(request: HttpRequest) -> HttpResponse:
    user = actor(request)
    if not user.has_perm("digests.add_item"):
        raise PermissionDenied
    form = NewItemForm(request.POST or None, item=Item())
    if form.is_valid():
        item = attempt_row(form, partial(_add, form, user))
        if item:
            messages.success(request, gettext("“%(row)s” saved.") % {"row": item})
            return back_to(item)
    title, back = gettext("Add a story"), reverse("admin:inbox")
    return page(request, "item_details.html", title, form.item, form=form, back=back)


def _add(form: NewItemForm, by: User) -> Item:
    entry, details = form.entry(), form.details()
    alike = Item.objects.filter(
        changed_by=by,
        created_at__gte=timezone.now() - SECOND_PRESS,
        **asdict(normal_entry(entry)),
        **details,
    )
    return make_once(alike, partial(items.add, entry, by=by, **details), by=by)


def edit_details(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of an item's details; where they may not be changed, their values as text."""
    item = get_row(request, Item, pk, "source", "repeat_of")
    writing = Writing(item, actor(request))
    form = ItemForm(request.POST or None, item=item)
    if form.is_valid() and (not form.has_changed() or _save(request, form)):
        return back_to(item)
    return page(
        request,
        "item_details.html",
        gettext("Source, language and original"),
        item,
        form=form,
        back=row_url(item),
        # What was posted is kept, even when nothing can be changed any more.
        is_shown_as_text=not form.is_bound and not writing.may_edit,
        is_stale=writing.may_edit and form.is_stale(item),
        barred=writing.barred,
        may_delete=deleting.may_delete(item, writing.user),
    )


def _save(request: HttpRequest, form: ItemForm) -> bool:
    item, given = form.item, form.cleaned_data
    entry = replace(item.entry(), url=given["url"])
    edit = partial(items.edit, item, entry, by=actor(request), **form.details())
    saved = attempt_row(form, partial(edit, version=given["version"]))
    if saved is None:
        return False
    done = gettext("“%(row)s” saved.") % {"row": saved}
    messages.success(request, draft_again(item, saved) or done)
    return True
