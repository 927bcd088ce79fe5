"""The versions that a page was shown with, as its forms send them."""

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest

from digests.models import Digest, Item
from digests.models.numbers import parse_pk


class VersionedForm(forms.Form):
    """The least that a step needs: the version of the row that its button was shown for."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def is_stale(self, row: Digest | Item) -> bool:
        """Whether the form was posted from another version of the row than this one."""
        return self.is_bound and str(self["version"].value()) != str(row.version)


def posted_version(request: HttpRequest) -> int:
    """The version that was loaded with the page whose button was pressed."""
    form = VersionedForm(request.POST)
    if not form.is_valid():
        raise BadRequest("The version is missing.")
    version: int = form.cleaned_data["version"]
    return version


def parse_versions(request: HttpRequest) -> list[tuple[Item, int]]:
    """The posted items, with the versions they were shown with: `item=12` beside `version-12=3`."""
    sent = request.POST
    try:
        return [
            (Item(pk=parse_pk(pk)), int(sent.get(f"version-{pk}", "")))
            for pk in sent.getlist("item")
        ]
    except ValueError:
        raise BadRequest("No such story.") from None
