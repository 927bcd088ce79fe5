"""Helpers for tests of pages: signing in, counting queries, reading what a page says."""

import re
import time
from html import unescape
from typing import TYPE_CHECKING

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digests.models import Site, User
from newsroom.middleware import PROLONGED_AT

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

# The most queries that a readers' page or an answer of the API costs when nothing is cached.
MADE_AGAIN = 8

type Response = _MonkeyPatchedWSGIResponse  # what a test client's request gives

# The desk's screens. A name in braces stands for the key of a row that the test makes.
SCREENS = [
    "/admin/",
    "/admin/settings/",
    "/admin/password_change/",
    "/admin/password_change/done/",
    "/admin/inbox/",
    "/admin/inbox/?state=all&view=cards",
    "/admin/paste/",
    "/admin/current/",
    "/admin/board/",
    "/admin/board/?week=1",
    "/admin/board/turnaround/",
    "/admin/digests/slot/{slot}/",
    "/admin/digests/slot/{missed}/",
    "/admin/digests/digest/{promised}/compose/",
    "/admin/digests/digest/{promised}/details/",
    "/admin/digests/item/",
    "/admin/digests/item/add/",
    "/admin/digests/item/{item}/details/",
    "/admin/digests/item/{fresh}/details/",
    "/admin/digests/item/{item}/embargo/",
    "/admin/digests/item/{fresh}/delete/",
    "/admin/digests/item/{item}/write/",
    "/admin/digests/item/{item}/history/",
    "/admin/digests/item/{item}/step/reject/",
    "/admin/digests/digest/",
    "/admin/digests/digest/add/",
    "/admin/digests/digest/{digest}/details/",
    "/admin/digests/digest/{digest}/compose/",
    "/admin/digests/digest/{digest}/compose/findings/",
    "/admin/digests/digest/{review}/compose/",
    "/admin/digests/digest/{digest}/sections/add/",
    "/admin/digests/digest/{digest}/sections/{section}/",
    "/admin/digests/digest/{digest}/step/submit/",
    "/admin/digests/digest/{digest}/reader/",
    "/admin/digests/digest/{review}/approve/",
    "/admin/digests/digest/{review}/step/send_back/",
    "/admin/digests/digest/{live}/details/",
    "/admin/digests/digest/{live}/compose/",
    "/admin/digests/digest/{live}/approve/",
    "/admin/digests/digest/{live}/history/",
    "/admin/digests/item/?q=nothing+of+the+kind",
    "/admin/digests/series/",
    "/admin/digests/series/add/",
    "/admin/digests/series/{series}/change/",
    "/admin/digests/series/{scheduled}/change/",
    "/admin/digests/series/{paused}/change/",
    "/admin/digests/series/{series}/delete/",
    "/admin/digests/series/{series}/history/",
    "/admin/digests/site/1/change/",
    "/admin/digests/source/",
    "/admin/digests/source/add/",
    "/admin/digests/source/{source}/delete/",
    "/admin/digests/category/",
    "/admin/digests/exportedfile/",
    "/admin/digests/user/",
    "/admin/digests/user/add/",
    "/admin/digests/user/{user}/change/",
    "/admin/digests/user/{user}/link/",
    "/admin/nowhere/",
    "/admin/digests/user/?password__startswith=md5",
    "/",
    "/global-ai/",
    "/global-ai/2026-11-20-0800/",
    "/global-ai/{gone}/",
    "/tech-week/",
    "/tech-week/2026-11-20-0730/",
    "/archive/",
    "/2026/",
    "/2026/11/",
    "/2026/11/20/",
    "/categories/",
    "/sources/",
    "/corrections/",
    "/about/",
    "/feeds/",
    "/search/?q=Orbweft",
    "/nothing/",
    "/api/v1/docs",
]


def signed_in(user: User, *, enforce_csrf_checks: bool = False) -> Client:
    """A client with a session of the user, without the work of a sign-in."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    session = client.session
    session[SESSION_KEY] = str(user.pk)
    # Named, because any of several backends could have let the user in.
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    # As if prolonged just now: the first answer would do it, which costs a write, and those of the
    # next minutes do not.
    session[PROLONGED_AT] = int(time.time())
    session.save()
    return client


def queries(client: Client, address: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def queries_of_a_first_answer(client: Client, address: str) -> int:
    """How many queries a readers' page costs when nothing is cached of this edition."""
    Site.objects.publish_edition()
    return queries(client, address)


def change(row: models.Model) -> str:
    return reverse(f"admin:digests_{row._meta.model_name}_change", args=[row.pk])


def below(row: models.Model, name: str, *args: object) -> str:
    """The address of a page that belongs to a row."""
    return reverse(f"admin:digests_{row._meta.model_name}_{name}", args=[row.pk, *args])


def errors(html: str) -> str:
    """The errors of a page's forms, and its messages of errors."""
    lists = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', html, re.DOTALL)
    messages = re.findall(r'<li class="error">(.*?)</li>', html, re.DOTALL)
    return " ".join(lists + messages)


def offered(html: str) -> set[str]:
    """The steps that a page offers, by the last part of their address."""
    return set(re.findall(r'(?:action|href)="[^"]*/step/(\w+)/"', html))


def is_refused(answer: Response) -> bool:
    assert answer.status_code == 200
    return "data-messages data-refused" in answer.text


def messages_of(answer: Response) -> list[str]:
    """The messages in an answer."""
    listed = answer.text.partition("<ul hidden data-messages")[2].partition("</ul>")[0]
    return [unescape(said) for said in re.findall("<li[^>]*>(.*?)</li>", listed)]
