"""Schedules: which slots they mean, in every zone, also in the nights when clocks are set."""

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from digests.text.schedule.expression import ScheduleError, check_schedule, slot_before, slots
from digests.text.schedule.presets import STEPS, WEEKDAYS, AtTimes, EverySoManyHours, preset_of
from digests.text.schedule.titles import DEFAULT_PATTERNS, check_title, hours_of, title_of

# Of São Paulo the years in which it still set its clocks, at midnight; Lord Howe sets them by half
# an hour.
ZONES = {
    "Asia/Shanghai": 2026,
    "Europe/Riga": 2026,
    "America/New_York": 2026,
    "Europe/London": 2026,
    "America/Sao_Paulo": 2017,
    "Australia/Lord_Howe": 2026,
}
PRESETS = [
    *(EverySoManyHours(hours, time(start)) for hours in STEPS for start in (0, 1)),
    EverySoManyHours(4, time(2, 30)),
    AtTimes((time(8),)),
    AtTimes((time(2, 30),)),
    AtTimes((time(8), time(18, 30)), WEEKDAYS),
    AtTimes(tuple(time(hour, 15 * (hour % 4)) for hour in range(0, 24, 3)), (0, 3, 6)),
]
by_preset = pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.schedule)
by_zone = pytest.mark.parametrize("zone", ZONES)


def due_in(schedule: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    found = slots(schedule, ZoneInfo(zone), begin)
    return list(takewhile(lambda slot: slot < end, found))


def on_the_wall(instants: list[datetime], zone: str) -> list[str]:
    return [f"{instant.astimezone(ZoneInfo(zone)):%d %H:%M}" for instant in instants]


def nominal(schedule: str, begin: datetime, end: datetime) -> list[datetime]:
    """The times that a clock shows which is never set, without a zone."""
    lines = [CronSim(line, begin) for line in schedule.splitlines()]
    return sorted(each for line in lines for each in takewhile(lambda at: at < end, line))


def assert_due_as_the_clock_shows(schedule: str, zone: str, begin: datetime, end: datetime) -> None:
    """Each time that a clock shows names an instant; where it is never shown, the next that is."""
    found = due_in(schedule, zone, begin - timedelta(seconds=1), end)
    assert all(one < other for one, other in pairwise(found))
    wanted = set()
    for local in nominal(
        schedule, begin.replace(tzinfo=None) - timedelta(seconds=1), end.replace(tzinfo=None)
    ):
        instant = local.replace(tzinfo=ZoneInfo(zone))
        while instant.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
            local += timedelta(minutes=1)
            instant = local.replace(tzinfo=ZoneInfo(zone))
        wanted.add(instant.astimezone(UTC))
    assert found == sorted(wanted)


@by_zone
@by_preset
def test_each_due_time_of_two_years_has_one_slot_in_order(
    preset: EverySoManyHours | AtTimes, zone: str
) -> None:
    begin = datetime(ZONES[zone], 1, 1, tzinfo=ZoneInfo(zone))
    end = begin.replace(year=begin.year + 2)
    assert_due_as_the_clock_shows(preset.schedule, zone, begin, end)


def test_clocks_that_are_set_forward_lose_no_slot_and_shorten_a_window() -> None:
    begin = datetime(2026, 3, 28, 20, tzinfo=UTC)
    found = due_in(EverySoManyHours(3).schedule, "Europe/Riga", begin, begin + timedelta(hours=12))
    assert on_the_wall(found, "Europe/Riga") == ["29 00:00", "29 04:00", "29 06:00", "29 09:00"]
    assert [(b - a) / timedelta(hours=1) for a, b in pairwise(found)] == [3, 2, 3]


def test_clocks_that_are_set_back_double_no_slot_and_lengthen_a_window() -> None:
    begin = datetime(2026, 10, 24, 20, tzinfo=UTC)
    found = due_in("0 */3 * * *", "Europe/Riga", begin, begin + timedelta(hours=12))
    assert on_the_wall(found, "Europe/Riga") == ["25 00:00", "25 03:00", "25 06:00", "25 09:00"]
    assert [(b - a) / timedelta(hours=1) for a, b in pairwise(found)] == [3, 4, 3]


def test_cronsim_alone_would_double_it() -> None:
    """The bug that the test before must find."""
    begin = datetime(2026, 10, 24, 23, tzinfo=ZoneInfo("Europe/Riga"))
    shown = [f"{at:%d %H:%M}" for at in islice(CronSim("0 */3 * * *", begin), 3)]
    assert shown == ["25 00:00", "25 03:00", "25 03:00"]


def test_a_line_of_every_hour_goes_by_real_hours() -> None:
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC)
    found = due_in("30 * * * *", "Europe/Riga", begin, begin + timedelta(hours=4))
    assert on_the_wall(found, "Europe/Riga") == ["25 01:30", "25 02:30", "25 03:30", "25 03:30"]


