"""What a page has seen, and when it is outdated."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.desk import live
from digests.desk.live import Seen
from digests.editorial import collaboration, compose, items, lifecycle, planning, slots
from digests.models import Digest, HistoryEntry, Item, Slot, User, clock
from tests.factories import draft, person, scheduled, story
from tests.screens import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

CHANGES = "/api/desk/changes/"


@pytest.fixture
def digest(ann: User) -> Digest:
    return draft(story(), story(), by=ann)


def outdated(digest: Digest, by: User, act: Callable[[], object]) -> set[str]:
    """The pages that an act makes outdated."""
    pages = {name: name for name in ("inbox", "today", "stories", "digests")}
    pages["compose"] = f"digest-{digest.pk}"
    before = {name: Seen.now(page, by) for name, page in pages.items()}
    assert not any(seen.is_outdated(by) for seen in before.values())
    act()
    return {name for name, seen in before.items() if seen.is_outdated(by)}


def test_a_page_is_outdated_by_what_it_shows_and_by_nothing_else(
    ann: User, noor: User, digest: Digest
) -> None:
    other = draft(story(), by=noor)
    item, waiting = story(status=Item.Status.INBOX), story(status=Item.Status.INBOX)

    def after(act: Callable[[], object]) -> set[str]:
        return outdated(digest, ann, act)

    def add() -> None:
        story(status=Item.Status.INBOX)

    def shortlist() -> None:
        items.shortlist(item, by=noor, version=item.version)

    def reject() -> None:
        items.reject(waiting, by=noor, version=waiting.version, reason="old")

    def rename(row: Digest) -> None:
        compose.edit(
            row, by=noor, version=row.version, title=f"新{row.pk}", date=row.date,
            categories=[], intro="", outro="",
        )  # fmt: skip

    def approve() -> None:
        row = Item.objects.get(pk=item.pk)
        items.approve(row, by=noor, version=row.version)

    assert after(add) == {"inbox", "today", "stories"}
    assert after(shortlist) == {"inbox", "today", "stories", "compose"}
    assert after(reject) == {"inbox", "today", "stories"}
    assert after(approve) == {"inbox", "stories", "compose"}
    assert after(lambda: rename(digest)) == {"today", "digests", "compose"}
    assert after(lambda: rename(other)) == {"today", "digests"}
    assert after(lambda: collaboration.claim(waiting, by=noor)) == {"inbox"}
    assert after(lambda: collaboration.heartbeat(digest, by=noor)) == {"today", "compose"}
    unsaved = lambda: collaboration.heartbeat(digest, by=noor, is_unsaved=True)  # noqa: E731
    assert after(unsaved) == {"today", "compose"}
    assert after(lambda: collaboration.leave(digest, by=noor)) == {"today", "compose"}
    # One's own presence is no news on one's own page.
    assert after(lambda: collaboration.heartbeat(digest, by=ann)) == {"today"}
    assert after(lambda: collaboration.set_current_digest(other, by=ann)) == {"inbox"}
    # The inbox names the current digest, and puts stories into it while it is a draft.
    assert after(lambda: rename(Digest.objects.get(pk=other.pk))) == {"inbox", "today", "digests"}

    def submit() -> None:
        row = Digest.objects.get(pk=other.pk)
        lifecycle.submit(row, by=noor, version=row.version)

    assert after(submit) == {"inbox", "today", "digests"}


def test_what_happens_to_a_slot_is_shown_where_slots_are(
    ann: User, noor: User, digest: Digest
) -> None:
    scheduled()
    planning.keep()
    slot = Slot.objects.to_come(clock.now())[0]
    board = Seen.now("board", ann)
    assert outdated(digest, ann, lambda: slots.take(slot, by=noor)) == {"today", "digests"}
    assert board.is_outdated(ann)
    board = Seen.now("board", ann)
    story(status=Item.Status.INBOX)
    assert not board.is_outdated(ann)
    lifecycle.submit(digest, by=ann, version=digest.version)
    assert board.is_outdated(ann)


def test_a_line_that_is_committed_late_is_not_missed(ann: User, digest: Digest) -> None:
    """PostgreSQL gives a line its number before it is committed, and later ones may be seen
    first."""
    late = HistoryEntry.objects.create(digest=digest, action="edit", after="draft")
    number = late.pk
    HistoryEntry.objects.filter(pk=number)._raw_delete(late._state.db)
    story(status=Item.Status.INBOX)
    seen = Seen.now(f"digest-{digest.pk}", ann)
    assert not seen.is_outdated(ann)
    HistoryEntry.objects.create(pk=number, digest=digest, action="edit", after="draft")
    assert seen.is_outdated(ann)


def test_a_page_that_is_far_behind_reads_itself_again(
    ann: User, noor: User, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAX_LINES", 20)
    monkeypatch.setattr(live, "OVERLAP", 5)
    seen = Seen.now(f"digest-{digest.pk}", ann)
    for _number in range(10):
        story(status=Item.Status.INBOX, by=noor)
    assert not seen.is_outdated(ann)
    for _number in range(10):
        story(status=Item.Status.INBOX, by=noor)
    assert seen.is_outdated(ann)


def test_a_page_without_any_history_is_outdated_by_the_first_line(ann: User) -> None:
    seen = Seen.now("today", ann)
    assert not seen.is_outdated(ann)
    story()
    assert seen.is_outdated(ann)


def test_the_question_is_asked_over_http_and_costs_few_queries(ann: User, digest: Digest) -> None:
    client = signed_in(ann)
    for page in ("inbox", "today", "stories", "digests", f"digest-{digest.pk}"):
        seen = str(Seen.now(page, ann))
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(CHANGES, {"seen": seen}, headers={"X-Heartbeat": "1"})
        assert answer.json() == {"changed": False}
        assert len(asked) <= 4  # session, user, history, and who is at work
        assert not any(query["sql"].startswith(("UPDATE", "INSERT")) for query in asked)
    lifecycle.submit(digest, by=ann, version=digest.version)
    assert client.get(CHANGES, {"seen": seen}).json() == {"changed": True}


@pytest.mark.parametrize(
    "seen",
    [
        "",
        "x",
        "inbox",
        "inbox.1.2",
        "digest-.1.2.3",
        f"digest-{2**63}.1.2.3",
        f"inbox.{2**63}.1.1",
        "inbox.1.2.3\n",
        "inbox.-1.2.3",
        "inbox.١.2.3",
    ],
)
def test_what_no_page_has_seen_is_refused(ann: User, seen: str) -> None:
    assert signed_in(ann).get(CHANGES, {"seen": seen}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_page_whose_row_is_deleted_at_this_moment_is_told_that_it_is_gone() -> None:
    ann = person(username="ann")
    digest = draft(by=ann)
    Digest.objects.filter(pk=digest.pk).delete()
    with pytest.raises(Digest.DoesNotExist):
        collaboration.heartbeat(digest, by=ann)
