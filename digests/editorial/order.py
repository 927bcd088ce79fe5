"""The order of a digest's stories as a page showed it, which others may have changed since."""

from collections.abc import Set

from digests.editorial.guards import refuse_stale, stale
from digests.models import Digest, HistoryEntry

Action = HistoryEntry.Action

# What leaves the stories that stood in a digest in the order in which they stood.
KEEPS_ORDER = frozenset(
    [Action.PLACE, Action.EDIT, Action.ADD_SECTION, Action.EDIT_SECTION, Action.MOVE, Action.FREE]
)
# Of these, what also leaves every heading and intro as it was.
KEEPS_SECTIONS = KEEPS_ORDER - {Action.EDIT_SECTION}


def added_since(digest: Digest, version: int) -> set[int]:
    """The stories that joined a digest after a version of it, by item number. Costs a query, or
    two, if it has a later version by now."""
    changes = changes_since(digest, version)
    count = sum(entry.action == Action.PLACE for entry in changes)
    # Each has an entry, and nothing was removed since: so the newest placements are theirs.
    newest = digest.placements.order_by("-pk").values_list("item", flat=True)
    return set(newest[:count]) if count else set()


def changes_since(
    digest: Digest, version: int, allowed: Set[Action] = KEEPS_ORDER
) -> list[HistoryEntry]:
    """What was done to a digest after a version of it. Raises `Stale` if that was more than is
    allowed, or if a change has no version."""
    if digest.version == version:
        return []
    changes = list(digest.history.filter(version__gt=version).select_related("actor"))
    # The entries of earlier releases tell no version.
    if len({entry.version for entry in changes}) != digest.version - version:
        refuse_stale(digest, version)
    if refused := [entry for entry in changes if entry.action not in allowed]:
        raise stale(digest, refused[-1])
    return changes