def test_two_local_times_of_one_instant_are_one_slot() -> None:
    begin = datetime(2026, 3, 28, 22, tzinfo=UTC)
    found = due_in("0 3,4 * * *", "Europe/Riga", begin, begin + timedelta(hours=6))
    assert on_the_wall(found, "Europe/Riga") == ["29 04:00"]


@pytest.mark.parametrize("minutes", range(0, 240, 7))
def test_slots_are_the_same_whenever_one_asks(minutes: int) -> None:
    """Also from within the hour that comes twice."""
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC)
    end = begin + timedelta(hours=12)
    whole = due_in("50 * * * *\n10 */2 * * *", "Europe/Riga", begin, end)
    later = begin + timedelta(minutes=minutes)
    assert due_in("50 * * * *\n10 */2 * * *", "Europe/Riga", later, end) == [
        slot for slot in whole if slot > later
    ]


@by_zone
@by_preset
def test_the_slot_before_a_slot_is_the_one_before_it(
    preset: EverySoManyHours | AtTimes, zone: str
) -> None:
    begin = datetime(ZONES[zone], 3, 20, tzinfo=UTC)
    found = list(islice(slots(preset.schedule, ZoneInfo(zone), begin), 40))
    for one, other in pairwise(found):
        assert slot_before(preset.schedule, ZoneInfo(zone), other) == one


def test_a_yearly_slot_is_found_and_one_that_never_comes_is_not() -> None:
    for later in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 2, 29, 8, tzinfo=UTC)):
        due = slot_before("0 8 29 2 *", ZoneInfo("UTC"), later)
        assert due == datetime(2024, 2, 29, 8, tzinfo=UTC)
    last = slot_before("0 8 29 2 *", ZoneInfo("UTC"), datetime(2104, 2, 29, 8, tzinfo=UTC))
    assert last == datetime(2096, 2, 29, 8, tzinfo=UTC)  # 2100 has no such day


def test_steps_within_a_list_double_no_slot_either() -> None:
    begin = datetime(2026, 10, 24, 20, tzinfo=UTC)
    found = due_in("0 */3,5 * * *", "Europe/Riga", begin, begin + timedelta(hours=9))
    assert on_the_wall(found, "Europe/Riga") == ["25 00:00", "25 03:00", "25 05:00", "25 06:00"]


