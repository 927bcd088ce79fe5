"""Users: one-time links let new ones in, and old ones in again; deactivated, never deleted."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from digests.accounts.links import invitation_link
from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER, ROLES
from digests.desk.access import actor
from digests.desk.admin.base import FormAdmin
from digests.desk.admin.zones import ZonedAdmin
from digests.desk.frames import page
from digests.desk.navigation import asked_next
from digests.models import Digest, User

PERSON = ("username", "first_name", "last_name", "email", "time_zone", "language")
ROLE = ("groups", "is_active")
POWER = ("is_superuser", "user_permissions")
# The groups' own names are data; these are what people read.
ROLE_NAMES = {EDITOR: _("Editor"), REVIEWER: _("Reviewer"), ADMINISTRATOR: _("Administrator")}


def held_by(user: User) -> models.QuerySet[Permission]:
    """The permissions of a user, even while inactive; a superuser may do more still."""
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))


def role_name(group: Group) -> str:
    return str(ROLE_NAMES.get(group.name, group.name))


class RoleFilter(admin.SimpleListFilter):
    title = _("roles")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(group.pk), role_name(group)) for group in Group.objects.order_by("pk")]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[User]
    ) -> models.QuerySet[User]:
        chosen = self.value()
        return queryset.filter(groups=int(chosen)) if chosen and chosen.isdecimal() else queryset


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("may sign in")), ("deactivated", _("deactivated"))]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[User]
    ) -> models.QuerySet[User]:
        is_active = {"active": True, "deactivated": False}.get(self.value() or "")
        return queryset if is_active is None else queryset.filter(is_active=is_active)


class RolesField(forms.ModelMultipleChoiceField[Group]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Group) -> str:
        return role_name(obj)


class UserForm(forms.ModelForm[User]):
    # The user who edits; the admin makes a form class of its own for each request.
    editor: User

    class Meta:
        model = User
        fields = [*PERSON, *ROLE, *POWER]
        labels = {
            "is_active": _("May sign in"),
            "is_superuser": _("All permissions"),
            "user_permissions": _("Permissions in addition to the roles"),
        }
        help_texts = {
            "username": _("For signing in: letters, digits and @ . + - _, at most 150."),
            "is_active": _("Untick it when someone leaves. The history keeps their name."),
            "is_superuser": _("Has every permission, and may change other users who have."),
            "user_permissions": "",
        }

    def clean_is_active(self) -> bool:
        active: bool = self.cleaned_data["is_active"]
        if self.instance == self.editor and not active:
            raise ValidationError(gettext("You cannot deactivate yourself."))
        return active


class PermissionsField(forms.ModelMultipleChoiceField[Permission]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Permission) -> str:
        return obj.name


class UserAdmin(ZonedAdmin[User], FormAdmin[User]):
    form = UserForm
    list_display = ("username", "name", "roles", "state", "last_sign_in")
    add_label = _("Add user")
    list_filter = (StateFilter, RoleFilter)
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        new_link = path("<int:pk>/link/", view(self.new_link), name="digests_user_link")
        return [new_link, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Or a list could be filtered by what a password's hash begins with.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Colleagues mostly share a zone."""
        preset = {"time_zone": actor(request).time_zone}
        return preset | cast("dict[str, Any]", super().get_changeform_initial_data(request))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        sets: list[Any] = [(None, {"fields": PERSON}), (_("Access"), {"fields": ROLE})]
        if actor(request).is_superuser:
            sets.append((_("Beyond the roles"), {"fields": POWER, "classes": ["collapse"]}))
        return sets

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[User]]:
        form = super().get_form(request, obj, change, **kwargs)
        form.editor = actor(request)  # type: ignore[attr-defined]  # on our own form
        return form

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "user_permissions":
            label = UserForm.Meta.labels["user_permissions"]
            kinds = ("content_type__app_label", "content_type__model")
            rows = Permission.objects.order_by(*kinds, "pk")
            return PermissionsField(queryset=rows, required=False, label=label)
        if db_field.name == "groups":
            kwargs |= {"form_class": RolesField, "label": _("Roles"), "help_text": ""}
            if not actor(request).is_superuser:
                # A group of a superuser's making is neither given nor taken away, and nobody gives
                # what they do not hold.
                edited = request.resolver_match and request.resolver_match.kwargs.get("object_id")
                beyond = Permission.objects.exclude(pk__in=held_by(actor(request)))
                offered = Q(name__in=ROLES) & ~Q(permissions__in=beyond)
                if edited:
                    offered |= Q(user__pk=edited)
                kwargs["queryset"] = Group.objects.filter(offered).distinct()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Users who hold more permissions than the editor are not theirs to change: a name, an
        e-mail address or a one-time link would be the way into that account."""
        allowed, editor = super().has_change_permission(request, obj), actor(request)
        if not allowed or obj is None or obj == editor or editor.is_superuser:
            return allowed
        beyond = held_by(obj).exclude(pk__in=held_by(editor))
        return not obj.is_superuser and not beyond.exists()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: history keeps its names."""
        return False

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
            obj.sees_first_steps = not Digest.objects.published().exists()
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # Saving leads to the link, whichever button it was.
        if context["original"] is None:
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.show_link(request, obj)

    @method_decorator(require_POST)
    def new_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return self.show_link(request, user)

    def show_link(self, request: HttpRequest, user: User) -> TemplateResponse:
        """Show the one-time link, this once: it is stored nowhere."""
        title = gettext("One-time link for %(user)s") % {"user": user}
        following = asked_next(request)
        context = {"link": invitation_link(user), "back": following.url if following else ""}
        return page(request, "one_time_link.html", title, user, **context)

    @admin.display(description=_("state"), ordering="is_active")
    def state(self, user: User) -> str:
        if not user.is_active:
            return gettext("deactivated")
        return gettext("all permissions") if user.is_superuser else ""

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def last_sign_in(self, user: User) -> datetime | None:
        return user.last_login

    @admin.display(description=_("name"))
    def name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return " · ".join(role_name(group) for group in user.groups.all())
