"""The field that a model form uses for Markdown."""

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from digests.desk.editor.fields import EditorField, EditorWidget
from digests.models import Item
from digests.text.markdown.html import MAX_BODY


class ItemForm(forms.ModelForm[Item]):
    class Meta:
        model = Item
        fields = ["body", "captured"]
        field_classes = {"body": EditorField}


class ItemAdmin(admin.ModelAdmin[Item]):
    form = ItemForm


def test_a_model_form_asks_for_the_editor_by_name() -> None:
    form = ItemForm(instance=Item(body="**一**"))
    assert isinstance(form.fields["body"].widget, EditorWidget)
    assert not isinstance(form.fields["captured"].widget, EditorWidget)
    html = str(form["body"])
    assert "**一**</textarea>" in html
    assert 'data-markdownx-urls-path="/admin/editor/preview/"' in html
    assert 'data-markdownx-upload-urls-path="/admin/editor/upload/"' in html


def test_the_admin_does_not_put_its_own_textarea_back() -> None:
    model_admin = ItemAdmin(Item, admin.AdminSite())
    form = model_admin.get_form(RequestFactory().get("/"), fields=["body"])()
    assert isinstance(form.fields["body"].widget, EditorWidget)


def test_the_editor_brings_its_own_files_and_none_of_markdownx() -> None:
    media = str(EditorWidget().media)
    assert '<script src="/static/editor/editor.js" type="module"></script>' in media
    assert "/static/editor/editor.css" in media
    assert "markdownx" not in media


def test_the_browser_is_not_asked_to_cut_a_long_text_off() -> None:
    assert "maxlength" not in str(ItemForm()["body"])


def test_a_text_too_long_is_refused_with_both_numbers() -> None:
    assert EditorField().clean("稿" * MAX_BODY)
    with pytest.raises(ValidationError, match="has 20001 characters; the maximum is 20000"):
        EditorField().clean("稿" * (MAX_BODY + 1))


def test_lines_end_with_one_character_and_no_space_is_lost() -> None:
    text = EditorField().clean("    code\r\n\r\nlast \r")
    assert text == "    code\n\nlast \n"


def test_a_text_that_only_travelled_through_a_browser_has_not_changed() -> None:
    assert not EditorField().has_changed("one\n\ntwo", "one\r\n\r\ntwo")


def test_text_and_preview_are_set_in_the_language_they_are_given() -> None:
    form = ItemForm()
    assert "lang=" not in str(form["body"])
    form.fields["body"].widget.attrs["lang"] = "zh-hans"
    assert str(form["body"]).count('lang="zh-hans"') == 2


def test_a_text_is_shown_as_text_whatever_it_holds() -> None:
    html = str(ItemForm(instance=Item(body="</textarea><script>alert(1)</script>"))["body"])
    assert "<script" not in html
