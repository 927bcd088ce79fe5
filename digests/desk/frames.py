"""The frames around the desk's pages, and the history that some of them show."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django_stubs_ext import StrPromise

from digests.desk.navigation import row_url
from digests.models import HistoryEntry

HISTORY_MAX = 200  # on a page


def page(
    request: HttpRequest, template: str, title: str, row: models.Model, **context: Any
) -> TemplateResponse:
    """An admin page that shows an existing row, or adds a new one."""
    return TemplateResponse(
        request,
        f"desk/{template}",
        {
            **admin.site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": row._meta,
            "row": row,
            "row_url": row_url(row) if row.pk else "",
            **context,
        },
    )


def screen(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """A screen of the desk, with scripts that use the desk's API. In the template, `screen` marks
    where one is in the head of the page."""
    return TemplateResponse(
        request,
        f"desk/{template}",
        {
            **admin.site.each_context(request),
            "title": title,
            "subtitle": None,
            "screen": template.removesuffix(".html"),
            **context,
        },
    )


def refusal(
    request: HttpRequest, status: int, title: StrPromise, sentence: StrPromise
) -> HttpResponse:
    """A page in the place of what was refused, with the links of whoever is signed in."""
    around = admin.site.each_context(request) if is_editor(request) else {}
    context = {**around, "title": title, "sentence": sentence}
    return render(request, "desk/refused.html", context, status=status)


def is_editor(request: HttpRequest) -> bool:
    """Whether a user of the desk asks. A request that is refused early has no user yet."""
    return hasattr(request, "user") and admin.site.has_permission(request)


def history_page(
    request: HttpRequest, entries: models.QuerySet[HistoryEntry]
) -> Page[HistoryEntry]:
    """A page of a history, newest first; `?p=2` has older entries."""
    entries = entries.select_related("actor", "revision").order_by("-pk")
    entries = entries.defer("revision__document", "revision__text")
    return Paginator(entries, HISTORY_MAX).get_page(request.GET.get("p"))
