"""Two editors at once: exactly one wins, the other is told why, and nothing is lost."""

import threading
from collections.abc import Callable
from functools import partial
from random import Random

import pytest
from django.db import connection

from digests.accounts.roles import REVIEWER
from digests.editorial import compose, items, lifecycle
from digests.editorial.errors import Stale
from digests.models import Digest, HistoryEntry, Item, Refusal, User
from digests.text.format import Entry
from tests.factories import draft, in_review, person, series, shown, story
from tests.screens import below, is_refused, messages_of, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def at_once[T](*acts: Callable[[], T]) -> list[T | Exception]:
    """Run the acts in threads that start together; returns what each gave or raised."""
    barrier = threading.Barrier(len(acts))
    results: dict[int, T | Exception] = {}

    def run(index: int, act: Callable[[], T]) -> None:
        try:
            barrier.wait()
            results[index] = act()
        except Exception as error:  # noqa: BLE001 (handed to the test)
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[index] for index in range(len(acts))]


def test_of_many_approvals_at_once_exactly_one_wins() -> None:
    digest = in_review(story())
    seen = shown(digest)
    reviewers = [person(REVIEWER) for _ in range(6)]
    results = at_once(
        *(
            lambda by=by: lifecycle.approve(digest, by=by, version=digest.version, sha256=seen)
            for by in reviewers
        )
    )
    lost = [result for result in results if isinstance(result, Exception)]
    assert len(lost) == 5
    assert all(isinstance(error, Stale) for error in lost), lost
    winner = next(by for by, r in zip(reviewers, results, strict=True) if isinstance(r, Digest))
    assert all(winner.username in str(error) for error in lost)
    assert HistoryEntry.objects.filter(digest=digest, action="approve").count() == 1
    assert digest.revisions.count() == 1


def test_an_edit_and_an_approval_at_once_never_publish_an_unseen_text() -> None:
    editor, reviewer = person(), person(REVIEWER)
    for number in range(8):
        item = story(body="看过的。")
        digest = in_review(item, title=f"第{number}期")
        seen = shown(digest)
        entry = Entry(item.headline, item.byline, item.url, "没看过的。")
        acts: list[Callable[[], object]] = [
            partial(items.edit, item, entry, by=editor, version=item.version),
            partial(lifecycle.approve, digest, by=reviewer, version=digest.version, sha256=seen),
        ]
        at_once(*acts)
        digest.refresh_from_db()
        live = digest.live_revision
        assert live is None or live.entries.get().body == "看过的。"


def test_two_editors_moving_things_at_random_lose_nothing() -> None:
    items = [story() for _ in range(6)]
    digest = draft(*items)
    editors = [person(), person()]
    refused, done = [], []

    def work(by: User, seed: int) -> None:
        random = Random(seed)
        for _ in range(25):
            row = Digest.objects.get(pk=digest.pk)
            item = random.choice(items)
            try:
                compose.place(row, item, by=by, version=row.version, position=random.randint(1, 6))
                done.append(by)
            except Refusal as refusal:
                refused.append(refusal)

    results = at_once(*(lambda by=by, n=n: work(by, n) for n, by in enumerate(editors)))
    assert results == [None, None]
    assert len(done) + len(refused) == 50
    assert all(isinstance(refusal, Stale) for refusal in refused)
    placements = list(digest.placements.order_by("position"))
    assert [p.position for p in placements] == [1, 2, 3, 4, 5, 6]
    assert {p.item_id for p in placements} == {item.pk for item in items}
    assert Digest.objects.get(pk=digest.pk).version == digest.version + len(done)


