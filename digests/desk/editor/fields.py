"""The form field and the widget of every Markdown text.

A model form asks for them by `field_classes = {"body": EditorField}` in its Meta.
"""

from typing import Any

from django.conf import settings
from django.forms import Script, Widget
from django.utils.translation import gettext_lazy as _
from markdownx.fields import MarkdownxFormField
from markdownx.widgets import MarkdownxWidget

from digests.text.markdown.html import MAX_BODY


class EditorWidget(MarkdownxWidget):  # type: ignore[misc]  # markdownx ships no types
    """A textarea with tools and a live preview; without JavaScript a plain textarea."""

    template_name = "desk/editor/widget.html"

    class Media:
        extend = False
        css = {"all": ["editor/editor.css"]}
        js = [Script("editor/editor.js", type="module")]

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        return context | {"csrf_cookie": settings.CSRF_COOKIE_NAME, "limit": MAX_BODY}


class EditorField(MarkdownxFormField):  # type: ignore[misc]  # markdownx ships no types
    """A Markdown text of at most MAX_BODY characters, its lines ended by a line feed alone."""

    default_error_messages = {
        "max_length": _("This text has %(show_value)d characters; the maximum is %(limit_value)d."),
    }

    def __init__(self, **kwargs: Any) -> None:
        # The model field and the admin each propose a textarea and the limit of the column.
        super().__init__(
            **kwargs | {"widget": EditorWidget, "max_length": MAX_BODY, "strip": False}
        )

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)
        # With it the browser would silently cut a long text off; the editor counts instead.
        attrs.pop("maxlength", None)
        return attrs

    def to_python(self, value: object) -> str:
        return line_feeds(super().to_python(value))


def line_feeds(text: str) -> str:
    """The text with line ends as they are stored, LF. Browsers send CR LF, which would count twice
    and differ from the stored text."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
