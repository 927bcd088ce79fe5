"""The last act of triage, kept in the session: it is undone without a script as well."""

from collections.abc import Iterable

from django.http import HttpRequest

from digests import editorial
from digests.desk.base import actor
from digests.models import Digest, Item

KEY = "last_act"
UNDONE = ("shortlist", "reject", "place")


def remember(
    request: HttpRequest, act: str, items: Iterable[Item], digest: Digest | None = None
) -> None:
    """Keep what an act was done to, with the versions it left, and where it placed them."""
    if act in UNDONE:
        rows = [(item.pk, item.version) for item in items]
        request.session[KEY] = {"rows": rows, "digest": digest.pk if digest else None}


def undo(request: HttpRequest) -> editorial.Outcome | None:
    """Take the last act back, once; None where there is none."""
    last = request.session.pop(KEY, None)
    if not last or not last["rows"]:
        return None
    rows = [(Item(pk=pk), version) for pk, version in last["rows"]]
    if last["digest"] is None:
        return editorial.triage("undo", rows, by=actor(request))
    digest = Digest.objects.filter(pk=last["digest"]).first()
    return editorial.take_out(digest, rows, by=actor(request)) if digest else None
