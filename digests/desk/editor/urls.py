"""The editor's addresses, to be included below `admin/editor/` in place of `markdownx.urls`."""

from django.urls import path

from digests.desk.editor.views import Preview, Upload

urlpatterns = [
    path("preview/", Preview.as_view(), name="markdownx_markdownify"),
    path("upload/", Upload.as_view(), name="markdownx_upload"),
]