# Refusals


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("", "at least one line"),
        ("0 8 * *", "“0 8 * *” does not have five fields"),
        ("0 0 8 * * *", "does not have five fields"),
        ("@daily", "does not have five fields"),
        ("0 25 * * *", "The hour of “0 25 * * *” cannot be read."),
        ("x 8 * * *", "The minute of “x 8 * * *” cannot be read."),
        ("0 8 32 * *", "The day of"),
        ("0 8 * 13 *", "The month of"),
        ("0 8 * * 8", "The weekday of"),
        ("0 8 * * ²", "The weekday of"),
        ("0 8 30 2 *", "or its months do not have it"),
        ("0 0 */30 2 1#5", "has no date that exists"),
        ("0 8 31 4,6 *", "cannot be read"),
        ("*/10 * * * *", "0:00 and 0:10 are less than 15 minutes apart"),
        ("* 8 * * *", "8:00 and 8:01"),
        ("0 8 * * *\n10 8 * * 1", "8:00 and 8:10"),
        ("50 23 * * *\n0 0 * * *", "23:50 and 0:00"),
        ("0 8 * * *\n" * 9, "at most 8 lines"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_with_a_reason(schedule: str, why: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        check_schedule(schedule)
    assert why in str(refused.value)


@by_preset
def test_every_preset_is_a_schedule_and_found_again(preset: EverySoManyHours | AtTimes) -> None:
    check_schedule(preset.schedule)
    assert preset_of(preset.schedule).schedule == preset.schedule  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "schedule",
    [
        *("0 8 1 * *", "0 8 * * 1-5", "*/30 * * * *", "0 8", "", "a b c d e", "0 8 * * 7"),
        # More times than the preset has room for.
        "0 0,1,2,3,4,5,6,7,8 * * *",
    ],
)
def test_other_schedules_are_no_preset(schedule: str) -> None:
    assert preset_of(schedule) is None


# Titles


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(4, "4"), (4.5, "4.5"), (3, "3"), (24, "24"), (168, "168"), (1 / 3, "0.33")],
)
def test_hours_are_said_as_people_do(hours: float, shown: str) -> None:
    assert hours_of(timedelta(hours=hours)) == shown


def test_a_title_names_slot_and_window() -> None:
    due = datetime(2026, 11, 30, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    pattern = "{slot:%Y.%m.%d.%H} 过去{hours}小时全球AI发生了什么？"
    check_title(pattern)
    title = title_of(pattern, due, timedelta(hours=4.5), "AI")
    assert title == "2026.11.30.20 过去4.5小时全球AI发生了什么？"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("每日简报", "needs a {slot:…}"),
        ("{slot}", "codes such as %Y-%m-%d %H:%M"),
        ("{hours:d} {slot:%H}", "Use {hours} and {series} as they are"),
        ("{slot:%H}{series:>100000}", "Use {hours} and {series} as they are"),
        ("{slot:{series:>100000}}", "Use {hours} and {series} as they are"),
        ("{slot:%100000Y}", "Use {hours} and {series} as they are"),
        ("{slot!r:>100000}", "Use {hours} and {series} as they are"),
        ("{slot:%n}", "Use {hours} and {series} as they are"),
        ("{slot:%Y}" + "{slot:%A %B}" * 20, "more than 300 characters"),
        ("{}", "“{}” is not known"),
        ("{slot:%H} {nothing}", "“{nothing}” is not known"),
        ("{slot.__class__:%H}", "is not known"),
        ("{slot:%H", "is not a pattern"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_with_a_reason(pattern: str, why: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        check_title(pattern)
    assert why in str(refused.value)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pattern_that_is_proposed_makes_titles(language: str) -> None:
    pattern = DEFAULT_PATTERNS[language]
    check_title(pattern, "全球AI速览")
    due = datetime(2026, 11, 30, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    title = title_of(pattern, due, timedelta(hours=4), "全球AI速览")
    wanted = {
        "zh-hans": "2026.11.30.20 过去4小时：全球AI速览",
        "en": "全球AI速览, 2026-11-30 20:00",
    }
    assert title == wanted[language]


def test_a_name_that_makes_titles_too_long_is_refused() -> None:
    check_title("{slot:%H} {series}{series}", "长" * 140)
    with pytest.raises(ScheduleError, match="more than 300 characters"):
        check_title("{slot:%H} {series}{series}", "长" * 150)


@pytest.mark.parametrize("year", [2011, 2025])
@pytest.mark.parametrize(
    "zone", ["Africa/Casablanca", "Antarctica/Troll", "Pacific/Apia", "Asia/Gaza"]
)
def test_the_zones_with_the_oddest_changes_neither_lose_nor_double_a_slot(
    zone: str, year: int
) -> None:
    begin = datetime(year, 1, 1, tzinfo=ZoneInfo(zone))
    end = begin.replace(year=year + 1)
    assert_due_as_the_clock_shows(EverySoManyHours(3).schedule, zone, begin, end)