def test_two_editors_who_compose_lose_nothing_and_are_told_why() -> None:
    """100 random edits of texts, moves, removals and changes of sections, each over what was seen
    last."""
    items = [story(f"第{number}条") for number in range(8)]
    digest = draft(*items)
    for heading in ("一", "二"):
        editor = digest.owner
        digest = compose.add_section(digest, heading, by=editor, version=digest.version)
    editors = [person(first_name="Ada"), person(first_name="Ben")]
    # Of what was saved: the act, its item and its text.
    saved, refused = [], []

    def work(number: int, by: User) -> None:
        client, random = signed_in(by), Random(number)

        # Each gives what it sends, and the item it is about.

        def edit(mark: str) -> tuple[dict[str, object], int | None]:
            row = Item.objects.get(pk=random.choice(items).pk)
            text = {"headline": row.headline, "url": row.url, "body": f"{row.body}\n\n{mark}"}
            return {"do": "edit", "item": row.pk, "version": row.version, **text}, row.pk

        def place(_mark: str) -> tuple[dict[str, object], int | None]:
            item, position = random.choice(items).pk, random.randint(1, 9)
            section = random.choice(["", *sections()])
            return {"item": item, "position": position, "section": section}, item

        def remove(_mark: str) -> tuple[dict[str, object], int | None]:
            item = random.choice([*digest.placements.values_list("item", flat=True), items[0].pk])
            return {"item": item}, item

        def write_section(mark: str) -> tuple[dict[str, object], int | None]:
            return {"heading": mark}, None

        def earlier(_mark: str) -> tuple[dict[str, object], int | None]:
            return {"section": random.choice(sections() or [0])}, None

        def dissolve(_mark: str) -> tuple[dict[str, object], int | None]:
            return {"section": random.choice(sections() or [0])}, None

        def version() -> int:
            return Digest.objects.get(pk=digest.pk).version

        def sections() -> list[int]:
            return list(digest.sections.values_list("pk", flat=True))

        acts = [edit, place, remove, write_section, earlier, dissolve]
        for turn in range(50):
            (act,) = random.choices(acts, weights=[6, 5, 3, 2, 2, 2])
            mark = f"{by.first_name}{turn}。"
            given, item = act(mark)
            sent = {"do": act.__name__, "version": version(), **given}
            answer = client.post(below(digest, "compose"), sent, headers={"X-Fragment": "1"})
            if is_refused(answer):
                refused.append(messages_of(answer))
            else:
                saved.append((act.__name__, item, mark))

    results = at_once(*(lambda n=n, by=by: work(n, by) for n, by in enumerate(editors)))
    assert results == [None, None]
    assert len(saved) + len(refused) == 100
    assert {name for name, *_what in saved} == {
        "edit", "place", "remove", "write_section", "earlier", "dissolve",
    }  # fmt: skip
    # What was chosen may have been taken away before it was sent.
    late = [sentences for sentences in refused if sentences[0] in WITHOUT_IT]
    names = tuple(by.first_name for by in editors)
    assert all(each in late or each[0].startswith(names) for each in refused), refused
    assert len(late) < 40
    # Nothing is lost: each text is there, and each story where the last act of it left it.
    bodies = dict(Item.objects.values_list("pk", "body"))
    edits = [act for act in saved if act[0] == "edit"]
    assert all(pk and text in bodies[pk] for _name, pk, text in edits)
    composed = [act for act in saved if act[0] != "edit"]
    lines = list(digest.history.order_by("pk"))[-len(composed) :]
    standing = {item.pk: True for item in items}
    for line in lines:
        named = next((item for item in items if line.note.startswith(item.headline)), None)
        if named:
            standing[named.pk] = line.action != HistoryEntry.Action.REMOVE
    placements = list(digest.placements.order_by("position"))
    assert [p.position for p in placements] == list(range(1, len(placements) + 1))
    assert {p.item_id for p in placements} == {pk for pk, stands in standing.items() if stands}
    order = [None, *digest.sections.order_by("position").values_list("pk", flat=True)]
    places = [order.index(p.section_id) for p in placements]
    assert places == sorted(places)
    assert list(digest.sections.values_list("position", flat=True)) == list(range(1, len(order)))
    # Each act has one line, and led to one version.
    assert Digest.objects.get(pk=digest.pk).version == digest.version + len(composed)
    assert {line.actor for line in lines} == set(editors)


WITHOUT_IT = {
    "This digest has no such section.",
    "This is no longer here. Reload the page.",
    "This story is not in this digest.",
}


def test_publications_at_once_never_share_a_name() -> None:
    reviewer = person(REVIEWER)
    digests = [in_review(series=series(slug, name=slug)) for slug in ("a", "b", "c", "d")]
    seen = [shown(digest) for digest in digests]
    results = at_once(
        *(
            lambda d=d, s=s: lifecycle.approve(d, by=reviewer, version=d.version, sha256=s)
            for d, s in zip(digests, seen, strict=True)
        )
    )
    published = [result for result in results if isinstance(result, Digest)]
    assert len({digest.path for digest in published}) == 4, results


def test_the_same_link_added_twice_at_once_makes_one_item() -> None:
    editor = person()
    entry = Entry("标题", "", "https://example.org/once", "")
    results = at_once(*(lambda: items.add(entry, by=editor, language="zh-hans") for _ in range(4)))
    assert Item.objects.filter(url_key="example.org/once").count() == 1
    lost = [result for result in results if isinstance(result, Exception)]
    assert len(lost) == 3
    assert all(isinstance(error, Refusal) for error in lost), lost
