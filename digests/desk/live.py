"""What an open page has seen, and whether anything that it shows has changed since."""

import re
from dataclasses import dataclass
from typing import Self
from zlib import crc32

from digests.models import Claim, HistoryEntry, Item, Presence, User
from digests.models.numbers import PK_DIGITS, parse_pk

# A line of history gets its number before it is committed, so an earlier one may appear after a
# later one: this many are counted again.
OVERLAP = 100
# A page that is further behind counts as outdated, so that no count takes long.
MAX_LINES = 1_000

_PAGES = "inbox|today|stories|digests|board"
_SEEN = re.compile(rf"({_PAGES}|digest-({PK_DIGITS}))\.({PK_DIGITS})\.(\d{{1,4}})\.(\d{{1,10}})")
_PLACED = {HistoryEntry.Action.PLACE, HistoryEntry.Action.REMOVE}


@dataclass(frozen=True)
class Line:
    """What of a line of history tells which pages it concerns."""

    pk: int
    digest: int | None
    slot: int | None
    action: str
    before: str
    after: str


_COLUMNS = ("pk", "digest", "slot", "action", "before", "after")


@dataclass(frozen=True)
class Seen:
    """What a page has seen of what it shows. As text it goes with the page and comes back."""

    page: str  # inbox, today, stories, digests, board or digest-12
    since: int  # the line of history from which on lines are counted
    count: int  # lines that concern the page
    work: int  # another number when others are at work on what the page shows

    def __str__(self) -> str:
        return f"{self.page}.{self.since}.{self.count}.{self.work}"

    @classmethod
    def now(cls, page: str, by: User) -> Self:
        """What is seen by a page whose rows are read after this. Costs two queries."""
        newest = HistoryEntry.objects.order_by("-pk").values_list(*_COLUMNS)
        lines = [Line(*row) for row in newest[:OVERLAP]]
        since = lines[-1].pk if lines else 0
        return cls(page, since, _count(page, lines, by), _work(page, by))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote; raises ValueError."""
        match = _SEEN.fullmatch(text)
        if match is None:
            raise ValueError("No page has seen this.")
        parse_pk(match[2] or "0")
        return cls(match[1], parse_pk(match[3]), int(match[4]), int(match[5]))

    def is_outdated(self, by: User) -> bool:
        """Whether the page would show something else now. Costs two queries at most, which are
        plain, because open pages ask again and again."""
        rows = HistoryEntry.objects.filter(pk__gte=self.since).order_by().values_list(*_COLUMNS)
        lines = [Line(*row) for row in rows[: MAX_LINES + 1]]
        if len(lines) > MAX_LINES or _count(self.page, lines, by) != self.count:
            return True
        return _work(self.page, by) != self.work


def _count(page: str, lines: list[Line], by: User) -> int:
    return sum(_concerns(page, line, by) for line in lines)


def _concerns(page: str, line: Line, by: User) -> bool:
    """Whether what was done may change what a page shows to a user."""
    is_of_item = line.digest is None and line.slot is None
    match page:
        case "today":
            return not is_of_item or Item.Status.INBOX in (line.before, line.after)
        case "stories":
            return is_of_item
        case "digests" | "board":
            return not is_of_item
        case "inbox":
            is_current = line.digest is not None and line.digest == by.current_digest_id
            return is_of_item or is_current or line.action in _PLACED
        case _:
            is_in_pool = is_of_item and not {line.before, line.after}.isdisjoint(Item.PLACEABLE)
            return line.digest == _number(page) or is_in_pool or line.action in _PLACED


def _work(page: str, by: User) -> int:
    """A checksum of who is at work: of claims and the current digest, which the inbox shows, or of
    who has digests open, as Today and Compose show."""
    rows: list[object]
    match page:
        case "inbox":
            claims = Claim.objects.current().order_by("pk")
            rows = [*claims.values_list("item", "user"), by.current_digest_id]
        case "stories" | "digests" | "board":
            rows = []
        case "today":
            here = Presence.objects.here().exclude(digest=None).order_by("pk")
            rows = [*here.values_list("digest", "user", "is_unsaved")]
        case _:
            here = Presence.objects.here().filter(digest=_number(page)).exclude(user=by)
            rows = [*here.order_by("pk").values_list("user", "is_unsaved")]
    return crc32(repr(rows).encode())


def _number(page: str) -> int:
    return int(page.removeprefix("digest-"))
