"""Rows for the benchmark of the desk, and what became of them."""

from typing import Any

from django.utils import timezone

from digests.accounts.roles import REVIEWER
from digests.editorial import collaboration
from digests.models import Digest, Item
from tests.factories import draft, person, story


def make_candidates(candidates: int, picked: int) -> dict[str, Any]:
    """Fills the inbox and makes the digest that its written stories are for.

    Gives their headlines, in the order of the inbox, and the user who may edit all of it.
    """
    by = person(REVIEWER)
    every = candidates // picked
    have_text = {every * number + every // 2 for number in range(picked)}
    stories = [
        story(
            f"第{number}条候选新闻",
            status=Item.Status.INBOX,
            by=by,
            body="一段写好的正文，其中有**加粗**的要点。" if number in have_text else "",
        )
        for number in reversed(range(candidates))
    ]
    digest = draft(by=by, title="下一期", date=timezone.now().replace(microsecond=0))
    collaboration.set_current_digest(digest, by=by)
    written = [item.headline for item in reversed(stories) if item.body]
    return {"editor": by.username, "written": written}


def outcome() -> dict[str, Any]:
    """What became of the digest and its candidates."""
    digest = Digest.objects.get()
    return {
        "status": digest.status,
        "stories": [placement.item.headline for placement in digest.placements.in_order()],
        "rejected": Item.objects.filter(status=Item.Status.REJECTED).count(),
    }


def make_long_digest(stories: int) -> dict[str, Any]:
    """Makes a digest in which somebody may move stories."""
    by = person(REVIEWER)
    items = [story(by=by) for _ in range(stories)]
    digest = draft(*items, by=by)
    return {
        "editor": by.username,
        "digest": digest.pk,
        "version": digest.version,
        "items": [item.pk for item in items],
    }
