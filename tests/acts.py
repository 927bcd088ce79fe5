"""What people do at a newsroom, done through the verbs by a process of its own.

`acts.py approve COUNT SECONDS` approves digests that are due so many seconds after that.
`acts.py publish COUNT` publishes some at once.
`acts.py begin COUNT` does the same, and makes a series with a schedule, whose misses are noticed at
once.
`acts.py work COUNT` does so many acts on what it finds, beside other processes that do the same,
and prints what became of them as JSON.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.db import connection  # noqa: E402 (after the setup)
from django.db.models import Model, QuerySet  # noqa: E402 (the same)

from digests.accounts.roles import EDITOR, REVIEWER  # noqa: E402 (the same)
from digests.editorial import compose, items, lifecycle, publishing  # noqa: E402 (the same)
from digests.editorial.importing import import_digest  # noqa: E402 (the same)
from digests.models import Digest, Item, Refusal, User, clock  # noqa: E402 (the same)
from digests.text.format import DigestDocument, Entry, dump  # noqa: E402 (the same)
from digests.text.format import Section as DocumentSection  # noqa: E402 (the same)
from tests import factories  # noqa: E402 (the same)

PLANTED = os.environ.get("PLANTED", "")
STORIES = 6  # of which the files that are imported hold some, in any order


def approve(number: int, seconds: int) -> None:
    factories.in_review()  # the first takes longer than the others will
    begun = time.monotonic()
    factories.in_review()
    # On a busy machine too, all are approved before they are due.
    needed = 6 * number * (time.monotonic() - begun)
    approve_for(seconds + int(needed), number)


def approve_for(seconds: int, number: int = 1) -> None:
    date = clock.now().replace(microsecond=0) + timedelta(seconds=seconds)
    for _ in range(number):
        factories.approve(factories.in_review(date=date))


def publish(number: int) -> None:
    for _ in range(number):
        publish_first()


def publish_first() -> None:
    factories.published()


def schedule() -> None:
    approve_for(random.randint(1, 8))


def begin(number: int) -> None:
    publish(number)
    factories.scheduled("clock", lead_minutes=1, late_minutes=0)


def approve_slot() -> None:
    """Write and approve the edition of a slot to come, which the clock then publishes."""
    editor, _reviewer = hands()
    drafts = Digest.objects.composable().filter(slot__due_at__gt=clock.now())
    digest = any_of(drafts)
    story = factories.story(by=editor)
    digest = compose.place(digest, story, by=editor, version=digest.version)
    digest = lifecycle.submit(digest, by=editor, version=digest.version)
    factories.approve(digest)


def publish_correction() -> None:
    editor, reviewer = hands()
    digest = lifecycle.correct(found := live(), by=reviewer, version=found.version)
    placement = digest.placements.order_by("?").first()
    if placement:
        row = placement.item
        entry = replace(row.entry(), body=f"{row.body}\n\n更正{next(factories._number)}。")
        row = items.edit(row, entry, by=editor, version=row.version)
        items.approve(row, by=editor, version=row.version)
    digest = lifecycle.submit(digest, by=editor, version=digest.version)
    factories.approve(digest)


def withdraw() -> None:
    _editor, reviewer = hands()
    digest = live()
    digest = lifecycle.withdraw(digest, by=reviewer, version=digest.version, note="有误。")
    if random.random() < 0.5:
        digest = lifecycle.reopen(digest, by=reviewer, version=digest.version)
        digest = lifecycle.submit(digest, by=reviewer, version=digest.version)
        factories.approve(digest)


def abandon() -> None:
    _editor, reviewer = hands()
    digest = live()
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    lifecycle.abandon(digest, by=reviewer, version=digest.version)


def edit() -> None:
    editor, _reviewer = hands()
    row = any_of(Item.objects.filter(status__in=items.EDITABLE))
    entry = replace(row.entry(), body=f"改过{next(factories._number)}次。")
    items.edit(row, entry, by=editor, version=row.version)


def place() -> None:
    editor, _reviewer = hands()
    digest = any_of(Digest.objects.composable())
    item = any_of(Item.objects.filter(status__in=Item.PLACEABLE))
    compose.place(digest, item, by=editor, version=digest.version)


def take_in() -> None:
    """Import a file that has stories in common with other files."""
    entries = [factory_entry(number) for number in random.sample(range(STORIES), 3)]
    title = f"旧闻{next(factories._number)}"
    section = DocumentSection("", "", tuple(entries))
    row = factories.series()
    date = factories.PAST.astimezone(row.zone)
    names = tuple(random.sample(["甲", "乙", "丙", "丁"], 2))
    document = DigestDocument(title, date, names, "", (section,), "", tuple(row.extra.items()))
    import_digest(dump(document), row, by=None)


def factory_entry(number: int) -> Entry:
    return Entry(f"档案{number}", "Mira", f"https://example.org/old/{number}", "正文。")


ACTS: dict[Callable[[], None], int] = {
    publish_first: 4,
    schedule: 4,
    approve_slot: 8,
    publish_correction: 4,
    withdraw: 1,
    abandon: 1,
    edit: 2,
    place: 1,
    take_in: 2,
}


def any_of[Row: Model](rows: QuerySet[Row]) -> Row:
    row = rows.order_by("?").first()
    if row is None:
        raise Refusal("There is none yet.")
    return row


def live() -> Digest:
    return any_of(Digest.objects.filter(status=Digest.Status.PUBLISHED))


def hands() -> tuple[User, User]:
    return factories._hand("editor", EDITOR), factories._hand("reviewer", REVIEWER)


def work(number: int) -> None:
    outcomes: Counter[str] = Counter()
    errors = []
    for act in random.choices(list(ACTS), list(ACTS.values()), k=number):
        try:
            act()
        except Refusal as refusal:
            outcomes[f"refused: {type(refusal).__name__}"] += 1
        except Exception as error:  # noqa: BLE001 (the test wants them all)
            errors.append(f"{act.__name__}: {error!r}")
            connection.close()
        else:
            outcomes[f"done: {act.__name__}"] += 1
    sys.stdout.write(json.dumps({"outcomes": outcomes, "errors": errors}) + "\n")


def plant() -> None:
    """The bug that made approvals deadlock: keys are locked too, and references are checked under
    the last locks. Each alone would be harmless."""

    def locked[Row: Model](rows: QuerySet[Row]) -> QuerySet[Row]:
        return rows.order_by("pk").select_for_update()

    vars(publishing).update(locked=locked, check_references=lambda: None)


if __name__ == "__main__":
    # Rows of several processes must not be alike.
    factories._number = count(os.getpid() * 1_000_000)
    if PLANTED == "keys are locked":
        plant()
    command, *numbers = sys.argv[1:]
    commands: dict[str, Callable[..., None]] = {
        "approve": approve,
        "begin": begin,
        "publish": publish,
        "work": work,
    }
    commands[command](*map(int, numbers))
