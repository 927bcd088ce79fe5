"""The admin site: what it shows, and its own pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk import resend
from digests.desk.admin import signing_in
from digests.desk.admin.catalogue import (
    CategoryAdmin,
    ExportedFileAdmin,
    SiteAdmin,
    SourceAdmin,
)
from digests.desk.admin.digests import DigestAdmin
from digests.desk.admin.items import ItemAdmin
from digests.desk.admin.series import SeriesAdmin
from digests.desk.admin.users import UserAdmin
from digests.desk.alarms import Alarms
from digests.desk.frames import refusal
from digests.desk.today import today
from digests.desk.urls import pages
from digests.models import Category, Digest, ExportedFile, Item, Series, Site, Source, User


class DeskSite(admin.AdminSite):
    site_title = site_header = _("Newsroom")
    index_title = _("Today")
    index_template = "desk/today.html"
    enable_nav_sidebar = False
    login_form = signing_in.SignInForm
    login_template = "accounts/sign_in.html"
    logout_template = "accounts/signed_out.html"
    password_change_template = "accounts/change_password.html"  # noqa: S105 (a template)
    password_change_done_template = "accounts/password_changed.html"  # noqa: S105

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.register(Item, ItemAdmin)
        self.register(Digest, DigestAdmin)
        self.register(Series, SeriesAdmin)
        self.register(Source, SourceAdmin)
        self.register(Category, CategoryAdmin)
        self.register(Site, SiteAdmin)
        self.register(ExportedFile, ExportedFileAdmin)
        self.register(User, UserAdmin)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("settings/", self.admin_view(signing_in.own_settings), name="own_settings"),
            path("password_reset/", signing_in.ask_for_reset, name="password_reset"),
            path("password_reset/done/", signing_in.reset_sent, name="password_reset_done"),
            path(
                "password/<uidb64>/<token>/",
                signing_in.SetPassword.as_view(),
                name="password_reset_confirm",
            ),
        ]
        return [*own, *pages(self.admin_view), *super().get_urls()]

    def admin_view[View: Callable[..., HttpResponseBase]](
        self, view: View, cacheable: bool = False
    ) -> View:
        """Django's guard, but what was typed before the session ended comes back, and what is only
        done by a form says so where its address is opened."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_lost = resend.is_form(request) and not self.has_permission(request)
            if is_lost and request.path != reverse("admin:logout"):
                return resend.signed_out(request)
            response = guarded(request, *args, **kwargs)
            if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
                title = _("There is no page here")
                return refusal(
                    request, 405, title, _("This address only accepts a submitted form.")
                )
            return response

        return cast("View", answer)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {
            "email_is_sent": settings.EMAIL_IS_SENT,
            "current_digest": getattr(request.user, "current_draft", None),
            "csrf_cookie": settings.CSRF_COOKIE_NAME,
            "alarms": Alarms(request),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models in the order of the work, not of the alphabet."""
        order = list(self._registry)
        apps = super().get_app_list(request, app_label)
        apps.sort(key=lambda app: app["app_label"] != "digests")
        for app in apps:
            app["models"].sort(key=lambda entry: order.index(entry["model"]))
        return apps

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, today(request) | (extra_context or {}))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """Today lists what there is; Django's list of an app's models would say it again."""
        return HttpResponseRedirect(reverse("admin:index"))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().login(request, {"title": gettext("Sign in")} | (extra_context or {}))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        title = {"title": gettext("You are signed out")}
        return super().logout(request, title | (extra_context or {}))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        title = {"title": gettext("Change password")}
        return super().password_change(request, title | (extra_context or {}))

    def password_change_done(
        self, request: HttpRequest, extra_context: Any = None
    ) -> TemplateResponse:
        title = {"title": gettext("Password changed")}
        return super().password_change_done(request, title | (extra_context or {}))
