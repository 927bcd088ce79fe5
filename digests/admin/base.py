"""What the admin's lists and forms share: saving through a verb, and showing why it refused."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from digests.desk.base import REFUSALS
from digests.models import Digest, Item, Refusal

# Django's classes take type parameters only in the stubs.
if TYPE_CHECKING:

    class ModelAdmin[M: models.Model](admin.ModelAdmin[M]): ...

    class ModelForm[M: models.Model](forms.ModelForm[M]): ...

else:

    class ModelAdmin[M](admin.ModelAdmin): ...

    class ModelForm[M](forms.ModelForm): ...


class VerbForm[M: models.Model](ModelForm[M]):
    """A form whose text a verb saves; what the verb says against it stands in the form."""

    refusal: Refusal | ValidationError | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        match self.refusal:
            case Refusal():
                self.add_error(None, str(self.refusal))
            case ValidationError(error_dict=by_field):
                for field, errors in by_field.items():
                    self.add_error(field if field in self.fields else None, errors)
        return self.cleaned_data


class VerbAdmin[M: models.Model](ModelAdmin[M]):
    """Rows that only verbs write: `save_model` calls one, and may raise what it raises."""

    # Deleting many at once would pass by each row's history.
    actions = None
    show_full_result_count = False
    list_per_page = 50

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except REFUSALS as refusal:
            # All is rolled back. Once more, so that the form shows what was sent, and why not.
            vars(request)["refusal"] = refusal
            shown = {**(extra_context or {}), "refusal": refusal}
            return super().changeform_view(request, object_id, form_url, shown)

    def get_form(
        self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[M]]":
        form = super().get_form(request, obj, change, **kwargs)
        # The class was made for this request alone.
        form.refusal = vars(request).get("refusal")  # type: ignore[attr-defined]
        return form

    def may_change(self, request: HttpRequest, row: M) -> bool:
        """Whether the verb that saves the form would begin."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """What cannot be changed is shown without a form. What was sent goes to the verb all the
        same, for its refusal says who was faster, and keeps the text."""
        allowed = super().has_change_permission(request, obj)
        if obj is None or request.method == "POST":
            return allowed
        return allowed and self.may_change(request, obj)

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Without the icons to add, change, delete and view what it points to.
            field.widget = field.widget.widget
        return field

    def save_related(self, *args: Any) -> None:
        """The verb has saved everything."""

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(
                reverse(f"admin:digests_{self.opts.model_name}_change", args=[object_id])
            )


@admin.display(description=_("status"), ordering="status")
def status_pill(row: Item | Digest) -> str:
    return format_html('<span class="pill pill-{}">{}</span>', row.status, row.get_status_display())
