"""What the admin's screens share: acting through a verb, and showing why it refused."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from digests import editorial
from digests.models import Digest, Item, Move, Refusal, User
from digests.text.lint import Finding

# Django's classes take type parameters only in the stubs.
if TYPE_CHECKING:

    class ModelAdmin[M: models.Model](admin.ModelAdmin[M]): ...

    class ModelForm[M: models.Model](forms.ModelForm[M]): ...

else:

    class ModelAdmin[M](admin.ModelAdmin): ...

    class ModelForm[M](forms.ModelForm): ...


MOVES = 200  # on a page

# What a verb may raise: a refusal, or a constraint's sentence.
REFUSALS = (Refusal, ValidationError)


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


class VersionedForm(forms.Form):
    """The least a step needs: which version of the row its button was shown for."""

    version = forms.IntegerField(widget=forms.HiddenInput)


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


def actor(request: HttpRequest) -> User:
    """Who acts; the admin's own guard has let nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def get_row[M: (Item, Digest)](request: HttpRequest, model: type[M], pk: int) -> M:
    """The item or digest of a page; 403 for who may not look at it."""
    if not request.user.has_perm(f"digests.view_{model._meta.model_name}"):
        raise PermissionDenied
    return get_object_or_404(model, pk=pk)


def page(
    request: HttpRequest, template: str, title: str, row: models.Model, **context: Any
) -> TemplateResponse:
    """A page of the admin that belongs to a row."""
    return TemplateResponse(
        request,
        f"admin/digests/{template}",
        {
            **admin.site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": row._meta,
            "row": row,
            **context,
        },
    )


def moves_of(request: HttpRequest, row: Item | Digest) -> Page[Move]:
    """What happened to the row, newest first; `?p=2` has what is older."""
    moves = row.moves.select_related("actor", "revision").order_by("-pk")
    light = moves.defer("revision__document", "revision__text")
    return Paginator(light, MOVES).get_page(request.GET.get("p"))


def change_page(row: models.Model, fragment: str | None = None) -> HttpResponseRedirect:
    """Back to the row's page, at the place of the fragment."""
    name = f"admin:digests_{row._meta.model_name}_change"
    return HttpResponseRedirect(reverse(name, args=[row.pk], fragment=fragment))


def attempt(request: HttpRequest, verb: Callable[[], object]) -> bool:
    """Try a verb; when it refuses, the next page says why."""
    against = refusal_of(verb)
    if against:
        messages.error(request, " ".join(against))
    return not against


def attempt_in(form: forms.Form, verb: Callable[[], object]) -> bool:
    """Try a verb; when it refuses, the form says why, beside the text that was sent."""
    against = refusal_of(verb)
    if against:
        form.add_error(None, against)
    return not against


def refusal_of(verb: Callable[[], object]) -> list[str]:
    """What the verb says against being done; nothing when it has been done."""
    try:
        verb()
    except Refusal as refusal:
        return [str(refusal)]
    except ValidationError as error:
        return error.messages
    return []


def sentences(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Findings as a page lists them: how grave each is, and what it says."""
    return [(finding.severity, editorial.sentence(finding)) for finding in findings]


def posted_version(request: HttpRequest) -> int:
    """The version that was loaded with the page whose button was pressed."""
    form = VersionedForm(request.POST)
    if not form.is_valid():
        raise BadRequest("The version is missing.")
    version: int = form.cleaned_data["version"]
    return version


@admin.display(description=_("status"), ordering="status")
def status_pill(row: Item | Digest) -> str:
    return format_html('<span class="pill pill-{}">{}</span>', row.status, row.get_status_display())
