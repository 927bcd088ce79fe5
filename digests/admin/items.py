"""Items: the inbox, the form of a story and its way from inbox to approved or rejected."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from digests import editorial
from digests.admin.base import VerbAdmin, VerbForm, status_pill
from digests.desk.base import actor, moves_of, refusal_of, remarks
from digests.desk.editor.fields import EditorField
from digests.desk.steps import ITEM_STEPS, buttons
from digests.editorial.items import refuse_if_gated
from digests.models import Item
from digests.text.document import Entry
from digests.text.lint import lint_entry

TEXT = ("headline", "byline", "url", "body")
DETAILS = ("source", "language", "captured", "repeat_of")


class ItemForm(VerbForm[Item]):
    loaded_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Item
        fields = [*TEXT, *DETAILS]
        field_classes = {"body": EditorField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["loaded_version"] = self.instance.version
        if "body" in self.fields and self.instance.language:
            self.fields["body"].widget.attrs["lang"] = self.instance.language


class ItemAdmin(VerbAdmin[Item]):
    form = ItemForm
    list_display = ("headline", status_pill, "source", "created_at")
    list_filter = ("status", "language", "source")
    list_select_related = ("source",)
    search_fields = ("headline", "byline", "url", "body")
    search_help_text = _("Searches headline, byline, link and body.")
    autocomplete_fields = ("source", "repeat_of")

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        hidden = ("loaded_version",) if self.has_change_permission(request, obj) else ()
        return [
            (None, {"fields": ["headline", "byline", "url", "body", *hidden]}),
            (_("Where it comes from"), {"fields": ["source", "language", "captured"]}),
            (_("The same link again"), {"fields": ["repeat_of"], "classes": ["collapse"]}),
        ]

    def may_change(self, request: HttpRequest, row: Item) -> bool:
        return editorial.may_edit(row, actor(request))

    def has_delete_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.has_history())

    def save_model(
        self, request: HttpRequest, obj: Item, form: "forms.ModelForm[Item]", change: bool
    ) -> None:
        given = form.cleaned_data
        entry = Entry(**{name: given[name] for name in TEXT})
        details = {name: given[name] for name in DETAILS}
        if not change:
            obj.pk = editorial.add_item(entry, by=actor(request), **details).pk
        elif form.has_changed():
            item = editorial.edit_item(
                obj, entry, by=actor(request), version=given["loaded_version"] or 0, **details
            )
            if item.status != obj.status:
                messages.info(request, _now("Its text changed, so the item is a draft again."))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        item: Item | None = context["original"]
        if item:
            # The form has put what was sent into the row it was given.
            item.refresh_from_db()
            context |= {
                "buttons": buttons(item, ITEM_STEPS, editorial.available(item, actor(request))),
                "findings": remarks(lint_entry(item.entry())),
                "moves": moves_of(request, item),
                "placements": item.placements.select_related("digest"),
            }
            if "headline" not in context["adminform"].form.fields:
                # Shown without a form: the verb's own sentence says what holds it.
                context["held"] = refusal_of(partial(refuse_if_gated, item))
        return super().render_change_form(request, context, *args, **kwargs)
