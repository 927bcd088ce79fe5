"""What an editor should know about a story before using it: its age, and where it already ran."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.models import Digest, Entry, Filing, Item, Revision

# Readers notice a repeat within this time.
RECENTLY = timedelta(days=7)


@dataclass(frozen=True)
class Flags:
    appeared: datetime
    is_old: bool  # older than what the digest covers
    ran: list[Revision]  # of public digests that had it lately, newest first
    not_before: datetime | None  # the end of its embargo
    is_too_early: bool  # that ends after the digest appears


def flags_on(items: Collection[Item], digest: Digest, now: datetime) -> dict[int, Flags]:
    """The flags of these items for a digest, by item number. Costs one query."""
    runs = Entry.objects.earlier_runs(items, since=digest.date - RECENTLY, beside=digest)
    window = digest.window
    appears = max(digest.date, now)
    return {
        item.pk: Flags(
            appeared=item.appeared_at,
            is_old=window is not None and item.appeared_at < window.begins,
            not_before=item.not_before if item.is_embargoed(now) else None,
            is_too_early=item.is_embargoed(appears),
            ran=list(dict.fromkeys(entry.revision for entry in runs.get(item.pk, []))),
        )
        for item in items
    }


def category_use(digest: Digest, categories: Sequence[str]) -> list[tuple[str, int]]:
    """How many public digests of the series had each of these categories lately, not counting this
    one. Costs one query."""
    filed = Filing.objects.filter(
        revision__live_digest__series=digest.series_id,
        revision__dated__gt=digest.date - RECENTLY,
        revision__dated__lte=digest.date,
    ).exclude(revision__digest=digest)
    counts = Counter(filed.values_list("name", flat=True))
    return [(name, counts[name]) for name in categories]
