"""The current draft, which stories go into from the inbox; the head of every page names it."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from digests.desk.access import actor
from digests.desk.attempts import attempt
from digests.desk.frames import screen
from digests.editorial import collaboration
from digests.models import Digest

MAX_DRAFTS = 30  # drafts to choose from; older ones are in the list of digests


class ChoiceForm(forms.Form):
    digest = forms.IntegerField()


def current(request: HttpRequest) -> HttpResponse:
    """List the drafts, newest first; by POST, make the chosen one current and open it."""
    if not actor(request).has_perm("digests.change_digest"):
        raise PermissionDenied
    form = ChoiceForm(request.POST or None)
    if form.is_valid():
        digest = get_object_or_404(Digest, pk=form.cleaned_data["digest"])
        if attempt(request, lambda: collaboration.set_current_digest(digest, by=actor(request))):
            return HttpResponseRedirect(reverse("admin:digests_digest_compose", args=[digest.pk]))
    drafts = Digest.objects.composable().with_names()
    return screen(request, "current.html", gettext("Choose a draft"), drafts=drafts[:MAX_DRAFTS])
