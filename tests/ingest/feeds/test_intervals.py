"""A feed is fetched as often as it is worth, and less and less when it fails."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.ingest.feeds.intervals import (
    FIRST,
    LONGEST,
    SHORTEST,
    Health,
    State,
    after_failure,
    after_retry,
    after_success,
    has_moved,
    next_check,
    usual_interval,
)

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def stories(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=before) for before in hours]


@pytest.mark.parametrize(
    ("published", "interval"),
    [
        (stories(), FIRST),
        (stories(1), FIRST),
        (stories(0, 4, 8, 12), 2 * HOUR),
        (stories(12, 0, 8, 4), 2 * HOUR),
        (stories(0, 1, 2, 3, 100), HOUR / 2),  # the median, which no pause moves
        (stories(0, 0, 0), SHORTEST),
        (stories(0, 0.1, 0.2), SHORTEST),
        (stories(0, 240, 480), LONGEST),
        (stories(*range(20), *range(100, 2000, 100)), HOUR / 2),  # the last 20 alone
    ],
)
def test_the_interval_is_half_the_usual_gap(published: list[datetime], interval: timedelta) -> None:
    assert usual_interval(published) == interval


def wait(**given: object) -> timedelta:
    return next_check(NOW, **{"interval": HOUR, **given}) - NOW  # type: ignore[arg-type]


def test_a_feed_is_fetched_again_after_its_interval() -> None:
    assert wait() == HOUR


@pytest.mark.parametrize(
    ("errors", "hours"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 24), (6, 24), (100_000, 24)]
)
def test_each_error_doubles_the_interval_up_to_a_day(errors: int, hours: int) -> None:
    assert wait(errors=errors) == hours * HOUR


def test_an_editor_may_want_a_feed_less_often_than_daily() -> None:
    assert wait(interval=7 * DAY) == 7 * DAY
    assert wait(interval=7 * DAY, errors=3) == 7 * DAY


def test_chance_spreads_the_feeds_by_a_tenth() -> None:
    assert wait(chance=1.0) == HOUR * 1.1
    assert wait(chance=-1.0) == HOUR * 0.9


def test_what_a_server_asks_for_is_granted_for_a_day_at_most() -> None:
    assert wait(wait=3 * HOUR) == 3 * HOUR
    assert wait(wait=HOUR / 2) == HOUR
    assert wait(wait=30 * DAY) == DAY


def test_chance_never_comes_before_what_a_server_asks_for() -> None:
    assert wait(wait=HOUR, chance=-1.0) == HOUR


def failed(health: Health, *after: timedelta, status: int | None = 500) -> Health:
    for each in after:
        health = after_failure(health, at=NOW + each, status=status)
    return health


def test_an_error_alone_is_no_failing_feed() -> None:
    health = failed(Health(), 0 * HOUR, HOUR, 23 * HOUR)
    assert (health.state, health.errors, health.first_error) == (State.OK, 3, NOW)


def test_a_feed_fails_after_a_day_of_errors_and_is_paused_after_two_weeks() -> None:
    health = failed(Health(), 0 * HOUR, DAY)
    assert health.state is State.FAILING
    assert failed(health, 13.9 * DAY).state is State.FAILING
    assert failed(health, 14 * DAY).state is State.PAUSED


@pytest.mark.parametrize("status", [401, 410, 451])
def test_what_says_that_it_is_gone_is_paused_at_once(status: int) -> None:
    assert failed(Health(), 0 * HOUR, status=status).state is State.PAUSED


@pytest.mark.parametrize("status", [None, 400, 403, 404, 429, 500, 503])
def test_no_other_error_pauses_at_once(status: int | None) -> None:
    assert failed(Health(), 0 * HOUR, HOUR, status=status).state is State.OK


def test_one_success_ends_it() -> None:
    health = failed(Health(), 0 * HOUR, DAY)
    assert after_success(health) == Health()
    # The next error begins to count from its own time.
    assert failed(after_success(health), 20 * DAY).first_error == NOW + 20 * DAY


def test_somebody_may_have_a_paused_feed_tried_again() -> None:
    paused = failed(Health(moving_to="https://b.example/", seen_moved=2), 0 * HOUR, status=410)
    tried = after_retry(paused)
    assert (tried.state, tried.errors, tried.first_error) == (State.OK, 0, None)
    assert tried.seen_moved == 2


def moved(*addresses: str) -> Health:
    health = Health()
    for address in addresses:
        health = after_success(health, moved_to=address)
    return health


B, C = "https://b.example/", "https://c.example/"


@pytest.mark.parametrize(
    ("addresses", "adopted"),
    [
        ([], False),
        ([B], False),
        ([B, B], False),
        ([B, B, B], True),
        ([B, B, C], False),
        ([B, B, "", B], False),
        ([C, B, B, B], True),
        (["", "", ""], False),
    ],
)
def test_a_new_address_is_adopted_when_three_fetches_lead_to_it(
    addresses: list[str], adopted: bool
) -> None:
    assert has_moved(moved(*addresses)) is adopted


def test_an_error_does_not_forget_where_the_feed_was_moving() -> None:
    health = failed(moved(B, B), 0 * HOUR)
    assert not has_moved(health)
    assert has_moved(after_success(health, moved_to=B))
