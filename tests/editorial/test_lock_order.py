"""All verbs lock in one order, and never more of a row than they must: so none deadlock."""

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from digests.editorial import guards, publishing
from digests.models import Site, clock
from tests.embedded import ROOT
from tests.locks import ORDER, Locks, watched_locks
from tests.scenes import ALLOWED, SOON, actor, scene

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def row_locks() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite every transaction that writes is alone.")


def locks_of(verb: str, monkeypatch: pytest.MonkeyPatch) -> Locks:
    by = actor("superuser")
    trial = scene(verb)
    trial.give_to(by)
    if verb == "publish":
        later = clock.now() + 2 * SOON
        monkeypatch.setattr(clock, "now", lambda: later)
    with watched_locks() as locks:
        trial.act(by=by)
    return locks


@pytest.mark.parametrize("verb", ALLOWED)
def test_a_verb_locks_in_the_order_of_all(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locks_of(verb, monkeypatch).wrong == []


def test_a_first_publication_locks_all_that_there_is_to_lock(
    row_locks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the test before sees what it looks for."""
    assert locks_of("approve", monkeypatch).taken == [
        "digests_digest", "digests_item", "digests_series", "digests_tagauthority",
        "digests_search", "digests_site",
    ]  # fmt: skip
    assert locks_of("import_digest", monkeypatch).taken[0] == "imports"


def test_locks_of_keys_are_found(row_locks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug that the tests must find, which made approvals deadlock."""

    def locked[Row: Model](rows: QuerySet[Row]) -> QuerySet[Row]:
        return rows.order_by("pk").select_for_update()

    monkeypatch.setattr(publishing, "locked", locked)
    assert "locks the keys of digests_series" in locks_of("approve", monkeypatch).wrong[0]
    monkeypatch.setattr(guards, "locked", locked)
    assert "locks the keys of digests_item" in locks_of("shortlist", monkeypatch).wrong[0]


def test_a_reversed_order_is_found(row_locks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another bug that the tests must find."""
    allot = publishing._allot_address

    def allot_late(*given: object) -> None:
        Site.objects.publish_edition()
        allot(*given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(publishing, "_allot_address", allot_late)
    assert "locks digests_series after digests_site" in locks_of("approve", monkeypatch).wrong[0]


def test_the_order_is_the_documented_one() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    section = page.partition("## Locks")[2].partition("\n## ")[0]
    named = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert named == ORDER
