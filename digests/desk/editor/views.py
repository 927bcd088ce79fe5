"""The editor's requests to the server: the preview of a text, and the upload of an image.

The views of markdownx answer anybody; these replace them, under the same names.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from markdownx.views import ImageUploadView, MarkdownifyView

from digests.desk.editor.fields import EditorField
from digests.desk.editor.images import Picture, read_picture
from digests.text.urls import is_public

MAX_BYTES = 5 * 1024 * 1024


def refusal(message: str, status: int) -> JsonResponse:
    """An answer the editor can show; never a page, which a script cannot tell from a preview."""
    return JsonResponse({"detail": message}, status=status)


class EditorsOnly(View):
    """Lets in only users who may change items or digests, and only by POST."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        # Not a redirect to the sign-in page: a script would follow it and take it for the answer.
        if not user.is_authenticated:
            return refusal(gettext("You are signed out."), 401)
        if not user.is_staff or not (
            user.has_perm("digests.change_item") or user.has_perm("digests.change_digest")
        ):
            return refusal(gettext("You don’t have permission to change stories or digests."), 403)
        if request.method != "POST":
            refused = refusal(gettext("This address accepts POST only."), 405)
            refused.headers["Allow"] = "POST"
            return refused
        return super().dispatch(request, *args, **kwargs)


class PreviewForm(forms.Form):
    content = EditorField(required=False)


class Preview(EditorsOnly, MarkdownifyView):  # type: ignore[misc]  # markdownx ships no types
    """POST `content`; answers with the HTML of `to_html` and nothing else."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "content" not in request.POST:
            return refusal(gettext("The request holds no text."), 400)
        form = PreviewForm(request.POST)
        if not form.is_valid():
            too_long = form.has_error("content", "max_length")
            return refusal(str(form.errors["content"][0]), 413 if too_long else 400)
        response: HttpResponse = super().post(request, *args, **kwargs)
        # A fragment for the editor: opened as a page of its own it can do nothing.
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class ImageForm(forms.Form):
    image = forms.FileField(error_messages={"required": _("The request holds no image.")})

    def clean_image(self) -> Picture:
        upload = self.cleaned_data["image"]
        if upload.size > MAX_BYTES:
            raise ValidationError(
                gettext("An image may have at most %(limit)s."),
                params={"limit": filesizeformat(MAX_BYTES)},
            )
        return read_picture(upload.read())


class Upload(EditorsOnly, ImageUploadView):  # type: ignore[misc]  # markdownx ships no types
    """POST `image`; answers with `image_code`, the Markdown to insert, and a `note` or ""."""

    form_class = ImageForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_public(settings.SITE_URL):
            return refusal(
                gettext(
                    "An image’s address begins with SITE_URL, and nobody else can open %(url)s. Set"
                    " SITE_URL to the site’s public address first."
                )
                % {"url": settings.SITE_URL},
                409,
            )
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: ImageForm) -> HttpResponse:
        picture: Picture = form.cleaned_data["image"]
        # Absolute, because the text is also exported and read in feeds, far from this site.
        address = f"{settings.SITE_URL}{picture.store()}"
        note = (
            gettext("The image was animated; only its first frame was kept.")
            if picture.was_animated
            else ""
        )
        return JsonResponse({"image_code": f"![]({address})", "note": note})

    def form_invalid(self, form: ImageForm) -> HttpResponse:
        return refusal(str(form.errors["image"][0]), 400)
