"""Setting a password by a one-time link, asking for one by e-mail, and one's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import (
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.accounts.links import begins_newsroom
from digests.accounts.resets import AskForReset, NotAsked
from digests.desk.access import actor
from digests.desk.admin.zones import RequiredZoneSelect, ZoneSelect
from digests.models import Site, User
from digests.models.fields import Language, validate_time_zone


class SignInForm(AdminAuthenticationForm):
    error_messages = AdminAuthenticationForm.error_messages | {
        "invalid_login": _("Username or password is wrong.")
    }


class FirstAdministratorForm(SetPasswordForm[User]):
    """Sets the password of the first administrator, and what a newsroom begins with: the language
    of its site and the time zone in which they work."""

    language = forms.ChoiceField(label=_("Language of the site"), choices=Language)
    time_zone = forms.CharField(
        label=_("Time zone"),
        validators=[validate_time_zone],
        widget=RequiredZoneSelect,
        help_text=_(
            "Dates are shown to you in this time zone, and a new series begins with it. You can"
            " change it later."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.is_bound or settings.TIME_ZONE_IS_SET):
            # For the script that knows the browser's zone.
            self.fields["time_zone"].widget.attrs["data-choose"] = True

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        chosen = self.cleaned_data["time_zone"]
        # Whoever keeps the site's zone follows it.
        self.user.time_zone = "" if chosen == settings.TIME_ZONE else chosen
        Site.objects.update(language=self.cleaned_data["language"])
        Site.objects.publish_edition()
        return super().save(commit)


class SetPassword(PasswordResetConfirmView):
    """The page of a one-time link. Setting the password signs the user in."""

    template_name = "accounts/set_password.html"
    title = _("Set a password")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    success_url = reverse_lazy("admin:index")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def get_form_class(self) -> type[SetPasswordForm[User]]:
        is_first = self.user and begins_newsroom(self.user)
        return FirstAdministratorForm if is_first else SetPasswordForm

    def get_initial(self) -> dict[str, Any]:
        """What the environment sets, or else what the browser speaks; a script chooses its zone."""
        browsers = translation.get_language()
        language = settings.LANGUAGE_CODE if settings.LANGUAGE_IS_SET else browsers
        return {"language": language, "time_zone": settings.TIME_ZONE}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return context if context["validlink"] else context | {"title": gettext("Link too old")}


class AskForResetView(PasswordResetView):
    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except NotAsked:
            form.add_error(
                None,
                gettext(
                    "No e-mail can be sent at the moment. Try again in a few minutes, or ask an"
                    " administrator for a one-time link."
                ),
            )
            return self.form_invalid(form)


def ask_for_reset(request: HttpRequest) -> HttpResponseBase:
    """Have a one-time link sent by e-mail; the answer is the same whether the address is known."""
    _require_email()
    return AskForResetView.as_view(
        template_name="accounts/forgot_password.html",
        title=_("New password"),
        form_class=AskForReset,
        success_url=reverse("admin:password_reset_done"),
        extra_context=admin.site.each_context(request),
    )(request)


def reset_sent(request: HttpRequest) -> HttpResponseBase:
    _require_email()
    return PasswordResetDoneView.as_view(
        template_name="accounts/link_sent.html",
        title=_("Check your e-mail"),
        extra_context=admin.site.each_context(request),
    )(request)


def _require_email() -> None:
    if not settings.EMAIL_IS_SENT:
        raise Http404


class OwnSettingsForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "time_zone", "language"]
        widgets = {"time_zone": ZoneSelect}


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
