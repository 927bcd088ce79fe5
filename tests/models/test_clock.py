"""What is due is told by the database's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from digests.editorial import lifecycle
from digests.models import Digest, clock
from tests.factories import approve, in_review

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def waiting() -> Digest:
    """An approved digest whose time comes in an hour."""
    return approve(in_review(date=datetime.now(UTC) + timedelta(hours=1)))


def test_the_time_is_that_of_the_machine_in_utc_where_the_database_is_on_it() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now().tzinfo is UTC


def test_the_time_goes_on_within_a_transaction() -> None:
    """Which every test is: PostgreSQL's own `now()` would be that of its beginning."""
    before = clock.now()
    while clock.now() == before:
        pass
    assert clock.now() > before


@pytest.mark.parametrize("hours", [2, -2])
def test_a_process_whose_clock_is_wrong_publishes_neither_early_nor_late(
    waiting: Digest, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    wrong = datetime.now(UTC) + timedelta(hours=hours)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    assert lifecycle.publish_due() == 0
    assert not Digest.objects.due().exists()

    monkeypatch.setattr(clock, "now", lambda: waiting.date)
    assert lifecycle.publish_due() == 1
    waiting.refresh_from_db()
    assert waiting.published_at == waiting.date


def test_after_a_step_back_nothing_is_published_twice_and_after_one_ahead_what_is_due_once(
    waiting: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def published_at(moment: datetime) -> int:
        monkeypatch.setattr(clock, "now", lambda: moment)
        return lifecycle.publish_due()

    before, due, later = (waiting.date + timedelta(hours=hours) for hours in (-1, 0, 2))
    assert published_at(before) == 0
    assert published_at(later) == 1
    assert [published_at(moment) for moment in (before, due, later, due)] == [0, 0, 0, 0]
    assert waiting.history.filter(action="publish").count() == 1


def test_approval_asks_the_same_clock(waiting: Digest, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert approve(in_review(date=waiting.date)).status == "approved"
    monkeypatch.setattr(clock, "now", lambda: waiting.date)
    assert approve(in_review(date=waiting.date)).status == "published"
