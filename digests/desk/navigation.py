"""Where work goes on: the page of each row, and the page after each step."""

from urllib.parse import urlencode, urlsplit

from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from digests.models import Digest, Item

# Steps of a digest that are taken on Approve.
JUDGEMENTS = {"approve", "take_back", "send_back", "publish", "correct", "abandon", "withdraw"}


def row_url(row: models.Model) -> str:
    """The page on which a row is worked on: an item's editor, for a digest Compose, or Approve past
    a draft, which leads to Compose whoever can do nothing there; else a form of the admin."""
    name = "write" if isinstance(row, Item) else "change"
    if isinstance(row, Digest):
        name = "compose" if row.is_composable else "approve"
    return reverse(f"admin:digests_{row._meta.model_name}_{name}", args=[row.pk])


def back_to(row: models.Model) -> HttpResponseRedirect:
    """Redirect to the page of a row, where work goes on after a step."""
    return HttpResponseRedirect(row_url(row))


def with_next(address: str, page: str) -> str:
    """The address of a page from which work goes on at another one; see `asked_next`."""
    return f"{address}?{urlencode({'next': page})}"


def asked_next(request: HttpRequest) -> HttpResponseRedirect | None:
    """Redirect to the page that a link named as `next`; None if it named none of this site."""
    address = request.GET.get("next", "")
    # Whoever is led to the same page again would be led there without an end.
    is_own = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and (
        urlsplit(address).path != request.path
    )
    return HttpResponseRedirect(address) if is_own else None


def today_page() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:index"))
