"""Where the work goes on."""

from django.db import models
from django.http import HttpResponseRedirect
from django.urls import reverse

from digests.editorial import compose
from digests.editorial.guards import available
from digests.models import Digest, User

# Steps of a digest that are taken where it is judged.
JUDGEMENTS = {"approve", "send_back", "publish", "correct", "abandon", "withdraw"}


def row_url(row: models.Model) -> str:
    """Where one works on a row: an item in its editor, a digest on Compose, all else in a form of
    the admin."""
    name = {"item": "write", "digest": "compose"}.get(str(row._meta.model_name), "change")
    return reverse(f"admin:digests_{row._meta.model_name}_{name}", args=[row.pk])


def back_to(digest: Digest, by: User) -> HttpResponseRedirect:
    """To the screen on which the digest stands: Compose, or Approve where it is judged."""
    is_judged = JUDGEMENTS.intersection(available(digest, by))
    name = "approve" if is_judged and not digest.is_composable else "compose"
    return HttpResponseRedirect(reverse(f"admin:digests_digest_{name}", args=[digest.pk]))


def redirect_to_next(digest: Digest, by: User) -> HttpResponseRedirect:
    """From a step that was taken to where the work goes on: a draft is composed, and what one may
    approve is read; with everything else one is done, and Today says what is next."""
    mine = digest.is_composable and compose.may_compose(digest, by)
    if mine or "approve" in available(digest, by):
        return back_to(digest, by)
    return today_page()


def today_page() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:index"))
