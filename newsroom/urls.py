from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from newsroom.api import api, desk
from newsroom.health import healthz, readyz

# Readers' URLs come last: the first segment of any URL before them cannot be a series' slug, see
# `digests.models.series.validate_slug_is_free`.
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/editor/", include("digests.desk.editor.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("api/desk/", desk.urls),
    path("", include("digests.public.media")),
    path("", include("digests.public.urls")),
]
handler400 = "newsroom.views.bad_request"
handler403 = "newsroom.views.forbidden"
handler404 = "newsroom.views.not_found"
handler500 = "newsroom.views.server_error"
