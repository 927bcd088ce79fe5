"""Where work goes on: the page of each row, and the page after each step."""

from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from digests.editorial import compose
from digests.editorial.guards import available
from digests.models import Digest, User

# Steps of a digest that are taken on Approve.
JUDGEMENTS = {"approve", "take_back", "send_back", "publish", "correct", "abandon", "withdraw"}


def row_url(row: models.Model) -> str:
    """The page to work on a row: an item's editor, Compose for a digest, else a form of the
    admin."""
    name = {"item": "write", "digest": "compose"}.get(str(row._meta.model_name), "change")
    return reverse(f"admin:digests_{row._meta.model_name}_{name}", args=[row.pk])


def digest_url(digest: Digest) -> str:
    """The page on which a digest is worked on in its state: Compose, or Approve past a draft."""
    name = "compose" if digest.is_composable else "approve"
    return reverse(f"admin:digests_digest_{name}", args=[digest.pk])


def back_to(digest: Digest, by: User) -> HttpResponseRedirect:
    """Redirect to the screen of a digest: Compose, or Approve while it is judged."""
    is_judged = JUDGEMENTS.intersection(available(digest, by))
    name = "approve" if is_judged and not digest.is_composable else "compose"
    return HttpResponseRedirect(reverse(f"admin:digests_digest_{name}", args=[digest.pk]))


def redirect_to_next(digest: Digest, by: User) -> HttpResponseRedirect:
    """Redirect to the next page after a step: Compose for a draft, Approve for what the user may
    approve; with everything else the user is done, and Today says what is next."""
    mine = digest.is_composable and compose.may_compose(digest, by)
    if mine or "approve" in available(digest, by):
        return back_to(digest, by)
    return today_page()


def with_next(address: str, page: str) -> str:
    """The address of a page from which work goes on at another one; see `asked_next`."""
    return f"{address}?{urlencode({'next': page})}"


def asked_next(request: HttpRequest) -> HttpResponseRedirect | None:
    """Redirect to the page that a link named as `next`; None if it named none of this site."""
    address = request.GET.get("next", "")
    is_own = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return HttpResponseRedirect(address) if is_own else None


def today_page() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:index"))
