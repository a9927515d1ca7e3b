"""When clocks change: beside what the zones' keepers publish, and by looking at every hour of a year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.rules.zone_change import is_doubled, is_second, list_changes, pick_of_two

HOUR = timedelta(hours=1)
ZONES = (
    "Europe/Zurich",
    "Africa/Lagos",
    "America/Argentina/Buenos_Aires",
    "America/New_York",
    "Africa/Casablanca",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kolkata",
)


def in_2027(zone):
    return list_changes(ZoneInfo(zone), [datetime(2027, 10, 31, tzinfo=UTC)])


def test_the_clocks_of_lugano_change_twice_a_year():
    begins, spring, autumn = in_2027("Europe/Zurich")
    assert (begins.wall, begins.before, begins.after) == (datetime(2027, 1, 1, 1), HOUR, HOUR)
    assert (spring.at, spring.wall, spring.name) == (
        datetime(2027, 3, 28, 1, tzinfo=UTC),
        datetime(2027, 3, 28, 2),
        "CEST",
    )
    assert (spring.before, spring.after, spring.is_forward) == (HOUR, 2 * HOUR, True)
    assert (autumn.at, autumn.wall, autumn.name) == (
        datetime(2027, 10, 31, 1, tzinfo=UTC),
        datetime(2027, 10, 31, 3),
        "CET",
    )
    assert not autumn.is_forward


def test_and_those_of_abuja_never():
    assert [one.name for one in in_2027("Africa/Lagos")] == ["WAT"]
    assert list_changes(ZoneInfo("Africa/Lagos"), []) == []


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_told_gives_the_offset_of_every_hour(zone):
    known, changes = ZoneInfo(zone), in_2027(zone)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    while at.year == 2027:
        holds = [one for one in changes if one.at <= at][-1]
        assert holds.after == at.astimezone(known).utcoffset(), at
        at += HOUR


@pytest.mark.parametrize(
    ("hour", "doubled", "second"), [(-1, False, False), (0, True, False), (1, True, True), (2, False, False)]
)
def test_an_hour_that_happens_twice(hour, doubled, second):
    moment = datetime(2027, 10, 31, 0, 30, tzinfo=UTC) + hour * HOUR
    zurich = ZoneInfo("Europe/Zurich")
    assert (is_doubled(moment, zurich), is_second(moment, zurich)) == (doubled, second)
    assert not is_doubled(moment, ZoneInfo("Africa/Lagos"))


def test_a_time_that_the_clocks_leave_out_is_not_doubled():
    zurich = ZoneInfo("Europe/Zurich")
    for minutes in (-30, 0, 30):
        moment = datetime(2027, 3, 28, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        assert not is_doubled(moment, zurich)


def test_either_of_the_two_is_had_from_the_other():
    zurich, first = ZoneInfo("Europe/Zurich"), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for moment in (first, first + HOUR):
        assert pick_of_two(moment, zurich, second=False) == first
        assert pick_of_two(moment, zurich, second=True) == first + HOUR
    assert pick_of_two(first - HOUR, zurich, second=True) == first - HOUR, "a time that happens once"
