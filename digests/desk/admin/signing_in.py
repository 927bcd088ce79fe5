"""Setting a password by a one-time link, asking for one by e-mail, and one's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import (
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext

from digests.accounts.resets import AskForReset
from digests.desk.access import actor
from digests.desk.admin.catalogue import with_zones
from digests.models import User


class SetPassword(PasswordResetConfirmView):
    """The page of a one-time link. Setting the password signs the user in."""

    template_name = "accounts/set_password.html"
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    success_url = reverse_lazy("admin:index")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return _around(self.request) | super().get_context_data(**kwargs)


def ask_for_reset(request: HttpRequest) -> HttpResponseBase:
    """Have a one-time link sent by e-mail; the answer is the same whether the address is known."""
    _require_email()
    return PasswordResetView.as_view(
        template_name="registration/password_reset_form.html",
        form_class=AskForReset,
        success_url=reverse("admin:password_reset_done"),
        extra_context=_around(request),
    )(request)


def reset_sent(request: HttpRequest) -> HttpResponseBase:
    _require_email()
    return PasswordResetDoneView.as_view(extra_context=_around(request))(request)


def _around(request: HttpRequest) -> dict[str, Any]:
    """The admin's frame for a page outside it: nobody is signed in yet, so it has no links."""
    return admin.site.each_context(request) | {"is_nav_sidebar_enabled": False}


def _require_email() -> None:
    if not settings.EMAIL_IS_SENT:
        raise Http404


class OwnSettingsForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "time_zone", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_zones(self.fields["time_zone"])


def own_settings(request: HttpRequest) -> HttpResponse:
    """The settings that all users may change for themselves."""
    user = User.objects.get(pk=actor(request).pk)
    form = OwnSettingsForm(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, gettext("Your settings are saved."))
        return HttpResponseRedirect(reverse("admin:own_settings"))
    context = {**admin.site.each_context(request), "title": gettext("My settings"), "form": form}
    return TemplateResponse(request, "accounts/own_settings.html", context)
