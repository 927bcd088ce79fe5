"""The page for 404: the admin's own within the admin, the readers' page everywhere else."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from digests.public.pages import not_found as readers_page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_here = request.path.startswith(reverse("admin:index"))
    if is_here and admin.site.has_permission(request):
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    return readers_page(request, exception)
